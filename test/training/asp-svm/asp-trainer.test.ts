import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { applyCalibrator } from '../../../src/core/calibration.ts'
import { InputDataError, InterruptedError, UsageError } from '../../../src/core/errors.ts'
import { type Log, silentLog } from '../../../src/core/log.ts'
import { auroc } from '../../../src/core/metrics.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { readDataset } from '../../../src/curation/dataset.ts'
import { parseBundle } from '../../../src/export/bundle.ts'
import { decodeText } from '../../../src/genome/sequence.ts'
import { startScoringSession } from '../../../src/graph/session-client.ts'
import { ASP_DEFAULTS, aspSettings } from '../../../src/training/asp-svm/asp-settings.ts'
import { ASP_SVM_TRAINER } from '../../../src/training/asp-svm/asp-trainer.ts'
import { ownTrainer, type TrainedModel } from '../../../src/training/own-trainers.ts'
import { folderOf } from '../../curation/dataset-folder.ts'
import { dataPath, dataReason, hasData } from '../../support/real-data.ts'
import { toySites } from './toy-sites.ts'

interface ToyTable {
  sequences: string[]
  labels: readonly number[]
  /** Every fifth row is for validation unless said otherwise. */
  parts?: readonly string[]
  window?: object
  header?: string
}

function toyTable(count = 200): ToyTable {
  const { length, codes, labels } = toySites(count)
  const window = (i: number) => decodeText(codes.subarray(i * length, (i + 1) * length))
  return { sequences: Array.from(labels, (_, i) => window(i)), labels: Array.from(labels) }
}

function folderWith({ sequences, labels, parts, window, header = 'class' }: ToyTable): string {
  const classes = header === 'class' ? ['negative-random', 'positive'] : ['0.25', '0.75']
  const rows = sequences.map((sequence, i) => {
    const part = parts?.[i] ?? (i % 5 === 4 ? 'validation' : 'train')
    return `${sequence}\t${classes[labels[i]!]}\t${part}\n`
  })
  return folderOf({
    'windows.tsv': `sequence\t${header}\tsplit\n${rows.join('')}`,
    ...(window && { 'dataset.json': JSON.stringify({ name: 'toy', window }) }),
  })
}

async function train(
  table: ToyTable,
  settings: Record<string, unknown> = {},
  more: { log?: Log; seed?: number; signal?: AbortSignal } = {},
): Promise<TrainedModel> {
  const folder = folderWith(table)
  const dataset = await readDataset(folder, { scratchFolder: folder })
  const request = {
    dataset,
    settings,
    seed: 1,
    name: 'asp',
    licence: 'MIT',
    toolVersion: '1',
    log: silentLog,
  }
  try {
    return await ASP_SVM_TRAINER.train({ ...request, ...more })
  } finally {
    await dataset.close()
  }
}

async function probabilities({ bundle }: TrainedModel, codes: Uint8Array, windowLength: number) {
  const session = await startScoringSession({
    model: bundle,
    provider: 'cpu',
    threads: 1,
    windowLength,
    inProcess: true,
  })
  const found = await session.score(Uint8Array.from(codes), codes.length / windowLength)
  await session.close()
  return found
}

describe('training a support vector machine', () => {
  it('parts toy sites it has not seen', async () => {
    const trained = await train(toyTable(), { degree: 5 })
    const { length, codes, labels } = toySites(200, 99)
    expect(auroc(await probabilities(trained, codes, length), labels)).toBeGreaterThan(0.9)
    const { metadata } = trained
    expect(metadata.metrics.validation!.auroc).toBeGreaterThan(0.9)
    expect(metadata.metrics.examples).toEqual({ train: 160, validation: 40, test: 0, seed: 1 })
    expect([0.5, 1, 2, 5]).toContain(metadata.metrics.machine!.C)
    expect(metadata.threshold).toBeGreaterThan(0)
    expect(await parseBundle(trained.bundle, 'trained')).toEqual(metadata)
  })

  it.each([
    ['site', { length: 24, site: 12 }],
    ['junction', { length: 24, donor: 2, acceptor: 12 }],
    ['window', { length: 24 }],
  ] as const)('makes a bundle of kind %s of windows like %o', async (kind, window) => {
    const { metadata } = await train({ ...toyTable(60), window }, { C: 1 })
    expect(metadata).toMatchObject({ kind, window, columns: [kind], decisionColumn: kind })
    expect(Object.keys(metadata.calibrators!)).toEqual([kind])
  })

  it('has its calibration and metrics in the bundle, as the probabilities of its file are', async () => {
    const table = toyTable()
    const trained = await train(table, { C: 1 })
    const { metadata } = trained
    const { length, codes, labels } = toySites(200)
    const inValidation = Array.from(labels.keys()).filter(i => i % 5 === 4)
    const chosen = Uint8Array.from(
      inValidation.flatMap(i => [...codes.subarray(i * length, (i + 1) * length)]),
    )
    const found = await probabilities(trained, chosen, length)
    const truth = Uint8Array.from(inValidation, i => labels[i]!)
    expect(auroc(found, truth)).toBeCloseTo(metadata.metrics.validation!.auroc!, 6)
    const positives = found.filter((_, i) => truth[i] === 1)
    const passing = positives.filter(probability => probability >= metadata.threshold!)
    expect(passing.length / positives.length).toBeGreaterThanOrEqual(0.97)
    expect(metadata.calibrators!.window!.method).toBe('platt')
    expect(applyCalibrator(metadata.calibrators!.window!, 0.9)).toBeGreaterThan(
      applyCalibrator(metadata.calibrators!.window!, 0.1),
    )
  })

  it('gives the same bytes for the same seed', async () => {
    // The dataset's name is in the file; that of a folder differs.
    const table = { ...toyTable(60), window: { length: 24 } }
    const [a, b] = [await train(table), await train(table)]
    expect(Buffer.from(a.bundle).equals(b.bundle)).toBe(true)
  })

  it('takes windows with N, which agree with nothing', async () => {
    const table = toyTable(60)
    const sequences = table.sequences.map((sequence, i) =>
      i % 3 === 0 ? `NN${sequence.slice(2)}` : sequence,
    )
    const trained = await train({ ...table, sequences }, { C: 1 })
    const { intercept, slope } = trained.metadata.calibrators!.window! as { intercept: number; slope: number }
    const { bias } = trained.metadata.metrics.machine!
    const [found] = await probabilities(trained, new Uint8Array(24).fill(4), 24)
    expect(found).toBeCloseTo(1 / (1 + Math.exp(-(slope * bias! + intercept))), 6)
  })

  it('tells each C it tries, and ends early when no limit holds a window back', async () => {
    const lines: string[] = []
    const log: Log = { ...silentLog, info: line => lines.push(line) }
    await train(toyTable(40), { degree: 20 }, { log })
    expect(lines[0]).toMatch(/^C 0\.5: \d+ support vectors after \d+ rounds, validation auroc [01]\.\d{4}$/)
    expect(lines.length).toBeLessThan(4)
  })

  it('warns when the rounds were too few', async () => {
    const lines: string[] = []
    const log: Log = { ...silentLog, warn: line => lines.push(line) }
    await train(toyTable(60), { C: 1, maxIterations: 1, tolerance: 1e-6 }, { log })
    expect(lines).toEqual([
      expect.stringMatching(/^C 1: not settled after 1 rounds: .* set maxIterations higher$/),
    ])
  })

  it('stops when it is told to', async () => {
    await expect(train(toyTable(40), {}, { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError)
  })
})

describe('a dataset that it cannot learn from', () => {
  const parts = (part: (i: number) => string) => Array.from({ length: 40 }, (_, i) => part(i))

  it.each([
    [
      'one label in train',
      { parts: parts(i => (i % 2 === 0 || i < 8 ? 'validation' : 'train')) },
      /training examples, found 0 of 16 positive/,
    ],
    [
      'one label in validation',
      { parts: parts(i => (i % 4 === 0 ? 'validation' : 'train')) },
      /validation examples, found 10 of 10 positive/,
    ],
    ['no validation', { parts: parts(() => 'test') }, /expected rows in the train part/],
    [
      'targets',
      { header: 'target' },
      /model asp-svm: expected a dataset with classes, found .* with targets/,
    ],
  ])('is refused: %s', async (_what, change, message) => {
    const failed = train({ ...toyTable(40), ...change })
    await expect(failed).rejects.toThrow(InputDataError)
    await expect(failed).rejects.toThrow(message)
  })
})

describe('the settings', () => {
  it('are degree 20 and C by validation unless said otherwise', () => {
    expect(aspSettings({})).toEqual({ degree: 20, C: 'auto', maxIterations: 300, tolerance: 0.1 })
    expect(aspSettings({ C: 2, degree: 6 })).toEqual({ ...ASP_DEFAULTS, C: 2, degree: 6 })
    expect(ownTrainer('asp-svm')?.settings).toEqual(ASP_DEFAULTS)
  })

  it.each([
    [{ C: 0 }, 'setting C: expected auto or a number above 0, found 0'],
    [{ C: 'best' }, 'setting C: expected auto or a number above 0, found "best"'],
    [{ degree: 0 }, 'setting degree: expected a whole number from 1 to 64, found 0'],
    [{ degree: 2.5 }, 'setting degree: expected a whole number from 1 to 64, found 2.5'],
    [{ maxIterations: 0 }, 'setting maxIterations: expected a whole number of at least 1, found 0'],
    [{ tolerance: -1 }, 'setting tolerance: expected a number above 0, found -1'],
    [{ gamma: 1 }, 'setting asp-svm.gamma: expected degree, C, maxIterations or tolerance'],
  ])('%o are refused', (settings, message) => {
    expect(() => aspSettings(settings)).toThrow(new UsageError(message))
  })
})

describe.skipIf(!hasData)(`on DSS1 acceptors of the fly${dataReason}`, () => {
  it('reaches an auroc of 0.98 on a fifth kept aside', async () => {
    const lines = (what: string) =>
      gunzipSync(readFileSync(dataPath(`dassi-dss1/test_dmelanogaster_acc_${what}.txt.gz`)))
        .toString()
        .trim()
        .split('\n')
        .map(line => line.trim())
    const sequences = lines('seq')
    const labels = lines('label').map(Number)
    const order = seededRandom(1).shuffle(Array.from(labels.keys()))
    const parts = Array.from(labels, () => 'train')
    for (const [k, row] of order.entries()) {
      parts[row] = k < labels.length / 5 ? 'test' : k < labels.length * 0.3 ? 'validation' : 'train'
    }
    const trained = await train({ sequences, labels, parts, window: { length: 141, site: 60 } }, { C: 1 })
    const test = order.slice(0, labels.length / 5)
    const codes = Uint8Array.from(test.flatMap(row => [...sequences[row]!].map(base => 'ACGT'.indexOf(base))))
    const truth = Uint8Array.from(test, row => labels[row]!)
    expect(auroc(await probabilities(trained, codes, 141), truth)).toBeGreaterThan(0.98)
    expect(trained.bundle.length).toBeLessThan(6e6)
  })
})
