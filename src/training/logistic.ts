import { EXIT, InputDataError, SpliceScoreError } from '../core/errors.ts'

export interface LogisticProblem {
  /** Shape: [labels.length, columns] row-major. */
  features: Float64Array
  columns: number
  /** 1 positive, 0 negative. */
  labels: Uint8Array
  /** Weight of the penalty ridge/2 * |slopes|^2 on standardised features, against the mean loss. */
  ridge?: number
}

export interface LogisticFit {
  intercept: number
  slopes: number[]
  iterations: number
}

const MAX_ITERATIONS = 100
const TOLERANCE = 1e-10
const HALVINGS = 40

/**
 * Returns the logistic regression of the labels on the features, by Newton's method with step halving. Both classes
 * weigh the same whatever their sizes. The small ridge keeps the slopes finite when the classes can be separated
 * perfectly; it acts on standardised features, so the fit does not depend on their units. Deterministic.
 * Throws: InputDataError unless both classes are present.
 */
export function fitLogistic(problem: LogisticProblem): LogisticFit {
  const { columns, labels, ridge = 1e-4 } = problem
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const negatives = labels.length - positives
  if (positives === 0 || negatives === 0) {
    throw new InputDataError(
      `expected positive and negative examples to fit to, found ${positives} positive and ${negatives} negative`,
    )
  }
  const { scaled, means, scales } = standardise(problem)
  const weights = Float64Array.from(labels, label => 0.5 / (label === 1 ? positives : negatives))
  const data: Data = { x: scaled, columns, labels, weights, ridge }
  let parameters = new Float64Array(columns + 1)
  let current = evaluate(data, parameters)
  for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
    const step = solve(current.hessian, current.gradient)
    const next = descend(data, parameters, current.loss, step)
    const moved = next === undefined ? 0 : Math.max(...step.map(Math.abs))
    if (next !== undefined) {
      parameters = next.parameters
      current = next.state
    }
    if (moved < TOLERANCE) {
      return unscaled(parameters, means, scales, iteration)
    }
  }
  throw new SpliceScoreError(
    'INTERNAL',
    EXIT.internal,
    `logistic regression did not settle in ${MAX_ITERATIONS} steps`,
  )
}

interface Data {
  x: Float64Array
  columns: number
  labels: Uint8Array
  weights: Float64Array
  ridge: number
}

interface State {
  loss: number
  gradient: Float64Array
  hessian: Float64Array
}

function standardise({ features, columns, labels }: LogisticProblem) {
  const count = labels.length
  const means = new Float64Array(columns)
  const scales = new Float64Array(columns)
  for (let i = 0; i < features.length; i++) {
    means[i % columns]! += features[i]! / count
  }
  for (let i = 0; i < features.length; i++) {
    scales[i % columns]! += (features[i]! - means[i % columns]!) ** 2 / count
  }
  for (let k = 0; k < columns; k++) {
    // A feature that never changes tells nothing; any scale leaves its slope at 0.
    scales[k] = scales[k]! > 0 ? Math.sqrt(scales[k]!) : 1
  }
  const scaled = features.map((value, i) => (value - means[i % columns]!) / scales[i % columns]!)
  return { scaled, means, scales }
}

function unscaled(
  parameters: Float64Array,
  means: Float64Array,
  scales: Float64Array,
  iterations: number,
): LogisticFit {
  const slopes = Array.from(scales, (scale, k) => parameters[k + 1]! / scale)
  const intercept = slopes.reduce((sum, slope, k) => sum - slope * means[k]!, parameters[0]!)
  return { intercept, slopes, iterations }
}

/** Returns the first of the shortened steps that lowers the loss; undefined when none does, which is the minimum. */
function descend(data: Data, from: Float64Array, loss: number, step: Float64Array) {
  let fraction = 1
  for (let i = 0; i < HALVINGS; i++) {
    const parameters = from.map((value, k) => value - fraction * step[k]!)
    const state = evaluate(data, parameters)
    if (state.loss < loss) {
      return { parameters, state }
    }
    fraction /= 2
  }
  return undefined
}

/** Returns the weighted log loss with the penalty, its gradient and its second derivatives. */
function evaluate({ x, columns, labels, weights, ridge }: Data, parameters: Float64Array): State {
  const size = columns + 1
  const gradient = new Float64Array(size)
  const hessian = new Float64Array(size * size)
  const row = new Float64Array(size).fill(1)
  let loss = 0
  for (let n = 0; n < labels.length; n++) {
    row.set(x.subarray(n * columns, (n + 1) * columns), 1)
    let z = 0
    for (let k = 0; k < size; k++) {
      z += parameters[k]! * row[k]!
    }
    const weight = weights[n]!
    // log(1 + e^z) - label * z, without overflow for large |z|.
    loss += weight * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - labels[n]! * z)
    const p = 1 / (1 + Math.exp(-z))
    const residual = weight * (p - labels[n]!)
    const curvature = weight * p * (1 - p)
    for (let a = 0; a < size; a++) {
      gradient[a]! += residual * row[a]!
      for (let b = 0; b < size; b++) {
        hessian[a * size + b]! += curvature * row[a]! * row[b]!
      }
    }
  }
  for (let k = 1; k < size; k++) {
    loss += (ridge / 2) * parameters[k]! ** 2
    gradient[k]! += ridge * parameters[k]!
    hessian[k * size + k]! += ridge
  }
  return { loss, gradient, hessian }
}

/** Returns the solution of `matrix * x = vector` for a small symmetric positive definite matrix (Cholesky). */
function solve(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length
  const lower = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!
      for (let k = 0; k < j; k++) {
        sum -= lower[i * size + k]! * lower[j * size + k]!
      }
      // The tiny floor stands for a direction without curvature: the intercept when every probability is 0 or 1.
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[j * size + j]!
    }
  }
  const x = Float64Array.from(vector)
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) {
      x[i]! -= lower[i * size + k]! * x[k]!
    }
    x[i]! /= lower[i * size + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) {
      x[i]! -= lower[k * size + i]! * x[k]!
    }
    x[i]! /= lower[i * size + i]!
  }
  return x
}
