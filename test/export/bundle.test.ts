import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import { type BundleMetadata, bundleBytes, parseBundle, readBundle } from '../../src/export/bundle.ts'
import { metadataEntries } from '../../src/export/bundle-metadata.ts'
import { DEFAULT_MODEL } from '../../src/export/default-model.ts'
import { describeOnnx, int, OnnxGraph } from '../../src/graph/onnx-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
afterAll(() => rmSync(folder, { recursive: true }))

const metadata: BundleMetadata = {
  name: 'toy',
  description: 'A toy with "quotes"',
  kind: 'junction',
  window: { length: 800, donor: 200, acceptor: 600 },
  columns: ['donor', 'junction'],
  decisionColumn: 'junction',
  threshold: 0.25,
  calibration: [
    { low: 0, high: 0.5, count: 10, meanScore: 0.2, observed: 0.1 },
    { low: 0.5, high: 1, count: 10, meanScore: 0.9, observed: 1 },
  ],
  trainingData: [{ name: 'a/genome.fa', sha256: 'ab'.repeat(32), role: 'reference' }],
  metrics: { junction: { auroc: 0.99 }, examples: { heldOut: 20 } },
  toolVersion: '0.1.0',
  licence: 'MIT',
}

function toyGraph(type: 'uint8' | 'int32' = 'uint8', length = 800, columns = 2): OnnxGraph {
  const graph = new OnnxGraph('toy')
  const codes = graph.input('codes', type, ['N', length])
  const places = graph.constant('places', { type: 'int32', dims: [columns], data: new Int32Array(columns) })
  const picked = graph.node('Gather', [codes, places], 'picked', { axis: int(1) })
  graph.node('Cast', [picked], 'probabilities', { to: int(1) })
  graph.output('probabilities', 'float32', ['N', columns])
  return graph
}

/** A bundle's bytes with one metadata entry replaced; the same calls as bundleBytes makes, without its check. */
async function changed(key: string, value: string): Promise<Uint8Array> {
  const graph = toyGraph()
  await bundleBytes(graph, metadata)
  graph.metadata(key, value)
  return graph.toBytes()
}

describe('a bundle', () => {
  it('is read as it was written, with the hash of its file', async () => {
    const path = join(folder, 'toy.onnx')
    const bytes = await bundleBytes(toyGraph(), metadata)
    writeFileSync(path, bytes)
    const bundle = await readBundle(path)
    expect(bundle.metadata).toEqual(metadata)
    expect(bundle.bytes).toEqual(bytes)
    expect(bundle.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('has the same bytes each time', async () => {
    expect(await bundleBytes(toyGraph(), metadata)).toEqual(await bundleBytes(toyGraph(), metadata))
  })

  it.each([
    ['splice_score_bundle', '2', 'expected 1, found "2"'],
    ['name', '', 'expected a text'],
    ['bases', 'ACTGN', 'expected ACGTN, found "ACTGN"'],
    ['input', 'x', 'expected codes'],
    ['output', 'y', 'expected probabilities'],
    ['window', '{"length":800,"donor":600,"acceptor":200}', 'expected length > acceptor > donor >= 0'],
    ['window', '{"length":800}', 'expected length'],
    ['columns', '["junction","junction"]', 'expected a list of different names'],
    ['columns', 'donor,junction', 'found "donor,junction"'],
    ['decision_column', 'pair', 'expected one of donor, junction, found "pair"'],
    ['threshold', '1.5', 'expected a number from 0 to 1, found "1.5"'],
    ['threshold', 'NaN', 'expected a number from 0 to 1'],
    ['calibration', '[{"low":0}]', 'expected a list of bins, ascending'],
    ['calibration', JSON.stringify(metadata.calibration.toReversed()), 'ascending'],
    ['training_data', '[{"name":"a","sha256":"12","role":"x"}]', 'expected a list of {name, sha256, role}'],
    ['metrics', '{"junction":{"auroc":null}}', 'expected groups of named numbers'],
    ['tool_version', '', 'expected a text'],
    ['licence', '', 'expected a text'],
  ])('with a bad entry %s (%s) is refused, naming file and entry', async (key, value, message) => {
    const parsing = parseBundle(await changed(key, value), 'x.onnx')
    await expect(parsing).rejects.toThrow(InputDataError)
    await expect(parsing).rejects.toThrow(`x.onnx: metadata entry ${key}: `)
    await expect(parsing).rejects.toThrow(message)
  })

  it('with a missing entry is refused by its name', async () => {
    const graph = toyGraph()
    graph.metadata('splice_score_bundle', '1')
    await expect(parseBundle(await graph.toBytes(), 'x.onnx')).rejects.toThrow(
      'x.onnx: metadata entry bases: expected ACGTN, found nothing',
    )
  })

  it.each([
    ['codes of another type', toyGraph('int32'), 'codes int32 [N,800]'],
    ['another window', toyGraph('uint8', 600), 'codes uint8 [N,600]'],
    ['another number of columns', toyGraph('uint8', 800, 3), 'probabilities float32 [N,3]'],
  ])('cannot be made of a graph with %s', async (_, graph, found) => {
    const making = bundleBytes(graph, metadata)
    await expect(making).rejects.toThrow(InputDataError)
    await expect(making).rejects.toThrow(
      'expected input codes uint8 [N, 800] and output probabilities float32 [N, 2], found',
    )
    await expect(making).rejects.toThrow(found)
  })

  it('cannot be made with metadata a reader would refuse', async () => {
    await expect(bundleBytes(toyGraph(), { ...metadata, threshold: 2 })).rejects.toThrow(InputDataError)
    await expect(bundleBytes(toyGraph(), { ...metadata, licence: '' })).rejects.toThrow('licence')
  })
})

/** A graph of sequences: the codes themselves, three times. */
function sequenceGraph(): OnnxGraph {
  const graph = new OnnxGraph('toy')
  const codes = graph.input('codes', 'uint8', ['N', 'L'])
  const axis = graph.constant('axis', { type: 'int64', dims: [1], data: [1] })
  const wide = graph.node('Unsqueeze', [graph.node('Cast', [codes], 'numbers', { to: int(1) }), axis], 'wide')
  graph.node('Concat', [wide, wide, wide], 'probabilities', { axis: int(1) })
  graph.output('probabilities', 'float32', ['N', 3, 'L'])
  return graph
}

const { kind: _, window: __, ...facts } = metadata as BundleMetadata & { kind: 'junction' }
const site: BundleMetadata = {
  ...facts,
  kind: 'site',
  window: { length: 141, site: 60 },
  columns: ['site'],
  decisionColumn: 'site',
  calibrators: { site: { method: 'temperature', temperature: 1.5 } },
  weights: 'float16',
}
const sequence: BundleMetadata = {
  ...facts,
  kind: 'sequence',
  marks: { donor: -1, acceptor: 0 },
  columns: ['neither', 'acceptor', 'donor'],
  decisionColumn: 'donor',
}

const { decisionColumn: ___, threshold: ____, calibrators: _____, ...plainFacts } = facts
const values: BundleMetadata = {
  ...plainFacts,
  kind: 'values',
  window: { length: 120 },
  columns: ['efficiency'],
  calibration: [],
}

describe('a kind', () => {
  it('of numbers is read as it was written, which is without threshold and calibration', async () => {
    const bytes = await bundleBytes(toyGraph('uint8', 120, 1), values)
    expect(await parseBundle(bytes, 'values.onnx')).toEqual(values)
    const { metadata: entries } = await describeOnnx(bytes)
    expect(entries.get('splice_score_bundle')).toBe('1')
    expect(entries.get('window')).toBe('{"length":120}')
    for (const key of ['decision_column', 'threshold', 'calibration', 'calibrators']) {
      expect(entries.has(key)).toBe(false)
    }
  })

  it.each([
    ['threshold', '0.5', 'expected no such entry in a model of kind values, found "0.5"'],
    ['window', '{"length":0}', 'expected length >= 1, an integer'],
  ])('of numbers with an entry %s of %s is refused', async (key, value, message) => {
    const graph = toyGraph('uint8', 120, 1)
    await bundleBytes(graph, values)
    graph.metadata(key, value)
    await expect(parseBundle(await graph.toBytes(), 'x.onnx')).rejects.toThrow(
      `x.onnx: metadata entry ${key}: ${message}`,
    )
  })

  it('of sites or sequences is read as it was written', async () => {
    const bytes = await bundleBytes(toyGraph('uint8', 141, 1), site)
    expect(await parseBundle(bytes, 'site.onnx')).toEqual(site)
    expect(await parseBundle(await bundleBytes(sequenceGraph(), sequence), 'sequence.onnx')).toEqual(sequence)
  })

  it('of junctions is what a file has that states none, and is not written', async () => {
    const { metadata: entries } = await describeOnnx(await bundleBytes(toyGraph(), metadata))
    expect([...entries.keys()]).not.toContain('kind')
    expect((await parseBundle(await changed('kind', 'junction'), 'x.onnx')).kind).toBe('junction')
  })

  it.each<[string, Record<string, string>, string]>([
    ['kind', { kind: 'pair' }, 'expected junction, site, window, sequence, values or bases, found "pair"'],
    ['window', { kind: 'site', window: '{"length":800,"site":800}' }, 'expected length > site >= 0'],
    ['marks', { kind: 'sequence' }, 'expected donor and acceptor, both integers, found nothing'],
    [
      'calibrators',
      { calibrators: '{"junction":{"method":"temperature","temperature":0}}' },
      'expected columns with a calibrator each',
    ],
  ])('with a bad entry %s is refused', async (key, entries, message) => {
    const graph = toyGraph()
    await bundleBytes(graph, metadata)
    for (const [name, value] of Object.entries(entries)) {
      graph.metadata(name, value)
    }
    const parsing = parseBundle(await graph.toBytes(), 'x.onnx')
    await expect(parsing).rejects.toThrow(`x.onnx: metadata entry ${key}: `)
    await expect(parsing).rejects.toThrow(message)
  })

  it('of sequences cannot be given to a graph of windows', async () => {
    await expect(bundleBytes(toyGraph('uint8', 800, 3), sequence)).rejects.toThrow(
      'expected input codes uint8 [N, L] and output probabilities float32 [N, 3, L], found codes uint8 [N,800]',
    )
  })

  it('of the shipped model is junction, and its entries are in the order they are written in', async () => {
    const { bytes, metadata } = await readBundle(DEFAULT_MODEL)
    const { metadata: entries } = await describeOnnx(bytes)
    expect(metadata.kind).toBe('junction')
    expect(Object.entries(metadataEntries(metadata))).toEqual([...entries])
  })
})

describe('a file that is no bundle', () => {
  it('is told from a bundle when it is plain ONNX', async () => {
    const path = join(folder, 'plain.onnx')
    writeFileSync(path, await toyGraph().toBytes())
    const error = await readBundle(path).catch(caught => caught)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toBe(
      `${path}: expected a splice-score model, found an ONNX file without the metadata entry splice_score_bundle`,
    )
    expect(error.hint).toMatch(/made or imported by splice-score/)
  })

  it('may be something else, a directory or absent', async () => {
    const path = join(folder, 'reads.bam')
    writeFileSync(path, Uint8Array.of(0x1f, 0x8b, 8, 4))
    await expect(readBundle(path)).rejects.toThrow(`${path}: expected an ONNX model, found 4 bytes`)
    await expect(readBundle(folder)).rejects.toThrow('expected a model file, found a directory')
    const absent = readBundle(join(folder, 'none.onnx'))
    await expect(absent).rejects.toThrow(MissingResourceError)
    await expect(absent).rejects.toThrow('none.onnx: no such file')
  })
})
