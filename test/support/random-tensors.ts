import { seededRandom } from '../../src/core/random.ts'
import { sizeOf } from '../../src/graph/shape.ts'
import { type Architecture, tensorsOf } from '../../src/models/architecture.ts'

/**
 * Returns tensors of a network by name, as training starts with them, but for the vectors: biases, means and variances
 * are all different, so that mixing them up shows.
 */
export function randomTensors(
  architecture: Architecture,
  windowLength: number,
  seed = 1,
): Map<string, Float32Array> {
  const random = seededRandom(seed)
  const { parameters, statistics } = tensorsOf(architecture, windowLength)
  return new Map(
    [...parameters, ...statistics].map(({ name, shape, initial }) => {
      const first = initial(shape, random)
      const data =
        shape.length > 1 ? first : Float32Array.from({ length: sizeOf(shape) }, () => 0.5 + random.float())
      return [name, data]
    }),
  )
}

/** Returns random base codes, a tenth of them unknown. */
export function randomCodes(length: number, seed = 2): Uint8Array {
  const random = seededRandom(seed)
  return Uint8Array.from({ length }, () => (random.int(10) === 0 ? 4 : random.int(4)))
}
