// Splice sites and plain sequence drawn base by base from written-down frequencies. Nothing here is copied sequence:
// the numbers are rounded shares of A, C, G, T as textbooks describe the human consensus (donor MAG|GTRAGT, acceptor
// (Y)n NCAG|G, branch point YTNAY, and ATATCCTT ... YCCAC of the minor spliceosome).
import { between, pickWeighted } from './random.mjs'

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {readonly [a: number, c: number, g: number, t: number]} BaseShares percent of A, C, G, T at one position */
/** @typedef {'GT-AG' | 'GC-AG' | 'AT-AC'} IntronKind */

const BASES = 'ACGT'

/** @type {BaseShares} */
export const EXON = [25, 26, 27, 22]
/** @type {BaseShares} */
export const INTRON = [27, 19, 20, 34]
/** @type {BaseShares} */
export const INTERGENIC = [30, 20, 20, 30]

/** Last three exon bases, first six intron bases. @type {readonly BaseShares[]} */
const DONOR = [
  [34, 36, 18, 12],
  [62, 11, 12, 15],
  [9, 3, 81, 7],
  [0, 0, 100, 0],
  [0, 0, 0, 100],
  [56, 3, 38, 3],
  [71, 8, 11, 10],
  [7, 5, 82, 6],
  [16, 16, 20, 48],
]

/** GC donors live on a nearly perfect rest. @type {readonly BaseShares[]} */
const DONOR_GC = [
  [40, 42, 10, 8],
  [84, 4, 6, 6],
  [2, 1, 96, 1],
  [0, 0, 100, 0],
  [0, 100, 0, 0],
  [86, 1, 12, 1],
  [90, 3, 4, 3],
  [2, 1, 96, 1],
  [10, 8, 10, 72],
]

/** The last twenty intron bases and the first two of the exon. @type {readonly BaseShares[]} */
const ACCEPTOR = [
  [18, 27, 14, 41],
  [17, 27, 14, 42],
  [16, 27, 14, 43],
  [15, 28, 13, 44],
  [14, 28, 13, 45],
  [13, 29, 12, 46],
  [12, 29, 12, 47],
  [11, 30, 12, 47],
  [10, 31, 11, 48],
  [9, 31, 11, 49],
  [9, 32, 11, 48],
  [9, 34, 10, 47],
  [8, 35, 8, 49],
  [8, 36, 6, 50],
  [8, 36, 6, 50],
  [7, 34, 6, 53],
  [24, 28, 21, 27],
  [5, 68, 1, 26],
  [100, 0, 0, 0],
  [0, 0, 100, 0],
  [24, 14, 50, 12],
  [24, 19, 20, 37],
]

/** @type {readonly BaseShares[]} */
const BRANCH = [
  [5, 45, 5, 45],
  [4, 6, 4, 86],
  [25, 25, 25, 25],
  [97, 1, 1, 1],
  [5, 55, 5, 35],
]

const DONOR_AT = [...DONOR.slice(0, 3), ...nearly('ATATCC')]
/** The branch point of the minor spliceosome sits close to the acceptor, so it is part of the table. */
const ACCEPTOR_AC = [...nearly('TTCCTTAACTTTCTTCYCAC'), ...ACCEPTOR.slice(20)]

/**
 * Returns 91 % of each letter named (Y: C and T alike) and 3 % of each other; the end dinucleotides AT and AC stay exact.
 * @param {string} consensus
 * @returns {BaseShares[]}
 */
function nearly(consensus) {
  return Array.from(consensus, (letter, i) => {
    const exact = consensus.startsWith('AT') ? i < 2 : i >= consensus.length - 2
    const [most, rest] = exact ? [100, 0] : [91, 3]
    /** @param {string} base */
    const share = base => {
      if (letter === 'Y') {
        return base === 'C' || base === 'T' ? 47 : rest
      }
      return base === letter ? most : rest
    }
    return [share('A'), share('C'), share('G'), share('T')]
  })
}

/**
 * Returns `n` independent bases.
 * @param {Random} random
 * @param {number} n
 * @param {BaseShares} shares
 * @returns {string[]}
 */
export function drawBases(random, n, shares) {
  return Array.from({ length: n }, () => BASES[pickWeighted(random, shares)])
}

/**
 * Returns an intron with the exon bases that belong to its sites: three before, two after.
 * @param {Random} random
 * @param {number} length at least 50
 * @param {IntronKind} kind
 * @returns {{ before: string[], intron: string[], after: string[] }}
 */
export function drawIntron(random, length, kind) {
  if (length < 50) {
    throw new Error(`an intron with both sites and a branch point takes 50 bases, found ${length}`)
  }
  const donor = drawSite(random, kind === 'GT-AG' ? DONOR : kind === 'GC-AG' ? DONOR_GC : DONOR_AT)
  const acceptor = drawSite(random, kind === 'AT-AC' ? ACCEPTOR_AC : ACCEPTOR)
  const intron = [...donor.slice(3), ...drawBases(random, length - 26, INTRON), ...acceptor.slice(0, 20)]
  if (kind !== 'AT-AC') {
    const branch = length - between(random, 24, 36) - 3
    intron.splice(branch, 5, ...drawSite(random, BRANCH))
    removeEarlyAcceptors(intron, branch + 5)
  }
  return { before: donor.slice(0, 3), intron, after: acceptor.slice(20) }
}

/**
 * Returns the 20 bases before an acceptor's exon and the two after: a second acceptor for an exon's inside.
 * @param {Random} random
 * @returns {string[]}
 */
export function drawAcceptor(random) {
  const site = drawSite(random, ACCEPTOR)
  const tail = site.slice(0, 20)
  removeEarlyAcceptors(tail, 0)
  return [...tail, ...site.slice(20)]
}

/**
 * @param {Random} random
 * @param {readonly BaseShares[]} table
 * @returns {string[]}
 */
function drawSite(random, table) {
  return table.map(shares => BASES[pickWeighted(random, shares)])
}

/**
 * The spliceosome takes the first AG after the branch point, so real introns have none in between.
 * @param {string[]} intron
 * @param {number} from
 */
function removeEarlyAcceptors(intron, from) {
  for (let i = from; i < intron.length - 3; i++) {
    if (intron[i] === 'A' && intron[i + 1] === 'G') {
      intron[i] = 'C'
    }
  }
}

/** @type {Record<string, string>} */
const COMPLEMENT = { A: 'T', C: 'G', G: 'C', T: 'A', N: 'N' }

/**
 * Returns the reverse complement of upper-case sequence.
 * @param {string} sequence
 * @returns {string}
 */
export function reverseComplementText(sequence) {
  let out = ''
  for (let i = sequence.length - 1; i >= 0; i--) {
    out += COMPLEMENT[sequence[i]]
  }
  return out
}
