import { OTHER } from '../../genome/sequence.ts'

/** Length of the k-mers compared when nothing else is said. */
export const DEFAULT_KMER = 31
const SHORTEST = 15
const LONGEST = 31

/** K-mers that one call of `scan` looks at, at most. */
export const SCAN_STARTS = 1024

/**
 * Finds the k-mers of a stretch. A k-mer and its reverse complement are one (the one with A or C in the middle, which an
 * odd k always has); those with another base than A, C, G, T are passed over. Of all k-mers those with a hash below a
 * limit are kept, so that the same ones are kept wherever they occur.
 * Source: FracMinHash sampling (Irber et al., bioRxiv 2022.01.11.475838).
 */
export class KmerScanner {
  readonly k: number
  /** What the last scan found, `count` of each: first base, the k-mer (front and back part of its 2-bit codes), hash. */
  readonly starts = new Int32Array(SCAN_STARTS)
  readonly fronts = new Int32Array(SCAN_STARTS)
  readonly backs = new Int32Array(SCAN_STARTS)
  readonly hashes = new Int32Array(SCAN_STARTS)
  count = 0

  /** Throws: RangeError unless k is odd and from 15 to 31. */
  constructor(k: number) {
    if (!Number.isInteger(k) || k % 2 === 0 || k < SHORTEST || k > LONGEST) {
      throw new RangeError(`expected k-mers of an odd length from ${SHORTEST} to ${LONGEST}, found ${k}`)
    }
    this.k = k
  }

  /**
   * Returns the number of k-mers kept among the first `SCAN_STARTS` of codes[from, to); the next scan of a longer stretch
   * starts `SCAN_STARTS` further on. Places outside the codes count as other bases.
   */
  scan(codes: Uint8Array, from: number, to: number, limit: number): number {
    const { k, starts, fronts, backs, hashes } = this
    const backBits = 2 * (k >> 1)
    const frontBits = 2 * k - backBits
    const backMask = 2 ** backBits - 1
    const frontMask = frontBits === 32 ? -1 : 2 ** frontBits - 1
    const last = Math.min(to, from + SCAN_STARTS + k - 1, codes.length)
    let [front, back, reverseFront, reverseBack] = [0, 0, 0, 0]
    let run = 0
    let count = 0
    for (let i = Math.max(0, from); i < last; i++) {
      const code = codes[i]!
      if (code >= OTHER) {
        run = 0
        continue
      }
      front = ((front << 2) | (back >>> (backBits - 2))) & frontMask
      back = ((back << 2) | code) & backMask
      reverseBack = (reverseBack >>> 2) | ((reverseFront & 3) << (backBits - 2))
      reverseFront = (reverseFront >>> 2) | ((3 - code) << (frontBits - 2))
      run++
      if (run < k) {
        continue
      }
      // The last base of the front part is the middle one; A and C have their upper bit clear, their complements have not.
      const isForward = (front & 2) === 0
      const a = isForward ? front : reverseFront
      const b = isForward ? back : reverseBack
      const hash = kmerHash(a, b)
      if (hash >>> 0 < limit) {
        starts[count] = i + 1 - k
        fronts[count] = a
        backs[count] = b
        hashes[count] = hash
        count++
      }
    }
    this.count = count
    return count
  }
}

/** Returns the limit of hashes that keeps one k-mer in `oneIn`. */
export function hashLimit(oneIn: number): number {
  return 2 ** 32 / oneIn
}

/** Returns 32 bits that depend on every bit of the k-mer. Source: the last steps of MurmurHash3 (A. Appleby). */
export function kmerHash(front: number, back: number): number {
  let h = Math.imul(front ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15) ^ back, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 13), 0x27d4eb2f)
  return h ^ (h >>> 16)
}
