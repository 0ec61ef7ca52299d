import { zeros } from '../../graph/initial.ts'
import type { Initializer, Network } from '../../graph/network.ts'
import { add } from '../../graph/ops/arithmetic.ts'
import { matmul } from '../../graph/ops/matmul.ts'
import { relu } from '../../graph/ops/pointwise.ts'
import type { Value } from '../../graph/value.ts'

/** Probabilities of a true and of a false site by each of three networks. */
const FEATURES = 6
const HIDDEN = 2

/** A vote: one unit sums what speaks for a true site, one what speaks for a false one. Drawn at random, both may never be above 0. */
const sums: Initializer = () =>
  Float32Array.from({ length: FEATURES * HIDDEN }, (_, i) => +(i % 4 === 0 || i % 4 === 3))
const difference: Initializer = () => Float32Array.of(-1, 1)

/**
 * The combiner: a perceptron of two hidden units over what three networks say. It reads numbers, not bases, so it is a part
 * of a network and none by itself. Tensors have the names and the layout of the published files: [in, out].
 * Shape: features [N, 6], probabilities of true and of false site by the global, up- and downstream network -> [N, 1], the logit
 * of a FALSE site.
 * Source: Albaradei et al., Gene X 5:100035, 2020, and its published weights.
 */
export function combinerLogit(net: Network, prefix: string, features: Value): Value {
  const layer = (i: number, x: Value, shape: readonly [number, number], initial: Initializer) => {
    const weights = net.parameter(`${prefix}coefs_.${i}`, shape, initial)
    return add(matmul(x, weights), net.parameter(`${prefix}intercepts_.${i}`, [shape[1]], zeros))
  }
  const hidden = relu(layer(0, features, [FEATURES, HIDDEN], sums))
  return layer(1, hidden, [HIDDEN, 1], difference)
}
