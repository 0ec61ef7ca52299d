import { OTHER } from '../../genome/sequence.ts'

/** Bases that a k-mer consists of: A, C, G, T. */
export const KMER_BASES = OTHER

/** Windows laid end to end. Shape: codes [count, length], 0..4. */
export interface WindowCodes {
  codes: Uint8Array
  count: number
  length: number
}

/**
 * The k-mers at fixed places that two or more windows have in common, as a tree for each place: a node is a place and a k-mer that
 * starts there, its parent the k-mer without its last base. What only one window has needs no node: its weight is the window's.
 */
export interface SharedKmers {
  readonly degree: number
  readonly length: number
  /** Nodes in all. The first `length` are the empty k-mers of the places; further on, parents come before children. */
  readonly nodes: number
  /** Shape: [nodes]; 0 of the empty k-mers. */
  readonly parents: Int32Array
  /** Last base. Shape: [nodes]. */
  readonly bases: Uint8Array
  /** Bases of the k-mer. Shape: [nodes]. */
  readonly depths: Uint8Array
  /** The longest shared k-mer of each window at each place. Shape: [count, length]. */
  readonly deepest: Int32Array
  /** Bases up to where the window's k-mers at this place end: at the degree, its end or an N. Shape: [count, length]. */
  readonly reach: Uint8Array
}

/**
 * Returns the shared k-mers of windows. Time is of the order of the windows' bases times the logarithm of their number.
 * Memory: 5 bytes per base of the windows, and 6 per node: about one per base.
 */
export function sharedKmers({ codes, count, length }: WindowCodes, degree: number): SharedKmers {
  const nodes = new GrowingNodes(length)
  const deepest = new Int32Array(count * length)
  const reach = reaches({ codes, count, length }, degree)
  const groups = new Int32Array(count)
  for (let place = 0; place < length; place++) {
    groups.fill(place)
    const examples = Uint32Array.from({ length: count }, (_, i) => i)
    // Level by level: windows that agree on one base more stay together, and those left alone leave.
    for (let active = count, depth = 1; active > 1 && depth <= degree; depth++) {
      active = splitGroups({ codes, length, place, depth, examples, active, groups, reach, nodes })
    }
    for (let i = 0; i < count; i++) {
      deepest[i * length + place] = groups[i]!
    }
  }
  return { degree, length, ...nodes.columns(), deepest, reach }
}

interface Level {
  codes: Uint8Array
  length: number
  place: number
  depth: number
  /** Windows whose last k-mer is shared; the first `active` count. */
  examples: Uint32Array
  active: number
  /** Node of each window so far. */
  groups: Int32Array
  reach: Uint8Array
  nodes: GrowingNodes
}

/** Gives windows that share one base more their node; returns how many there are, which are then the first of `examples`. */
function splitGroups({ codes, length, place, depth, examples, active, groups, reach, nodes }: Level): number {
  // Of the nodes of the level above, which were made one after another.
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (let k = 0; k < active; k++) {
    first = Math.min(first, groups[examples[k]!]!)
    last = Math.max(last, groups[examples[k]!]!)
  }
  const counts = new Int32Array((last - first + 1) * KMER_BASES)
  const cell = (i: number) => (groups[i]! - first) * KMER_BASES + codes[i * length + place + depth - 1]!
  let kept = 0
  for (let k = 0; k < active; k++) {
    const i = examples[k]!
    if (reach[i * length + place]! >= depth) {
      examples[kept++] = i
      counts[cell(i)]!++
    }
  }
  for (const [at, windows] of counts.entries()) {
    counts[at] = windows < 2 ? -1 : nodes.add(first + Math.trunc(at / KMER_BASES), at % KMER_BASES, depth)
  }
  let shared = 0
  for (let k = 0; k < kept; k++) {
    const i = examples[k]!
    const node = counts[cell(i)]!
    if (node >= 0) {
      groups[i] = node
      examples[shared++] = i
    }
  }
  return shared
}

/** Returns `SharedKmers.reach`. */
export function reaches({ codes, count, length }: WindowCodes, degree: number): Uint8Array {
  const reach = new Uint8Array(count * length)
  for (let i = 0; i < count; i++) {
    let known = 0
    for (let at = (i + 1) * length - 1; at >= i * length; at--) {
      known = codes[at]! < KMER_BASES ? Math.min(known + 1, degree) : 0
      reach[at] = known
    }
  }
  return reach
}

/** Columns of nodes that double when they are full. */
class GrowingNodes {
  #parents: Int32Array
  #bases: Uint8Array
  #depths: Uint8Array
  #count: number

  /** With the empty k-mers of `places` places. */
  constructor(places: number) {
    this.#count = places
    this.#parents = new Int32Array(places * 2)
    this.#bases = new Uint8Array(places * 2)
    this.#depths = new Uint8Array(places * 2)
  }

  /** Returns the number of a new node. */
  add(parent: number, base: number, depth: number): number {
    const node = this.#count++
    if (node === this.#parents.length) {
      this.#parents = grown(this.#parents, new Int32Array(node * 2))
      this.#bases = grown(this.#bases, new Uint8Array(node * 2))
      this.#depths = grown(this.#depths, new Uint8Array(node * 2))
    }
    this.#parents[node] = parent
    this.#bases[node] = base
    this.#depths[node] = depth
    return node
  }

  columns(): Pick<SharedKmers, 'nodes' | 'parents' | 'bases' | 'depths'> {
    const nodes = this.#count
    return {
      nodes,
      parents: this.#parents.slice(0, nodes),
      bases: this.#bases.slice(0, nodes),
      depths: this.#depths.slice(0, nodes),
    }
  }
}

function grown<T extends Int32Array | Uint8Array>(from: T, into: T): T {
  into.set(from)
  return into
}
