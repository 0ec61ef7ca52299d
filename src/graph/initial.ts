/** First values of parameters, as the frameworks that published networks were trained in draw them. */
import type { Random } from '../core/random.ts'
import type { Initializer } from './network.ts'
import { sizeOf } from './shape.ts'

function uniform(shape: readonly number[], bound: number, random: Random): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, () => (2 * random.float() - 1) * bound)
}

/** The same number everywhere. */
export const filledWith =
  (value: number): Initializer =>
  shape =>
    new Float32Array(sizeOf(shape)).fill(value)

export const zeros = filledWith(0)
export const ones = filledWith(1)

/** Uniform within +-1/sqrt(fan in): PyTorch's default for weights and biases of linear and convolution layers. */
export const torchUniform =
  (fanIn: number): Initializer =>
  (shape, random) =>
    uniform(shape, 1 / Math.sqrt(fanIn), random)

/**
 * Uniform within +-sqrt(6 / (fan in + fan out)): Keras's default for weights.
 * Source: Glorot and Bengio, AISTATS 2010.
 */
export const glorotUniform =
  (fanIn: number, fanOut: number): Initializer =>
  (shape, random) =>
    uniform(shape, Math.sqrt(6 / (fanIn + fanOut)), random)

/**
 * First values from a normal distribution around 0.
 * Source: Box and Muller, Ann Math Stat 29:610, 1958.
 */
export const normal =
  (deviation: number): Initializer =>
  (shape, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => {
      // 1 - [0, 1): the logarithm of 0 is no number.
      const radius = Math.sqrt(-2 * Math.log(1 - random.float()))
      return deviation * radius * Math.cos(2 * Math.PI * random.float())
    })
