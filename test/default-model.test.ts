/**
 * The model that comes with the tool. A model trained anew scores otherwise: write what is expected of it again by
 * `npm run build && node scripts/pin-default-model.mjs`, and look at what changed.
 */
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { pinnedWindows, WINDOW } from '../scripts/default-model/pinned-windows.mjs'
import { seededRandom } from '../src/core/random.ts'
import type { Bundle } from '../src/export/bundle.ts'
import { DEFAULT_MODEL, readModel } from '../src/export/default-model.ts'
import { startScoringSession } from '../src/graph/session-client.ts'

interface Pinned {
  columns: string[]
  /** Shape: [50, columns]. */
  scores: number[][]
}

/** Largest difference of a score. */
const TOLERANCE = 1e-4
const { count, codes } = pinnedWindows(seededRandom(1))
let model: Bundle
let scores: number[][]

beforeAll(async () => {
  model = await readModel(undefined)
  const session = await startScoringSession({
    model: model.bytes,
    provider: 'cpu',
    threads: 1,
    windowLength: WINDOW.length,
    inProcess: true,
  })
  const flat = await session.score(codes.slice(), count)
  scores = Array.from({ length: count }, (_, i) => Array.from(flat.subarray(3 * i, 3 * i + 3)))
  await session.close()
})

describe('the default model', () => {
  it('is a network of pairs of sites for the windows of the tool', () => {
    expect(model.metadata).toMatchObject({
      name: 'site-pair-human',
      kind: 'junction',
      window: WINDOW,
      columns: ['donor', 'acceptor', 'junction'],
      decisionColumn: 'junction',
    })
  })

  it('has a calibrator for each score, and a threshold for the class ratio and precision it states', () => {
    const { calibrators, calibration, threshold, metrics } = model.metadata
    expect(Object.keys(calibrators!).sort()).toEqual(['acceptor', 'donor', 'junction'])
    expect(threshold).toBeGreaterThan(0)
    expect(threshold).toBeLessThan(1)
    expect(metrics.settings).toEqual({ classRatio: 1, thresholdPrecision: 0.95 })
    expect(calibration.length).toBeGreaterThan(1)
    for (const site of ['', 'Donor', 'Acceptor']) {
      const [before, after] = ['Before', 'After'].map(when => metrics[`reliability${site}${when}`]!.logLoss!)
      expect(after).toBeLessThan(before! + 1e-3)
    }
  })

  it('names what it was trained on', () => {
    const roles = model.metadata.trainingData.map(({ role }) => role)
    expect(new Set(roles)).toEqual(new Set(['windows', 'description', 'source', 'teacher']))
  })

  it('is a file of less than 5 MB', () => {
    expect(statSync(DEFAULT_MODEL).size).toBeLessThan(5e6)
  })
})

describe('the scores of the default model', () => {
  const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b) / numbers.length

  it('are what they were when it was pinned', () => {
    const path = fileURLToPath(new URL('../fixtures/default-model-scores.json', import.meta.url))
    const pinned = JSON.parse(readFileSync(path, 'utf8')) as Pinned
    expect(pinned.columns).toEqual(model.metadata.columns)
    expect(pinned.scores).toHaveLength(count)
    const differences = scores.flatMap((row, i) =>
      row.map((score, c) => Math.abs(score - pinned.scores[i]![c]!)),
    )
    expect(Math.max(...differences)).toBeLessThan(TOLERANCE)
  })

  it('tell windows with both sites from random ones', () => {
    for (const column of [0, 1, 2]) {
      const planted = mean(scores.filter((_, i) => i % 2 === 0).map(row => row[column]!))
      const random = mean(scores.filter((_, i) => i % 2 === 1).map(row => row[column]!))
      expect(planted - random).toBeGreaterThan(0.2)
    }
  })
})
