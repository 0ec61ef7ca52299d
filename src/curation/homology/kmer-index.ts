import { identityOfShare } from './identity.ts'
import { hashLimit, KmerScanner, SCAN_STARTS } from './kmer-scanner.ts'
import type { KmerTable } from './kmer-table.ts'

/** Different k-mers of a segment that can be told apart beside a place of 32 bits in one number. */
const MAX_SEGMENT = 2 ** 21

/** What `KmerIndexBuilder` makes an index of. */
export interface KmerIndexParts {
  k: number
  oneIn: number
  table: KmerTable
  /** First place of each stretch, ascending. */
  stretches: Float64Array
  /** K-mers of each stretch. */
  stretchKmers: Uint32Array
  bases: number
}

/**
 * The k-mers of held-out sequence, to ask how much alike other sequence is to a piece of it, on either strand. Used by one
 * caller at a time: it has working memory of its own. A segment of 400 bases takes about 12 microseconds when it is
 * unrelated, 30 to 200 when many of its k-mers occur.
 * Memory: that of `KmerTable`, and 12 bytes per stretch.
 */
export class KmerIndex {
  readonly k: number
  /** One k-mer in so many is looked at; 1 = all of them. */
  readonly oneIn: number
  /** Bases of all stretches. */
  readonly bases: number
  readonly #table: KmerTable
  readonly #limit: number
  readonly #scanner: KmerScanner
  readonly #stretches: Float64Array
  readonly #stretchKmers: Uint32Array
  /** K-mers of the stretch that has fewest, but some. */
  readonly #fewest: number
  #hits = new Uint32Array(SCAN_STARTS)
  #wanted = new Int32Array(SCAN_STARTS)
  #held = new Int32Array(SCAN_STARTS)
  #places = new Float64Array(4 * SCAN_STARTS)

  constructor(parts: KmerIndexParts) {
    this.k = parts.k
    this.oneIn = parts.oneIn
    this.bases = parts.bases
    this.#table = parts.table
    this.#limit = hashLimit(parts.oneIn)
    this.#scanner = new KmerScanner(parts.k)
    this.#stretches = parts.stretches
    this.#stretchKmers = parts.stretchKmers
    this.#fewest = parts.stretchKmers.reduce((least, n) => (n > 0 ? Math.min(least, n) : least), 2 ** 32)
  }

  /** Number of k-mers kept, each counted at every place. */
  get entries(): number {
    return this.#table.count
  }

  /** Number of different k-mers with more places than were kept. */
  get repeated(): number {
    return this.#table.repeated
  }

  /**
   * Returns the identity of codes[from, to) with the piece of held-out sequence most alike, 0 to 1, estimated from shared
   * k-mers: the most that lie in one piece of the segment's length (and an eighth more, for insertions) of one stretch,
   * out of those that the segment and the stretch can both have. So 1 is a segment that contains, or is contained in,
   * held-out sequence; 0 shares no k-mer. A k-mer that occurs several times in both counts as often as in the one
   * that has it less often, hence a short (CA)n does not look like a long one. Of a k-mer with very many places only the
   * first ones are known.
   * Throws: RangeError for segments beyond 2,097,152 bases.
   */
  identity(codes: Uint8Array, from: number, to: number): number {
    const { sampled, hits } = this.#gather(codes, from, to)
    return hits === 0 ? 0 : identityOfShare(this.#bestShare(hits, sampled, to - from), this.k)
  }

  /** Returns whether the segment's `identity` is at least `maxIdentity`; faster than working it out. */
  isAlike(codes: Uint8Array, from: number, to: number, maxIdentity: number): boolean {
    const { sampled, hits } = this.#gather(codes, from, to)
    return (
      this.highestIdentity(hits, sampled) >= maxIdentity &&
      identityOfShare(this.#bestShare(hits, sampled, to - from), this.k) >= maxIdentity
    )
  }

  /** Returns the highest identity that a segment can have of whose `sampled` k-mers `hits` occur in the index. */
  highestIdentity(hits: number, sampled: number): number {
    return hits === 0 ? 0 : identityOfShare(hits / Math.min(sampled, this.#fewest), this.k)
  }

  /** Returns the number of k-mers of codes[from, to) that are looked at. */
  countSampled(codes: Uint8Array, from: number, to: number): number {
    let sampled = 0
    for (let at = from; at + this.k <= to; at += SCAN_STARTS) {
      sampled += this.#scanner.scan(codes, at, to, this.#limit)
    }
    return sampled
  }

  /** Sets the bits of the first `SCAN_STARTS` places of codes[from, ...) where a k-mer of the index starts. */
  markHits(codes: Uint8Array, from: number, bits: Int32Array): void {
    this.#scanner.scan(codes, from, codes.length, this.#limit)
    const found = this.#table.findAll(this.#scanner)
    for (let i = 0; i < found; i++) {
      const place = this.#scanner.starts[this.#table.foundKmers[i]!]!
      bits[place >>> 5]! |= 1 << (place & 31)
    }
  }

  /** Collects the first entries of the segment's k-mers that occur; returns their number and that of all looked at. */
  #gather(codes: Uint8Array, from: number, to: number): { sampled: number; hits: number } {
    if (to - from > MAX_SEGMENT) {
      throw new RangeError(`expected segments of at most ${MAX_SEGMENT} bases, found ${to - from}`)
    }
    let sampled = 0
    let hits = 0
    for (let at = from; at + this.k <= to; at += SCAN_STARTS) {
      sampled += this.#scanner.scan(codes, at, to, this.#limit)
      const found = this.#table.findAll(this.#scanner)
      if (hits + found > this.#hits.length) {
        const larger = new Uint32Array(2 * (hits + found))
        larger.set(this.#hits)
        this.#hits = larger
      }
      this.#hits.set(this.#table.foundEntries.subarray(0, found), hits)
      hits += found
    }
    return { sampled, hits }
  }

  /** Returns the largest share of k-mers in a piece of one stretch. */
  #bestShare(hits: number, sampled: number, length: number): number {
    const count = this.#collectPlaces(hits)
    const places = this.#places
    const [wanted, held] = [this.#wanted, this.#held]
    const reach = length - this.k + (length >> 3)
    let left = 0
    let shared = 0
    let best = 0
    let stretchEnd = 0
    let possible = 0
    for (let right = 0; right < count; right++) {
      const place = placeOf(places[right]!)
      let lowest = place - reach
      if (place >= stretchEnd) {
        const stretch = this.#stretchAt(place)
        stretchEnd = this.#stretches[stretch + 1] ?? 2 ** 32
        possible = Math.min(sampled, this.#stretchKmers[stretch]!)
        // Nothing of an earlier stretch stays.
        lowest = place
      }
      for (; places[left]! < lowest * MAX_SEGMENT; left++) {
        const gone = kmerOf(places[left]!)
        shared -= held[gone]!-- <= wanted[gone]! ? 1 : 0
      }
      const added = kmerOf(places[right]!)
      shared += ++held[added]! <= wanted[added]! ? 1 : 0
      best = Math.max(best, shared / possible)
    }
    return best
  }

  /**
   * Returns the number of places of the segment's k-mers, left in `#places`, ascending, each with the number of its k-mer
   * in the segment; how often the segment has each is left in `#wanted`, and `#held` is cleared.
   */
  #collectPlaces(hits: number): number {
    const firsts = this.#hits.subarray(0, hits).sort()
    if (hits > this.#wanted.length) {
      this.#wanted = new Int32Array(2 * hits)
      this.#held = new Int32Array(2 * hits)
    }
    let count = 0
    let kmers = 0
    for (let i = 0; i < hits; ) {
      const first = firsts[i]!
      let next = i + 1
      while (next < hits && firsts[next] === first) {
        next++
      }
      this.#wanted[kmers] = next - i
      this.#held[kmers] = 0
      const end = this.#table.endOf(first)
      if (count + end - first > this.#places.length) {
        const larger = new Float64Array(2 * (count + end - first))
        larger.set(this.#places)
        this.#places = larger
      }
      for (let entry = first; entry < end; entry++) {
        this.#places[count++] = this.#table.places[entry]! * MAX_SEGMENT + kmers
      }
      kmers++
      i = next
    }
    this.#places.subarray(0, count).sort()
    return count
  }

  /** Returns the number of the stretch of a place. */
  #stretchAt(place: number): number {
    let low = 0
    let high = this.#stretches.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (this.#stretches[middle]! <= place) {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }
}

function placeOf(placeAndKmer: number): number {
  return Math.floor(placeAndKmer / MAX_SEGMENT)
}

/** Written without `%`, which takes ten times as long on numbers beyond 32 bits. */
function kmerOf(placeAndKmer: number): number {
  return placeAndKmer - placeOf(placeAndKmer) * MAX_SEGMENT
}
