import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyCalibrator, type Calibrator } from '../../src/core/calibration.ts'
import { seededRandom } from '../../src/core/random.ts'
import type { Dataset } from '../../src/curation/dataset.ts'
import { UNKNOWN_LABEL } from '../../src/curation/site-labels.ts'
import { parseBundle } from '../../src/export/bundle.ts'
import { calibratedColumn, decide } from '../../src/training/decision.ts'
import { resolveConfig } from '../../src/training/run-config.ts'
import { exportRun } from '../../src/training/run-export.ts'
import { calibratorsOf, decisionsOf, type RunResult } from '../../src/training/run-result.ts'
import { requireBuild } from '../support/build.ts'
import { type PairDatasetOptions, toyPairDataset } from '../support/toy-dataset.ts'
import { EXPORT, runAt, scoresOf, toyData, trainPair, uncalibrated } from './pair-run.ts'

requireBuild()

const config = resolveConfig([{ model: 'site-pair' }], { cores: 1 })
const EXAMPLES = 40

/** Returns scores and labels of examples, of which the later half is for validation. `known`: donor, acceptor and pair by label. */
function made(known: Record<0 | 1, readonly number[]>) {
  const random = seededRandom(5)
  const labels = Uint8Array.from({ length: EXAMPLES }, (_, i) => i % 2)
  const validation = Uint32Array.from({ length: EXAMPLES / 2 }, (_, i) => EXAMPLES / 2 + i)
  return {
    labels,
    siteLabels: Uint8Array.from([...labels].flatMap(label => known[label as 0 | 1])),
    splits: { train: new Uint32Array(0), validation, test: new Uint32Array(0) },
    scores: Float32Array.from({ length: 3 * validation.length }, () => random.float()),
  }
}
/** One column of the scores. */
const column = (scores: Float32Array, at: number) =>
  Float64Array.from({ length: EXAMPLES / 2 }, (_, i) => scores[3 * i + at]!)
const alternating = Uint8Array.from({ length: EXAMPLES / 2 }, (_, i) => i % 2)

describe('the decision about a run', () => {
  it('has a calibrator for each site whose labels are known to be 0 and 1', () => {
    const { scores, ...dataset } = made({ 0: [0, 0, 0], 1: [1, 1, 1] })
    const { decision, sites } = decisionsOf(config, dataset, { scores, columns: 3 })
    expect(decision).toEqual(decide(config, column(scores, 2), alternating))
    const expected = (at: number) =>
      calibratedColumn(config, { scores: column(scores, at), labels: alternating })
    expect(sites).toEqual({ donor: expected(0), acceptor: expected(1) })
    expect(sites!.donor).not.toEqual(sites!.acceptor)
  })

  it.each<[string, Record<0 | 1, readonly number[]>, string[] | undefined]>([
    ['the negatives say nothing of sites', { 0: [UNKNOWN_LABEL, UNKNOWN_LABEL, 0], 1: [1, 1, 1] }, undefined],
    ['all sites are true', { 0: [1, 1, 0], 1: [1, 1, 1] }, undefined],
    ['only donors are known', { 0: [0, UNKNOWN_LABEL, 0], 1: [1, UNKNOWN_LABEL, 1] }, ['donor']],
    ['only acceptors may be false', { 0: [1, 0, 0], 1: [1, 1, 1] }, ['acceptor']],
  ])('has, where %s, calibrators for no other', (_, known, expected) => {
    const { scores, ...dataset } = made(known)
    const { decision, sites } = decisionsOf(config, dataset, { scores, columns: 3 })
    expect(sites && Object.keys(sites)).toEqual(expected)
    expect(decision).toEqual(decide(config, column(scores, 2), alternating))
  })

  it('leaves examples out of whose site nothing is known', () => {
    const { scores, ...dataset } = made({ 0: [0, 0, 0], 1: [1, 1, 1] })
    const validation = EXAMPLES / 2
    for (const example of [0, 3, 4]) {
      dataset.siteLabels[3 * (validation + example)] = UNKNOWN_LABEL
    }
    const isKnown = (_: number, i: number) => ![0, 3, 4].includes(i)
    const { sites } = decisionsOf(config, dataset, { scores, columns: 3 })
    expect(sites!.donor).toEqual(
      calibratedColumn(config, {
        scores: column(scores, 0).filter(isKnown),
        labels: alternating.filter(isKnown),
      }),
    )
  })

  it('has none for sites of a network with one score, or of windows without both sites', () => {
    const { scores, siteLabels, ...dataset } = made({ 0: [0, 0, 0], 1: [1, 1, 1] })
    const one = decisionsOf(
      config,
      { ...dataset, siteLabels },
      { scores: Float32Array.from(column(scores, 0)), columns: 1 },
    )
    const single = decisionsOf(config, { ...dataset, siteLabels: undefined }, { scores, columns: 3 })
    expect([Object.keys(one), Object.keys(single)]).toEqual([['decision'], ['decision']])
  })
})

describe('the calibrators of a run', () => {
  const [donor, pair]: Calibrator[] = [
    { method: 'temperature', temperature: 2 },
    { method: 'platt', slope: 1, intercept: 0.5 },
  ]
  const part = (calibrator?: Calibrator) =>
    ({ reliability: { before: {} }, ...(calibrator && { calibrator }) }) as NonNullable<RunResult['decision']>

  it.each<[string, Pick<RunResult, 'decision' | 'sites'>, string, Record<string, Calibrator>]>([
    [
      'both',
      { decision: part(pair), sites: { donor: part(donor) } },
      'junction',
      { donor: donor!, junction: pair! },
    ],
    ['one for a site alone', { decision: part(pair) }, 'site', { site: pair! }],
    ['none where the run wants none', { decision: part(), sites: { donor: part() } }, 'junction', {}],
    ['none for targets', {}, 'site', {}],
  ])('go by the names of columns: %s', (_, result, decisionColumn, expected) => {
    expect(calibratorsOf(result, decisionColumn)).toEqual(expected)
  })
})

describe('a trained network of pairs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'splice-score-result-'))
  const data: string[] = []
  const sets = new Map<string, Dataset>()
  const results = new Map<string, RunResult>()

  beforeAll(async () => {
    for (const sites of ['decoy', 'columns', 'unsaid'] satisfies PairDatasetOptions['sites'][]) {
      const path = toyPairDataset(120, { sites })
      data.push(path)
      const dataset = await toyData(path)
      sets.set(sites, dataset)
      results.set(sites, await trainPair(dataset, join(folder, sites), { epochs: 3 }))
    }
  }, 60_000)
  afterAll(async () => {
    for (const dataset of sets.values()) {
      await dataset.close()
    }
    for (const path of [folder, ...data]) {
      rmSync(path, { recursive: true })
    }
  })

  it('has a calibrator of each site where the validation rows say which are true, in either way', () => {
    const { sites, decision } = results.get('decoy')!
    expect([sites!.donor, sites!.acceptor, decision].map(part => part!.calibrator!.method)).toEqual([
      'platt',
      'platt',
      'platt',
    ])
    expect(results.get('columns')).toEqual(results.get('decoy'))
  })

  it('has one of the pair alone where they do not', async () => {
    const { sites, decision } = results.get('unsaid')!
    expect(sites).toBeUndefined()
    expect(decision!.calibrator!.method).toBe('platt')
    const { metadata } = await exportRun(await runAt(join(folder, 'unsaid')), EXPORT)
    expect(Object.keys(metadata.calibrators!)).toEqual(['junction'])
    expect(Object.keys(metadata.metrics).filter(name => name.startsWith('reliability'))).toEqual([
      'reliabilityBefore',
      'reliabilityAfter',
    ])
  })

  it('gives, exported, the calibrated probabilities of all three columns', async () => {
    const run = await runAt(join(folder, 'decoy'))
    const dataset = sets.get('decoy')!
    const { validation } = dataset.splits
    const model = await exportRun(run, EXPORT)
    const calibrators = model.metadata.calibrators!
    const { sites, decision } = run.result
    expect(calibrators).toEqual({
      donor: sites!.donor!.calibrator,
      acceptor: sites!.acceptor!.calibrator,
      junction: decision!.calibrator,
    })
    expect(await parseBundle(model.bytes, 'model')).toEqual(model.metadata)
    expect(Object.keys(model.metadata.metrics)).toEqual([
      'validation',
      ...['', 'Donor', 'Acceptor'].flatMap(site => [`reliability${site}Before`, `reliability${site}After`]),
      'examples',
      'settings',
    ])
    expect(model.metadata.metrics.settings).toEqual({ classRatio: 0, thresholdSensitivity: 0.97 })
    const plain = await uncalibrated(run)
    expect(plain.metadata.calibrators).toBeUndefined()
    const raw = await scoresOf(plain, dataset, validation)
    const columns = ['donor', 'acceptor', 'junction']
    const expected = raw.map(row =>
      row.map((score, at) => expect.closeTo(applyCalibrator(calibrators[columns[at]!]!, score), 4)),
    )
    const scores = await scoresOf(model, dataset, validation)
    expect(scores).toEqual(expected)
    expect(scores.flat()).not.toEqual(raw.flat().map(score => expect.closeTo(score, 2)))
  })

  it('states class ratio and operating point as the run was told them', async () => {
    const dataset = sets.get('decoy')!
    const settings = { classRatio: 1, operatingPoint: { kind: 'precision', value: 0.6 } }
    const { decision } = await trainPair(dataset, join(folder, 'told'), settings)
    expect(decision!.rates.precision).toBeGreaterThanOrEqual(0.6)
    // As many negatives as positives, of which there are 6 among 24: no whole numbers of examples.
    const counts = decision!.bins.map(({ count }) => count)
    expect(counts.reduce((sum, count) => sum + count)).toBeCloseTo(12, 9)
    const { metadata } = await exportRun(await runAt(join(folder, 'told')), EXPORT)
    expect(metadata.calibration).toEqual(decision!.bins)
    expect(metadata.metrics.settings).toEqual({ classRatio: 1, thresholdPrecision: 0.6 })
    expect(metadata.threshold).toBe(decision!.threshold)
  })
})
