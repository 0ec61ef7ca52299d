import type { Random } from '../core/random.ts'
import { OTHER } from '../genome/sequence.ts'

const LETTERS = OTHER + 1

/**
 * Returns a random sequence with as many of every pair of neighbouring codes as the one given, and so the same number of each code
 * and the same first and last one. Every such sequence is equally likely.
 *
 * The pairs are the edges of a graph of letters and the sequence is an Euler path in it. A path is known by the order in which each
 * letter's edges are taken, and an order gives a whole path when the last edges lead from every letter to the last one: a tree
 * is drawn for these by a loop-erased walk, and the edges before them are shuffled.
 * Shape: codes 0..4 of any length, other being a letter like the rest.
 * Source: Altschul and Erickson, Mol Biol Evol 2:526, 1985; the tree as in Propp and Wilson, J Algorithms 27:170, 1998.
 */
export function dinucleotideShuffle(codes: Uint8Array, random: Random): Uint8Array {
  if (codes.length < 3) {
    return codes.slice()
  }
  const followers = followersOf(codes)
  const lastEdges = drawTree(followers, codes.at(-1)!, random)
  for (const [letter, edges] of followers.entries()) {
    const last = lastEdges[letter]!
    if (last < 0) {
      random.shuffle(edges)
    } else {
      const [kept] = edges.splice(last, 1)
      random.shuffle(edges).push(kept!)
    }
  }
  const shuffled = new Uint8Array(codes.length)
  const taken = new Uint32Array(LETTERS)
  let letter = codes[0]!
  shuffled[0] = letter
  for (let i = 1; i < codes.length; i++) {
    letter = followers[letter]![taken[letter]!++]!
    shuffled[i] = letter
  }
  return shuffled
}

/** Returns for each letter the letters that follow it, once for each time. */
function followersOf(codes: Uint8Array): number[][] {
  const followers: number[][] = Array.from({ length: LETTERS }, () => [])
  for (let i = 1; i < codes.length; i++) {
    followers[codes[i - 1]!]!.push(codes[i]!)
  }
  return followers
}

/**
 * Returns for each letter the number of the edge to leave it by at last, drawn among all that lead to the root; -1 for the root and for
 * letters without edges.
 */
function drawTree(followers: readonly (readonly number[])[], root: number, random: Random): Int32Array {
  const edge = new Int32Array(LETTERS).fill(-1)
  const isInTree = new Uint8Array(LETTERS)
  isInTree[root] = 1
  for (let from = 0; from < LETTERS; from++) {
    if (followers[from]!.length === 0) {
      continue
    }
    // A walk that comes back to a letter overwrites the edge it left by: what is left has no loops.
    for (let at = from; isInTree[at] === 0; at = followers[at]![edge[at]!]!) {
      edge[at] = random.int(followers[at]!.length)
    }
    for (let at = from; isInTree[at] === 0; at = followers[at]![edge[at]!]!) {
      isInTree[at] = 1
    }
  }
  return edge
}
