/**
 * Optimisers as graph functions over one flat vector of all parameters. What changes from step to step (rate, bias
 * corrections) comes in as scalars, so that one graph serves every step.
 */
import { add, divide, maximum, minimum, multiply, square, subtract } from '../graph/ops/arithmetic.ts'
import { scalar } from '../graph/ops/leaves.ts'
import { sqrt } from '../graph/ops/pointwise.ts'
import { reduceSum } from '../graph/ops/reduce.ts'
import type { Value } from '../graph/value.ts'

export type OptimiserSettings =
  | { kind: 'sgd'; momentum: number; nesterov: boolean; weightDecay: number }
  | { kind: 'adam' | 'adamw' | 'nadam'; beta1: number; beta2: number; epsilon: number; weightDecay: number }
  | { kind: 'rmsprop'; decay: number; epsilon: number; weightDecay: number }

export type OptimiserKind = OptimiserSettings['kind']

/**
 * Adam, AdamW and NAdam are as in PyTorch. RMSprop has Keras's decay and epsilon (PyTorch: 0.99 and 1e-8); momentum for SGD is our
 * choice (both frameworks: none).
 */
export const OPTIMISER_DEFAULTS: Readonly<Record<OptimiserKind, OptimiserSettings>> = {
  sgd: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0 },
  adam: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  adamw: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  nadam: { kind: 'nadam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  rmsprop: { kind: 'rmsprop', decay: 0.9, epsilon: 1e-7, weightDecay: 0 },
}

/** Limits on the gradient before the optimiser sees it. */
export interface ClipSettings {
  /** Longest Euclidean norm of the whole gradient. */
  norm?: number
  /** Largest absolute value of an element. */
  value?: number
}

/** Vectors that an optimiser keeps between steps: first moments, second moments. */
export function slotCount(settings: OptimiserSettings): number {
  switch (settings.kind) {
    case 'sgd':
      return settings.momentum === 0 ? 0 : 1
    case 'rmsprop':
      return 1
    default:
      return 2
  }
}

/** Scalars of a step, by name; every optimiser gets all of them, so that the graph's inputs are always the same. */
export const STEP_SCALARS = ['rate', 'correction1', 'correction2', 'momentum1', 'momentum2'] as const
export type StepScalar = (typeof STEP_SCALARS)[number]
export type StepScalars = Record<StepScalar, number>

/**
 * Returns the scalars of a step, counted from 1. `correction1` and `correction2` undo the bias of moments that began at 0; for Nadam
 * `momentum1` and `momentum2` weigh gradient and moment (Dozat, ICLR workshop 2016, as in PyTorch and Keras).
 */
export function stepScalars(settings: OptimiserSettings, step: number, rate: number): StepScalars {
  const scalars: StepScalars = { rate, correction1: 1, correction2: 1, momentum1: 0, momentum2: 0 }
  if (settings.kind === 'adam' || settings.kind === 'adamw') {
    scalars.correction1 = 1 - settings.beta1 ** step
    scalars.correction2 = 1 - settings.beta2 ** step
  } else if (settings.kind === 'nadam') {
    const mu = (t: number) => settings.beta1 * (1 - 0.5 * 0.96 ** (t * 0.004))
    let product = 1
    // Below 1e-20 the product is nothing beside 1.
    for (let t = 1; t <= step && product > 1e-20; t++) {
      product *= mu(t)
    }
    scalars.momentum1 = (1 - mu(step)) / (1 - product)
    scalars.momentum2 = mu(step + 1) / (1 - product * mu(step + 1))
    scalars.correction2 = 1 - settings.beta2 ** step
  }
  return scalars
}

export interface Update {
  parameters: Value
  slots: Value[]
  /** Euclidean norm of the gradient before clipping. */
  norm: Value
}

/** Returns the parameters and slots after one step. Shape: vectors [P]; scalars []. */
export function updateOf(
  settings: OptimiserSettings,
  clip: ClipSettings,
  parameters: Value,
  gradient: Value,
  slots: readonly Value[],
  scalars: Readonly<Record<StepScalar, Value>>,
): Update {
  const norm = sqrt(reduceSum(square(gradient), [0]))
  let g = gradient
  if (clip.norm !== undefined) {
    g = multiply(g, minimum(divide(clip.norm, add(norm, 1e-6)), scalar(1)))
  }
  if (clip.value !== undefined) {
    g = maximum(minimum(g, clip.value), -clip.value)
  }
  if (settings.weightDecay !== 0 && settings.kind !== 'adamw') {
    g = add(g, multiply(parameters, settings.weightDecay))
  }
  return { ...rule(settings, parameters, g, slots, scalars), norm }
}

function rule(
  settings: OptimiserSettings,
  parameters: Value,
  g: Value,
  slots: readonly Value[],
  scalars: Readonly<Record<StepScalar, Value>>,
): Pick<Update, 'parameters' | 'slots'> {
  const { rate, correction1, correction2, momentum1, momentum2 } = scalars
  const moved = (from: Value, direction: Value) => subtract(from, multiply(rate, direction))
  const mix = (old: Value, fresh: Value, keep: number) => add(multiply(old, keep), multiply(fresh, 1 - keep))
  switch (settings.kind) {
    case 'sgd': {
      if (settings.momentum === 0) {
        return { parameters: moved(parameters, g), slots: [] }
      }
      const velocity = add(multiply(slots[0]!, settings.momentum), g)
      const direction = settings.nesterov ? add(g, multiply(velocity, settings.momentum)) : velocity
      return { parameters: moved(parameters, direction), slots: [velocity] }
    }
    case 'rmsprop': {
      const mean = mix(slots[0]!, square(g), settings.decay)
      return { parameters: moved(parameters, divide(g, add(sqrt(mean), settings.epsilon))), slots: [mean] }
    }
    case 'adam':
    case 'adamw': {
      const first = mix(slots[0]!, g, settings.beta1)
      const second = mix(slots[1]!, square(g), settings.beta2)
      const size = add(sqrt(divide(second, correction2)), settings.epsilon)
      // Decoupled decay shrinks the parameters themselves (Loshchilov and Hutter, ICLR 2019).
      const from =
        settings.kind === 'adamw' && settings.weightDecay !== 0
          ? multiply(parameters, subtract(1, multiply(rate, settings.weightDecay)))
          : parameters
      return { parameters: moved(from, divide(divide(first, correction1), size)), slots: [first, second] }
    }
    case 'nadam': {
      const first = mix(slots[0]!, g, settings.beta1)
      const second = mix(slots[1]!, square(g), settings.beta2)
      const size = add(sqrt(divide(second, correction2)), settings.epsilon)
      const ahead = add(multiply(g, momentum1), multiply(first, momentum2))
      return { parameters: moved(parameters, divide(ahead, size)), slots: [first, second] }
    }
  }
}
