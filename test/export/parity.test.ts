import { describe, expect, it } from 'vitest'
import { exportModel, type ModelFacts, TOLERANCE } from '../../src/export/export-model.ts'
import { importWeights } from '../../src/export/import-weights.ts'
import { readWeights } from '../../src/export/weights/read-weights.ts'
import { encodeText } from '../../src/genome/sequence.ts'
import { Network } from '../../src/graph/network.ts'
import { constant, input } from '../../src/graph/ops/leaves.ts'
import { openSession } from '../../src/graph/session.ts'
import { logitsOf } from '../../src/models/architecture.ts'
import { architecture } from '../../src/models/registry.ts'
import { hasParity, parityPath, parityReason, readReference } from '../support/parity.ts'
import { runOnnx } from '../support/run-onnx.ts'

const facts: ModelFacts = {
  name: 'parity',
  description: 'published weights',
  threshold: 0.5,
  calibration: [],
  trainingData: [],
  metrics: {},
  toolVersion: '0.0.0',
  licence: 'GPL-3.0',
}

const SIZES: [string, string][] = [
  ['openspliceai-80', 'openspliceai-mane-80nt'],
  ['openspliceai-400', 'openspliceai-mane-400nt'],
  ['openspliceai-2k', 'openspliceai-mane-2000nt'],
]

async function published(model: string, file: string) {
  const network = architecture(model)
  const label = parityPath(`${file}.safetensors`)
  const tensors = importWeights(await readWeights(label), network, { windowLength: 600, label })
  return { network, tensors }
}

const codesOf = (sequence: string) =>
  ({ type: 'uint8', dims: [1, sequence.length], data: encodeText(sequence) }) as const

describe.skipIf(!hasParity)(`published OpenSpliceAI weights${parityReason}`, () => {
  it.each(SIZES)('of %s give the published probabilities through the model file', async (model, file) => {
    const { network, tensors } = await published(model, file)
    const layout = { kind: 'sequence', marks: { donor: -1, acceptor: 0 } } as const
    const { bytes, difference } = await exportModel({ architecture: network, tensors, layout, facts })
    expect(difference).toBeLessThan(1e-5)
    const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    const { examples, tolerance } = readReference(file)
    for (const { sequence, positions, sumOfProbabilities } of examples) {
      const { probabilities } = await session.run({ codes: codesOf(sequence) })
      expect(probabilities!.dims).toEqual([1, 3, sequence.length])
      const data = probabilities!.data as Float32Array
      for (const [channel, sum] of sumOfProbabilities.entries()) {
        const row = data.subarray(channel * sequence.length, (channel + 1) * sequence.length)
        for (const { position, probabilities } of positions) {
          expect(Math.abs(row[position]! - probabilities[channel]!)).toBeLessThan(tolerance.probabilities)
        }
        const found = row.reduce((total, probability) => total + probability, 0)
        expect(Math.abs(found - sum)).toBeLessThan(tolerance.sumOfProbabilities)
      }
    }
    await session.close()
  })

  it.each(SIZES)('of %s give the published logits', async (model, file) => {
    const { network, tensors } = await published(model, file)
    for (const { sequence, positions } of readReference(file).examples) {
      const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
      const logits = logitsOf(network, net, input('codes', 'uint8', ['N', 'L']))
      const found = (await runOnnx({ logits }, { codes: codesOf(sequence) })).logits!.data as Float32Array
      for (const { position, logits } of positions) {
        for (const [channel, expected] of logits.entries()) {
          expect(Math.abs(found[channel * sequence.length + position]! - expected)).toBeLessThan(1e-4)
        }
      }
    }
  })

  it('score a window as they score the same bases as a sequence', async () => {
    const { network, tensors } = await published('openspliceai-400', 'openspliceai-mane-400nt')
    // The third sequence has an intron at [333, 666); the window of a junction has its sites elsewhere.
    const [, , { sequence }] = readReference('openspliceai-mane-400nt').examples as [
      unknown,
      unknown,
      { sequence: string },
    ]
    const window = { length: sequence.length, donor: 333, acceptor: 666 }
    const request = { architecture: network, tensors, facts }
    const files = await Promise.all([
      exportModel({ ...request, layout: { kind: 'junction', window } }),
      exportModel({ ...request, layout: { kind: 'sequence', marks: { donor: -1, acceptor: 0 } } }),
    ])
    const [junction, bases] = await Promise.all(
      files.map(async ({ bytes }) => {
        const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
        const { probabilities } = await session.run({ codes: codesOf(sequence) })
        return Float32Array.from(probabilities!.data as Float32Array)
      }),
    )
    const donor = bases![2 * sequence.length + 332]!
    const acceptor = bases![1 * sequence.length + 666]!
    expect(donor).toBeGreaterThan(0.1)
    expect(Array.from(junction!)).toEqual(
      [donor, acceptor, Math.min(donor, acceptor)].map(p => expect.closeTo(p, 5)),
    )
  })

  it.each(SIZES)('of %s stored as float16 take half the space and stay within 2e-3', async (model, file) => {
    const { network, tensors } = await published(model, file)
    const request = {
      architecture: network,
      tensors,
      facts,
      layout: { kind: 'sequence', marks: { donor: -1, acceptor: 0 } },
    } as const
    const whole = await exportModel(request)
    const half = await exportModel({ ...request, precision: 'float16', tolerance: 2e-3 })
    expect(half.bytes.length).toBeLessThan(0.56 * whole.bytes.length)
    expect(half.metadata.weights).toBe('float16')
    expect(half.difference).toBeGreaterThan(1e-7)
    expect(half.difference).toBeLessThan(2e-3)
    if (half.difference > TOLERANCE) {
      await expect(exportModel({ ...request, precision: 'float16' })).rejects.toMatchObject({
        hint: expect.stringContaining('--tolerance 0.002'),
      })
    }
  })
})
