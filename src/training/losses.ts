import { UsageError } from '../core/errors.ts'
import { add, maximum, multiply, negate, square, subtract } from '../graph/ops/arithmetic.ts'
import { greater, where } from '../graph/ops/condition.ts'
import { constant, scalar } from '../graph/ops/leaves.ts'
import { oneHot } from '../graph/ops/one-hot.ts'
import { exp, log, softplus } from '../graph/ops/pointwise.ts'
import { reduceSum } from '../graph/ops/reduce.ts'
import { reshape } from '../graph/ops/reshape.ts'
import { logSoftmax } from '../graph/ops/softmax.ts'
import { fixed, sizeOf } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import type { Architecture, OutputKind } from '../models/architecture.ts'
import type { Meaning } from '../models/scores.ts'

export type LossSettings =
  | { kind: 'cross-entropy'; classWeights?: readonly number[] }
  /** `gamma` turns down examples that are right already; 0 is cross entropy. */
  | { kind: 'focal'; gamma: number; classWeights?: readonly number[] }
  /** `classWeights`: of label 0 and label 1. */
  | { kind: 'binary-cross-entropy'; classWeights?: readonly number[] }
  | { kind: 'mean-squared-error' }

export type LossKind = LossSettings['kind']
export const LOSSES: readonly LossKind[] = [
  'cross-entropy',
  'focal',
  'binary-cross-entropy',
  'mean-squared-error',
]

/** Logits of exclusive classes cannot be compared with numbers, nor numbers with classes. */
const FITTING: Readonly<Record<OutputKind, readonly LossKind[]>> = {
  positions: ['cross-entropy', 'focal'],
  classes: ['cross-entropy', 'focal'],
  values: ['mean-squared-error', 'binary-cross-entropy'],
  pair: ['binary-cross-entropy'],
  bases: ['cross-entropy', 'mean-squared-error'],
}

const MEANINGS: Readonly<Record<LossKind, Meaning>> = {
  'cross-entropy': 'exclusive',
  focal: 'exclusive',
  'binary-cross-entropy': 'independent',
  'mean-squared-error': 'numbers',
}

/** Returns what a loss makes of a network's numbers. */
export const meaningOf = ({ kind }: LossSettings): Meaning => MEANINGS[kind]

/**
 * Checks that a loss compares what a network gives, and has a weight for each of its classes. `outputs` is the number of
 * its classes or values, which `outputsOf` returns.
 * Throws: UsageError naming the model, its output and the losses that fit, or the number of weights expected.
 */
export function requireLossFits(loss: LossSettings, architecture: Architecture, outputs: number): void {
  const { name, output } = architecture
  const fitting = FITTING[output]
  if (!fitting.includes(loss.kind)) {
    throw new UsageError(
      `setting loss: expected ${fitting.join(' or ')} for model ${name}, whose output is ${output}, found ${loss.kind}`,
      output === 'values'
        ? 'classes are learnt by networks whose output is classes: of those with the option values, at 0'
        : 'numbers are learnt by networks whose output is values: the yeast networks, and the baselines with the option values above 0',
    )
  }
  if (loss.kind === 'mean-squared-error' || loss.classWeights === undefined) {
    return
  }
  const classes = loss.kind === 'binary-cross-entropy' ? 2 : outputs
  if (loss.classWeights.length !== classes) {
    throw new UsageError(
      `setting loss.classWeights: expected ${classes} numbers for model ${name}, one for each class, found ${loss.classWeights.length}`,
      WEIGHT_ORDER[output],
    )
  }
}

const WEIGHT_ORDER: Readonly<Record<OutputKind, string>> = {
  positions: 'in the order neither, acceptor, donor',
  classes: 'in the order of the class numbers, negative first',
  values: 'of label 0 and of label 1',
  pair: 'of label 0 and of label 1',
  bases: "in the order of the network's bases",
}

/** What a network's result is compared with. */
export interface LossOperands {
  /** [N, classes, ...positions] for the exclusive classes, [N, outputs] else. */
  logits: Value
  /** uint8 [N, positions] of class numbers, of which others than the network's count for nothing, or float32 [N, outputs]. */
  truth: Value
  /** Weight of each example. Shape: [N]. */
  weights: Value
}

/**
 * Returns the loss: the weighted sum over examples and positions (or outputs), divided by their number. Weights scale an
 * example's share and do not change the divisor, so that parts of a batch average to the whole.
 * Shape: a scalar. Units: natural logarithm.
 */
export function lossOf(settings: LossSettings, operands: LossOperands): Value {
  switch (settings.kind) {
    case 'cross-entropy':
      return classLoss(operands, 0, settings.classWeights)
    case 'focal':
      return classLoss(operands, settings.gamma, settings.classWeights)
    case 'binary-cross-entropy':
      return binaryLoss(operands, settings.classWeights)
    case 'mean-squared-error':
      return operands.truth.type === 'uint8'
        ? oneHotError(operands)
        : weightedMean(square(subtract(operands.logits, operands.truth)), operands.weights)
  }
}

/** The squared difference from 1 of the true class and from 0 of the others. */
function oneHotError({ logits, truth, weights }: LossOperands): Value {
  const [batch, classes, ...rest] = logits.shape.map(fixed) as [number, number, ...number[]]
  const positions = sizeOf(rest)
  const hits = oneHot(truth, numbersTo(classes))
  const errors = square(subtract(reshape(logits, [batch, classes, positions]), hits))
  return weightedMean(multiply(errors, reduceSum(hits, [1], true)), weights)
}

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/**
 * -(1 - p)^gamma * log p of the true class.
 * Source: Lin et al., ICCV 2017. Splam adds 1e-10 inside the logarithm; the logarithm of the softmax needs no such floor.
 */
function classLoss(
  { logits, truth, weights }: LossOperands,
  gamma: number,
  classWeights?: readonly number[],
): Value {
  const [batch, classes, ...rest] = logits.shape.map(fixed) as [number, number, ...number[]]
  const positions = sizeOf(rest)
  const logP = logSoftmax(reshape(logits, [batch, classes, positions]), 1)
  const labels = reshape(truth, [batch, positions])
  let hits = oneHot(labels, numbersTo(classes))
  if (classWeights !== undefined) {
    hits = multiply(hits, constant(classWeights, [1, classes, 1]))
  }
  // One number a position: the logarithm of the true class's probability.
  const logTrue = multiply(hits, logP)
  const terms =
    gamma === 0 ? negate(logTrue) : negate(multiply(logTrue, power(subtract(1, exp(logP)), gamma)))
  return weightedMean(reshape(reduceSum(terms, [1]), [batch, positions]), weights)
}

/** x^gamma for x from 0 to 1. Whole exponents, which all papers use, are products: no logarithm of 0. */
function power(x: Value, gamma: number): Value {
  if (Number.isInteger(gamma) && gamma > 0 && gamma <= 8) {
    return Array.from({ length: gamma - 1 }, () => x).reduce(
      (product, factor) => multiply(product, factor),
      x,
    )
  }
  return exp(multiply(log(maximum(x, scalar(1e-12))), gamma))
}

/** log(1 + e^z) - t * z, that is -t log p - (1 - t) log(1 - p); nothing where t is `UNKNOWN_LABEL`, 2. */
function binaryLoss(
  { logits, truth: given, weights }: LossOperands,
  classWeights?: readonly number[],
): Value {
  const known = where(greater(given, scalar(1)), scalar(0), scalar(1))
  const truth = multiply(given, known)
  const terms = multiply(subtract(softplus(logits), multiply(logits, truth)), known)
  if (classWeights === undefined) {
    return weightedMean(terms, weights)
  }
  const [zero, one] = classWeights as [number, number]
  return weightedMean(multiply(terms, add(multiply(truth, one - zero), zero)), weights)
}

/** Shape: terms [N, ...], weights [N]. */
function weightedMean(terms: Value, weights: Value): Value {
  const shape = terms.shape.map(fixed)
  const wide = reshape(weights, [shape[0]!, ...shape.slice(1).map(() => 1)])
  const all = shape.map((_, axis) => axis)
  return multiply(reduceSum(multiply(terms, wide), all), 1 / sizeOf(shape))
}
