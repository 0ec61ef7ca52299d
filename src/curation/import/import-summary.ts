import { grouped } from '../../core/number-text.ts'
import { Counter } from '../counter.ts'
import type { Json } from '../description-file.ts'
import { SPLITS } from '../window-table.ts'
import type { ImportTally } from './import-tally.ts'
import { NEAR_MISS_CLASS, TRIMMED_CLASS } from './near-miss-windows.ts'
import type { CollectedRows } from './row-collector.ts'
import type { ImportLayout } from './window-import.ts'

/** How many rows of what there are in a table. */
export interface ImportCounts {
  rows: number
  /** Rows with a label or a value: not those of class `unknown`. */
  labelled: number
  /** Part -> class -> rows; the class of rows with values is `target`. */
  classesBySplit: Record<string, Record<string, number>>
  /** All of it as `dataset.json` holds it. */
  table: Json
}

/** Returns the counts of the rows that are not left out. */
export function importCounts(rows: CollectedRows, leftOut: ReadonlyMap<number, unknown>): ImportCounts {
  const { answers, parts, labels, hasTargets, known } = rows
  const [classes, splits, motifs] = [new Counter(), new Counter(), new Counter()]
  const bySplit = SPLITS.map(() => new Counter())
  let labelled = 0
  for (const [row, part] of parts.entries()) {
    if (leftOut.has(row)) {
      continue
    }
    const name = hasTargets ? 'target' : answers.texts[answers.ids[row]!]!
    const motif = known.motif.texts[known.motif.ids[row]!]
    labelled += labels[row]! >= 0 ? 1 : 0
    classes.add(name)
    splits.add(SPLITS[part]!)
    bySplit[part]!.add(name)
    if (motif !== undefined) {
      motifs.add(motif)
    }
  }
  const classesBySplit = Object.fromEntries(
    SPLITS.flatMap((split, part) => (bySplit[part]!.total > 0 ? [[split, bySplit[part]!.record()]] : [])),
  )
  const table = {
    rows: classes.total,
    classes: classes.record(),
    splits: splits.record(),
    classesBySplit,
    ...(motifs.total > 0 && { motifs: motifs.record() }),
  }
  return { rows: classes.total, labelled, classesBySplit, table }
}

/** The intron bases that sites have, GT and AG first of all. */
const SITE_PAIRS = { donor: ['GT', 'GC', 'AT'], acceptor: ['AG', 'AC'] }

export interface WarningInput {
  rows: CollectedRows
  repeats: number
  tally: ImportTally
  layout: ImportLayout
}

/** Returns what the user should know of an import: what was left out, repeats, and sites that hardly look like any. */
export function importWarnings({ rows, repeats, tally, layout }: WarningInput): string[] {
  const count = (reason: string) => tally.leftOut.count(reason)
  const counted: [number, string][] = [
    [tally.ambiguousLetters, 'letters for several bases became N'],
    [count('no-value'), 'rows without a value were left out'],
    [count('skipped-label'), 'rows with a label to skip were left out'],
    [count('other-motif'), 'rows with other intron bases at the site were left out'],
    [count('unknown-site-base'), 'introns with a base that is not known at a site were left out'],
    [count('contradicting-label'), 'rows with the bases of a row of the other label were left out'],
    [count('also-in-test'), 'rows with the bases of a test row (either strand) were left out'],
    [
      count('also-in-validation'),
      'training rows with the bases of a validation row (either strand) were left out',
    ],
    [count('repeated'), 'rows that repeat an earlier one were left out'],
    [repeats, 'rows repeat an earlier one of their part; --deduplicate leaves them out'],
    [tally.missingNegatives, 'negatives asked for could not be made: the sequences have no more'],
  ]
  return [
    ...counted.filter(([number]) => number > 0).map(([number, what]) => `${grouped(number)} ${what}`),
    ...doubtfulSites(rows.sitePairs, layout),
    ...tellingEnds(rows),
  ]
}

/** Rows as they were read show their whole window: when all are positives, that alone tells them from decoys. */
function tellingEnds({ answers }: CollectedRows): string[] {
  const isPlainNegative = (name: string) => name.startsWith('negative') && name !== NEAR_MISS_CLASS
  return answers.texts.includes(TRIMMED_CLASS) && !answers.texts.some(isPlainNegative)
    ? [
        `every window without N is a positive: where N begin tells the near misses; give a table with negatives of its own, too`,
      ]
    : []
}

function doubtfulSites(sitePairs: Record<string, number>, layout: ImportLayout): string[] {
  if (!('position' in layout)) {
    return []
  }
  const all = Object.values(sitePairs).reduce((sum, count) => sum + count, 0)
  const pairs = SITE_PAIRS[layout.site]
  const fit = pairs.reduce((sum, pair) => sum + (sitePairs[pair] ?? 0), 0)
  return all === 0 || fit >= all / 2
    ? []
    : [
        `only ${grouped(fit)} of ${grouped(all)} positives have ${pairs.join(', ')} as intron bases at the ${layout.site} position ${layout.position}: ` +
          'it is the index of the first intron base of a donor, or of the first exon base after an acceptor',
      ]
}
