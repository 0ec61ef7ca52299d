import type { Initializer, Network } from '../network.ts'
import { expandAxis } from '../ops/expand-axis.ts'
import { gather } from '../ops/gather.ts'
import { transpose } from '../ops/transpose.ts'
import { sizeOf } from '../shape.ts'
import type { Value } from '../value.ts'

export interface EmbeddingOptions {
  /** Codes there are. The last one is `other`. */
  codes: number
  width: number
}

/** Keras's default range for embeddings. */
const RANGE = 0.05

/**
 * A vector for each code, with the parameter `name.weight` [codes, width]. Training starts with zeros for the last code,
 * so that unknown bases, which it seldom sees, say nothing unless it learns that they do.
 * Shape: codes uint8 [N, L] -> [N, width, 1, L].
 */
export function embedding(net: Network, name: string, codes: Value, options: EmbeddingOptions): Value {
  const table = net.parameter(`${name}.weight`, [options.codes, options.width], zeroForLast)
  return expandAxis(transpose(gather(table, codes), [0, 2, 1]), 2)
}

const zeroForLast: Initializer = (shape, random) => {
  const size = sizeOf(shape)
  const known = size - size / shape[0]!
  return Float32Array.from({ length: size }, (_, i) => (i < known ? (2 * random.float() - 1) * RANGE : 0))
}
