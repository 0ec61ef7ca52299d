import { add, multiply, subtract } from '../../graph/ops/arithmetic.ts'
import { concat } from '../../graph/ops/concat.ts'
import { reduceSum } from '../../graph/ops/reduce.ts'
import { reverse } from '../../graph/ops/reverse.ts'
import { pad } from '../../graph/ops/slice.ts'
import type { Value } from '../../graph/value.ts'
import { BASE_CHANNELS } from '../architecture.ts'

/** What each channel of a base holds that nobody knows. */
const UNKNOWN = 1 / BASE_CHANNELS.length

/** Returns bases of which unknown ones are a quarter of each base. Shape: [N, 4, 1, L], one-hot, unknown ones zero -> the same. */
export function quarteredUnknowns(bases: Value): Value {
  const unknown = subtract(1, reduceSum(bases, [1], true))
  return add(bases, multiply(unknown, UNKNOWN))
}

/** Returns bases with unknown ones before and after. Shape: [N, 4, H, L] -> [N, 4, H, L + 2 count]. */
export function withUnknownEnds(bases: Value, count: number): Value {
  // Padding is of zeros only.
  return add(pad(subtract(bases, UNKNOWN), { axis: 3, before: count, after: count }), UNKNOWN)
}

/** Returns both strands, each as it reads. Shape: [N, 4, 1, L] A, C, G, T -> [N, 4, 2, L]. */
export function bothStrands(bases: Value): Value {
  // In the order A, C, G, T the complement is the reverse of the channels.
  return concat([bases, reverse(reverse(bases, 1), 3)], 2)
}
