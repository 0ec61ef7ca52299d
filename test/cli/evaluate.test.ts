import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { type EvaluateOptions, runEvaluate } from '../../src/cli/commands/evaluate.ts'
import type { CommandContext, Discardable } from '../../src/cli/context.ts'
import { Terminal } from '../../src/cli/terminal.ts'
import { classificationReport } from '../../src/core/classification-report.ts'
import type { SpliceScoreError } from '../../src/core/errors.ts'
import type { EvaluationDocument } from '../../src/report/evaluation/document.ts'
import { folderOf, tableOf } from '../curation/dataset-folder.ts'
import { ROOT } from '../support/build.ts'
import { scriptedLength, scriptedModel, scriptedWindow } from '../training/scripted-model.ts'

// The command itself, with threads from the build.
const built = ['graph/session-worker.js', 'training/data/batch-worker.js'].every(file =>
  existsSync(join(ROOT, 'dist', file)),
)
const reason = built ? '' : ' (skipped: run npm run build first)'

const scratch = mkdtempSync(join(tmpdir(), 'splice-score-evaluate-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const WINDOW = { length: scriptedLength(3), donor: 8, acceptor: 16 }
/** Scores of junctions by example; donor and acceptor score the same. */
const POSITIVE = [0.9375, 0.875, 0.75, 0.5]
const NEGATIVE = [0.625, 0.25, 0.125, 0, 0.0625, 0.25]

function junctionFolder(window: object = WINDOW): string {
  const row = (score: number, name: string, i: number) => [
    scriptedWindow([score, score, score]),
    name,
    'test',
    `g${i % 4}`,
    i === 0 ? 'GC-AG' : 'GT-AG',
  ]
  return folderOf({
    'windows.tsv': tableOf(
      ['sequence', 'class', 'split', 'gene', 'motif'],
      ...POSITIVE.map((score, i) => row(score, 'positive', i)),
      ...NEGATIVE.map((score, i) => row(score, i < 3 ? 'negative-near' : 'negative-random', i)),
    ),
    'dataset.json': JSON.stringify({ name: 'ten', window }),
  })
}

function targetFolder(): string {
  const targets = [1, 2, 4, 3, 6, 5]
  return folderOf({
    'windows.tsv': tableOf(
      ['sequence', 'target'],
      ...targets.map((target, i) => [scriptedWindow([(i + 1) / 8]), target]),
    ),
    'dataset.json': JSON.stringify({ name: 'six', window: { length: scriptedLength(1), site: 4 } }),
  })
}

const trio = await scriptedModel(
  { kind: 'junction', window: WINDOW },
  { columns: ['donor', 'acceptor', 'junction'], threshold: 0.75 },
)
const numbers = await scriptedModel(
  { kind: 'site', window: { length: scriptedLength(1), site: 4 } },
  { columns: ['value1'], scale: 8 },
)
const models = folderOf({ 'trio.onnx': trio, 'numbers.onnx': numbers })

interface Run {
  stdout: string
  stderr: string
  error: SpliceScoreError | undefined
}

/** Returns what the command wrote, as the process would: an error discards what is unfinished. */
async function evaluate(options: Partial<EvaluateOptions> & { data: string }): Promise<Run> {
  const texts = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += chunk
        done()
      },
    })
  const guarded: Discardable[] = []
  const context: CommandContext = {
    terminal: new Terminal(stream('stderr') as unknown as NodeJS.WriteStream, {}, 'normal', false),
    stdout: { label: 'standard output', stream: stream('stdout') },
    source: path => path,
    guard(output) {
      guarded.push(output)
      return output
    },
    endOnInterrupt: () => new AbortController().signal,
  }
  const defaults = { resamples: 50, seed: 1, provider: 'cpu', threads: 1, batch: 4 } as const
  try {
    await runEvaluate({ ...defaults, model: join(models, 'trio.onnx'), ...options }, context)
    return { ...texts, error: undefined }
  } catch (error) {
    for (const output of guarded) {
      output.discard()
    }
    return { ...texts, error: error as SpliceScoreError }
  }
}

/** Returns the files a run wrote under a prefix, by the rest of their names. */
async function files(options: Partial<EvaluateOptions> & { data: string }): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(scratch, 'out-'))
  const { error, stdout } = await evaluate({ ...options, output: join(folder, 'x') })
  expect([error, stdout]).toEqual([undefined, ''])
  return new Map(
    readdirSync(folder)
      .sort()
      .map(name => [name.slice(1), readFileSync(join(folder, name), 'utf8')]),
  )
}

const CHARTS = ['.calibration.svg', '.evaluation.json', '.pr.svg', '.roc.svg', '.scores.svg']

describe.skipIf(!built)(`splice-score evaluate${reason}`, () => {
  it('prints a table for people', async () => {
    const { stdout, stderr, error } = await evaluate({ data: junctionFolder() })
    expect(error).toBeUndefined()
    expect(stdout).toMatch(/^model {5}scripted \(trio\.onnx, junction, sha256 [0-9a-f]{12}\)$/m)
    expect(stdout).toContain('dataset   ten, part test: 10 of 10 windows\n')
    expect(stdout).toContain('classes   3 negative-near, 3 negative-random, 4 positive\n')
    expect(stdout).toContain('intervals 95 %, 50 resamples of 4 genes, seed 1\n')
    const levels = stdout.match(/^\w+ level, column \w+:$/gm)
    expect(levels).toEqual([
      'junction level, column junction:',
      'site level, column donor:',
      'site level, column acceptor:',
    ])
    // 23 of 24 pairs are in order.
    expect(stdout).toMatch(/^ {2}auroc +0\.9583 +\d\.\d{4} +\d\.\d{4}$/m)
    expect(stdout).toMatch(/^ {2}positives +3 +1$/m)
    expect(stdout).toMatch(/^ {2}negatives +0 +6$/m)
    expect(stdout).toMatch(/^ {2}motif GC-AG +1 +1 /m)
    expect(stdout).toMatch(/^ {2}against negative-near +4 +3 +0\.9167 /m)
    expect(stdout.endsWith('\n')).toBe(true)
    expect(stderr).toBe('dataset ten: part test; 10 of 10 windows\n')
  })

  it('writes one JSON file and four charts with a prefix', async () => {
    const written = await files({ data: junctionFolder() })
    expect([...written.keys()]).toEqual(CHARTS)
    const document: EvaluationDocument = JSON.parse(written.get('.evaluation.json')!)
    expect(document).toMatchObject({
      schema: 'splice-score-evaluation',
      model: { file: 'trio.onnx', name: 'scripted', kind: 'junction' },
      dataset: { name: 'ten', examples: 10, leftOut: 0 },
      split: 'test',
      examples: 10,
      classes: { 'negative-near': 3, 'negative-random': 3, positive: 4 },
      settings: {
        provider: 'cpu',
        threshold: 0.75,
        resamples: 50,
        confidence: 0.95,
        seed: 1,
        drawn: { unit: 'gene', count: 4 },
      },
      warnings: [],
    })
    expect(document.dataset.files.map(({ name, role }) => [name, role])).toEqual([
      ['windows.tsv', 'windows'],
      ['dataset.json', 'description'],
    ])
    const scores = [...POSITIVE, ...NEGATIVE]
    const labels = scores.map((_, i) => (i < POSITIVE.length ? 1 : 0))
    const clusters = [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]
    const settings = { threshold: 0.75, resamples: 50, confidence: 0.95, seed: 1 }
    const wanted = classificationReport({ scores, labels, clusters }, settings)
    for (const { overall } of document.levels!) {
      expect(overall).toEqual(JSON.parse(JSON.stringify(wanted)))
    }
    expect(document.levels!.map(({ level, column }) => [level, column])).toEqual([
      ['junction', 'junction'],
      ['site', 'donor'],
      ['site', 'acceptor'],
    ])
    expect(document.regression).toBeUndefined()
  })

  it('writes the same bytes from other folders, and nothing of where it ran', async () => {
    const [one, other] = [await files({ data: junctionFolder() }), await files({ data: junctionFolder() })]
    expect([...other]).toEqual([...one])
    for (const text of one.values()) {
      expect(text).not.toContain(tmpdir())
      expect(text).not.toContain(ROOT)
    }
  })

  it('takes the threshold and the number of resamples it is given', async () => {
    const written = await files({ data: junctionFolder(), threshold: 0.5, resamples: 0 })
    const { levels, settings }: EvaluationDocument = JSON.parse(written.get('.evaluation.json')!)
    expect([settings.threshold, settings.resamples]).toEqual([0.5, 0])
    expect(levels![0]!.overall.confusion).toEqual({
      threshold: 0.5,
      truePositives: 4,
      falsePositives: 1,
      trueNegatives: 5,
      falseNegatives: 0,
    })
    expect(levels![0]!.overall.estimates.auroc).toEqual({ value: 23 / 24 })
  })

  it('says which part it took by itself', async () => {
    const folder = folderOf({
      'windows.tsv': tableOf(
        ['sequence', 'class'],
        [scriptedWindow([0.5, 0.5, 0.5]), 'positive'],
        [scriptedWindow([0.25, 0.25, 0.25]), 'negative'],
      ),
      'dataset.json': JSON.stringify({ name: 'two', window: WINDOW }),
    })
    expect((await evaluate({ data: folder })).stderr).toContain(
      'dataset two: all parts, as no window is in part test or validation; 2 of 2 windows\n',
    )
    expect((await evaluate({ data: folder, split: 'train' })).stderr).toContain('two: part train; 2 of 2')
  })

  it('compares predicted numbers with targets', async () => {
    const options = { data: targetFolder(), model: join(models, 'numbers.onnx') }
    const { stdout, error } = await evaluate(options)
    expect(error).toBeUndefined()
    expect(stdout).toContain('value1:\n')
    // Predicted are 1 to 6, two pairs of targets swapped: rho = 1 - 6 * 4 / 210.
    expect(stdout).toMatch(/^ {2}mse +0\.6667 /m)
    expect(stdout).toMatch(/^ {2}spearman +0\.8857 /m)
    const written = await files(options)
    expect([...written.keys()]).toEqual(['.evaluation.json'])
    const document: EvaluationDocument = JSON.parse(written.get('.evaluation.json')!)
    expect([document.levels, document.classes, document.settings.threshold]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    const [report] = document.regression!
    expect(report!.examples).toBe(6)
    expect(report!.estimates.pearson.value).toBeCloseTo(31 / 35, 9)
  })

  it.each([
    ['an unknown part', { split: 'dev' }, 2, '--split dev: expected test, validation, train, all'],
    ['a part without windows', { split: 'validation' }, 3, 'expected windows in its part validation'],
    ['a seed out of range', { seed: 2 ** 32 }, 2, '--seed 4294967296: expected a whole number'],
    ['a model that is not there', { model: 'no.onnx' }, 4, 'no.onnx: no such file'],
    ['a dataset that is not there', { data: 'nowhere' }, 4, 'nowhere: no such folder'],
    ['an output folder that is not there', { output: 'no/where' }, 4, 'no/where'],
    ['a model of other windows', { model: join(ROOT, 'models/pwm-human.onnx') }, 3, 'windows of 800 bases'],
  ])('refuses %s', async (_what, options, exitCode, message) => {
    const { error, stdout } = await evaluate({ data: junctionFolder(), ...options })
    expect(error?.message).toContain(message)
    expect([error?.exitCode, stdout]).toEqual([exitCode, ''])
  })

  it('leaves no file behind after an error', async () => {
    const folder = mkdtempSync(join(scratch, 'out-'))
    const { error } = await evaluate({
      data: junctionFolder({ length: 24, site: 3 }),
      output: join(folder, 'x'),
    })
    expect(error?.message).toContain('takes windows with the donor at 8 and the acceptor at 16')
    expect(readdirSync(folder)).toEqual([])
  })
})
