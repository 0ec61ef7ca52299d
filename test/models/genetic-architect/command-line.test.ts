import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { readBundle } from '../../../src/export/bundle.ts'
import { decodeText } from '../../../src/genome/sequence.ts'
import type { EvaluationDocument } from '../../../src/report/evaluation/document.ts'
import { requireBuild } from '../../support/build.ts'
import { cli, Scratch } from '../../support/cli.ts'

const scratch = new Scratch()
const LENGTH = 60
const SMALL = [
  'filters=4',
  'convolutions=1',
  'blocks=1',
  'units=4',
  'hidden=16',
  'hiddenLayers=1',
  'dropout=0',
]
const settings = (...given: string[]) => given.flatMap(setting => ['--set', setting])

/** Returns a comma-separated table of windows and two numbers in units of their own: 3 + 2 for each A, and 1,000 for each GG. */
function table(rows: number, seed: number): string {
  const random = seededRandom(seed)
  const lines = Array.from({ length: rows }, () => {
    const sequence = decodeText(
      Uint8Array.from({ length: LENGTH }, () => (random.int(3) === 0 ? 0 : random.int(4))),
    )
    const count = (motif: RegExp) => [...sequence.matchAll(motif)].length
    return [sequence, 3 + 2 * count(/A/g), 1000 * count(/GG/g)].join(',')
  })
  return `${['seq,share_a,pairs_g', ...lines].join('\n')}\n`
}

it('PromoterNet learns two numbers of a table in their own units, through the command line', async () => {
  requireBuild()
  const inFolder = async (...args: string[]) => {
    const run = await cli(args, { cwd: scratch.folder })
    expect(run.code, run.stderr).toBe(0)
    return run
  }
  scratch.write('train.csv', table(400, 1))
  scratch.write('test.csv', table(100, 2))
  await inFolder(
    ...['dataset', 'import', 'csv', '--train', 'train.csv', '--test', 'test.csv', '--sequence-column', 'seq'],
    ...['--target-column', 'share_a', '--target-column', 'pairs_g', '--out', 'data'],
  )
  await inFolder(
    ...[
      'train',
      '--model',
      'promoter-net',
      '--data',
      'data',
      '--out',
      'run',
      '--epochs',
      '12',
      '--batch-size',
      '25',
    ],
    ...settings('options.values=2', ...SMALL.map(size => `options.${size}`)),
    ...settings('learningRate=0.01', 'threads=1', 'shards=1'),
  )
  const exported = await inFolder('export', 'run', '-o', 'model.onnx')
  expect(exported.stderr).toContain('kind values, columns value1, value2')
  const { metadata } = await readBundle(scratch.path('model.onnx'))
  expect(metadata).toMatchObject({ kind: 'values', window: { length: LENGTH } })

  await inFolder('evaluate', '--model', 'model.onnx', '--data', 'data', '--resamples', '0', '-o', 'result')
  const document: EvaluationDocument = JSON.parse(
    readFileSync(scratch.path('result.evaluation.json'), 'utf8'),
  )
  const [first, second] = document.regression!
  expect(first!.estimates.pearson.value).toBeGreaterThan(0.7)
  expect(second!.estimates.pearson.value).toBeGreaterThan(0.4)
  const mean = (first!.estimates.pearson.value! + second!.estimates.pearson.value!) / 2
  expect(document.regressionMeans!.pearson).toEqual({ value: expect.closeTo(mean, 9), columns: 2 })
  // In the tables' units: the second number's deviation is above 1,000.
  expect(second!.estimates.mse.value).toBeGreaterThan(1e5)
  const { stdout } = await inFolder('evaluate', '--model', 'model.onnx', '--data', 'data', '--resamples', '0')
  expect(stdout).toMatch(/^means over columns:\n.*\n {2}mse .*\n {2}pearson +0\.\d{4} +2$/m)
}, 120_000)
