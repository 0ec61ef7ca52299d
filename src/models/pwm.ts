import { InputDataError } from '../core/errors.ts'
import { OTHER } from '../genome/sequence.ts'
import { int, OnnxGraph } from '../graph/onnx-writer.ts'
import { SCORING_INPUT, SCORING_OUTPUT } from '../graph/session-client.ts'

/** A stretch of the window that a weight matrix looks at. Coordinates: window indices, 0-based half-open. */
export interface SiteSpan {
  start: number
  end: number
}

export const PWM_WINDOW_LENGTH = 800
/** The donor site: the last 3 exon bases and the first 6 intron bases. */
export const DONOR_SPAN: SiteSpan = { start: 197, end: 206 }
/** The acceptor site: the last 20 intron bases and the first 3 exon bases. */
export const ACCEPTOR_SPAN: SiteSpan = { start: 580, end: 603 }
/** Columns of the model's output. */
export const PWM_COLUMNS = ['donor', 'acceptor', 'junction']

/** Bases a matrix has a weight for: A, C, G, T. */
export const PWM_BASES = 4
/** Matrix columns in the graph: a zero one more, for other, so that looking up needs no condition. */
const GRAPH_BASES = OTHER + 1

/**
 * Everything a weight-matrix model knows.
 * Shape: `donor` [9, 4] and `acceptor` [23, 4], row-major, one row per position, columns A, C, G, T.
 * Units: matrices in bits, log2(frequency at the site / frequency in the background).
 */
export interface PwmParameters {
  donor: readonly number[]
  acceptor: readonly number[]
  /** Logistic models: probability = sigmoid(intercept + slope * score). */
  donorLogit: { intercept: number; slope: number }
  acceptorLogit: { intercept: number; slope: number }
  junctionLogit: { intercept: number; donorSlope: number; acceptorSlope: number }
}

/** Returns the frequencies of A, C, G, T in the windows outside the two sites. */
export function backgroundOf(windows: Uint8Array): number[] {
  const counts = new Float64Array(OTHER + 1)
  for (let offset = 0; offset < windows.length; offset += PWM_WINDOW_LENGTH) {
    for (const [from, to] of [
      [0, DONOR_SPAN.start],
      [DONOR_SPAN.end, ACCEPTOR_SPAN.start],
      [ACCEPTOR_SPAN.end, PWM_WINDOW_LENGTH],
    ] as const) {
      for (let i = from; i < to; i++) {
        counts[windows[offset + i]!]!++
      }
    }
  }
  // One imaginary base of each kind: a base that never occurs would make every ratio infinite.
  const total = PWM_BASES + counts.subarray(0, PWM_BASES).reduce((sum, count) => sum + count, 0)
  return Array.from(counts.subarray(0, PWM_BASES), count => (count + 1) / total)
}

/**
 * Returns a site's matrix: log2(frequency / background) of each base at each position of the span. `pseudocount` imaginary
 * sites, spread like the background, keep a base that was never seen from weighing minus infinity.
 * Shape: [span, 4] row-major, rounded to float32. Units: bits.
 */
export function logOdds(
  windows: Uint8Array,
  span: SiteSpan,
  background: readonly number[],
  pseudocount: number,
): number[] {
  const matrix: number[] = []
  for (let position = span.start; position < span.end; position++) {
    const counts = new Float64Array(OTHER + 1)
    for (let offset = position; offset < windows.length; offset += PWM_WINDOW_LENGTH) {
      counts[windows[offset]!]!++
    }
    const total = counts.subarray(0, PWM_BASES).reduce((sum, count) => sum + count, 0)
    for (const [base, expected] of background.entries()) {
      const frequency = (counts[base]! + pseudocount * expected) / (total + pseudocount)
      matrix.push(Math.fround(Math.log2(frequency / expected)))
    }
  }
  return matrix
}

/**
 * Returns a site's score: the sum of the matrix weights of its bases. Other contributes 0, that is no evidence.
 * Units: bits.
 */
export function siteScore(
  matrix: readonly number[],
  span: SiteSpan,
  codes: Uint8Array,
  offset: number,
): number {
  let sum = 0
  for (let row = 0; row < span.end - span.start; row++) {
    const code = codes[offset + span.start + row]!
    if (code < PWM_BASES) {
      sum += matrix[row * PWM_BASES + code]!
    }
  }
  return sum
}

/**
 * Returns donor, acceptor and junction probabilities of windows laid end to end, computed in double precision: the
 * reference the graph is tested against, and what training evaluates with.
 * Shape: codes [n, 800], result [n, 3] row-major.
 * Throws: InputDataError when the codes are not whole windows.
 */
export function pwmForward(parameters: PwmParameters, codes: Uint8Array): Float64Array {
  if (codes.length % PWM_WINDOW_LENGTH !== 0) {
    throw new InputDataError(`expected windows of ${PWM_WINDOW_LENGTH} codes, found ${codes.length} codes`)
  }
  const { donorLogit, acceptorLogit, junctionLogit } = parameters
  const count = codes.length / PWM_WINDOW_LENGTH
  const out = new Float64Array(count * PWM_COLUMNS.length)
  for (let n = 0; n < count; n++) {
    const offset = n * PWM_WINDOW_LENGTH
    const donor = siteScore(parameters.donor, DONOR_SPAN, codes, offset)
    const acceptor = siteScore(parameters.acceptor, ACCEPTOR_SPAN, codes, offset)
    out[n * 3] = sigmoid(donorLogit.intercept + donorLogit.slope * donor)
    out[n * 3 + 1] = sigmoid(acceptorLogit.intercept + acceptorLogit.slope * acceptor)
    out[n * 3 + 2] = sigmoid(
      junctionLogit.intercept + junctionLogit.donorSlope * donor + junctionLogit.acceptorSlope * acceptor,
    )
  }
  return out
}

/** Returns the logistic function of x, without overflow at either end. */
export function sigmoid(x: number): number {
  if (x >= 0) {
    return 1 / (1 + Math.exp(-x))
  }
  const e = Math.exp(x)
  return e / (1 + e)
}

/** ONNX's numbers of the types that Cast is told. */
const FLOAT32 = 1
const INT32 = 6

/**
 * Returns the model as an ONNX graph: codes uint8 [N, 800] -> probabilities float32 [N, 3].
 * Each site is a look-up: the code at position i plus 5i is the place of its weight in the flattened matrix. The arithmetic
 * is float64: in float32 the runtime's vector code gave a window another fifth decimal in another place of the batch.
 */
export function pwmGraph(parameters: PwmParameters): OnnxGraph {
  const graph = new OnnxGraph('pwm')
  const codes = graph.input(SCORING_INPUT, 'uint8', ['N', PWM_WINDOW_LENGTH])
  const axis = graph.constant('axis', { type: 'int64', dims: [1], data: [1] })
  const scalar = (name: string, value: number) =>
    graph.constant(name, { type: 'float64', dims: [], data: Float64Array.of(value) })

  const score = (site: string, span: SiteSpan, matrix: readonly number[]): string => {
    const rows = span.end - span.start
    const from = graph.constant(`${site}_start`, { type: 'int64', dims: [1], data: [span.start] })
    const to = graph.constant(`${site}_end`, { type: 'int64', dims: [1], data: [span.end] })
    const starts = Int32Array.from({ length: rows }, (_, row) => row * GRAPH_BASES)
    const offsets = graph.constant(`${site}_rows`, { type: 'int32', dims: [1, rows], data: starts })
    const flat = new Float64Array(rows * GRAPH_BASES)
    for (const [index, weight] of matrix.entries()) {
      flat[Math.trunc(index / PWM_BASES) * GRAPH_BASES + (index % PWM_BASES)] = weight
    }
    const weights = graph.constant(`${site}_matrix`, { type: 'float64', dims: [flat.length], data: flat })
    const bases = graph.node('Slice', [codes, from, to, axis], `${site}_bases`)
    const numbers = graph.node('Cast', [bases], `${site}_codes`, { to: int(INT32) })
    const places = graph.node('Add', [numbers, offsets], `${site}_places`)
    const found = graph.node('Gather', [weights, places], `${site}_weights`, { axis: int(0) })
    return graph.node('ReduceSum', [found, axis], `${site}_score`, { keepdims: int(1) })
  }
  const scaled = (name: string, value: string, slope: number) =>
    graph.node('Mul', [value, scalar(`${name}_slope`, slope)], `${name}_scaled`)
  const probability = (name: string, sum: string, intercept: number) => {
    const logit = graph.node('Add', [sum, scalar(`${name}_intercept`, intercept)], `${name}_logit`)
    return graph.node('Sigmoid', [logit], `${name}_probability`)
  }

  const { donorLogit, acceptorLogit, junctionLogit } = parameters
  const donorScore = score('donor', DONOR_SPAN, parameters.donor)
  const acceptorScore = score('acceptor', ACCEPTOR_SPAN, parameters.acceptor)
  const pair = graph.node(
    'Add',
    [
      scaled('junction_donor', donorScore, junctionLogit.donorSlope),
      scaled('junction_acceptor', acceptorScore, junctionLogit.acceptorSlope),
    ],
    'junction_scaled',
  )
  const columns = [
    probability('donor', scaled('donor', donorScore, donorLogit.slope), donorLogit.intercept),
    probability('acceptor', scaled('acceptor', acceptorScore, acceptorLogit.slope), acceptorLogit.intercept),
    probability('junction', pair, junctionLogit.intercept),
  ]
  const exact = graph.node('Concat', columns, 'probabilities_float64', { axis: int(1) })
  graph.node('Cast', [exact], SCORING_OUTPUT, { to: int(FLOAT32) })
  graph.output(SCORING_OUTPUT, 'float32', ['N', PWM_COLUMNS.length])
  return graph
}
