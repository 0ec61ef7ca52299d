import { multiply } from '../../graph/ops/arithmetic.ts'
import { constant } from '../../graph/ops/leaves.ts'
import { reshape } from '../../graph/ops/reshape.ts'
import { crop, pad } from '../../graph/ops/slice.ts'
import { transpose } from '../../graph/ops/transpose.ts'
import { fixed } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'

/** What stands for a base in its row: A, C, G, T. */
const WEIGHTS = [1, 1, 1.5, 2]

/** Whether G and T are told apart by size as well, as published, or every base is a plain 1. */
export type BaseEncoding = 'weighted' | 'plain'

/**
 * Returns bases as a picture of one channel: rows A, C, G, T, columns positions.
 * Shape: [N, 4, 1, L] -> [N, 1, 4, L].
 */
export function basePicture(bases: Value, encoding: BaseEncoding): Value {
  const rows = transpose(bases, [0, 2, 1, 3])
  return encoding === 'plain' ? rows : multiply(rows, constant(WEIGHTS, [1, 1, WEIGHTS.length, 1]))
}

const BASES = 4
const TRIPLET = 3
export const TRINUCLEOTIDES = BASES ** TRIPLET

/**
 * Returns bases as 64 channels of zeros and ones: channel 16 z + 4 x + y of a position is 1 where the trinucleotide xyz
 * begins there. The last two positions begin none, nor does one with an unknown base.
 * Shape: [N, 4, 1, L] -> [N, 64, 1, L].
 */
export function trinucleotides(bases: Value): Value {
  const n = bases.shape[0]!
  const count = fixed(bases.shape[3]) - (TRIPLET - 1)
  const [x, y, z] = Array.from({ length: TRIPLET }, (_, i) =>
    crop(bases, { axis: 3, start: i, fromEnd: TRIPLET - 1 - i }),
  ) as [Value, Value, Value]
  const [last, first, middle] = [
    reshape(z, [n, BASES, 1, 1, count]),
    reshape(x, [n, 1, BASES, 1, count]),
    reshape(y, [n, 1, 1, BASES, count]),
  ]
  const all = multiply(last, multiply(first, middle))
  return pad(reshape(all, [n, TRINUCLEOTIDES, 1, count]), { axis: 3, before: 0, after: TRIPLET - 1 })
}
