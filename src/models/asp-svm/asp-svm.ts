import { InputDataError } from '../../core/errors.ts'
import { OTHER } from '../../genome/sequence.ts'
import { KmerSums } from './kmer-sums.ts'
import { KMER_BASES, type SharedKmers, sharedKmers } from './shared-kmers.ts'
import { degreeWeights, selfValue, startValues } from './weighted-degree-kernel.ts'

/**
 * A support vector machine over the weighted degree kernel: the score of a window is the bias and the sum over the support vectors
 * of coefficient times kernel.
 */
export interface AspSvm {
  degree: number
  /** Bases of a window. */
  length: number
  /** Windows of the support vectors. Shape: [n, length], codes 0..4. */
  supports: Uint8Array
  /** Positive for support vectors of class 1. Shape: [n]. */
  coefficients: Float64Array
  bias: number
}

/**
 * The same machine as weights of k-mers at places. A walk down the tree of a place, base by base, ends at the longest k-mer that two
 * or more support vectors share, and then, where just one goes on like the window, at that one.
 */
export interface KmerTables {
  degree: number
  length: number
  /** Nodes have the numbers 1..nodes; the first `length` are the empty k-mers of the places, the first `rows` may have children. */
  nodes: number
  rows: number
  /**
   * By node and next base: the number of the child; -s where the support vector s (from 1) alone goes on; 0 where none does.
   * Shape: [rows + 1, 4]; the first row is of no node and 0.
   */
  children: Int32Array
  /** What a node's k-mer and all it begins with add to the score. Shape: [nodes + 1]. */
  values: Float64Array
  /** Bases of a node's k-mer. Shape: [nodes + 1]. */
  depths: Uint8Array
  /** Divided by what a window has in common with itself; the first is of no support vector and 0. Shape: [n + 1]. */
  coefficients: Float64Array
  /** What agreeing bases count from one place on. Shape: [degree + 1]. */
  starts: Float64Array
  /** Windows of the support vectors. Shape: [n, length]. */
  supports: Uint8Array
  bias: number
}

/** Returns the weights of k-mers of a machine. Memory: about 40 bytes per base of the support vectors while it works, half of it after. */
export function kmerTables({ degree, length, supports, coefficients, bias }: AspSvm): KmerTables {
  const kmers = sharedKmers({ codes: supports, count: coefficients.length, length }, degree)
  const values = nodeValues(kmers, coefficients)
  const { numbers, rows } = numbered(kmers)
  const { nodes } = kmers
  const tables: KmerTables = {
    degree,
    length,
    nodes,
    rows,
    children: childrenOf(kmers, numbers, rows, supports),
    values: new Float64Array(nodes + 1),
    depths: new Uint8Array(nodes + 1),
    coefficients: new Float64Array(coefficients.length + 1),
    starts: startValues(degree),
    supports,
    bias,
  }
  tables.coefficients.set(
    coefficients.map(coefficient => coefficient / selfValue(degree, length)),
    1,
  )
  for (const [node, number] of numbers.entries()) {
    tables.values[number] = values[node]!
    tables.depths[number] = kmers.depths[node]!
  }
  return tables
}

/** Returns what each node's k-mer and all it begins with add. Shape: [nodes]. */
function nodeValues(kmers: SharedKmers, coefficients: Float64Array): Float64Array {
  const { degree, length, nodes, depths, parents } = kmers
  const weights = degreeWeights(degree)
  const whole = selfValue(degree, length)
  const values = coefficientSums(kmers, coefficients)
  for (let node = 0; node < nodes; node++) {
    const depth = depths[node]!
    values[node] = depth === 0 ? 0 : values[parents[node]!]! + (weights[depth]! * values[node]!) / whole
  }
  return values
}

function coefficientSums(kmers: SharedKmers, coefficients: Float64Array): Float64Array {
  const sums = new KmerSums(kmers)
  for (const [window, coefficient] of coefficients.entries()) {
    sums.add(window, coefficient)
  }
  return sums.sums
}

/** Returns the number of each node: those that walks go on from first, otherwise in their order. */
function numbered(kmers: SharedKmers): { numbers: Int32Array; rows: number } {
  const { length, nodes, parents, deepest, depths, reach } = kmers
  const goesOn = new Uint8Array(nodes).fill(1, 0, length)
  for (let node = length; node < nodes; node++) {
    goesOn[parents[node]!] = 1
  }
  for (const [at, node] of deepest.entries()) {
    if (reach[at]! > depths[node]!) {
      goesOn[node] = 1
    }
  }
  const rows = goesOn.reduce((sum, flag) => sum + flag, 0)
  let [next, nextLast] = [1, rows + 1]
  const numbers = Int32Array.from(goesOn, flag => (flag === 1 ? next++ : nextLast++))
  return { numbers, rows }
}

function childrenOf(
  { length, nodes, parents, bases, deepest, depths, reach }: SharedKmers,
  numbers: Int32Array,
  rows: number,
  supports: Uint8Array,
): Int32Array {
  const children = new Int32Array((rows + 1) * KMER_BASES)
  for (let node = length; node < nodes; node++) {
    children[numbers[parents[node]!]! * KMER_BASES + bases[node]!] = numbers[node]!
  }
  for (const [at, node] of deepest.entries()) {
    const depth = depths[node]!
    if (reach[at]! > depth) {
      children[numbers[node]! * KMER_BASES + supports[at + depth]!] = -(Math.trunc(at / length) + 1)
    }
  }
  return children
}

/**
 * Returns the scores of windows laid end to end, in double precision; above 0 speaks for class 1.
 * Shape: codes [n, length], result [n].
 * Throws: InputDataError when the codes are not whole windows.
 */
export function aspScores(tables: KmerTables, codes: Uint8Array): Float64Array {
  const { length, bias } = tables
  if (codes.length % length !== 0) {
    throw new InputDataError(`expected windows of ${length} codes, found ${codes.length} codes`)
  }
  const scores = new Float64Array(codes.length / length)
  for (let n = 0; n < scores.length; n++) {
    let sum = bias
    for (let place = 0; place < length; place++) {
      sum += placeScore(tables, codes, n * length, place)
    }
    scores[n] = sum
  }
  return scores
}

/** Returns what the k-mers that start at a place of the window at `offset` add. */
function placeScore(tables: KmerTables, codes: Uint8Array, offset: number, place: number): number {
  const { degree, length, rows, children, values, coefficients, starts, supports } = tables
  const end = offset + length
  let node = place + 1
  let at = offset + place
  while (node <= rows && at < end && codes[at]! < KMER_BASES) {
    const next = children[node * KMER_BASES + codes[at]!]!
    if (next < 0) {
      const depth = at - offset - place
      const support = (-next - 1) * length - offset
      const last = Math.min(end, offset + place + degree)
      while (at < last && codes[at] === supports[support + at] && codes[at] !== OTHER) {
        at++
      }
      return values[node]! + coefficients[-next]! * (starts[at - offset - place]! - starts[depth]!)
    }
    if (next === 0) {
      break
    }
    node = next
    at++
  }
  return values[node]!
}

/**
 * Returns how much the k-mers of each length that start at each place weigh: the sum of the absolute weights of all k-mers that
 * occur in support vectors. It says where and how far the machine looks, not for which class.
 * Shape: [length, degree] row-major, lengths from 1 on.
 */
export function positionalImportance({ degree, length, supports, coefficients }: AspSvm): Float64Array {
  const kmers = sharedKmers({ codes: supports, count: coefficients.length, length }, degree)
  const { nodes, parents, depths, deepest, reach } = kmers
  const weights = degreeWeights(degree).map(weight => weight / selfValue(degree, length))
  const sums = coefficientSums(kmers, coefficients)
  const importance = new Float64Array(length * degree)
  const places = Int32Array.from({ length: nodes }, (_, node) => node)
  for (let node = length; node < nodes; node++) {
    const depth = depths[node]!
    const place = places[parents[node]!]!
    places[node] = place
    importance[place * degree + depth - 1]! += weights[depth]! * Math.abs(sums[node]!)
  }
  for (const [at, node] of deepest.entries()) {
    const own = Math.abs(coefficients[Math.trunc(at / length)]!)
    for (let depth = depths[node]! + 1; depth <= reach[at]!; depth++) {
      importance[(at % length) * degree + depth - 1]! += weights[depth]! * own
    }
  }
  return importance
}
