import type { Random } from '../core/random.ts'
import type { BinnedTable } from './binned-table.ts'
import { SplitSearch } from './split-search.ts'
import type { TargetTable } from './targets.ts'
import { LEAF, type Tree } from './tree.ts'

export interface TreeSettings {
  /** Questions from the root to a leaf at most; 0: no limit. */
  maxDepth: number
  /** Rows of a leaf at least. */
  minLeaf: number
  /** Features looked at for a split: so many that are not the same in all of the node's rows, drawn anew each time. */
  features: number
}

export interface TreeRequest extends TreeSettings {
  table: BinnedTable
  targets: TargetTable
  /** How much each row counts; those of 0 take no part. */
  weights: Float64Array
  random: Random
}

/** Rows of `rows` between two places that are to become a node. */
interface Pending {
  node: number
  from: number
  to: number
  depth: number
  /** How many features are known to be the same in all rows; they come first. */
  constant: number
}

/**
 * Returns the tree that splits the rows as well as one question at a time can. A node whose rows differ in targets is split even
 * when no question helps at once, as two together may.
 * Throws: RangeError when no row counts.
 */
export function growTree(request: TreeRequest): Tree {
  return new TreeGrower(request).grow()
}

class TreeGrower {
  readonly #request: TreeRequest
  readonly #search: SplitSearch
  readonly #rows: Int32Array
  readonly #rightRows: Int32Array
  readonly #features: Int32Array
  readonly #feature: number[] = []
  readonly #threshold: number[] = []
  readonly #bin: number[] = []
  readonly #left: number[] = []
  readonly #gain: number[] = []
  /** Of leaves. */
  readonly #values: { node: number; places: number[]; means: number[] }[] = []

  constructor(request: TreeRequest) {
    const { table, targets, weights, minLeaf } = request
    this.#request = request
    this.#search = new SplitSearch(table, targets, weights, minLeaf)
    this.#rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter(row => weights[row]! > 0)
    this.#rightRows = new Int32Array(this.#rows.length)
    this.#features = Int32Array.from({ length: table.columns }, (_, feature) => feature)
    if (this.#rows.length === 0) {
      throw new RangeError('expected rows to grow a tree from, found none that count')
    }
  }

  grow(): Tree {
    const pending: Pending[] = [
      { node: this.#newNode(), from: 0, to: this.#rows.length, depth: 0, constant: 0 },
    ]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const children = this.#split(next)
      if (children === undefined) {
        this.#makeLeaf(next)
      } else {
        // The left one is next. All below it leave the features known to be constant where they are.
        pending.push(children[1], children[0])
      }
    }
    return this.#finished()
  }

  /** Returns a node's children; undefined when it is to be a leaf. */
  #split(pending: Pending): [Pending, Pending] | undefined {
    const { node, from, to, depth } = pending
    const { maxDepth, minLeaf, table } = this.#request
    const search = this.#search
    const rows = this.#rows.subarray(from, to)
    search.start(rows)
    if ((maxDepth > 0 && depth >= maxDepth) || rows.length < 2 * minLeaf || this.#areAlike(rows)) {
      return undefined
    }
    const constant = this.#visitFeatures(pending.constant)
    if (search.score === Number.NEGATIVE_INFINITY) {
      return undefined
    }
    const { feature, bin } = search
    this.#feature[node] = feature
    this.#bin[node] = bin
    this.#threshold[node] = table.edges[feature]![bin]!
    this.#gain[node] = search.gain
    const left = this.#newNode()
    const right = this.#newNode()
    this.#left[node] = left
    const middle = from + this.#partition(rows, feature, bin)
    const shared = { depth: depth + 1, constant }
    return [
      { node: left, from, to: middle, ...shared },
      { node: right, from: middle, to, ...shared },
    ]
  }

  /** Looks at features drawn at random. Returns how many are known to be constant afterwards. */
  #visitFeatures(known: number): number {
    const features = this.#features
    const { random, features: wanted } = this.#request
    let constant = known
    for (let i = known, visited = 0; i < features.length && visited < wanted; i++) {
      const drawn = i + random.int(features.length - i)
      const feature = features[drawn]!
      features[drawn] = features[i]!
      features[i] = feature
      if (this.#search.visit(feature)) {
        visited++
      } else {
        features[i] = features[constant]!
        features[constant++] = feature
      }
    }
    return constant
  }

  /** Whether all rows have the same targets. */
  #areAlike(rows: Int32Array): boolean {
    const { starts, places, numbers } = this.#request.targets
    const first = starts[rows[0]!]!
    const count = starts[rows[0]! + 1]! - first
    for (let i = 1; i < rows.length; i++) {
      const start = starts[rows[i]!]!
      if (starts[rows[i]! + 1]! - start !== count) {
        return false
      }
      for (let k = 0; k < count; k++) {
        if (places[start + k] !== places[first + k] || numbers[start + k] !== numbers[first + k]) {
          return false
        }
      }
    }
    return true
  }

  /** Puts rows of the left side first, each side in its order. Returns how many those are. */
  #partition(rows: Int32Array, feature: number, bin: number): number {
    const { bins, rows: count } = this.#request.table
    const offset = feature * count
    let [left, right] = [0, 0]
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      if (bins[offset + row]! <= bin) {
        rows[left++] = row
      } else {
        this.#rightRows[right++] = row
      }
    }
    rows.set(this.#rightRows.subarray(0, right), left)
    return left
  }

  #newNode(): number {
    this.#threshold.push(0)
    this.#bin.push(0)
    this.#left.push(0)
    this.#gain.push(0)
    return this.#feature.push(LEAF) - 1
  }

  #makeLeaf({ node }: Pending): void {
    const { sums, weight } = this.#search
    const leaf = { node, places: [] as number[], means: [] as number[] }
    for (let place = 0; place < sums.length; place++) {
      if (sums[place] !== 0) {
        leaf.places.push(place)
        leaf.means.push(sums[place]! / weight)
      }
    }
    this.#values.push(leaf)
  }

  #finished(): Tree {
    const starts = new Uint32Array(this.#feature.length + 1)
    const leaves = this.#values.sort((a, b) => a.node - b.node)
    for (const { node, places } of leaves) {
      starts[node + 1] = places.length
    }
    for (let node = 0; node < this.#feature.length; node++) {
      starts[node + 1]! += starts[node]!
    }
    return {
      feature: Int32Array.from(this.#feature),
      threshold: Float32Array.from(this.#threshold),
      bin: Uint8Array.from(this.#bin),
      left: Int32Array.from(this.#left),
      gain: Float64Array.from(this.#gain),
      starts,
      places: Uint32Array.from(leaves.flatMap(({ places }) => places)),
      means: Float64Array.from(leaves.flatMap(({ means }) => means)),
    }
  }
}
