/** Model files run by what docs/formats.md says alone: the bare ONNX Runtime and ONNX's own checker, none of our code. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_MODEL } from '../../src/export/default-model.ts'
import { exportModel, type ModelFacts } from '../../src/export/export-model.ts'
import { architecture } from '../../src/models/registry.ts'
import { randomTensors } from '../support/random-tensors.ts'

const folder = mkdtempSync(join(tmpdir(), 'foreign-'))
afterAll(() => rmSync(folder, { recursive: true }))

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
const files = {
  junction: join(folder, 'junction.onnx'),
  half: join(folder, 'half.onnx'),
  site: join(folder, 'site.onnx'),
  sequence: join(folder, 'sequence.onnx'),
  shipped: DEFAULT_MODEL,
}

beforeAll(async () => {
  const splam = architecture('splam', { channels: 8, groups: 2, unitsPerGroup: 1 })
  const lstm = architecture('lstm-emb')
  const isotonic = { method: 'isotonic', scores: [0.1, 0.6], probabilities: [0.2, 0.9] } as const
  const request = { architecture: splam, tensors: randomTensors(splam, 800), facts }
  const junction = { kind: 'junction', window: { length: 800, donor: 200, acceptor: 600 } } as const
  const calibrators = {
    junction: { ...isotonic, scores: [...isotonic.scores], probabilities: [...isotonic.probabilities] },
  }
  const exports = {
    junction: exportModel({ ...request, layout: junction, calibrators }),
    half: exportModel({ ...request, layout: junction, precision: 'float16' }),
    site: exportModel({
      architecture: lstm,
      tensors: randomTensors(lstm, 141),
      layout: { kind: 'site', window: { length: 141, site: 60 } },
      facts,
    }),
    sequence: exportModel({ ...request, layout: { kind: 'sequence', marks: { donor: 0, acceptor: 0 } } }),
  }
  for (const [name, exporting] of Object.entries(exports)) {
    writeFileSync(files[name as keyof typeof exports], (await exporting).bytes)
  }
})

/** Codes as the format has them: A 0, C 1, G 2, T 3, any other letter 4. */
function encode(sequences: readonly string[]): Tensor {
  const codes = sequences.flatMap(sequence => Array.from(sequence, letter => 'ACGTN'.indexOf(letter)))
  return new Tensor('uint8', Uint8Array.from(codes), [sequences.length, sequences[0]!.length])
}

async function probabilitiesOf(path: string, sequences: readonly string[]) {
  const session = await InferenceSession.create(path)
  expect(session.inputNames).toEqual(['codes'])
  expect(session.outputNames).toEqual(['probabilities'])
  const { probabilities } = await session.run({ codes: encode(sequences) })
  return { dims: [...probabilities!.dims], data: Array.from(probabilities!.data as Float32Array) }
}

const repeated = (unit: string, length: number) =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length)

describe('the bare runtime', () => {
  it.each(['junction', 'half', 'shipped'] as const)(
    'scores windows of junctions with the %s file',
    async name => {
      const exon = repeated('GATTACA', 200)
      const intron = repeated('CTTAC', 400).replace(/^../, 'GT').replace(/..$/, 'AG')
      const { dims, data } = await probabilitiesOf(files[name], [`${exon}${intron}${exon}`, 'N'.repeat(800)])
      expect(dims).toEqual([2, 3])
      expect(data.every(p => p >= 0 && p <= 1)).toBe(true)
      expect(data.slice(0, 3)).not.toEqual(data.slice(3))
    },
  )

  it('scores windows of one site', async () => {
    const { dims, data } = await probabilitiesOf(files.site, [repeated('GATTACAGT', 141)])
    expect(dims).toEqual([1, 1])
    expect(data[0]).toBeGreaterThan(0)
    expect(data[0]).toBeLessThan(1)
  })

  it('scores every base of sequences of any length', async () => {
    for (const length of [1, 37, 1000]) {
      const { dims, data } = await probabilitiesOf(files.sequence, [
        repeated('ACGTTGN', length),
        'A'.repeat(length),
      ])
      expect(dims).toEqual([2, 3, length])
      expect(data[0]! + data[length]! + data[2 * length]!).toBeCloseTo(1, 6)
    }
  })
})

const python = spawnSync('/usr/bin/python3', ['-c', 'import onnx'])
const reason = python.status === 0 ? '' : ' (skipped: no python3-onnx)'

describe.skipIf(python.status !== 0)(`the ONNX checker${reason}`, () => {
  it.each(Object.keys(files))('accepts the %s file and reads its metadata', name => {
    const script = [
      'import onnx, sys, json',
      'model = onnx.load(sys.argv[1])',
      'onnx.checker.check_model(model, full_check=True)',
      'print(json.dumps({p.key: p.value for p in model.metadata_props}))',
    ]
    const path = files[name as keyof typeof files]
    const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script.join('\n'), path], {
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, ''])
    const metadata = JSON.parse(stdout)
    expect(metadata).toMatchObject({
      splice_score_bundle: '1',
      bases: 'ACGTN',
      input: 'codes',
      output: 'probabilities',
    })
    expect(metadata.kind).toBe(name === 'site' || name === 'sequence' ? name : undefined)
    expect(readFileSync(path).length).toBeGreaterThan(1000)
  })
})
