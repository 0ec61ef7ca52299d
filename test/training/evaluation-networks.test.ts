import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { reliabilityOf } from '../../src/core/metrics/reliability.ts'
import { tallyScores } from '../../src/core/metrics/score-tally.ts'
import { auroc } from '../../src/core/metrics.ts'
import { seededRandom } from '../../src/core/random.ts'
import { readDataset } from '../../src/curation/dataset.ts'
import { type ModelLayout, readBundle } from '../../src/export/bundle.ts'
import { exportModel } from '../../src/export/export-model.ts'
import { decodeText } from '../../src/genome/sequence.ts'
import { architecture } from '../../src/models/registry.ts'
import type { EvaluationRequest } from '../../src/training/evaluation.ts'
import { datasetOf, folderOf, tableOf } from '../curation/dataset-folder.ts'
import { ROOT } from '../support/build.ts'
import { randomTensors } from '../support/random-tensors.ts'
import { dataPath, dataReason, hasData } from '../support/real-data.ts'
import { failure, scored } from './evaluation-support.ts'

const built = existsSync(join(ROOT, 'dist/curation/window-table-writer.js'))
const reason = built ? '' : ' (skipped: run npm run build first)'
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
