import { describe, expect, it } from 'vitest'
import { applyCalibrator, type Calibrator } from '../../src/core/calibration.ts'
import { InputDataError, UsageError } from '../../src/core/errors.ts'
import type { ModelLayout } from '../../src/export/bundle.ts'
import { parseBundle } from '../../src/export/bundle.ts'
import { type ExportRequest, exportModel, type ModelFacts } from '../../src/export/export-model.ts'
import { openSession } from '../../src/graph/session.ts'
import { architecture, MODELS } from '../../src/models/registry.ts'
import { randomCodes, randomTensors } from '../support/random-tensors.ts'

const facts: ModelFacts = {
  name: 'toy',
  description: 'random weights',
  threshold: 0.5,
  calibration: [],
  trainingData: [],
  metrics: {},
  toolVersion: '0.0.0',
  licence: 'MIT',
}

const JUNCTION: ModelLayout = { kind: 'junction', window: { length: 60, donor: 20, acceptor: 40 } }
const SITE: ModelLayout = { kind: 'site', window: { length: 60, site: 30 } }
const SEQUENCE: ModelLayout = { kind: 'sequence', marks: { donor: 0, acceptor: 0 } }

const splam = architecture('splam', {
  channels: 8,
  groups: 2,
  widths: [5, 3],
  dilations: [1, 4],
  unitsPerGroup: 2,
})
const trained = randomTensors(splam, 60)
const request: ExportRequest = {
  architecture: splam,
  tensors: trained,
  layout: JUNCTION,
  facts,
}

async function run(bytes: Uint8Array, codes: Uint8Array, count = 1) {
  const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
  const { probabilities } = await session.run({
    codes: { type: 'uint8', dims: [count, codes.length / count], data: codes },
  })
  const result = { dims: [...probabilities!.dims], data: Array.from(probabilities!.data as Float32Array) }
  await session.close()
  return result
}

describe('a network that marks positions', () => {
  it('is exported for junctions, with the smaller site as the pair', async () => {
    const { bytes, metadata, difference } = await exportModel(request)
    expect(difference).toBeLessThan(1e-6)
    expect(await parseBundle(bytes, 'toy')).toEqual(metadata)
    expect(metadata).toMatchObject({
      ...JUNCTION,
      columns: ['donor', 'acceptor', 'junction'],
      decisionColumn: 'junction',
    })
    const codes = randomCodes(180)
    const sequence = await exportModel({ ...request, layout: SEQUENCE })
    const bases = await run(sequence.bytes, codes, 3)
    expect(bases.dims).toEqual([3, 3, 60])
    const { data } = await run(bytes, codes, 3)
    for (const n of [0, 1, 2]) {
      const donor = bases.data[n * 180 + 2 * 60 + 20]!
      const acceptor = bases.data[n * 180 + 60 + 40]!
      const wanted = [donor, acceptor, Math.min(donor, acceptor)].map(p => expect.closeTo(p, 6))
      expect(data.slice(n * 3, n * 3 + 3)).toEqual(wanted)
    }
  })

  it('is exported for sequences of any length, whose probabilities sum to 1', async () => {
    const { bytes, metadata } = await exportModel({ ...request, layout: SEQUENCE })
    expect(metadata).toMatchObject({ ...SEQUENCE, columns: ['neither', 'acceptor', 'donor'] })
    for (const length of [1, 7, 500]) {
      const { dims, data } = await run(bytes, randomCodes(length))
      expect(dims).toEqual([1, 3, length])
      expect(data[0]! + data[length]! + data[2 * length]!).toBeCloseTo(1, 6)
    }
  })

  it('cannot be exported for single sites', async () => {
    const exporting = exportModel({ ...request, layout: SITE })
    await expect(exporting).rejects.toThrow(UsageError)
    await expect(exporting).rejects.toThrow('expected to export it as sequence or junction, found site')
  })
})

describe('a network of classes', () => {
  const names = MODELS.flatMap(model =>
    model.kind === 'network' && model.output === 'classes' ? [model.name] : [],
  )

  it.each(names)('%s is exported for sites and for junctions', async name => {
    const network = architecture(name)
    const length = network.windowLength ?? 60
    const own = { ...request, architecture: network, tensors: randomTensors(network, length) }
    const siteLayout = { ...SITE, window: { ...SITE.window, length } }
    const junctionLayout = { ...JUNCTION, window: { ...JUNCTION.window, length } }
    const site = await exportModel({ ...own, layout: siteLayout })
    const junction = await exportModel({ ...own, layout: junctionLayout })
    expect(site.metadata).toMatchObject({ ...siteLayout, columns: ['site'], decisionColumn: 'site' })
    expect(junction.metadata).toMatchObject({
      ...junctionLayout,
      columns: ['junction'],
      decisionColumn: 'junction',
    })
    expect(await parseBundle(site.bytes, name)).toEqual(site.metadata)
    const codes = randomCodes(2 * length)
    const { dims, data } = await run(site.bytes, codes, 2)
    expect(dims).toEqual([2, 1])
    expect(await run(junction.bytes, codes, 2)).toEqual({ dims, data })
    expect(data.every(p => p > 0 && p < 1)).toBe(true)
    expect(data[0]).not.toBe(data[1])
  })

  it('cannot be exported for sequences', async () => {
    const network = architecture('lstm')
    await expect(exportModel({ ...request, architecture: network, layout: SEQUENCE })).rejects.toThrow(
      'model lstm: its output is classes: expected to export it as site or junction or window, found sequence',
    )
  })
})

it('a network of numbers is exported as values, which have no threshold', async () => {
  const network = architecture('lstm', { values: 2, width: 4, units: 4, hidden: 6 })
  const layout: ModelLayout = { kind: 'values', window: { length: 60 } }
  const own = { ...request, architecture: network, tensors: randomTensors(network, 60), layout }
  await expect(exportModel(own)).rejects.toThrow('model toy: expected no threshold, found 0.5')
  const { metadata } = await exportModel({ ...own, facts: { ...facts, threshold: undefined } })
  expect(metadata).toMatchObject({ ...layout, columns: ['value1', 'value2'] })
  await expect(exportModel({ ...own, layout: SITE })).rejects.toThrow(
    'model lstm: its output is values: expected to export it as values, found site',
  )
})

describe('calibrators', () => {
  const temperature: Calibrator = { method: 'temperature', temperature: 2.5 }
  const isotonic: Calibrator = {
    method: 'isotonic',
    scores: [0.1, 0.2, 0.21, 0.35, 0.5, 0.9],
    probabilities: [0, 0, 0.3, 0.3, 0.9, 1],
  }

  it.each([
    ['temperature', temperature],
    ['a low temperature', { method: 'temperature', temperature: 0.05 }],
    ['a line', { method: 'platt', slope: 0.7, intercept: 1.5 }],
    ['isotonic', isotonic],
    ['isotonic of one knot', { method: 'isotonic', scores: [0.4], probabilities: [0.25] }],
    ['isotonic with a step', { method: 'isotonic', scores: [0.3, 0.3 + 1e-12], probabilities: [0.1, 0.8] }],
  ] as [string, Calibrator][])('%s is part of the graph, column by column', async (_, calibrator) => {
    const codes = randomCodes(60 * 40)
    const raw = await run((await exportModel(request)).bytes, codes, 40)
    const { bytes, metadata } = await exportModel({
      ...request,
      calibrators: { junction: calibrator, donor: temperature },
    })
    expect(metadata.calibrators).toEqual({ junction: calibrator, donor: temperature })
    expect((await parseBundle(bytes, 'toy')).calibrators).toEqual(metadata.calibrators)
    const { data } = await run(bytes, codes, 40)
    for (let i = 0; i < data.length; i += 3) {
      expect(data[i]).toBeCloseTo(applyCalibrator(temperature, raw.data[i]!), 5)
      expect(data[i + 1]).toBeCloseTo(raw.data[i + 1]!, 6)
      expect(data[i + 2]).toBeCloseTo(applyCalibrator(calibrator, raw.data[i + 2]!), 5)
    }
  })

  it.each<[string, Partial<ExportRequest>, string]>([
    [
      'of a column that is not there',
      { calibrators: { pair: temperature } },
      'expected columns among donor, acceptor, junction, found pair',
    ],
    [
      'of sequences',
      { calibrators: { donor: temperature }, layout: SEQUENCE },
      'expected no calibrators for sequences',
    ],
  ])('%s are refused', async (_, change, message) => {
    await expect(exportModel({ ...request, ...change })).rejects.toThrow(message)
  })
})

describe('an export', () => {
  it('gives the same bytes for the same network', async () => {
    expect((await exportModel(request)).bytes).toEqual((await exportModel(request)).bytes)
  })

  it('of tensors that are missing or too short is refused by name', async () => {
    const tensors = new Map(trained)
    tensors.set('out.bias', new Float32Array(2))
    await expect(exportModel({ ...request, tensors })).rejects.toThrow(
      'tensor out.bias: expected 3 numbers for [3], found 2',
    )
  })

  it('that gives no probabilities is refused', async () => {
    const tensors = new Map(trained)
    tensors.set('out.bias', Float32Array.of(0, Number.NaN, 0))
    const exporting = exportModel({ ...request, tensors })
    await expect(exporting).rejects.toThrow(InputDataError)
    await expect(exporting).rejects.toThrow('model toy: expected probabilities, found NaN')
  })

  it('whose folded weights lose what float32 can hold is refused', async () => {
    const tensors = new Map(trained)
    // A mean that swamps the values: subtracted after the convolution it cancels, folded into the bias it rounds.
    tensors.set('units.0.conv1.bias', new Float32Array(8).fill(1e7))
    tensors.set('units.0.bn1.running_mean', new Float32Array(8).fill(1e7))
    tensors.set('units.0.bn1.weight', new Float32Array(8).fill(40))
    const exporting = exportModel({ ...request, tensors })
    await expect(exporting).rejects.toThrow(
      /expected the file to give the network's probabilities within 0.0001, found a difference of/,
    )
  })

  it('as float16 of weights that are too large for it is refused', async () => {
    const tensors = new Map(trained)
    tensors.set('conv1.weight', new Float32Array(32).fill(1e5))
    await expect(exportModel({ ...request, tensors, precision: 'float16' })).rejects.toThrow(
      'weights: expected numbers up to 65504 for float16, found 100000',
    )
  })
})
