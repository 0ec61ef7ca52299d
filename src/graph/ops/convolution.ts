import { int, ints } from '../onnx-writer.ts'
import { fixed, type Shape, ShapeError, shifted } from '../shape.ts'
import { apply, type Op, requireType, type Tensor, type TensorFlow, type Value } from '../value.ts'
import { type Axis, kernelGradient } from './kernel-gradient.ts'
import { reduceSum } from './reduce.ts'
import { reshape } from './reshape.ts'
import { reverse } from './reverse.ts'
import { crop, pad, spread } from './slice.ts'
import { transpose } from './transpose.ts'

/** How a kernel moves over the two axes of a map. */
export interface ConvolutionOptions {
  strides?: readonly [number, number]
  dilations?: readonly [number, number]
  /** Zeros added: top, left, bottom, right. */
  pads?: readonly [number, number, number, number]
  groups?: number
}

type Geometry = Required<ConvolutionOptions>

const convolutionOp: Op<Geometry> = {
  name: 'convolution',
  infer(inputs, geometry) {
    const [x, kernel, bias] = inputs as [Value, Value, Value?]
    for (const operand of inputs) {
      requireType('convolution', operand, 'float32')
    }
    const { groups } = geometry
    const [n, channels] = x.shape
    const [filters, perGroup] = kernel.shape
    if (x.shape.length !== 4 || kernel.shape.length !== 4 || channels !== fixed(perGroup) * groups) {
      throw new ShapeError('convolution', [x.shape, kernel.shape], `[N, C, H, W] and [O, C/${groups}, h, w]`)
    }
    if (fixed(filters) % groups !== 0 || (bias && bias.shape.join() !== `${filters}`)) {
      const shapes = inputs.map(operand => operand.shape)
      throw new ShapeError('convolution', shapes, `O filters in ${groups} equal groups and a bias [O]`)
    }
    const sizes = [2, 3].map(axis => resultSize('convolution', x.shape, kernel.shape, axis, geometry))
    return { type: 'float32', shape: [n!, filters!, ...sizes] }
  },
  lower(onnx, inputs, value, { strides, dilations, pads, groups }) {
    return onnx.node('Conv', inputs, {
      kernel_shape: ints(...value.inputs[1]!.shape.slice(2).map(fixed)),
      strides: ints(...strides),
      dilations: ints(...dilations),
      pads: ints(...pads),
      group: int(groups),
    })
  },
  gradient(value, dy, geometry) {
    const [x, kernel, bias] = value.inputs as [Value, Value, Value?]
    const axes = axesOf(x.shape, kernel.shape, value.shape, geometry)
    const gradients = [
      inputGradient(dy, kernel, axes, geometry.groups),
      kernelGradient(x, dy, kernel, axes, geometry.groups),
    ]
    return bias ? [...gradients, reduceSum(dy, [0, 2, 3])] : gradients
  },
  run(tf, inputs, value, geometry) {
    const [x, kernel, bias] = inputs
    const shapes = value.inputs.map(operand => operand.shape)
    const axes = axesOf(shapes[0]!, shapes[1]!, value.shape, geometry)
    const sum = sumOverTaps(tf, x!, kernel!, axes, geometry.groups)
    return bias ? tf.add(sum, tf.reshape(bias, [1, -1, 1, 1])) : sum
  },
}

/**
 * Convolution of a map with a kernel (as networks call it: the kernel is not flipped).
 * Shape: x [N, C, H, W], kernel [O, C/groups, h, w], bias [O] -> [N, O, H', W'].
 * Throws: ShapeError when the padded map is shorter than the dilated kernel.
 */
export function convolution(x: Value, kernel: Value, bias?: Value, options: ConvolutionOptions = {}): Value {
  const geometry: Geometry = {
    strides: options.strides ?? [1, 1],
    dilations: options.dilations ?? [1, 1],
    pads: options.pads ?? [0, 0, 0, 0],
    groups: options.groups ?? 1,
  }
  const { strides, dilations, pads, groups } = geometry
  const isWhole = (n: number, least: number) => Number.isInteger(n) && n >= least
  if (![...strides, ...dilations, groups].every(n => isWhole(n, 1)) || !pads.every(n => isWhole(n, 0))) {
    throw new RangeError(
      `convolution: expected whole numbers, found strides ${strides}, dilations ${dilations}, pads ${pads}, groups ${groups}`,
    )
  }
  const seen = seenPart(x, kernel, geometry)
  return apply(convolutionOp, bias ? [x, seen.kernel, bias] : [x, seen.kernel], seen.geometry)
}

/**
 * Returns the kernel without the rows and columns that only ever meet padding, as most of a 7x7 kernel does on a map of one column, and
 * as much less padding.
 */
function seenPart(x: Value, kernel: Value, geometry: Geometry): { kernel: Value; geometry: Geometry } {
  if (x.shape.length !== 4 || kernel.shape.length !== 4) {
    return { kernel, geometry }
  }
  const pads = [...geometry.pads] as [number, number, number, number]
  let part = kernel
  for (const i of [0, 1]) {
    const [size, taps] = [x.shape[i + 2]!, fixed(kernel.shape[i + 2])]
    const [stride, dilation] = [geometry.strides[i]!, geometry.dilations[i]!]
    const [before, after] = [pads[i]!, pads[i + 2]!]
    const out = typeof size === 'number' ? size + before + after - dilation * (taps - 1) : 0
    if (typeof size !== 'number' || out < 1) {
      continue
    }
    const lastStart = Math.floor((out - 1) / stride) * stride
    // A tap before `front` meets nothing even from the last place, one behind `back` nothing even from the first.
    const front = atLeastNone(
      Math.ceil((before - lastStart) / dilation),
      Math.floor(before / dilation),
      taps - 1,
    )
    const back = atLeastNone(
      taps - 1 - Math.floor((size - 1 + before) / dilation),
      Math.floor(after / dilation),
      taps - 1 - front,
    )
    part = crop(part, { axis: i + 2, start: front, fromEnd: back })
    pads[i] = before - front * dilation
    pads[i + 2] = after - back * dilation
  }
  return { kernel: part, geometry: { ...geometry, pads } }
}

/** Returns the smallest of the numbers, no less than 0. */
const atLeastNone = (...numbers: number[]) => Math.max(Math.min(...numbers), 0)

/** Returns the size of an axis of the result; a size that is a name may only change by a constant. */
function resultSize(op: string, x: Shape, kernel: Shape, axis: number, geometry: Geometry) {
  const { strides, dilations, pads } = geometry
  const i = axis - 2
  const extent = dilations[i]! * (fixed(kernel[axis]) - 1)
  const change = pads[i]! + pads[i + 2]! - extent
  const size = x[axis]!
  if (typeof size === 'string') {
    if (strides[i] !== 1) {
      throw new ShapeError(op, [x], `a known size of axis ${axis} for stride ${strides[i]}`)
    }
    return shifted(size, change)
  }
  if (size + change < 1) {
    throw new ShapeError(
      op,
      [x, kernel],
      `axis ${axis} of at least ${extent + 1} with padding ${pads[i]}+${pads[i + 2]}`,
    )
  }
  return Math.floor((size + change - 1) / strides[i]!) + 1
}

function axesOf(x: Shape, kernel: Shape, y: Shape, { strides, dilations, pads }: Geometry): Axis[] {
  return [0, 1].map(i => ({
    axis: i + 2,
    size: fixed(x[i + 2]),
    kernel: fixed(kernel[i + 2]),
    stride: strides[i]!,
    dilation: dilations[i]!,
    before: pads[i]!,
    after: pads[i + 2]!,
    out: fixed(y[i + 2]),
  }))
}

/**
 * Returns the gradient with respect to the map: the gradient of the result, spread out by the stride, convolved with
 * the kernel turned round and its channels exchanged within each group. ONNX has ConvTranspose for it, which is 5 to 8
 * times slower on the CPU.
 */
function inputGradient(dy: Value, kernel: Value, axes: readonly Axis[], groups: number): Value {
  let y = dy
  const pads: [number, number, number, number] = [0, 0, 0, 0]
  for (const [i, { axis, size, kernel: width, stride, dilation, before, out }] of axes.entries()) {
    const extent = dilation * (width - 1)
    const front = extent - before
    const back = size - out * stride - front + extent
    y = spread(y, axis, stride)
    y = pad(y, { axis, before: Math.min(front, 0), after: Math.min(back, 0) })
    pads[i] = Math.max(front, 0)
    pads[i + 2] = Math.max(back, 0)
  }
  const [filters, perGroup, height, width] = kernel.shape.map(fixed) as [number, number, number, number]
  const grouped = reshape(kernel, [groups, filters / groups, perGroup, height, width])
  const exchanged = reshape(transpose(grouped, [0, 2, 1, 3, 4]), [
    groups * perGroup,
    filters / groups,
    height,
    width,
  ])
  const turned = reverse(reverse(exchanged, 2), 3)
  const dilations = axes.map(axis => axis.dilation) as [number, number]
  return convolution(y, turned, undefined, { dilations, pads, groups })
}

/** Returns the convolution as TensorFlow.js can differentiate it: its own refuses dilation and has no groups. */
function sumOverTaps(
  tf: TensorFlow,
  x: Tensor,
  kernel: Tensor,
  axes: readonly Axis[],
  groups: number,
): Tensor {
  const [rows, columns] = axes as [Axis, Axis]
  const [batch, channels] = x.shape as [number, number]
  const [filters, perGroup] = kernel.shape as [number, number]
  const widths = axes.map(
    ({ before, after, kernel: taps, dilation, stride, size, out }): [number, number] => {
      // Whole steps of the stride behind the last tap, so that every tap's part can be folded into rows of `stride`.
      const wanted = dilation * (taps - 1) + out * stride
      return [before, Math.max(after, wanted - size - before)]
    },
  )
  const padded = tf.pad(x, [[0, 0], [0, 0], ...widths] as [number, number][])
  const tap = (i: number, j: number): Tensor => {
    const part = tf.slice(
      padded,
      [0, 0, i * rows.dilation, j * columns.dilation],
      [batch, channels, rows.out * rows.stride, columns.out * columns.stride],
    )
    const folded = tf.reshape(part, [batch * channels, rows.out, rows.stride, columns.out, columns.stride])
    const kept = tf.slice(folded, [0, 0, 0, 0, 0], [batch * channels, rows.out, 1, columns.out, 1])
    const grouped = tf.reshape(kept, [batch, groups, perGroup, rows.out * columns.out])
    return tf.reshape(tf.transpose(grouped, [1, 2, 0, 3]), [groups, perGroup, -1])
  }
  let sum: Tensor | undefined
  for (let i = 0; i < rows.kernel; i++) {
    for (let j = 0; j < columns.kernel; j++) {
      const weights = tf.slice(kernel, [0, 0, i, j], [filters, perGroup, 1, 1])
      const product = tf.matMul(tf.reshape(weights, [groups, filters / groups, perGroup]), tap(i, j))
      sum = sum ? tf.add(sum, product) : product
    }
  }
  const maps = tf.reshape(sum!, [groups, filters / groups, batch, rows.out, columns.out])
  return tf.reshape(tf.transpose(maps, [2, 0, 1, 3, 4]), [batch, filters, rows.out, columns.out])
}
