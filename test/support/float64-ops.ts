/**
 * Values of a graph in float64, each op by the plain loops of its definition: an oracle that shares nothing with the
 * ops but their names and attributes. Slow; for tensors of some hundred elements.
 */
import { inOrder, type Value } from '../../src/graph/value.ts'
import { type Array64, at, build, sizeOf, within } from './float64-array.ts'

type Evaluate = (inputs: readonly Array64[], attributes: never, value: Value) => Array64

const range = (n: number) => Array.from({ length: n }, (_, i) => i)
const total = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0)
const logistic = (x: number) => 1 / (1 + Math.exp(-x))

const binary =
  (f: (a: number, b: number) => number): Evaluate =>
  ([a, b], _, value) =>
    build(value.shape as number[], index => f(at(a!, index), at(b!, index)))

const unary =
  (f: (x: number, alpha: number) => number): Evaluate =>
  ([x], alpha: number) => ({ shape: x!.shape, data: x!.data.map(element => f(element, alpha)) })

/** All elements that are reduced to one, for each index of the kept axes. */
const reduce =
  (f: (elements: readonly number[]) => number): Evaluate =>
  ([x], { axes }: { axes: number[] }, value) => {
    const kept = x!.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    const { data } = build(kept, first => {
      const elements: number[] = []
      build(
        x!.shape.map((dim, axis) => (axes.includes(axis) ? dim : 1)),
        offset =>
          elements.push(
            at(
              x!,
              offset.map((o, axis) => o + first[axis]!),
            ),
          ),
      )
      return f(elements)
    })
    return { shape: value.shape as number[], data }
  }

/** Each line along an axis as a function of the line. */
const alongAxis =
  (f: (line: readonly number[], i: number) => number): Evaluate =>
  ([x], axis: number) =>
    build(x!.shape, index =>
      f(
        range(x!.shape[axis]!).map(i => at(x!, index.with(axis, i))),
        index[axis]!,
      ),
    )

interface Pooling {
  window: number[]
  strides: number[]
  pads: number[]
}

/** Elements a window sees, without the padding. */
function seen(x: Array64, [n, c, i, j]: readonly number[], { window, strides, pads }: Pooling): number[] {
  const elements: number[] = []
  for (let di = 0; di < window[0]!; di++) {
    for (let dj = 0; dj < window[1]!; dj++) {
      const element = within(
        x,
        [n!, c!, i! * strides[0]! + di - pads[0]!, j! * strides[1]! + dj - pads[1]!],
        Number.NaN,
      )
      if (!Number.isNaN(element)) {
        elements.push(element)
      }
    }
  }
  return elements
}

/** Steps of a sequence in the order a recurrence takes them. */
const stepsOf = (count: number, direction: string) =>
  direction === 'reverse' ? range(count).reverse() : range(count)

const lstm: Evaluate = ([x, w, r, b], direction: string) => {
  const [steps, batch, size] = x!.shape as [number, number, number]
  const units = r!.shape[1]!
  const y = build([steps, batch, units], () => 0)
  for (let n = 0; n < batch; n++) {
    let output = range(units).map(() => 0)
    let cell = range(units).map(() => 0)
    for (const t of stepsOf(steps, direction)) {
      const sum = (gate: number) =>
        b!.data[gate]! +
        total(range(size).map(k => at(w!, [gate, k]) * at(x!, [t, n, k]))) +
        total(range(units).map(k => at(r!, [gate, k]) * output[k]!))
      cell = cell.map(
        (before, h) =>
          logistic(sum(2 * units + h)) * before + logistic(sum(h)) * Math.tanh(sum(3 * units + h)),
      )
      output = cell.map((state, h) => logistic(sum(units + h)) * Math.tanh(state))
      output.forEach((state, h) => {
        y.data[(t * batch + n) * units + h] = state
      })
    }
  }
  return y
}

const linearRecurrence: Evaluate = ([keep, added], direction: string) => {
  const steps = keep!.shape[0]!
  const width = keep!.data.length / steps
  const data = new Float64Array(keep!.data.length)
  for (let h = 0; h < width; h++) {
    let state = 0
    for (const t of stepsOf(steps, direction)) {
      state = keep!.data[t * width + h]! * state + added!.data[t * width + h]!
      data[t * width + h] = state
    }
  }
  return { shape: keep!.shape, data }
}

const convolution: Evaluate = (
  [x, kernel, bias],
  {
    strides,
    dilations,
    pads,
    groups,
  }: { strides: number[]; dilations: number[]; pads: number[]; groups: number },
  value,
) => {
  const [filters, perGroup, height, width] = kernel!.shape as [number, number, number, number]
  return build(value.shape as number[], ([n, o, i, j]) => {
    let sum = bias ? bias.data[o!]! : 0
    const first = Math.floor(o! / (filters / groups)) * perGroup
    for (let c = 0; c < perGroup; c++) {
      for (let di = 0; di < height; di++) {
        for (let dj = 0; dj < width; dj++) {
          const row = i! * strides[0]! + di * dilations[0]! - pads[0]!
          const column = j! * strides[1]! + dj * dilations[1]! - pads[1]!
          sum += at(kernel!, [o!, c, di, dj]) * within(x!, [n!, first + c, row, column], 0)
        }
      }
    }
    return sum
  })
}

const batchNorm: Evaluate = ([x, scale, bias, mean, variance], { epsilon }: { epsilon: number }) =>
  build(x!.shape, index => {
    const c = index[1]!
    const deviation = Math.sqrt(variance!.data[c]! + epsilon)
    return (scale!.data[c]! * (at(x!, index) - mean!.data[c]!)) / deviation + bias!.data[c]!
  })

const layerNorm: Evaluate = ([x, scale, bias], epsilon: number) => {
  const width = scale!.data.length
  const data = new Float64Array(x!.data.length)
  for (let start = 0; start < data.length; start += width) {
    const row = [...x!.data.subarray(start, start + width)]
    const mean = total(row) / width
    const variance = total(row.map(element => (element - mean) ** 2)) / width
    row.forEach((element, i) => {
      data[start + i] = (scale!.data[i]! * (element - mean)) / Math.sqrt(variance + epsilon) + bias!.data[i]!
    })
  }
  return { shape: x!.shape, data }
}

const softmaxOf = (line: readonly number[]) => {
  const most = Math.max(...line)
  return total(line.map(element => Math.exp(element - most))) * Math.exp(most)
}

const OPS: Readonly<Record<string, Evaluate>> = {
  constant: (_, { data, shape }: { data: Float32Array; shape: number[] }) => ({
    shape,
    data: Float64Array.from(data),
  }),
  filled: (_, { shape, value }: { shape: number[]; value: number }) => build(shape, () => value),
  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  greater: binary((a, b) => (a > b ? 1 : 0)),
  equal: binary((a, b) => (a === b ? 1 : 0)),
  where: ([condition, a, b], _, value) =>
    build(value.shape as number[], index => (at(condition!, index) ? at(a!, index) : at(b!, index))),
  cast: ([x]) => x!,
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  relu: unary(x => Math.max(x, 0)),
  leakyRelu: unary((x, alpha) => (x > 0 ? x : alpha * x)),
  elu: unary((x, alpha) => (x > 0 ? x : alpha * Math.expm1(x))),
  tanh: unary(Math.tanh),
  sigmoid: unary(logistic),
  softplus: unary(x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  matmul: ([a, b], _, value) =>
    build(value.shape as number[], index => {
      const leading = index.slice(0, -2)
      const [i, j] = index.slice(-2) as [number, number]
      return total(range(a!.shape.at(-1)!).map(k => at(a!, [...leading, i, k]) * at(b!, [...leading, k, j])))
    }),
  reduceSum: reduce(total),
  reduceMean: reduce(elements => total(elements) / elements.length),
  reduceMax: reduce(elements => Math.max(...elements)),
  reshape: ([x], shape: number[]) => ({ shape, data: x!.data }),
  expandAxis: ([x], _, value) => ({ shape: value.shape as number[], data: x!.data }),
  dropAxis: ([x], _, value) => ({ shape: value.shape as number[], data: x!.data }),
  transpose: ([x], order: number[], value) =>
    build(value.shape as number[], index =>
      at(
        x!,
        range(order.length).map(axis => index[order.indexOf(axis)]!),
      ),
    ),
  reverse: ([x], axis: number) =>
    build(x!.shape, index => at(x!, index.with(axis, x!.shape[axis]! - 1 - index[axis]!))),
  slice: ([x], { axis, start }: { axis: number; start: number }, value) =>
    build(value.shape as number[], index => at(x!, index.with(axis, index[axis]! + start))),
  pad: ([x], { axis, before }: { axis: number; before: number }, value) =>
    build(value.shape as number[], index => within(x!, index.with(axis, index[axis]! - before), 0)),
  concat: (inputs, axis: number, value) =>
    build(value.shape as number[], index => {
      let position = index[axis]!
      for (const x of inputs) {
        if (position < x.shape[axis]!) {
          return at(x, index.with(axis, position))
        }
        position -= x.shape[axis]!
      }
      return Number.NaN
    }),
  softmax: alongAxis((line, i) => Math.exp(line[i]!) / softmaxOf(line)),
  logSoftmax: alongAxis((line, i) => line[i]! - Math.log(softmaxOf(line))),
  oneHot: ([codes], channels: number[], value) =>
    build(value.shape as number[], ([n, c, l]) => (at(codes!, [n!, l!]) === channels[c!] ? 1 : 0)),
  gather: ([table, indices], _, value) =>
    build(value.shape as number[], index => at(table!, [at(indices!, index.slice(0, -1)), index.at(-1)!])),
  maxPool: ([x], geometry: Pooling, value) =>
    build(value.shape as number[], index => Math.max(...seen(x!, index, geometry))),
  averagePool: ([x], attributes: { geometry: Pooling; countIncludePad: boolean }, value) =>
    build(value.shape as number[], index => {
      const elements = seen(x!, index, attributes.geometry)
      return (
        total(elements) / (attributes.countIncludePad ? sizeOf(attributes.geometry.window) : elements.length)
      )
    }),
  convolution,
  batchNorm,
  layerNorm,
  linearRecurrence,
  lstm,
}

/** Returns the values in float64. `given`: tensors of the input values. Throws: RangeError for an op unknown here. */
export function evaluate64(outputs: readonly Value[], given: ReadonlyMap<Value, Array64>): Array64[] {
  const done = new Map(given)
  for (const value of inOrder(outputs, given.keys())) {
    const evaluate = OPS[value.op.name]
    if (evaluate === undefined) {
      throw new RangeError(`no float64 form of ${value.op.name}`)
    }
    const inputs = value.inputs.map(input => done.get(input)!)
    done.set(value, evaluate(inputs, value.attributes as never, value))
  }
  return outputs.map(output => done.get(output)!)
}
