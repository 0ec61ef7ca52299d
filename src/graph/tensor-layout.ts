import type { TensorSpec } from './network.ts'
import { reshape } from './ops/reshape.ts'
import { slice } from './ops/slice.ts'
import { sizeOf } from './shape.ts'
import type { Value } from './value.ts'

/** Where each of a list of tensors lies in one flat vector. Training moves all parameters as one such vector. */
export class TensorLayout {
  readonly tensors: readonly TensorSpec[]
  /** Length of the vector. */
  readonly size: number
  readonly #offsets = new Map<string, number>()

  constructor(tensors: readonly TensorSpec[]) {
    this.tensors = tensors
    let offset = 0
    for (const { name, shape } of tensors) {
      this.#offsets.set(name, offset)
      offset += sizeOf(shape)
    }
    this.size = offset
  }

  /** Returns a tensor as a part of the vector as a value. */
  take(flat: Value, { name, shape }: TensorSpec): Value {
    const start = this.#start(name)
    return reshape(slice(flat, 0, start, start + sizeOf(shape)), shape)
  }

  /** Returns a tensor's numbers, a view into the vector. */
  view(flat: Float32Array, { name, shape }: Pick<TensorSpec, 'name' | 'shape'>): Float32Array {
    const start = this.#start(name)
    return flat.subarray(start, start + sizeOf(shape))
  }

  /** Returns every tensor's numbers under its name, views into the vector. */
  named(flat: Float32Array): [name: string, data: Float32Array][] {
    return this.tensors.map(tensor => [tensor.name, this.view(flat, tensor)])
  }

  #start(name: string): number {
    const start = this.#offsets.get(name)
    if (start === undefined) {
      throw new RangeError(`tensor ${name}: not among the ${this.tensors.length} of this layout`)
    }
    return start
  }
}
