import { pagedBuffer } from '../../core/paged-memory.ts'
import { type KmerScanner, kmerHash, SCAN_STARTS } from './kmer-scanner.ts'

/** Bits of the filter per entry, at least. */
const FILTER_BITS = 8
/** Entries per bucket, at most on average. */
const PER_BUCKET = 4

/** The k-mers of an index as they were gathered; the arrays are longer than `count` at will. */
export interface GatheredKmers {
  fronts: Int32Array
  backs: Int32Array
  /** Places of the k-mers, ascending. */
  places: Uint32Array
  count: number
}

/**
 * K-mers and the places where they occur, sorted into buckets by hash; the places of a k-mer stand side by side, ascending.
 * A bit filter of hashes, small enough for the processor's cache, answers for most k-mers that do not occur.
 * Memory: 14 to 16 bytes per entry; 20 to 22 while it is made, those gathered among them.
 */
export class KmerTable {
  /** Number of entries. */
  readonly count: number
  /** Number of different k-mers with more places than were kept. */
  readonly repeated: number
  readonly places: Uint32Array
  /** What `findAll` found last. */
  readonly foundKmers = new Int32Array(SCAN_STARTS)
  readonly foundEntries = new Uint32Array(SCAN_STARTS)
  readonly #fronts: Int32Array
  readonly #backs: Int32Array
  /** First entry of each bucket, and the end of the last. */
  readonly #buckets: Uint32Array
  readonly #filter: Int32Array

  /** Makes the table of gathered k-mers, which it takes away; of each the first `maxPlaces` places are kept. */
  constructor(gathered: GatheredKmers, maxPlaces: number) {
    const { count } = gathered
    this.#buckets = new Uint32Array(powerAtLeast(count / PER_BUCKET) + 1)
    this.#filter = new Int32Array(powerAtLeast((count * FILTER_BITS) / 32))
    const targets = this.#assignBuckets(gathered)
    // Each array is let go once it is copied, so that all are never there twice.
    this.#fronts = moved(gathered.fronts, targets, new Int32Array(pagedBuffer(4 * count), 0, count))
    gathered.fronts = new Int32Array(0)
    this.#backs = moved(gathered.backs, targets, new Int32Array(pagedBuffer(4 * count), 0, count))
    gathered.backs = new Int32Array(0)
    this.places = moved(gathered.places, targets, new Uint32Array(pagedBuffer(4 * count), 0, count))
    gathered.places = new Uint32Array(0)
    for (let bucket = 0; bucket + 1 < this.#buckets.length; bucket++) {
      this.#sort(this.#buckets[bucket]!, this.#buckets[bucket + 1]!)
    }
    this.repeated = this.#cut(maxPlaces)
    this.count = this.#buckets.at(-1)!
  }

  /**
   * Returns how many of the k-mers of the last scan occur; their numbers in the scan are left in `foundKmers`, their first
   * entries in `foundEntries`.
   */
  findAll({ fronts, backs, hashes, count }: KmerScanner): number {
    const { foundKmers, foundEntries } = this
    const filter = this.#filter
    const bits = filter.length * 32 - 1
    let candidates = 0
    for (let i = 0; i < count; i++) {
      const bit = hashes[i]! & bits
      foundKmers[candidates] = i
      // Without a branch, and before the tables are looked at: the waits for memory overlap.
      candidates += (filter[bit >>> 5]! >>> (bit & 31)) & 1
    }
    let found = 0
    for (let c = 0; c < candidates; c++) {
      const i = foundKmers[c]!
      const entry = this.#find(fronts[i]!, backs[i]!, hashes[i]!)
      if (entry >= 0) {
        foundKmers[found] = i
        foundEntries[found++] = entry
      }
    }
    return found
  }

  /** Returns the end of the entries of the k-mer whose first entry this is. */
  endOf(first: number): number {
    const front = this.#fronts[first]
    const back = this.#backs[first]
    let entry = first + 1
    while (entry < this.count && this.#fronts[entry] === front && this.#backs[entry] === back) {
      entry++
    }
    return entry
  }

  /** Returns the first entry of a k-mer, or -1. */
  #find(front: number, back: number, hash: number): number {
    const bucket = hash & (this.#buckets.length - 2)
    const end = this.#buckets[bucket + 1]!
    for (let entry = this.#buckets[bucket]!; entry < end; entry++) {
      if (this.#fronts[entry] === front && this.#backs[entry] === back) {
        return entry
      }
    }
    return -1
  }

  /** Returns where each entry goes when sorted by bucket in the order given, and sets the filter. */
  #assignBuckets({ fronts, backs, count }: GatheredKmers): Uint32Array {
    const buckets = this.#buckets
    const mask = buckets.length - 2
    const bits = this.#filter.length * 32 - 1
    const targets = new Uint32Array(pagedBuffer(4 * count), 0, count)
    for (let i = 0; i < count; i++) {
      const hash = kmerHash(fronts[i]!, backs[i]!)
      const bit = hash & bits
      this.#filter[bit >>> 5]! |= 1 << (bit & 31)
      // Counts stand one bucket further on, so that their sums become first entries.
      targets[i] = buckets[(hash & mask) + 1]!++
    }
    for (let bucket = 1; bucket < buckets.length; bucket++) {
      buckets[bucket]! += buckets[bucket - 1]!
    }
    for (let i = 0; i < count; i++) {
      targets[i]! += buckets[kmerHash(fronts[i]!, backs[i]!) & mask]!
    }
    return targets
  }

  /** Sorts the entries of a bucket by k-mer; entries of one k-mer keep their order. */
  #sort(from: number, to: number): void {
    const { places } = this
    const [fronts, backs] = [this.#fronts, this.#backs]
    for (let i = from + 1; i < to; i++) {
      const [front, back, place] = [fronts[i]!, backs[i]!, places[i]!]
      let j = i - 1
      for (; j >= from && (fronts[j]! > front || (fronts[j] === front && backs[j]! > back)); j--) {
        fronts[j + 1] = fronts[j]!
        backs[j + 1] = backs[j]!
        places[j + 1] = places[j]!
      }
      fronts[j + 1] = front
      backs[j + 1] = back
      places[j + 1] = place
    }
  }

  /** Returns how many k-mers have more than `maxPlaces` places, having removed what is beyond. */
  #cut(maxPlaces: number): number {
    const { places } = this
    const [fronts, backs, buckets] = [this.#fronts, this.#backs, this.#buckets]
    let repeated = 0
    let kept = 0
    let first = 0
    for (let bucket = 0; bucket + 1 < buckets.length; bucket++) {
      const end = buckets[bucket + 1]!
      let same = 0
      const start = kept
      for (let entry = first; entry < end; entry++) {
        const isSame = kept > start && fronts[kept - 1] === fronts[entry] && backs[kept - 1] === backs[entry]
        same = isSame ? same + 1 : 1
        repeated += same === maxPlaces + 1 ? 1 : 0
        if (same <= maxPlaces) {
          fronts[kept] = fronts[entry]!
          backs[kept] = backs[entry]!
          places[kept++] = places[entry]!
        }
      }
      first = end
      buckets[bucket + 1] = kept
    }
    return repeated
  }
}

function moved<T extends Int32Array | Uint32Array>(values: T, targets: Uint32Array, into: T): T {
  for (let i = 0; i < targets.length; i++) {
    into[targets[i]!] = values[i]!
  }
  return into
}

function powerAtLeast(n: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, n))))
}
