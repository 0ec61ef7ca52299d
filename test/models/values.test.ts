import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { input } from '../../src/graph/ops/leaves.ts'
import { openSession, type TensorLike } from '../../src/graph/session.ts'
import { architecture, MODELS, networkSize } from '../../src/models/registry.ts'
import { scoresOf } from '../../src/models/scores.ts'
import type { LossSettings } from '../../src/training/losses.ts'
import { OPTIMISER_DEFAULTS } from '../../src/training/optimisers.ts'
import { gradientGraph, gradientProgram, stateLayout } from '../../src/training/program.ts'
import { randomCodes } from '../support/random-tensors.ts'

const WINDOW = 41
const BATCH = 4
const VALUES = 3
const BASELINES = ['cnn', 'cnn-emb', 'hybrid', 'lstm', 'lstm-emb']
const SMALL = { width: 4, filters: 5, kernel: 3, pool: 2, units: 4, hidden: 6, dropout: 0 }

/** Returns a small baseline with three numbers as output. */
function network(name: string) {
  const { defaults } = MODELS.find(model => model.name === name) as { defaults: object }
  const options = Object.entries(SMALL).filter(([option]) => Object.hasOwn(defaults, option))
  return architecture(name, { ...Object.fromEntries(options), values: VALUES })
}

/** Returns loss and gradient of the program that a training step runs, as a function of the parameters. */
async function openProgram(name: string, loss: LossSettings, targets: readonly number[]) {
  const model = network(name)
  const layout = stateLayout(model, WINDOW)
  const settings = {
    architecture: model,
    windowLength: WINDOW,
    sites: {},
    batch: BATCH,
    loss,
    optimiser: OPTIMISER_DEFAULTS.sgd,
    clip: {},
  }
  const program = gradientProgram(settings, layout)
  expect(program.inputs.truth).toMatchObject({ type: 'float32', shape: [BATCH, VALUES] })
  const bytes = await gradientGraph(program).toBytes()
  const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
  const feeds = (parameters: Float32Array): Record<string, TensorLike> => ({
    parameters: { type: 'float32', dims: [parameters.length], data: parameters },
    codes: { type: 'uint8', dims: [BATCH, WINDOW], data: randomCodes(BATCH * WINDOW) },
    truth: { type: 'float32', dims: [BATCH, VALUES], data: Float32Array.from(targets) },
    weights: { type: 'float32', dims: [BATCH], data: new Float32Array(BATCH).fill(1) },
  })
  const random = seededRandom(3)
  const first = layout.parameters.tensors.flatMap(({ shape, initial }) => [...initial(shape, random)])
  return {
    parameters: Float32Array.from(first),
    async run(parameters: Float32Array) {
      const { loss, gradient } = await session.run(feeds(parameters))
      return { loss: (loss!.data as Float32Array)[0]!, gradient: gradient!.data as Float32Array }
    },
    close: () => session.close(),
  }
}

const NUMBERS = Array.from({ length: BATCH * VALUES }, (_, i) => i / 4 - 1)
const LABELS = NUMBERS.map((_, i) => (i % 3 === 0 ? 1 : 0))

describe.each(BASELINES)('%s with the option values', name => {
  it('gives so many numbers, and two classes without', () => {
    expect(network(name).output).toBe('values')
    expect(network(name).options).toMatchObject({ values: VALUES })
    expect([architecture(name).output, architecture(name).options.values]).toEqual(['classes', 0])
    const last = name === 'hybrid' ? 64 : 128
    const sizes = [2, 3].map(values => networkSize(architecture(name, { values }), 141).parameters)
    expect(networkSize(architecture(name), 141).parameters).toBe(sizes[0])
    expect(sizes[1]! - sizes[0]!).toBe(last + 1)
  })

  it.each<[string, LossSettings, readonly number[]]>([
    ['numbers', { kind: 'mean-squared-error' }, NUMBERS],
    ['labels', { kind: 'binary-cross-entropy', classWeights: [1, 2] }, LABELS],
  ])('learns %s', async (_, loss, targets) => {
    const program = await openProgram(name, loss, targets)
    let { parameters } = program
    const losses: number[] = []
    for (let step = 0; step < 60; step++) {
      const { loss, gradient } = await program.run(parameters)
      expect(gradient).toHaveLength(parameters.length)
      losses.push(loss)
      parameters = parameters.map((x, i) => x - 0.2 * gradient[i]!)
    }
    await program.close()
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(losses.at(-1)).toBeLessThan(0.9 * losses[0]!)
  })
})

it('the columns of such a network are its values', () => {
  const logits = input('logits', 'float32', ['N', VALUES])
  expect(scoresOf(network('cnn'), logits, {}).columns).toEqual(['value1', 'value2', 'value3'])
})
