import { pagedBuffer } from '../../core/paged-memory.ts'
import { GrowingColumn } from '../growing-column.ts'
import { KmerIndex } from './kmer-index.ts'
import { DEFAULT_KMER, hashLimit, KmerScanner, kmerHash, SCAN_STARTS } from './kmer-scanner.ts'
import { type GatheredKmers, KmerTable } from './kmer-table.ts'
import { usableKmers } from './segments.ts'

/** Entries kept unless more are allowed. */
export const DEFAULT_ENTRIES = 1 << 22

export interface KmerIndexOptions {
  /**
   * Length of the k-mers, odd, 15 to 31. Where copies differ shorter ones are nearer the truth. Measured at identity 0.9, on
   * 400 bases: copies with 5 % of their bases replaced are found in 98 % of cases with 31, 100 % with 17; of
   * segments all over chr21, compared with 2.5 Mb of other human chromosomes, 13 % are called alike with 31, 3 % with 17.
   */
  k?: number
  /** Bases that will be added; only saves work, as the sampling sets itself by what comes. */
  expectedBases?: number
  /** Most entries to keep; when more come, one k-mer in 2, 3, ... is kept. Units: 12 bytes while added, then 14 to 16. */
  maxEntries?: number
  /** Places kept of one k-mer: the first that were added. */
  maxOccurrences?: number
}

/**
 * Takes stretches of held-out sequence and makes an index of them.
 * Memory: 12 bytes per entry, 18 for a moment as it grows, 20 to 22 while `finish` sorts; 16 bytes per stretch.
 */
export class KmerIndexBuilder {
  readonly k: number
  readonly #scanner: KmerScanner
  readonly #maxEntries: number
  readonly #maxOccurrences: number
  #oneIn: number
  #fronts = new Int32Array(1024)
  #backs = new Int32Array(1024)
  #places = new Uint32Array(1024)
  #count = 0
  #bases = 0
  #kmers = 0
  /** First place of each stretch; float64 holds places up to 2^32. */
  readonly #stretches = new GrowingColumn(length => new Float64Array(length))
  /** K-mers of the smallest segment that each stretch was joined from. */
  readonly #smallest = new GrowingColumn(length => new Float64Array(length))

  /** Throws: RangeError for a k that is even or not from 15 to 31, and for numbers that are not positive integers. */
  constructor(options: KmerIndexOptions = {}) {
    const { k = DEFAULT_KMER, expectedBases = 0, maxEntries = DEFAULT_ENTRIES, maxOccurrences = 64 } = options
    for (const [name, value] of Object.entries({ expectedBases, maxEntries, maxOccurrences })) {
      const least = name === 'expectedBases' ? 0 : 1
      if (!Number.isInteger(value) || value < least || value >= 2 ** 32) {
        throw new RangeError(`expected ${name} from ${least} to below 2^32, found ${value}`)
      }
    }
    this.#scanner = new KmerScanner(k)
    this.k = k
    this.#maxEntries = maxEntries
    this.#maxOccurrences = maxOccurrences
    this.#oneIn = Math.max(1, Math.ceil(expectedBases / maxEntries))
  }

  /** K-mers without an unknown base that were added, kept or not. */
  get kmers(): number {
    return this.#kmers
  }

  /**
   * Adds the stretch codes[from, to). What lies side by side in a genome is best added as one stretch, since a segment
   * is compared with one stretch at a time, and bases that are added twice count twice as places. A stretch that was
   * joined from segments is judged like the smallest of them when `smallestKmers` tells its k-mers (`usableKmers`): what
   * is alike to a segment alone is then alike to the stretch.
   * Throws: RangeError beyond 2^32 - 1 bases in all.
   */
  add(codes: Uint8Array, from: number, to: number, smallestKmers = Number.POSITIVE_INFINITY): void {
    if (this.#bases + (to - from) >= 2 ** 32) {
      throw new RangeError(`expected fewer than ${2 ** 32} bases of held-out sequence in one index`)
    }
    const { k, starts, fronts, backs, hashes } = this.#scanner
    this.#stretches.push(this.#bases)
    this.#smallest.push(smallestKmers)
    const offset = this.#bases - from
    for (let at = from; at + k <= to; at += SCAN_STARTS) {
      const found = this.#scanner.scan(codes, at, to, hashLimit(this.#oneIn))
      this.#makeRoom(found)
      // Room may have been made by keeping fewer k-mers.
      const limit = hashLimit(this.#oneIn)
      for (let i = 0; i < found; i++) {
        if (hashes[i]! >>> 0 < limit) {
          this.#fronts[this.#count] = fronts[i]!
          this.#backs[this.#count] = backs[i]!
          this.#places[this.#count++] = offset + starts[i]!
        }
      }
    }
    this.#bases += Math.max(0, to - from)
    this.#kmers += usableKmers(codes, from, to, k)
  }

  /** Returns the index. The builder takes no more. */
  finish(): KmerIndex {
    this.#sampleDownTo(this.#maxEntries)
    const gathered = { fronts: this.#fronts, backs: this.#backs, places: this.#places, count: this.#count }
    this.#fronts = this.#backs = new Int32Array(0)
    this.#places = new Uint32Array(0)
    this.#count = 0
    const stretches = this.#stretches.finish()
    const stretchKmers = countByStretch(gathered, stretches)
    for (const [stretch, smallest] of this.#smallest.finish().entries()) {
      const limit = Math.max(1, Math.floor(smallest / this.#oneIn))
      stretchKmers[stretch] = Math.min(stretchKmers[stretch]!, limit)
    }
    const table = new KmerTable(gathered, this.#maxOccurrences)
    return new KmerIndex({
      k: this.k,
      oneIn: this.#oneIn,
      table,
      stretches,
      stretchKmers,
      bases: this.#bases,
    })
  }

  /** Makes room for so many more entries: by more memory, and once there are `maxEntries` by keeping fewer k-mers. */
  #makeRoom(more: number): void {
    if (this.#count + more > this.#maxEntries) {
      this.#sampleDownTo(this.#maxEntries - 1)
    }
    const wanted = this.#count + more
    if (wanted > this.#places.length) {
      const length = Math.max(wanted, Math.min(2 * this.#places.length, this.#maxEntries + SCAN_STARTS))
      this.#fronts = enlarged(this.#fronts, new Int32Array(pagedBuffer(4 * length), 0, length))
      this.#backs = enlarged(this.#backs, new Int32Array(pagedBuffer(4 * length), 0, length))
      this.#places = enlarged(this.#places, new Uint32Array(pagedBuffer(4 * length), 0, length))
    }
  }

  /** Keeps one k-mer in more until there are at most so many. A higher `oneIn` keeps a part of what a lower one does. */
  #sampleDownTo(most: number): void {
    const [fronts, backs, places] = [this.#fronts, this.#backs, this.#places]
    while (this.#count > most && this.#oneIn < 2 ** 32) {
      this.#oneIn += Math.ceil(this.#oneIn / 4)
      const limit = hashLimit(this.#oneIn)
      let kept = 0
      for (let i = 0; i < this.#count; i++) {
        const [front, back] = [fronts[i]!, backs[i]!]
        if (kmerHash(front, back) >>> 0 < limit) {
          fronts[kept] = front
          backs[kept] = back
          places[kept++] = places[i]!
        }
      }
      this.#count = kept
    }
  }
}

/** Returns how many of the places, ascending, lie in each stretch. */
function countByStretch({ places, count }: GatheredKmers, stretches: Float64Array): Uint32Array {
  const counts = new Uint32Array(stretches.length)
  for (let i = 0, stretch = 0; i < count; i++) {
    while (stretch + 1 < stretches.length && places[i]! >= stretches[stretch + 1]!) {
      stretch++
    }
    counts[stretch]!++
  }
  return counts
}

function enlarged<T extends Int32Array | Uint32Array>(values: T, into: T): T {
  into.set(values)
  return into
}
