import { type ConvolutionOptions, convolution } from '../graph/ops/convolution.ts'
import { constant } from '../graph/ops/leaves.ts'
import { countUses, type Known, knownOf, rewrite } from '../graph/rewrite.ts'
import { fixed, sizeOf } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'

/**
 * Returns the value with each batch normalisation that follows a convolution made part of it: kernel and bias are scaled,
 * in float64, and rounded once. Left as they are: a normalisation before a convolution, as zero padding in between does not
 * commute with it, and one of a result that is used elsewhere, too. Constants are reshaped and cut here, not at each run.
 */
export function foldBatchNorm(output: Value): Value {
  const uses = countUses(output)
  return rewrite(output, (step, before) => {
    if (step.op.name === 'reshape') {
      const known = knownOf(step.inputs[0]!)
      return known ? constant(known.data, step.shape.map(fixed)) : step
    }
    if (step.op.name === 'slice') {
      const known = knownOf(step.inputs[0]!)
      return known ? cropped(known, step) : step
    }
    if (step.op.name === 'batchNorm' && uses.get(before.inputs[0]!) === 1) {
      return foldedConvolution(step) ?? step
    }
    return step
  })
}

/** Returns the numbers that a slice keeps. */
function cropped({ data, shape }: Known, { shape: kept, attributes }: Value): Value {
  const { axis, start } = attributes as { axis: number; start: number }
  const inner = sizeOf(shape.slice(axis + 1))
  const [stride, length] = [shape[axis]! * inner, fixed(kept[axis]) * inner]
  const outer = sizeOf(shape.slice(0, axis))
  const numbers = new Float32Array(outer * length)
  for (let i = 0; i < outer; i++) {
    const from = i * stride + start * inner
    numbers.set(data.subarray(from, from + length), i * length)
  }
  return constant(numbers, kept.map(fixed))
}

/** Returns the convolution that does both, undefined where there is none before or its numbers are not known. */
function foldedConvolution({ inputs, attributes }: Value): Value | undefined {
  const [map, ...vectors] = inputs as [Value, ...Value[]]
  const { epsilon, statistics } = attributes as { epsilon: number; statistics: string }
  if (map.op.name !== 'convolution' || statistics !== 'given') {
    return undefined
  }
  const [x, kernel, bias] = map.inputs as [Value, Value, Value?]
  const known = [kernel, ...vectors, ...(bias ? [bias] : [])].map(knownOf)
  if (!known.every(numbers => numbers !== undefined)) {
    return undefined
  }
  const [k, scale, shift, mean, variance, b] = known as [Known, Known, Known, Known, Known, Known?]
  const filters = scale.data.length
  const perFilter = k.data.length / filters
  const factors = Float64Array.from(
    scale.data,
    (weight, i) => weight / Math.sqrt(variance.data[i]! + epsilon),
  )
  return convolution(
    x,
    constant(
      k.data.map((weight, i) => weight * factors[Math.floor(i / perFilter)]!),
      k.shape,
    ),
    constant(
      shift.data.map((weight, i) => ((b?.data[i] ?? 0) - mean.data[i]!) * factors[i]! + weight),
      [filters],
    ),
    map.attributes as ConvolutionOptions,
  )
}
