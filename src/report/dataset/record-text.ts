import { grouped } from '../../core/number-text.ts'
import { type DecoyTotal, isRecord } from './record.ts'
import { textTable } from './text-table.ts'

/** What the numbers under `observed` are, of curation and of imports. */
const OBSERVED: ReadonlyMap<string, string> = new Map([
  ['junctions', 'distinct junctions of the alignments and tables'],
  ['supported', 'junctions with the least support of a positive'],
  ['noise', 'junctions with exactly the support of noise'],
  ['noiseOppositeGene', 'of these inside a gene of the opposite strand alone'],
  ['annotatedIntrons', 'annotated introns'],
  ['annotatedInCodingGenes', 'annotated introns in genes of the wanted biotypes'],
  ['annotatedSupported', 'annotated introns with the least support of a positive'],
  ['rowsRead', 'rows read'],
  ['ambiguousLetters', 'letters for several bases, taken as N'],
  ['repeatedRows', 'rows that repeat an earlier one of their part'],
  ['missingNegatives', 'negatives asked for that could not be made'],
  ['positiveSiteBases', 'intron bases at the site of positives'],
  ['rowsByInput', 'rows of each folder'],
  ['donors', 'donors'],
  ['acceptors', 'acceptors'],
  ['joined', 'rows of a donor and an acceptor joined'],
])

/** Returns what the inputs held, one number per line; keys nobody knows as they are. */
export function describeObserved(observed: Readonly<Record<string, unknown>>): string[] {
  const lines = Object.entries(observed).flatMap(([key, value]) => {
    const words = OBSERVED.get(key)
    const shown = words === undefined ? undefined : countsText(value)
    return words === undefined || shown === undefined ? rawLines(value, [key]) : [`${words}: ${shown}`]
  })
  return block('observed', lines)
}

/** Returns a number, or numbers by name, as text; undefined for anything else. */
function countsText(value: unknown): string | undefined {
  if (isCount(value)) {
    return grouped(value)
  }
  const entries = isRecord(value) ? Object.entries(value) : []
  return entries.length > 0 && entries.every(([, count]) => isCount(count))
    ? entries.map(([name, count]) => `${name} ${grouped(count as number)}`).join(', ')
    : undefined
}

/** Classes of the kinds of decoys. */
const DECOY_CLASSES: ReadonlyMap<string, string> = new Map([
  ['random', 'negative-random'],
  ['nearMiss', 'negative-near-miss'],
  ['noncanonical', 'negative-noncanonical'],
])

/** Returns the table of decoys asked for and made, without the kinds that nobody asked for. */
export function describeDecoyTotals(totals: Readonly<Record<string, DecoyTotal>> | undefined): string[] {
  const rows = Object.entries(totals ?? {})
    .filter(([, { asked, made }]) => asked > 0 || made > 0)
    .map(([kind, { asked, made }]) => [DECOY_CLASSES.get(kind) ?? kind, grouped(asked), grouped(made)])
  return rows.length === 0
    ? []
    : ['decoys, before rows were left out:', ...textTable(['class', 'asked for', 'made'], rows)]
}

const COMPARISON_KEYS = ['held', 'cleaned', 'sampledOneIn', 'overlapping', 'sameBases', 'alike']

/** Returns what curation left out so that the parts share nothing, a sentence per comparison; keys nobody knows as they are. */
export function describeLeaks(leaks: unknown): string[] {
  if (!isRecord(leaks)) {
    return block('leaks', rawLines(leaks, []))
  }
  const lines = Object.entries(leaks).flatMap(([key, value]) => {
    if (key === 'comparisons' && Array.isArray(value)) {
      return value.flatMap((item, i) => comparisonLines(item, [key, String(i + 1)]))
    }
    if (key === 'excludedSequences' && isRecord(value) && isCount(value.sampledOneIn)) {
      const { sampledOneIn, ...others } = value
      return [`compared with the excluded sequences by ${sampling(sampledOneIn)}`, ...rawLines(others, [key])]
    }
    return key === 'units' && isCount(value)
      ? [`groups of genes kept in one part: ${grouped(value)}`]
      : rawLines(value, [key])
  })
  return block('leaks', lines)
}

function comparisonLines(value: unknown, path: readonly string[]): string[] {
  if (!isRecord(value)) {
    return rawLines(value, path)
  }
  const { held, cleaned, sampledOneIn, overlapping, sameBases, alike } = value
  if (
    typeof held !== 'string' ||
    !Array.isArray(cleaned) ||
    !isCount(sampledOneIn) ||
    !isCount(overlapping) ||
    !isCount(sameBases) ||
    !isCount(alike)
  ) {
    return rawLines(value, path)
  }
  const others = Object.fromEntries(Object.entries(value).filter(([key]) => !COMPARISON_KEYS.includes(key)))
  return [
    `${held} against ${cleaned.join(' and ')}: ${grouped(overlapping)} overlapping, ${grouped(sameBases)} with the same bases, ${grouped(alike)} alike; ${sampling(sampledOneIn)}`,
    ...rawLines(others, path),
  ]
}

function sampling(oneIn: number): string {
  return oneIn === 1 ? 'every k-mer' : `one k-mer in ${grouped(oneIn)}`
}

/** Returns the values of objects and lists of objects with their paths, one per line. */
function rawLines(value: unknown, path: readonly string[]): string[] {
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([name, inner]) => rawLines(inner, [...path, name]))
  }
  if (Array.isArray(value) && value.some(isRecord)) {
    return value.flatMap((inner, i) => rawLines(inner, [...path, String(i + 1)]))
  }
  return value === undefined ? [] : [[path.join('.'), rawText(value)].filter(text => text !== '').join(': ')]
}

function rawText(value: unknown): string {
  return typeof value === 'string' ? value : isCount(value) ? grouped(value) : JSON.stringify(value)
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map(line => `  ${line}`)]
}
