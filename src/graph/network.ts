import type { Random } from '../core/random.ts'
import { input } from './ops/leaves.ts'
import type { Value } from './value.ts'

/** Returns first values of a parameter. Shape: row-major. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array

/** A tensor that a network owns. */
export interface TensorSpec {
  name: string
  shape: readonly number[]
  initial: Initializer
}

/** A running statistic and what a training step moves it to: running + momentum * (batch - running). */
export interface StatisticUpdate {
  name: string
  batch: Value
  momentum: number
}

/** A mask of zeros and ones that a training step is given. */
export interface MaskSpec {
  name: string
  input: Value
  shape: readonly number[]
  /** Chance of a one. */
  keep: number
}

/** How a network is being built: for scoring, or for one training step. */
export type NetworkMode = 'inference' | 'training'

/**
 * What a network's definition is given: it asks for its tensors by name and notes what training has to know. The same
 * definition is built in both modes; where the values of the tensors come from is the builder's business.
 */
export class Network {
  readonly mode: NetworkMode
  /** Trained tensors, in the order they were asked for. */
  readonly parameters: TensorSpec[] = []
  /** Running statistics, which training moves but no gradient does. */
  readonly statistics: TensorSpec[] = []
  readonly updates: StatisticUpdate[] = []
  readonly masks: MaskSpec[] = []
  readonly #find: (tensor: TensorSpec, kind: 'parameter' | 'statistic') => Value
  readonly #names = new Set<string>()

  constructor(mode: NetworkMode, find: (tensor: TensorSpec, kind: 'parameter' | 'statistic') => Value) {
    this.mode = mode
    this.#find = find
  }

  /** Returns a trained tensor. Throws: RangeError when the name is taken. */
  parameter(name: string, shape: readonly number[], initial: Initializer): Value {
    return this.#own({ name, shape, initial }, 'parameter', this.parameters)
  }

  /** Returns a running statistic. Throws: RangeError when the name is taken. */
  statistic(name: string, shape: readonly number[], initial: Initializer): Value {
    return this.#own({ name, shape, initial }, 'statistic', this.statistics)
  }

  /** Notes what a statistic was in this batch. */
  update(name: string, batch: Value, momentum: number): void {
    this.updates.push({ name, batch, momentum })
  }

  /** Returns a mask of zeros and ones, which the training step makes from its seed. */
  mask(name: string, shape: readonly number[], keep: number): Value {
    const mask = input(name, 'uint8', shape)
    this.masks.push({ name, input: mask, shape, keep })
    return mask
  }

  #own(tensor: TensorSpec, kind: 'parameter' | 'statistic', list: TensorSpec[]): Value {
    if (this.#names.has(tensor.name)) {
      throw new RangeError(`network: the name ${tensor.name} is used twice`)
    }
    this.#names.add(tensor.name)
    list.push(tensor)
    return this.#find(tensor, kind)
  }
}
