import { OTHER } from '../../genome/sequence.ts'
import { type ConstantTensor, int, OnnxGraph } from '../../graph/onnx-writer.ts'
import { SCORING_INPUT, SCORING_OUTPUT } from '../../graph/session-client.ts'
import type { KmerTables } from './asp-svm.ts'
import { KMER_BASES } from './shared-kmers.ts'

/** ONNX's numbers of the types that Cast is told. */
const FLOAT32 = 1
const INT32 = 6
const FLOAT64 = 11

/** A base code from which every place in a table comes out below 0. */
const NO_BASE = -(2 ** 30)
/** A base of a support vector that nothing agrees with. */
const NO_MATCH = OTHER + 1

/** How a score becomes a probability: sigmoid(slope * score + intercept). */
export interface ScoreLine {
  slope: number
  intercept: number
}

/**
 * Returns the machine as an ONNX graph: codes uint8 [N, length] -> probabilities float32 [N, 1].
 * All places of a window walk down their trees at once, one base in a step, each step a look-up in one table; then they are
 * compared with the support vectors they ended at. Weights are float32, sums float64, so that a window's score
 * does not depend on its place in the batch.
 */
export function aspGraph(tables: KmerTables, line: ScoreLine): OnnxGraph {
  const graph = new OnnxGraph('asp-svm')
  const windows = new WindowBases(graph, tables)
  const { node, support } = walk(graph, tables, windows)
  const agreeing = agreeingBases(graph, tables, windows, support)

  const lookUp = (name: string, table: ConstantTensor, at: string) =>
    graph.node('Gather', [graph.constant(`${name}_table`, table), at], name)
  const weights = (name: string, numbers: Float64Array, at: string) => {
    const data = Float32Array.from(numbers)
    const found = lookUp(`${name}_float32`, { type: 'float32', dims: [data.length], data }, at)
    return graph.node('Cast', [found], name, { to: int(FLOAT64) })
  }
  const { starts, depths, values, coefficients } = tables
  const startValue = (name: string, bases: string) =>
    lookUp(name, { type: 'float64', dims: [starts.length], data: starts }, bases)
  const depthCode = lookUp('depth_uint8', { type: 'uint8', dims: [depths.length], data: depths }, node)
  const depth = graph.node('Cast', [depthCode], 'depth', { to: int(INT32) })
  const beyond = graph.node(
    'Sub',
    [startValue('up_to_end', agreeing), startValue('up_to_node', depth)],
    'beyond_node',
  )
  const own = graph.node('Mul', [weights('coefficient', coefficients, support), beyond], 'own')
  const shared = weights('shared', values, node)
  const axis = graph.constant('places_axis', { type: 'int64', dims: [1], data: [1] })
  const sum = graph.node('ReduceSum', [graph.node('Add', [shared, own], 'by_place'), axis], 'sum', {
    keepdims: int(1),
  })
  const scalar = (name: string, value: number) =>
    graph.constant(name, { type: 'float64', dims: [], data: Float64Array.of(value) })
  const score = graph.node('Add', [sum, scalar('bias', tables.bias)], 'score')
  const scaled = graph.node('Mul', [score, scalar('slope', line.slope)], 'scaled')
  const logit = graph.node('Add', [scaled, scalar('intercept', line.intercept)], 'logit')
  const exact = graph.node('Sigmoid', [logit], 'probabilities_float64')
  graph.node('Cast', [exact], SCORING_OUTPUT, { to: int(FLOAT32) })
  graph.output(SCORING_OUTPUT, 'float32', ['N', 1])
  return graph
}

/** The window's bases as the places see them, `step` bases on from each. */
class WindowBases {
  readonly #graph: OnnxGraph
  readonly #padded: string
  readonly #length: number
  readonly #made = new Map<number, string>()

  constructor(graph: OnnxGraph, { length, degree }: KmerTables) {
    this.#graph = graph
    this.#length = length
    const codes = graph.input(SCORING_INPUT, 'uint8', ['N', length])
    const numbers = graph.node('Cast', [codes], 'numbers', { to: int(INT32) })
    const scalar = (name: string, value: number) =>
      graph.constant(name, { type: 'int32', dims: [], data: Int32Array.of(value) })
    const noBase = scalar('no_base', NO_BASE)
    const isOther = graph.node('Equal', [numbers, scalar('other', OTHER)], 'is_other')
    const known = graph.node('Where', [isOther, noBase, numbers], 'known')
    const widths = graph.constant('beyond_end', { type: 'int64', dims: [4], data: [0, 0, 0, degree] })
    this.#padded = graph.node('Pad', [known, widths, noBase], 'padded')
  }

  /** Returns the bases `step` on from each place. Shape: int32 [N, length]. */
  at(step: number): string {
    const made = this.#made.get(step)
    if (made !== undefined) {
      return made
    }
    const bound = (name: string, value: number) =>
      this.#graph.constant(`${name}_${step}`, { type: 'int64', dims: [1], data: [value] })
    const bounds = [bound('from', step), bound('to', step + this.#length), bound('axis', 1)]
    const bases = this.#graph.node('Slice', [this.#padded, ...bounds], `bases_${step}`)
    this.#made.set(step, bases)
    return bases
  }
}

/**
 * Returns the number of the last node that each place's walk comes to, and of the support vector it leaves it for, 0 for none.
 * Shape: int32 [N, length] both.
 */
function walk(
  graph: OnnxGraph,
  { degree, length, rows, children }: KmerTables,
  windows: WindowBases,
): { node: string; support: string } {
  const constant = (name: string, dims: number[], data: Int32Array) =>
    graph.constant(name, { type: 'int32', dims, data })
  // Nodes are known by the place of their row in the table; one cell more, for nodes without one.
  const table = new Int32Array(children.length + 1)
  for (const [at, child] of children.entries()) {
    table[at] = child > 0 ? child * KMER_BASES : child
  }
  const cells = constant('children', [table.length], table)
  const first = constant('first_cell', [], Int32Array.of(0))
  const last = constant('last_cell', [], Int32Array.of((rows + 1) * KMER_BASES))
  const none = constant('no_support', [], Int32Array.of(0))
  const roots = Int32Array.from({ length }, (_, place) => (place + 1) * KMER_BASES)
  let current = constant('roots', [1, length], roots)
  let [node, support] = [current, none]
  for (let step = 0; step < degree; step++) {
    // A support vector's number, and no base, come out at the row of no node; a node without a row at the last cell.
    const cell = graph.node('Add', [current, windows.at(step)], `cell_${step}`)
    const inside = graph.node('Clip', [cell, first, last], `inside_${step}`)
    current = graph.node('Gather', [cells, inside], `current_${step}`)
    // Children have larger numbers than their parents.
    node = graph.node('Max', [node, current], `node_${step}`)
    support = graph.node('Min', [support, current], `support_${step}`)
  }
  const four = constant('row_cells', [], Int32Array.of(KMER_BASES))
  return {
    node: graph.node('Div', [node, four], 'node'),
    support: graph.node('Neg', [support], 'support'),
  }
}

/** Returns how many bases agree with the support vector from each place on, up to the degree. Shape: int32 [N, length]. */
function agreeingBases(
  graph: OnnxGraph,
  { degree, length, supports }: KmerTables,
  windows: WindowBases,
  support: string,
): string {
  const width = length + degree
  const count = supports.length / length
  const rows = new Uint8Array((count + 1) * width).fill(NO_MATCH)
  for (let i = 0; i < count; i++) {
    for (let at = 0; at < length; at++) {
      const code = supports[i * length + at]!
      rows[(i + 1) * width + at] = code < KMER_BASES ? code : NO_MATCH
    }
  }
  const packed = graph.constant('support_codes', { type: 'uint8', dims: [rows.length], data: rows })
  const table = graph.node('Cast', [packed], 'support_bases', { to: int(INT32) })
  const constant = (name: string, dims: number[], data: Int32Array) =>
    graph.constant(name, { type: 'int32', dims, data })
  const places = constant(
    'places',
    [1, length],
    Int32Array.from({ length }, (_, place) => place),
  )
  const row = graph.node('Mul', [support, constant('support_width', [], Int32Array.of(width))], 'support_row')
  const start = graph.node('Add', [row, places], 'support_start')
  let agrees = ''
  let total = ''
  for (let step = 0; step < degree; step++) {
    const shift = constant(`shift_${step}`, [], Int32Array.of(step))
    const at = graph.node('Add', [start, shift], `support_at_${step}`)
    const bases = graph.node('Gather', [table, at], `support_bases_${step}`)
    const equal = graph.node('Equal', [bases, windows.at(step)], `equal_${step}`)
    agrees = step === 0 ? equal : graph.node('And', [agrees, equal], `agrees_${step}`)
    const one = graph.node('Cast', [agrees], `counts_${step}`, { to: int(INT32) })
    total = step === 0 ? one : graph.node('Add', [total, one], `agreeing_${step}`)
  }
  return total
}
