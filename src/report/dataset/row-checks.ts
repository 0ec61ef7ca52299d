import { grouped } from '../../core/number-text.ts'
import { strandOfSign } from '../../genome/strand.ts'
import { type Check, check, skipped } from './checks.ts'
import { classGroups, type DatasetExamples, PARTS, partsOf } from './examples.ts'

const ONCE = 'every junction or site once'
const ONE_LABEL = 'no junction or site both positive and negative'

/** Returns whether each junction, or site, stands in one row and with one label, and each gene in one part. */
export function checkRows(examples: DatasetExamples): Check[] {
  return [...checkPlaces(examples), checkGenes(examples)]
}

function checkPlaces(examples: DatasetExamples): Check[] {
  const keys = placeKeys(examples)
  if (keys === undefined || keys.rows.length === 0) {
    return [ONCE, ONE_LABEL].map(name => skipped(name, 'the table has no places'))
  }
  const { rows, compare } = keys
  const { labels, of } = classGroups(examples)
  // Curated tables are in order, and need no sorting.
  if (rows.some((row, i) => i > 0 && compare(rows[i - 1]!, row) > 0)) {
    rows.sort(compare)
  }
  const repeated = new Places(examples)
  const conflicting = new Places(examples)
  for (let from = 0; from < rows.length; ) {
    let to = from + 1
    const found = new Set([labels[of[rows[from]!]!]])
    while (to < rows.length && compare(rows[from]!, rows[to]!) === 0) {
      found.add(labels[of[rows[to]!]!])
      to++
    }
    if (to > from + 1) {
      repeated.add(rows[from]!)
    }
    if (found.has('positive') && found.has('negative')) {
      conflicting.add(rows[from]!)
    }
    from = to
  }
  return [
    check(ONCE, repeated.problem('in several rows'), `${grouped(rows.length)} rows`),
    check(ONE_LABEL, conflicting.problem('with both labels'), `${grouped(rows.length)} rows`),
  ]
}

/** Returns the rows with a place, and their order; rows that compare equal are of one junction, or one site. */
function placeKeys(
  examples: DatasetExamples,
): { rows: Uint32Array; compare: (a: number, b: number) => number } | undefined {
  const { places, sites, window } = examples
  if (places === undefined) {
    return undefined
  }
  const { contigs, starts, ends, strands } = places
  const rows = Uint32Array.from(starts, (_, row) => row).filter(
    row => starts[row]! >= 0 && contigs.ids[row]! >= 0,
  )
  const isSite = 'site' in window && sites !== undefined
  const ofSite = sites === undefined ? [] : sites.texts.map(text => text === 'donor')
  /** The intron's end that the site is. */
  const position = (row: number) => {
    const isDonor = ofSite[sites!.ids[row]!] === true
    return isDonor === strands[row]! >= 0 ? starts[row]! : ends[row]!
  }
  const first = isSite ? position : (row: number) => starts[row]!
  const second = isSite ? (row: number) => sites.ids[row]! : (row: number) => ends[row]!
  return {
    rows,
    compare: (a, b) =>
      contigs.ids[a]! - contigs.ids[b]! ||
      first(a) - first(b) ||
      second(a) - second(b) ||
      strands[b]! - strands[a]!,
  }
}

/** Counts junctions and remembers the first. */
class Places {
  readonly #examples: DatasetExamples
  #count = 0
  #first = 0

  constructor(examples: DatasetExamples) {
    this.#examples = examples
  }

  add(row: number): void {
    this.#first = this.#count === 0 ? row : Math.min(this.#first, row)
    this.#count++
  }

  problem(what: string): string | undefined {
    return this.#count === 0
      ? undefined
      : `${grouped(this.#count)} ${what}, first ${describePlace(this.#examples, this.#first)}`
  }
}

/** Returns a row's junction as text, `contig:start-end:strand`, 0-based half-open; its number where it has no place. */
export function describePlace({ places }: DatasetExamples, row: number): string {
  const contig = places?.contigs.ids[row] ?? -1
  return places === undefined || contig < 0
    ? `row ${grouped(row + 1)}`
    : `${places.contigs.texts[contig]}:${places.starts[row]}-${places.ends[row]}:${strandOfSign(places.strands[row]!)}`
}

function checkGenes(examples: DatasetExamples): Check {
  const name = 'no gene in two splits'
  const { genes } = examples
  if (genes === undefined) {
    return skipped(name, 'the table has no genes')
  }
  const parts = partsOf(examples)
  const { labels, of } = classGroups(examples)
  const partsOfGene = new Uint8Array(genes.texts.length)
  for (const [row, id] of genes.ids.entries()) {
    // A row of class unknown, which no model sees, may join two genes, and lie in the part of either.
    if (id >= 0 && labels[of[row]!] !== 'unknown') {
      partsOfGene[id]! |= 1 << parts[row]!
    }
  }
  const shared = [...partsOfGene.keys()].filter(id => !isPowerOfTwo(partsOfGene[id]!))
  const first = shared[0]
  const inParts = (id: number) => PARTS.filter((_, part) => partsOfGene[id]! & (1 << part)).join(' and ')
  return check(
    name,
    first === undefined
      ? undefined
      : `${grouped(shared.length)} in several, first ${genes.texts[first]} in ${inParts(first)}`,
    `${grouped(genes.texts.length)} genes`,
  )
}

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0
}
