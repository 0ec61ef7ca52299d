import { describe, expect, it } from 'vitest'
import { lowerToOnnx } from '../../src/graph/onnx-lowering.ts'
import { input } from '../../src/graph/ops/leaves.ts'
import { openSession, type TensorLike } from '../../src/graph/session.ts'
import type { Value } from '../../src/graph/value.ts'
import {
  type ClipSettings,
  OPTIMISER_DEFAULTS,
  type OptimiserSettings,
  STEP_SCALARS,
  type StepScalar,
  slotCount,
  stepScalars,
  updateOf,
} from '../../src/training/optimisers.ts'

const RATE = 0.1
const START = [1, -2, 0.5]
/** The gradient at a point: that of a bowl with other curvatures along each axis. */
const gradientAt = (point: readonly number[]) => point.map((x, i) => x * (i + 1))

/** Returns the points after each of some steps, computed by ONNX Runtime. */
async function walk(settings: OptimiserSettings, clip: ClipSettings = {}, steps = 4) {
  const vector = (name: string) => input(name, 'float32', [START.length])
  const [parameters, gradient] = [vector('parameters'), vector('gradient')]
  const slots = Array.from({ length: slotCount(settings) }, (_, i) => vector(`slot${i}`))
  const scalars = Object.fromEntries(STEP_SCALARS.map(name => [name, input(name, 'float32', [])])) as Record<
    StepScalar,
    Value
  >
  const update = updateOf(settings, clip, parameters, gradient, slots, scalars)
  const outputs = Object.fromEntries([
    ['next', update.parameters],
    ['norm', update.norm],
    ...update.slots.map((slot, i) => [`next${i}`, slot]),
  ])
  const session = await openSession(await lowerToOnnx('update', outputs).toBytes(), {
    provider: 'cpu',
    threads: 1,
  })
  const tensor = (data: readonly number[]): TensorLike => ({
    type: 'float32',
    dims: [data.length],
    data: Float32Array.from(data),
  })
  let point: number[] = START
  let moments = slots.map(() => START.map(() => 0))
  const points: number[][] = []
  const norms: number[] = []
  for (let step = 1; step <= steps; step++) {
    const values = stepScalars(settings, step, RATE)
    const feeds: Record<string, TensorLike> = {
      parameters: tensor(point),
      gradient: tensor(gradientAt(point)),
    }
    for (const [i, moment] of moments.entries()) {
      feeds[`slot${i}`] = tensor(moment)
    }
    for (const name of STEP_SCALARS) {
      feeds[name] = { type: 'float32', dims: [], data: Float32Array.of(values[name]) }
    }
    const found = await session.run(feeds)
    point = Array.from(found.next!.data as Float32Array)
    moments = moments.map((_, i) => Array.from(found[`next${i}`]!.data as Float32Array))
    points.push(point)
    norms.push((found.norm!.data as Float32Array)[0]!)
  }
  await session.close()
  return { points, norms }
}

/** The same steps in double precision, each written from its paper for one parameter. */
const RULES: Record<string, () => (x: number, g: number) => number> = {
  'sgd, no momentum': () => (x, g) => x - RATE * g,
  'sgd, momentum': () => {
    let v = 0
    return (x, g) => {
      v = 0.9 * v + g
      return x - RATE * v
    }
  },
  'sgd, Nesterov': () => {
    let v = 0
    return (x, g) => {
      v = 0.9 * v + g
      return x - RATE * (g + 0.9 * v)
    }
  },
  rmsprop: () => {
    let s = 0
    return (x, g) => {
      s = 0.9 * s + 0.1 * g * g
      return x - (RATE * g) / (Math.sqrt(s) + 1e-7)
    }
  },
  adam: () => {
    let [m, v, t] = [0, 0, 0]
    return (x, g) => {
      t++
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      return x - (RATE * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
    }
  },
  adamw: () => {
    const adam = RULES.adam!()
    return (x, g) => {
      const moved = adam(0, g)
      return x * (1 - RATE * 0.01) + moved
    }
  },
  'adam with decay in the gradient': () => {
    const adam = RULES.adam!()
    return (x, g) => adam(x, g + 0.01 * x)
  },
  nadam: () => {
    let [m, v, t, product] = [0, 0, 0, 1]
    const mu = (step: number) => 0.9 * (1 - 0.5 * 0.96 ** (step * 0.004))
    return (x, g) => {
      t++
      product *= mu(t)
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      const ahead = ((1 - mu(t)) * g) / (1 - product) + (mu(t + 1) * m) / (1 - product * mu(t + 1))
      return x - (RATE * ahead) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
    }
  },
}

const SETTINGS: Record<string, OptimiserSettings> = {
  'sgd, no momentum': { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  'sgd, momentum': { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
  'sgd, Nesterov': OPTIMISER_DEFAULTS.sgd,
  rmsprop: OPTIMISER_DEFAULTS.rmsprop,
  adam: OPTIMISER_DEFAULTS.adam,
  adamw: OPTIMISER_DEFAULTS.adamw,
  'adam with decay in the gradient': { ...OPTIMISER_DEFAULTS.adam, weightDecay: 0.01 } as OptimiserSettings,
  nadam: OPTIMISER_DEFAULTS.nadam,
}

describe('an optimiser takes the steps of its paper', () => {
  it.each(Object.keys(SETTINGS))('%s', async name => {
    const { points } = await walk(SETTINGS[name]!)
    const rules = START.map(() => RULES[name]!())
    let expected = START
    for (const point of points) {
      const gradient = gradientAt(expected)
      expected = expected.map((x, i) => rules[i]!(x, gradient[i]!))
      for (const [i, x] of expected.entries()) {
        expect(point[i]).toBeCloseTo(x, 5)
      }
    }
  })
})

describe('clipping', () => {
  const plain = SETTINGS['sgd, no momentum']!
  const gradient = gradientAt(START)
  const length = Math.hypot(...gradient)

  it('by norm shortens a long gradient and leaves its direction', async () => {
    const { points, norms } = await walk(plain, { norm: 1 }, 1)
    expect(norms[0]).toBeCloseTo(length, 5)
    for (const [i, x] of points[0]!.entries()) {
      expect(x).toBeCloseTo(START[i]! - (RATE * gradient[i]!) / length, 5)
    }
  })

  it('by norm leaves a short gradient as it is', async () => {
    const { points } = await walk(plain, { norm: 100 }, 1)
    expect(points[0]![0]).toBeCloseTo(START[0]! - RATE * gradient[0]!, 6)
  })

  it('by value limits each element', async () => {
    const { points } = await walk(plain, { value: 1.2 }, 1)
    expect(points[0]!.map(x => Math.round(x * 1e5) / 1e5)).toEqual([0.9, -1.88, 0.38])
  })
})

it('the scalars of Nadam stay right after many steps', () => {
  const { momentum1, momentum2 } = stepScalars(OPTIMISER_DEFAULTS.nadam, 100_000, 0.001)
  const mu = (t: number) => 0.9 * (1 - 0.5 * 0.96 ** (t * 0.004))
  expect(momentum1).toBeCloseTo(1 - mu(100_000), 12)
  expect(momentum2).toBeCloseTo(mu(100_001), 12)
})
