import { mkdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { decodeText } from '../../../src/genome/sequence.ts'
import type { EvaluationDocument } from '../../../src/report/evaluation/document.ts'
import { requireBuild } from '../../support/build.ts'
import { cli, Scratch } from '../../support/cli.ts'

requireBuild()

const scratch = new Scratch()
const LENGTH = 50
const set = (...settings: string[]) => settings.flatMap(setting => ['--set', setting])
const ONE_THREAD = set('threads=1', 'shards=1')

/**
 * Returns a table of windows: each one of six sequences with one base of ten changed, and which of them as three labels, or as a class by
 * the second of these.
 */
function table(rows: number, column: 'target' | 'class'): string {
  const random = seededRandom(11)
  const draw = () => Uint8Array.from({ length: LENGTH }, () => random.int(4))
  const origins = Array.from({ length: 6 }, draw)
  const lines = Array.from({ length: rows }, (_, i) => {
    const origin = random.int(origins.length)
    const codes = origins[origin]!.map(code => (random.int(10) === 0 ? random.int(4) : code))
    const labels = [origin % 2, origin < 3 ? 1 : 0, origin === 5 ? 1 : 0]
    const answer = column === 'target' ? labels.join(',') : labels[1] === 1 ? 'positive' : 'negative'
    return [decodeText(codes), answer, i % 5 === 0 ? 'test' : i % 5 === 1 ? 'validation' : 'train'].join('\t')
  })
  return `${[`sequence\t${column}\tsplit`, ...lines].join('\n')}\n`
}

async function run(...args: string[]) {
  const found = await cli(args, { cwd: scratch.folder })
  expect(found.code, found.stderr).toBe(0)
  return found
}

async function evaluated(model: string, data = 'data'): Promise<EvaluationDocument> {
  await run('evaluate', '--model', model, '--data', data, '--resamples', '20', '-o', model)
  return JSON.parse(readFileSync(scratch.path(`${model}.evaluation.json`), 'utf8'))
}

for (const [data, column] of [
  ['data', 'target'],
  ['classes', 'class'],
] as const) {
  mkdirSync(scratch.path(data))
  scratch.write(`${data}/windows.tsv`, table(1500, column))
}

describe('autoencoders through the command line', () => {
  it('repaired, give back most bases; as reported, with layers as wide as reported, none but by chance in their first steps', async () => {
    const repaired = [
      'filters=24',
      'width=7',
      'pool=3',
      'units=24',
      'code=48',
      'convDropout=0',
      'lstmDropout=0',
    ]
    await run(
      ...['train', '--model', 'superq-repaired', '--data', 'data', '--out', 'repaired', '--epochs', '8'],
      ...ONE_THREAD,
      ...set(...repaired.map(option => `options.${option}`), 'learningRate=0.005', 'batchSize=50'),
    )
    await run(
      ...['train', '--model', 'superq-as-reported', '--data', 'data', '--out', 'reported', '--epochs', '1'],
      ...ONE_THREAD,
      ...set('sampling.examplesPerEpoch=500'),
    )
    for (const name of ['repaired', 'reported']) {
      const { stderr } = await run('export', name, '-o', `${name}.onnx`)
      expect(stderr).toContain('kind bases, columns A, G, C, T')
    }
    const { reconstruction, levels } = await evaluated('repaired.onnx')
    expect(levels).toBeUndefined()
    expect(reconstruction).toMatchObject({ windows: 300, bases: 300 * LENGTH })
    expect(reconstruction!.estimates.baseAccuracy.value).toBeGreaterThan(0.6)
    const reported = (await evaluated('reported.onnx')).reconstruction!.estimates.baseAccuracy
    expect(reported.value).toBeLessThan(0.35)
    const { stdout } = await run('evaluate', '--model', 'repaired.onnx', '--data', 'data', '--resamples', '0')
    expect(stdout).toMatch(/bases of 300 windows, 15,000 known:[\s\S]*baseAccuracy +0\.[6-9]/)
  }, 120_000)

  it('have a code, exported as numbers, that a random forest learns classes from', async () => {
    const { stderr } = await run('export', 'repaired', '--as', 'values', '-o', 'codes.onnx')
    expect(stderr).toContain('kind values, columns code1, code2')
    const forest = ['train', '--model', 'random-forest', '--data', 'classes', '--encoder', 'codes.onnx']
    await run(...forest, '--out', 'forest.onnx', ...set('trees=20'))
    const { levels } = await evaluated('forest.onnx', 'classes')
    expect(levels![0]!.overall.estimates.auroc!.value).toBeGreaterThan(0.9)
    expect(
      (await cli(['export', 'repaired', '--as', 'site', '-o', 'x.onnx'], { cwd: scratch.folder })).stderr,
    ).toContain('its output is bases: expected to export it as bases, or as values for its code, found site')
  }, 60_000)
})

it('DanQ learns labels, is judged by their means while it does, and is evaluated label by label', async () => {
  const options = ['filters=16', 'width=7', 'pool=4', 'units=8', 'hidden=16', 'values=3'].map(
    o => `options.${o}`,
  )
  await run(
    ...['train', '--model', 'danq', '--data', 'data', '--out', 'danq', '--epochs', '12'],
    ...ONE_THREAD,
    ...set(...options, 'batchSize=50', 'learningRate=0.005'),
  )
  const header = readFileSync(scratch.path('danq/metrics.tsv'), 'utf8').split('\n')[0]
  expect(header).toBe(
    'epoch\tstep\tlearning_rate\ttrain_loss\tauprc\tauroc\taccuracy\tlogLoss\tbrier\tmse\tpearson',
  )
  await run('export', 'danq', '-o', 'danq.onnx')
  const { labels, labelMeans, regression } = await evaluated('danq.onnx')
  expect(regression).toBeUndefined()
  expect(labels!.map(({ column }) => column)).toEqual(['value1', 'value2', 'value3'])
  expect(labels!.every(({ positives, negatives }) => positives + negatives === 300)).toBe(true)
  expect(labelMeans!.auroc).toEqual({ value: expect.closeTo(1, 1), columns: 3 })
  const { stdout } = await run('evaluate', '--model', 'danq.onnx', '--data', 'data', '--resamples', '0')
  expect(stdout).toMatch(/means over labels, 3 in all:[\s\S]*auroc +[01]\.\d+ +3/)
}, 60_000)
