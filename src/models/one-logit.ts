import { multiply } from '../graph/ops/arithmetic.ts'
import { concat } from '../graph/ops/concat.ts'
import type { Value } from '../graph/value.ts'

/**
 * Returns one logit as those of two classes: their softmax is its sigmoid, and cross entropy its binary cross entropy. So networks
 * published with one output are trained, calibrated, exported and evaluated like all that tell two classes apart.
 * Shape: [N, 1] -> [N, 2], class 1 the positive one.
 */
export const oneLogit = (z: Value): Value => concat([multiply(z, 0), z], 1)
