import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputDataError, type SpliceScoreError } from '../../src/core/errors.ts'
import { reliabilityOf } from '../../src/core/metrics/reliability.ts'
import { tallyScores } from '../../src/core/metrics/score-tally.ts'
import { auroc } from '../../src/core/metrics.ts'
import { seededRandom } from '../../src/core/random.ts'
import { type Dataset, readDataset } from '../../src/curation/dataset.ts'
import { type Bundle, type ModelLayout, parseBundle, readBundle } from '../../src/export/bundle.ts'
import { exportModel } from '../../src/export/export-model.ts'
import { decodeText } from '../../src/genome/sequence.ts'
import { architecture } from '../../src/models/registry.ts'
import { type EvaluationRequest, type ScoredExamples, scoreDataset } from '../../src/training/evaluation.ts'
import { datasetOf, folderOf, tableOf } from '../curation/dataset-folder.ts'
import { ROOT } from '../support/build.ts'
import { randomTensors } from '../support/random-tensors.ts'
import { dataPath, dataReason, hasData } from '../support/real-data.ts'
import { scriptedLength, scriptedModel, scriptedWindow } from './scripted-model.ts'

const built = existsSync(join(ROOT, 'dist/curation/window-table-writer.js'))
const reason = built ? '' : ' (skipped: run npm run build first)'
const PWM = join(ROOT, 'models/pwm-human.onnx')

type Model = Pick<Bundle, 'bytes' | 'metadata'>

async function modelOf(bytes: Uint8Array<ArrayBuffer>): Promise<Model> {
  return { bytes, metadata: await parseBundle(bytes, 'model') }
}

async function scored(
  dataset: Dataset,
  bundle: Model,
  rest: Partial<EvaluationRequest> = {},
): Promise<ScoredExamples> {
  try {
    return await scoreDataset({
      bundle,
      dataset,
      batchSize: 4,
      provider: 'cpu',
      threads: 1,
      inProcess: true,
      ...rest,
    })
  } finally {
    await dataset.close()
  }
}

const WINDOW = { length: scriptedLength(3), donor: 8, acceptor: 16 }
const JUNCTION: ModelLayout = { kind: 'junction', window: WINDOW }
const COLUMNS = ['donor', 'acceptor', 'junction']
const trio = await modelOf(await scriptedModel(JUNCTION, { columns: COLUMNS }))

/** Scores of donor, acceptor and junction, class, part and gene. */
const ROWS: [number[], string, string, string][] = [
  [[0.25, 0.5, 0.75], 'positive', 'test', 'g1'],
  [[0.125, 0.0625, 0.5], 'negative-near', 'test', 'g1'],
  [[0, 0, 0], 'negative-random', 'test', '.'],
  [[0.5, 0.5, 0.25], 'negative-random', 'validation', 'g2'],
  [[0.75, 0.75, 0.875], 'positive-mane', 'validation', 'g2'],
  [[0.375, 0.75, 0.625], 'positive', 'train', 'g3'],
  [[0.125, 0.125, 0.125], 'negative-random', 'train', '.'],
]

function tableRows(parts: readonly string[] = ['test', 'validation', 'train']): string {
  return tableOf(
    ['sequence', 'class', 'split', 'gene', 'motif'],
    ...ROWS.filter(([, , part]) => parts.includes(part)).map(([scores, name, part, gene], i) => [
      scriptedWindow(scores),
      name,
      part,
      gene,
      i === 0 ? 'GC-AG' : 'GT-AG',
    ]),
  )
}

const small = (parts?: readonly string[], window: object = WINDOW) =>
  datasetOf(tableRows(parts), { description: { name: 'small', window }, validationFraction: 0 })

/** Returns the error a promise fails with. */
async function failure(promise: Promise<unknown>): Promise<SpliceScoreError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(InputDataError)
  return error as SpliceScoreError
}

describe('scoring a dataset', () => {
  it('gives every example of the part its scores, the deciding column first', async () => {
    const { split, indices, columns, labels, classes, clusters, motifs, sites, targets } = await scored(
      await small(),
      trio,
    )
    expect([split, Array.from(indices), Array.from(labels)]).toEqual(['test', [0, 1, 2], [1, 0, 0]])
    expect(columns.map(({ column, level, scores }) => [column, level, Array.from(scores)])).toEqual([
      ['junction', 'junction', [0.75, 0.5, 0]],
      ['donor', 'site', [0.25, 0.125, 0]],
      ['acceptor', 'site', [0.5, 0.0625, 0]],
    ])
    expect(classes).toEqual(['positive', 'negative-near', 'negative-random'])
    expect(motifs).toEqual(['GC-AG', 'GT-AG', 'GT-AG'])
    // The third has no gene: it is drawn by itself.
    expect(clusters![0]).toBe(clusters![1])
    expect(clusters![2]).not.toBe(clusters![0])
    expect([sites, targets]).toEqual([undefined, undefined])
  })

  it.each([
    [['test', 'validation', 'train'], 'test', [0, 1, 2]],
    [['validation', 'train'], 'validation', [0, 1]],
    [['train'], 'all', [0, 1]],
  ])('takes of the parts %j by default %s', async (parts, wanted, rows) => {
    const { split, indices } = await scored(await small(parts), trio)
    expect([split, Array.from(indices)]).toEqual([wanted, rows])
  })

  it('takes the part asked for, and all of them in order', async () => {
    const train = await scored(await small(), trio, { split: 'train' })
    expect(Array.from(train.indices)).toEqual([5, 6])
    const all = await scored(await small(), trio, { split: 'all' })
    expect(Array.from(all.indices)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(Array.from(all.columns[0]!.scores)).toEqual(ROWS.map(([scores]) => scores[2]))
  })

  it('gives the same scores whatever the batch size', async () => {
    for (const batchSize of [1, 2, 1000]) {
      const { columns } = await scored(await small(), trio, { split: 'all', batchSize })
      expect(Array.from(columns[0]!.scores)).toEqual(ROWS.map(([scores]) => scores[2]))
    }
  })

  it('reports how far it is', async () => {
    const done: number[] = []
    await scored(await small(), trio, {
      split: 'all',
      batchSize: 3,
      onProgress: progress => done.push(progress.done),
    })
    expect(done).toEqual([3, 6, 7])
  })

  it('has one level for a model of single sites', async () => {
    const window = { length: scriptedLength(1), site: 4 }
    const model = await modelOf(await scriptedModel({ kind: 'site', window }, { columns: ['site'] }))
    const table = tableOf(
      ['sequence', 'class', 'site'],
      [scriptedWindow([0.75]), 'positive', 'donor'],
      [scriptedWindow([0.25]), 'negative', 'acceptor'],
    )
    const dataset = await datasetOf(table, { description: { window }, validationFraction: 0 })
    const { columns, sites } = await scored(dataset, model)
    expect(columns.map(({ column, level, scores }) => [column, level, Array.from(scores)])).toEqual([
      ['site', 'site', [0.75, 0.25]],
    ])
    expect(sites).toEqual(['donor', 'acceptor'])
  })

  it('keeps targets beside the columns that predict them', async () => {
    const window = { length: scriptedLength(2), site: 4 }
    const model = await modelOf(
      await scriptedModel({ kind: 'site', window }, { columns: ['a', 'b'], scale: 3 }),
    )
    const table = tableOf(
      ['sequence', 'target'],
      [scriptedWindow([0.75, 0.5]), '2,-1'],
      [scriptedWindow([0.25, 0]), '3.5,7'],
    )
    const dataset = await datasetOf(table, { description: { window }, validationFraction: 0 })
    const { columns, targets } = await scored(dataset, model)
    expect(columns.map(({ column, scores }) => [column, Array.from(scores)])).toEqual([
      ['a', [2.25, 0.75]],
      ['b', [1.5, 0]],
    ])
    expect(targets!.map(column => Array.from(column))).toEqual([
      [2, 3.5],
      [-1, 7],
    ])
  })
})

describe('warnings', () => {
  it('tell that the windows are those the model learned from', async () => {
    const seen = async (split: EvaluationRequest['split'], role: string) => {
      const dataset = await small()
      const files = dataset.files.filter(file => file.role === 'windows').map(file => ({ ...file, role }))
      const trained = { ...trio, metadata: { ...trio.metadata, trainingData: files } }
      return (await scored({ ...dataset, files }, trained, { split })).warnings
    }
    expect(await seen('test', 'windows')).toEqual([])
    expect(await seen('validation', 'windows')).toEqual([expect.stringContaining('flatter')])
    expect(await seen('train', 'windows')).toEqual([expect.stringContaining('too good')])
    expect(await seen('all', 'windows')).toEqual([expect.stringContaining('too good')])
    expect(await seen('test', 'source')).toEqual([
      'the model was trained on windows.tsv, from which this dataset was made, too: it may have seen some of these windows',
    ])
  })

  it('tell that nothing says where the sites are', async () => {
    const { warnings } = await scored(await small(undefined, { length: WINDOW.length }), trio)
    expect(warnings).toEqual([expect.stringContaining('nothing says where the sites')])
  })
})

describe('what does not fit', () => {
  it('is windows of another length', async () => {
    const table = tableOf(['sequence', 'class'], ['ACGTACGTAC', 'positive'], ['TTTTTTTTTT', 'negative'])
    const error = await failure(scored(await datasetOf(table, { validationFraction: 0 }), trio))
    expect(error.message).toBe(
      'model scripted takes windows of 24 bases: expected those, found a dataset with windows of 10',
    )
    expect(error.exitCode).toBe(3)
  })

  it.each([
    [{ length: 24, donor: 7, acceptor: 16 }, 'found a dataset with the donor at 7 and the acceptor at 16'],
    [{ length: 24, site: 12 }, 'found a dataset with one site, at 12'],
  ])('is windows with their sites elsewhere: %j', async (window, text) => {
    const error = await failure(scored(await small(undefined, window), trio))
    expect(error.message).toContain('takes windows with the donor at 8 and the acceptor at 16')
    expect(error.message).toContain(text)
  })

  it('is a part without windows', async () => {
    const error = await failure(scored(await small(['test', 'train']), trio, { split: 'validation' }))
    expect(error.message).toBe(
      'dataset small: expected windows in its part validation, found none (train 2, validation 0, test 3)',
    )
    expect(error.hint).toContain('--split')
  })

  it('is a part with one class', async () => {
    const table = tableOf(
      ['sequence', 'class', 'split'],
      [scriptedWindow([0, 0, 0]), 'positive', 'test'],
      [scriptedWindow([0, 0, 0.5]), 'positive', 'test'],
      [scriptedWindow([0, 0.5, 0]), 'negative', 'train'],
    )
    const options = { description: { name: 'lone', window: WINDOW }, validationFraction: 0 }
    const error = await failure(scored(await datasetOf(table, options), trio))
    expect(error.message).toBe(
      'dataset lone: expected positive and negative windows to tell apart in its part test, found 2 positive and 0 negative',
    )
  })

  it('is a score that is no probability', async () => {
    const model = await modelOf(await scriptedModel(JUNCTION, { columns: COLUMNS, scale: 2 }))
    const error = await failure(scored(await small(), model))
    expect(error.message).toContain(
      'expected probabilities, found 1.5 in column junction for example 0 of the dataset',
    )
  })

  it('is targets in another number than columns', async () => {
    const table = tableOf(['sequence', 'target'], [scriptedWindow([0, 0, 0]), '1'])
    const options = { description: { window: WINDOW }, validationFraction: 0 }
    const error = await failure(scored(await datasetOf(table, options), trio))
    expect(error.message).toContain('expected 3 numbers as target')
    expect(error.message).toContain('(donor, acceptor, junction), found 1')
  })
})

describe('an exported network', () => {
  const random = seededRandom(3)
  const table = tableOf(
    ['sequence', 'class'],
    ...Array.from({ length: 30 }, (_, i) => [
      decodeText(Uint8Array.from({ length: 60 }, () => random.int(4))),
      i % 2 === 0 ? 'positive' : 'negative',
    ]),
  )
  const window = { length: 60, donor: 20, acceptor: 40 }
  const facts = {
    name: 'net',
    description: 'random weights',
    threshold: 0.5,
    calibration: [],
    trainingData: [],
    metrics: {},
    toolVersion: '0.0.0',
    licence: 'MIT',
  }
  const dataset = (description: object = { window }) =>
    datasetOf(table, { description, validationFraction: 0 })
  const splam = architecture('splam', {
    channels: 8,
    groups: 2,
    widths: [5],
    dilations: [1],
    unitsPerGroup: 1,
  })

  it.each([
    ['splam', splam, 0],
    ['spliceai-80', architecture('spliceai-80'), -1],
  ])('scores junctions of %s the same as a model of sequences', async (_name, network, donor) => {
    const settings = { architecture: network, tensors: randomTensors(network, 60), facts }
    const pairs = await exportModel({ ...settings, layout: { kind: 'junction', window } })
    const bases = await exportModel({
      ...settings,
      layout: { kind: 'sequence', marks: { donor, acceptor: 0 } },
    })
    const [one, other] = [await scored(await dataset(), pairs), await scored(await dataset(), bases)]
    expect(other.columns.map(({ column, level }) => [column, level])).toEqual(
      one.columns.map(({ column, level }) => [column, level]),
    )
    for (const [k, { scores }] of one.columns.entries()) {
      expect(new Set(scores).size).toBeGreaterThan(1)
      expect(Array.from(other.columns[k]!.scores)).toEqual(
        Array.from(scores, score => expect.closeTo(score, 5)),
      )
    }
  })

  it('of sequences needs windows with a donor and an acceptor', async () => {
    const layout: ModelLayout = { kind: 'sequence', marks: { donor: 0, acceptor: 0 } }
    const tensors = randomTensors(splam, 60)
    const model = await exportModel({ architecture: splam, tensors, facts, layout })
    const error = await failure(scored(await dataset({}), model))
    expect(error.message).toContain('expected windows with a donor and an acceptor, found sites at unknown')
    expect(error.hint).toContain('dataset.json')
    const far = { ...model.metadata, kind: 'sequence', marks: { donor: -21, acceptor: 0 } } as const
    const outside = await failure(scored(await dataset(), { ...model, metadata: far }))
    expect(outside.message).toContain('marks the donor at -1 of the window')
  })

  it('with a temperature tells its scores before it', async () => {
    const settings = { architecture: splam, tensors: randomTensors(splam, 60), facts }
    const layout: ModelLayout = { kind: 'junction', window }
    const raw = await scored(await dataset(), await exportModel({ ...settings, layout }))
    const calibrators = { junction: { method: 'temperature', temperature: 2.5 } } as const
    const warm = await scored(await dataset(), await exportModel({ ...settings, layout, calibrators }))
    const [junction, donor] = warm.columns
    expect(junction!.calibrator).toEqual(calibrators.junction)
    expect([donor!.calibrator, donor!.uncalibrated]).toEqual([undefined, undefined])
    expect(Array.from(junction!.scores)).not.toEqual(Array.from(raw.columns[0]!.scores))
    const before = reliabilityOf(tallyScores(junction!.uncalibrated!, warm.labels))
    const wanted = reliabilityOf(tallyScores(raw.columns[0]!.scores, raw.labels))
    expect(before.brier).toBeCloseTo(wanted.brier, 5)
    expect(before.logLoss).toBeCloseTo(wanted.logLoss, 5)
  })
})

/** Returns the folder the script made. */
function made(...args: string[]): string {
  const out = join(folderOf({}), 'set')
  const script = join(ROOT, 'scripts/make-window-dataset.mjs')
  execFileSync(process.execPath, [script, ...args, '--out', out], { stdio: 'pipe' })
  return out
}

const pwmOn = async (folder: string, split: EvaluationRequest['split']) =>
  scored(await readDataset(folder, { scratchFolder: folder, validationFraction: 0 }), await readBundle(PWM), {
    split,
    batchSize: 256,
  })

describe.skipIf(!built)(`the default model${reason}`, () => {
  it('tells introns of the fixture from decoys', async () => {
    const folder = made(
      ...['--ref', join(ROOT, 'fixtures/genome.fa'), '--annotation', join(ROOT, 'fixtures/annotation.gff3')],
      ...['--decoys', '2'],
    )
    const { columns, labels } = await pwmOn(folder, 'all')
    expect(columns.map(({ column }) => column)).toEqual(['junction', 'donor', 'acceptor'])
    expect(labels.length).toBe(369)
    // As counted pair by pair over the scores that `splice-score` gives the same introns as a BED file.
    expect(auroc(columns[0]!.scores, labels)).toBeCloseTo(0.985094851, 8)
  })

  it.skipIf(!hasData)(`tells introns of held-out human sequence from decoys${dataReason}`, async () => {
    const at = (name: string) => dataPath(`human-chr21-25m/${name}`)
    const folder = made('--ref', at('chr21.partial.fa.gz'), '--annotation', at('ensembl.chr21.gff3.gz'))
    const { columns, labels, warnings } = await pwmOn(folder, 'all')
    expect(labels.length).toBe(238)
    const areas = columns.map(({ scores }) => auroc(scores, labels))
    expect(areas).toEqual([0.983829, 0.954452, 0.941176].map(area => expect.closeTo(area, 6)))
    expect(warnings).toEqual([])
  })
})
