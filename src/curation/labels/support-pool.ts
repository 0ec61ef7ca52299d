import { InputDataError } from '../../core/errors.ts'
import type { JunctionEvidence } from '../../genome/junction.ts'
import { type Strand, strandRank } from '../../genome/strand.ts'
import { IntervalTable } from '../../junctions/interval-table.ts'

/** What counts as support of a junction. */
export const SUPPORT_MEASURES = ['fragments', 'reads', 'unique'] as const
export type SupportMeasure = (typeof SUPPORT_MEASURES)[number]

/** A junction's count, and what was counted where the input does not know what was asked for. */
export interface Support {
  count: number
  counted: SupportMeasure
}

/**
 * Returns a junction's support in the measure asked for. Tables know less than alignments: BED12 and GFF3 count reads,
 * STAR counts fragments; where only the other of the two is known, that is taken and named.
 * Throws: InputDataError when the input knows no such count: unique support is never guessed.
 */
export function supportOf(junction: JunctionEvidence, measure: SupportMeasure, label: string): Support {
  const order: readonly SupportMeasure[] =
    measure === 'unique' ? ['unique'] : measure === 'reads' ? ['reads', 'fragments'] : ['fragments', 'reads']
  for (const counted of order) {
    const count = junction[counted]
    if (count !== undefined) {
      return { count, counted }
    }
  }
  const { contig, start, end } = junction
  const known = SUPPORT_MEASURES.filter(name => junction[name] !== undefined)
  throw new InputDataError(
    `${label}: expected a count of ${order.join(' or ')} for ${contig}:${start + 1}-${end}, found ${
      known.length === 0 ? 'none' : `only ${known.join(', ')}`
    }`,
    known.length === 0
      ? 'give alignments, or a table with counts (score column of BED and GFF3, SJ.out.tab)'
      : `count ${known[0]} instead: --support ${known[0]}`,
  )
}

const STRANDS: readonly Strand[] = ['+', '-', '.']

/** The largest count that tables hold, in 32 bits. */
const MOST_SUPPORT = 2 ** 31 - 1

/** What messages call the inputs and contigs that go by number. */
export interface PoolNames {
  inputs?: readonly string[]
  contigs?: readonly string[]
}

/**
 * Junctions of several inputs with their support added up. Junctions go by number, in order of first appearance; contigs
 * go by the caller's numbers.
 * Memory: about 44 bytes per junction, and 4 per input.
 */
export class SupportPool {
  readonly #introns = new IntervalTable()
  readonly #counts: Int32Array<ArrayBuffer>[]
  #sums = new Int32Array(1024)
  readonly #names: PoolNames

  constructor(inputs: number, names: PoolNames = {}) {
    this.#counts = Array.from({ length: inputs }, () => new Int32Array(1024))
    this.#names = names
  }

  /** Number of distinct junctions. */
  get size(): number {
    return this.#introns.size
  }

  /** Number of inputs. */
  get inputs(): number {
    return this.#counts.length
  }

  /**
   * Adds support of one input to a junction; a junction may come more than once. Coordinates: 0-based half-open.
   * Throws: InputDataError when the support of all inputs together exceeds 2^31 - 1.
   */
  add(input: number, contig: number, start: number, end: number, strand: Strand, count: number): void {
    const id = this.#introns.intern(contig * STRANDS.length + strandRank(strand), start, end)
    const before = this.#sums[id] ?? 0
    if (before + count > MOST_SUPPORT) {
      throw this.#tooMuch(input, id, before, count)
    }
    this.#sums = withRoom(this.#sums, id)
    this.#sums[id]! += count
    this.#counts[input] = withRoom(this.#counts[input]!, id)
    this.#counts[input]![id]! += count
  }

  #tooMuch(input: number, id: number, before: number, count: number): InputDataError {
    const { inputs, contigs } = this.#names
    const contig = contigs?.[this.contig(id)] ?? `contig ${this.contig(id) + 1}`
    const added = before > 0 ? ` on top of ${before}` : ''
    return new InputDataError(
      `${inputs?.[input] ?? `input ${input + 1}`}: expected a support of at most ${MOST_SUPPORT} for ${contig}:${this.start(id) + 1}-${this.end(id)}, found ${count}${added}`,
      'is what it gives as support a count of reads or fragments?',
    )
  }

  contig(id: number): number {
    return Math.floor(this.#introns.group(id) / STRANDS.length)
  }

  start(id: number): number {
    return this.#introns.start(id)
  }

  end(id: number): number {
    return this.#introns.end(id)
  }

  strand(id: number): Strand {
    return STRANDS[this.#introns.group(id) % STRANDS.length]!
  }

  /** Returns where a junction lies. Coordinates: 0-based half-open. */
  intron(id: number): { start: number; end: number; strand: Strand } {
    return { start: this.start(id), end: this.end(id), strand: this.strand(id) }
  }

  /** Returns the junction's number, -1 for one that no input has. */
  find(contig: number, start: number, end: number, strand: Strand): number {
    return this.#introns.find(contig * STRANDS.length + strandRank(strand), start, end)
  }

  /** Returns one input's support of a junction. */
  supportBy(input: number, id: number): number {
    return this.#counts[input]![id] ?? 0
  }

  /** Returns the support of a junction by all inputs together. */
  support(id: number): number {
    return this.#sums[id] ?? 0
  }

  /** Returns the support of a junction that may not be there. */
  supportAt(contig: number, start: number, end: number, strand: Strand): number {
    const id = this.find(contig, start, end, strand)
    return id < 0 ? 0 : this.support(id)
  }

  /** Returns the numbers of each contig's junctions. Shape: one list per contig below `contigs`. */
  byContig(contigs: number): number[][] {
    const lists: number[][] = Array.from({ length: contigs }, () => [])
    for (let id = 0; id < this.size; id++) {
      lists[this.contig(id)]!.push(id)
    }
    return lists
  }
}

/** Returns the counts, longer if there is no place for the number yet. */
function withRoom(counts: Int32Array<ArrayBuffer>, id: number): Int32Array<ArrayBuffer> {
  if (id < counts.length) {
    return counts
  }
  const larger = new Int32Array(Math.max(2 * counts.length, id + 1))
  larger.set(counts)
  return larger
}
