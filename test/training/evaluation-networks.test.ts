import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { reliabilityOf } from '../../src/core/metrics/reliability.ts'
import { tallyScores } from '../../src/core/metrics/score-tally.ts'
import { auroc } from '../../src/core/metrics.ts'
import { seededRandom } from '../../src/core/random.ts'
import { type Dataset, readDataset } from '../../src/curation/dataset.ts'
import { type ModelLayout, readBundle } from '../../src/export/bundle.ts'
import { exportModel } from '../../src/export/export-model.ts'
import { decodeText } from '../../src/genome/sequence.ts'
import { architecture } from '../../src/models/registry.ts'
import type { EvaluationRequest } from '../../src/training/evaluation.ts'
import { datasetOf, folderOf, tableOf } from '../curation/dataset-folder.ts'
import { ROOT } from '../support/build.ts'
import { cli } from '../support/cli.ts'
import { randomTensors } from '../support/random-tensors.ts'
import { dataPath, dataReason, hasData } from '../support/real-data.ts'
import { failure, modelOf, scored } from './evaluation-support.ts'

const PWM = join(ROOT, 'models/pwm-human.onnx')

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
    const far = {
      ...model.metadata,
      kind: 'sequence',
      marks: { donor: -21, acceptor: 0 },
    } as typeof model.metadata
    const outside = await failure(scored(await dataset(), { ...model, metadata: far }))
    expect(outside.message).toContain('marks the donor at -1 of the window')
  })

  it('of windows without sites is judged as a whole, wherever a dataset has its sites', async () => {
    const network = architecture('lstm', { units: 4, hidden: 4 })
    const layout: ModelLayout = { kind: 'window', window: { length: 60 } }
    const settings = { architecture: network, tensors: randomTensors(network, 60), facts }
    const model = await exportModel({
      ...settings,
      layout,
      calibrators: { window: { method: 'temperature', temperature: 2 } },
    })
    expect(model.metadata).toMatchObject({ ...layout, columns: ['window'], decisionColumn: 'window' })
    expect((await modelOf(model.bytes)).metadata).toEqual(model.metadata)
    for (const description of [{}, { window }, { window: { length: 60, site: 30 } }]) {
      const { columns, warnings } = await scored(await dataset(description), model)
      expect(columns.map(({ column, level }) => [column, level])).toEqual([['window', 'window']])
      expect(columns[0]!.uncalibrated).toHaveLength(30)
      expect(warnings).toEqual([])
    }
    const { columns } = await scored(
      await dataset(),
      await exportModel({ ...settings, layout: { kind: 'junction', window } }),
    )
    expect(columns[0]!.column).toBe('junction')
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

/** Returns the folder of a dataset of annotated introns and as many random decoys. */
async function curated(ref: string, annotation: string): Promise<string> {
  const out = join(folderOf({}), 'set')
  const rules = ['--min-support', '0', '--noise-support', '0', '--biotypes', 'any', '--validation', '0']
  const run = await cli(['curate', '--ref', ref, '--annotation', annotation, ...rules, '-o', out])
  expect(run.stderr.match(/^error.*/m)?.[0]).toBeUndefined()
  return out
}

const pwmOn = async (folder: string, split: EvaluationRequest['split']) =>
  scored(await readDataset(folder, { scratchFolder: folder, validationFraction: 0 }), await readBundle(PWM), {
    split,
    batchSize: 256,
  })

/** Returns the score that `splice-score` gives each junction, by place. */
async function scoresOfPlaces(places: readonly Place[], ref: string): Promise<Map<string, number>> {
  const bed = places.map(({ contig, start, end, strand }) => [contig, start, end, '.', 0, strand].join('\t'))
  const run = await cli(['-', '--ref', ref, '--model', PWM], { stdin: `${bed.join('\n')}\n` })
  const [header, ...rows] = run.stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
  const score = header!.indexOf('score')
  return new Map(rows.map(fields => [fields.slice(0, 4).join('\t'), Number(fields[score])]))
}

interface Place {
  contig: string
  start: number
  end: number
  strand: string
}

function placesOf({ places }: Dataset): Place[] {
  return Array.from(places!.starts, (start, row) => ({
    contig: places!.contigs.texts[places!.contigs.ids[row]!]!,
    start,
    end: places!.ends[row]!,
    strand: places!.strands[row]! > 0 ? '+' : '-',
  }))
}

describe('the weight matrix', () => {
  it('tells introns from decoys as counted pair by pair over the scores of the command line', async () => {
    const [ref, annotation] = ['genome.fa', 'annotation.gff3'].map(name => join(ROOT, 'fixtures', name))
    const folder = await curated(ref!, annotation!)
    const { columns, labels } = await pwmOn(folder, 'all')
    expect(columns.map(({ column }) => column)).toEqual(['junction', 'donor', 'acceptor'])
    const dataset = await readDataset(folder, { scratchFolder: folder, validationFraction: 0 })
    const places = placesOf(dataset)
    const scores = await scoresOfPlaces(places, ref!)
    const scoreOf = (row: number) => {
      const { contig, start, end, strand } = places[row]!
      return scores.get([contig, start, end, strand].join('\t'))!
    }
    const rows = [...dataset.labels.keys()]
    const [positives, negatives] = [1, 0].map(label => rows.filter(row => dataset.labels[row] === label))
    let won = 0
    for (const a of positives!) {
      for (const b of negatives!) {
        won += scoreOf(a) > scoreOf(b) ? 1 : scoreOf(a) === scoreOf(b) ? 0.5 : 0
      }
    }
    expect(positives!.length).toBeGreaterThan(80)
    // The table has six decimals.
    expect(auroc(columns[0]!.scores, labels)).toBeCloseTo(won / (positives!.length * negatives!.length), 4)
    await dataset.close()
  })

  it.skipIf(!hasData)(`tells introns of held-out human sequence from decoys${dataReason}`, async () => {
    const at = (name: string) => dataPath(`human-chr21-25m/${name}`)
    const folder = await curated(at('chr21.partial.fa.gz'), at('ensembl.chr21.gff3.gz'))
    const { columns, labels, warnings } = await pwmOn(folder, 'all')
    expect(labels.length).toBe(236)
    const areas = columns.map(({ scores }) => auroc(scores, labels))
    expect(areas).toEqual([0.992531, 0.949224, 0.962726].map(area => expect.closeTo(area, 6)))
    expect(warnings).toEqual([])
  })
})
