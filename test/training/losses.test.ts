import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/core/errors.ts'
import { UNKNOWN_LABEL } from '../../src/curation/site-labels.ts'
import { gradients } from '../../src/graph/gradient.ts'
import { lowerToOnnx } from '../../src/graph/onnx-lowering.ts'
import { input } from '../../src/graph/ops/leaves.ts'
import { openSession, type TensorLike } from '../../src/graph/session.ts'
import { outputsOf } from '../../src/models/architecture.ts'
import { architecture } from '../../src/models/registry.ts'
import { type LossSettings, lossOf, requireLossFits } from '../../src/training/losses.ts'

// Two examples of three classes at two positions: [N, C, L] row-major.
const LOGITS = [1, -1, 0.5, 2, -0.3, 0.1, 0, 3, -2, 0.7, 1.1, -0.4]
const LABELS = [0, 2, 1, 1]
const WEIGHTS = [1, 0.5]

async function classLoss(settings: LossSettings) {
  const logits = input('logits', 'float32', [2, 3, 2])
  const truth = input('truth', 'uint8', [2, 2])
  const weights = input('weights', 'float32', [2])
  const loss = lossOf(settings, { logits, truth, weights })
  return run(
    { loss, gradient: gradients(loss, [logits])[0]! },
    {
      logits: { type: 'float32', dims: [2, 3, 2], data: Float32Array.from(LOGITS) },
      truth: { type: 'uint8', dims: [2, 2], data: Uint8Array.from(LABELS) },
      weights: { type: 'float32', dims: [2], data: Float32Array.from(WEIGHTS) },
    },
  )
}

async function run(outputs: Parameters<typeof lowerToOnnx>[1], feeds: Record<string, TensorLike>) {
  const session = await openSession(await lowerToOnnx('loss', outputs).toBytes(), {
    provider: 'cpu',
    threads: 1,
  })
  const found = await session.run(feeds)
  await session.close()
  return { loss: (found.loss!.data as Float32Array)[0]!, gradient: found.gradient!.data as Float32Array }
}

/** The class loss in double precision, from its definition. */
function expectedClassLoss(logits: readonly number[], gamma: number, classWeights = [1, 1, 1]): number {
  let sum = 0
  for (const n of [0, 1]) {
    for (const l of [0, 1]) {
      const z = [0, 1, 2].map(c => logits[n * 6 + c * 2 + l]!)
      const total = z.reduce((s, x) => s + Math.exp(x), 0)
      const label = LABELS[n * 2 + l]!
      const p = Math.exp(z[label]!) / total
      sum -= WEIGHTS[n]! * classWeights[label]! * (1 - p) ** gamma * Math.log(p)
    }
  }
  return sum / 4
}

/** Central differences. */
function slopes(f: (x: readonly number[]) => number, at: readonly number[]): number[] {
  const h = 1e-5
  return at.map((x, i) => (f(at.with(i, x + h)) - f(at.with(i, x - h))) / (2 * h))
}

describe('losses of exclusive classes and their gradients follow the definition', () => {
  it.each([
    ['cross entropy', { kind: 'cross-entropy' }, 0, undefined],
    ['cross entropy with class weights', { kind: 'cross-entropy', classWeights: [1, 2, 5] }, 0, [1, 2, 5]],
    ['focal, gamma 2', { kind: 'focal', gamma: 2 }, 2, undefined],
    ['focal, gamma 1.5', { kind: 'focal', gamma: 1.5 }, 1.5, undefined],
    ['focal, gamma 0', { kind: 'focal', gamma: 0 }, 0, undefined],
    ['focal with class weights', { kind: 'focal', gamma: 3, classWeights: [0.5, 1, 2] }, 3, [0.5, 1, 2]],
  ] as const)('%s', async (_, settings, gamma, classWeights) => {
    const { loss, gradient } = await classLoss(settings as LossSettings)
    const weights = classWeights && [...classWeights]
    expect(loss).toBeCloseTo(expectedClassLoss(LOGITS, gamma, weights), 5)
    for (const [i, slope] of slopes(x => expectedClassLoss(x, gamma, weights), LOGITS).entries()) {
      expect(gradient[i]).toBeCloseTo(slope, 5)
    }
  })

  it('a certain and right position has the loss 0 and a finite gradient', async () => {
    const logits = input('logits', 'float32', [1, 2])
    const truth = input('truth', 'uint8', [1, 1])
    const weights = input('weights', 'float32', [1])
    const loss = lossOf({ kind: 'focal', gamma: 2 }, { logits, truth, weights })
    const found = await run(
      { loss, gradient: gradients(loss, [logits])[0]! },
      {
        logits: { type: 'float32', dims: [1, 2], data: Float32Array.of(200, -200) },
        truth: { type: 'uint8', dims: [1, 1], data: Uint8Array.of(0) },
        weights: { type: 'float32', dims: [1], data: Float32Array.of(1) },
      },
    )
    expect(found.loss).toBeCloseTo(0, 12)
    expect(Array.from(found.gradient).every(Number.isFinite)).toBe(true)
  })
})

describe('losses of numbers and of independent labels follow the definition', () => {
  const Z = [0.2, -3, 30, -40]
  const T = [1, 0, 1, 0]
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
  it.each([
    ['mean squared error', { kind: 'mean-squared-error' }, (z: number, t: number) => (z - t) ** 2],
    [
      'binary cross entropy',
      { kind: 'binary-cross-entropy' },
      (z: number, t: number) => (t === 1 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z))),
    ],
    [
      'binary cross entropy with class weights',
      { kind: 'binary-cross-entropy', classWeights: [1, 3] },
      (z: number, t: number) => (t === 1 ? -3 * Math.log(sigmoid(z)) : Math.log1p(Math.exp(z))),
    ],
  ] as const)('%s', async (_, settings, term) => {
    const logits = input('logits', 'float32', [2, 2])
    const truth = input('truth', 'float32', [2, 2])
    const weights = input('weights', 'float32', [2])
    const loss = lossOf(settings as LossSettings, { logits, truth, weights })
    const found = await run(
      { loss, gradient: gradients(loss, [logits])[0]! },
      {
        logits: { type: 'float32', dims: [2, 2], data: Float32Array.from(Z) },
        truth: { type: 'float32', dims: [2, 2], data: Float32Array.from(T) },
        weights: { type: 'float32', dims: [2], data: Float32Array.from(WEIGHTS) },
      },
    )
    const whole = (z: readonly number[]) =>
      z.reduce((sum, x, i) => sum + WEIGHTS[i >> 1]! * term(x, T[i]!), 0) / 4
    expect(found.loss).toBeCloseTo(whole(Z), 3)
    for (const [i, slope] of slopes(whole, Z).entries()) {
      expect(found.gradient[i]).toBeCloseTo(slope, 4)
    }
  })
})

/** Returns binary cross-entropy and its gradient for a batch of examples of three labels. */
async function binaryLoss(
  logits: readonly number[],
  truth: readonly number[],
  weights: readonly number[],
  classWeights?: readonly number[],
) {
  const dims = [weights.length, 3]
  const values = {
    logits: input('logits', 'float32', dims),
    truth: input('truth', 'float32', dims),
    weights: input('weights', 'float32', [weights.length]),
  }
  const loss = lossOf({ kind: 'binary-cross-entropy', ...(classWeights && { classWeights }) }, values)
  return run(
    { loss, gradient: gradients(loss, [values.logits])[0]! },
    {
      logits: { type: 'float32', dims, data: Float32Array.from(logits) },
      truth: { type: 'float32', dims, data: Float32Array.from(truth) },
      weights: { type: 'float32', dims: [weights.length], data: Float32Array.from(weights) },
    },
  )
}

describe('binary cross entropy', () => {
  const Z = [0.5, -1.5, 2, 0.1, 3, -0.7]
  const SOFT = [0.9, 0.2, 0.5, 1, 0.75, 0]
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
  const term = (z: number, t: number) => -t * Math.log(sigmoid(z)) - (1 - t) * Math.log(1 - sigmoid(z))

  it('takes labels between 0 and 1', async () => {
    const { loss, gradient } = await binaryLoss(Z, SOFT, [1, 0.5])
    const weight = (i: number) => (i < 3 ? 1 : 0.5)
    expect(loss).toBeCloseTo(Z.reduce((sum, z, i) => sum + weight(i) * term(z, SOFT[i]!), 0) / 6, 6)
    const slopes = Z.map((z, i) => expect.closeTo((weight(i) * (sigmoid(z) - SOFT[i]!)) / 6, 6))
    expect([...gradient]).toEqual(slopes)
  })

  it('leaves labels that are not known out of loss and gradient, whatever their logits are', async () => {
    const known = [1, UNKNOWN_LABEL, 0, UNKNOWN_LABEL, UNKNOWN_LABEL, 0.25]
    const { loss, gradient } = await binaryLoss(Z, known, [1, 1])
    const terms = Z.map((z, i) => (known[i] === UNKNOWN_LABEL ? 0 : term(z, known[i]!)))
    expect(loss).toBeCloseTo(terms.reduce((sum, value) => sum + value) / 6, 6)
    expect([gradient[1], gradient[3], gradient[4]].map(Math.abs)).toEqual([0, 0, 0])
    expect([gradient[0], gradient[2], gradient[5]].every(slope => slope !== 0)).toBe(true)
    const others = Z.with(1, 40).with(3, -40).with(4, 7)
    expect(await binaryLoss(others, known, [1, 1])).toEqual({ loss, gradient })
  })

  it('is 0 where nothing is known', async () => {
    const { loss, gradient } = await binaryLoss(Z, new Array(6).fill(UNKNOWN_LABEL), [1, 1])
    expect(loss).toBe(0)
    expect(Array.from(gradient, Math.abs)).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('weighs a label between the classes by both weights', async () => {
    const known = [0, 1, 0.25, UNKNOWN_LABEL, 1, 0]
    const { loss } = await binaryLoss(Z, known, [1, 1], [2, 6])
    const weights = [2, 6, 3, 0, 6, 2]
    const expected = Z.reduce((sum, z, i) => sum + (weights[i] && weights[i]! * term(z, known[i]!)), 0) / 6
    expect(loss).toBeCloseTo(expected, 5)
  })
})

const NETWORKS = {
  splam: architecture('splam'),
  lstm: architecture('lstm'),
  'lstm of three values': architecture('lstm', { values: 3 }),
  'site-pair': architecture('site-pair'),
}
type NetworkName = keyof typeof NETWORKS
const check = (name: NetworkName, loss: LossSettings) =>
  requireLossFits(loss, NETWORKS[name], outputsOf(NETWORKS[name], NETWORKS[name].windowLength ?? 41))
const CLASS_LOSSES: LossSettings[] = [{ kind: 'cross-entropy' }, { kind: 'focal', gamma: 2 }]
const VALUE_LOSSES: LossSettings[] = [{ kind: 'mean-squared-error' }, { kind: 'binary-cross-entropy' }]

describe('a loss', () => {
  it.each<[NetworkName, number]>([
    ['splam', 3],
    ['lstm', 2],
    ['lstm of three values', 3],
    ['site-pair', 3],
  ])('is for the outputs of %s, of which there are %i', (name, outputs) => {
    expect(outputsOf(NETWORKS[name], NETWORKS[name].windowLength ?? 41)).toBe(outputs)
  })

  it.each<[NetworkName, LossSettings]>([
    ...CLASS_LOSSES.flatMap((loss): [NetworkName, LossSettings][] => [
      ['splam', loss],
      ['splam', { ...loss, classWeights: [1, 2, 3] } as LossSettings],
      ['lstm', loss],
      ['lstm', { ...loss, classWeights: [1, 2] } as LossSettings],
    ]),
    ...VALUE_LOSSES.map((loss): [NetworkName, LossSettings] => ['lstm of three values', loss]),
    ['lstm of three values', { kind: 'binary-cross-entropy', classWeights: [1, 5] }],
    ['site-pair', { kind: 'binary-cross-entropy', classWeights: [1, 5] }],
  ])('fits %s: %j', (name, loss) => {
    expect(() => check(name, loss)).not.toThrow()
  })

  it.each<[NetworkName, LossSettings, string]>([
    [
      'splam',
      { kind: 'mean-squared-error' },
      'setting loss: expected cross-entropy or focal for model splam, whose output is positions, found mean-squared-error',
    ],
    ['splam', { kind: 'binary-cross-entropy' }, 'whose output is positions, found binary-cross-entropy'],
    ['lstm', { kind: 'mean-squared-error' }, 'whose output is classes, found mean-squared-error'],
    [
      'lstm of three values',
      { kind: 'cross-entropy' },
      'setting loss: expected mean-squared-error or binary-cross-entropy for model lstm, whose output is values, found cross-entropy',
    ],
    ['lstm of three values', { kind: 'focal', gamma: 2 }, 'found focal'],
    [
      'splam',
      { kind: 'focal', gamma: 2, classWeights: [1, 2] },
      'setting loss.classWeights: expected 3 numbers for model splam, one for each class, found 2',
    ],
    [
      'lstm',
      { kind: 'cross-entropy', classWeights: [1, 2, 3] },
      'expected 2 numbers for model lstm, one for each class, found 3',
    ],
    [
      'lstm of three values',
      { kind: 'binary-cross-entropy', classWeights: [1, 2, 3] },
      'expected 2 numbers for model lstm, one for each class, found 3',
    ],
    [
      'site-pair',
      { kind: 'cross-entropy' },
      'setting loss: expected binary-cross-entropy for model site-pair, whose output is pair, found cross-entropy',
    ],
    [
      'site-pair',
      { kind: 'binary-cross-entropy', classWeights: [1, 2, 3] },
      'expected 2 numbers for model site-pair, one for each class, found 3',
    ],
  ])('does not fit %s: %j', (name, loss, message) => {
    expect(() => check(name, loss)).toThrow(UsageError)
    expect(() => check(name, loss)).toThrow(message)
  })
})
