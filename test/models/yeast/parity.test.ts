import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runImport } from '../../../src/cli/commands/import.ts'
import { readBundle } from '../../../src/export/bundle.ts'
import { openSession, type Session } from '../../../src/graph/session.ts'
import { regressionMetrics } from '../../../src/training/validation.ts'
import { fakeContext } from '../../support/command-context.ts'
import { hasParity, parityPath, parityReason } from '../../support/parity.ts'
import { dataReason, hasData } from '../../support/real-data.ts'
import { codesOf, PUBLISHED, readConstructs, referenceExamples, windowOf } from './published.ts'

const folder = mkdtempSync(join(tmpdir(), 'yeast-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TOLERANCE = 1e-4
const SETS = ['all-dev', 'nonatural-dev', 'nonatural-test'] as const

/** Mean squared error and Pearson's r on each set, as measured from the published weights. */
const FIGURES: Record<string, readonly (readonly [mse: number, r: number])[]> = {
  'yeast-1resblock-conv': [
    [0.05132, 0.6491],
    [0.03612, 0.6156],
    [0.03865, 0.6729],
  ],
  'yeast-4resblock': [
    [0.04475, 0.6907],
    [0.03251, 0.6327],
    [0.04717, 0.5802],
  ],
  'yeast-1resblock': [
    [0.06983, 0.4844],
    [0.04589, 0.4848],
    [0.05864, 0.4636],
  ],
  'yeast-5conv': [
    [0.06682, 0.5111],
    [0.0504, 0.3733],
    [0.05952, 0.426],
  ],
  'yeast-intron': [
    [0.06001, 0.5577],
    [0.04976, 0.3937],
    [0.05043, 0.5269],
  ],
}

async function imported(file: string, options: object, out: string): Promise<Session> {
  await runImport(
    parityPath(`${file}.safetensors`),
    { model: 'yeast-cnn', options: JSON.stringify(options), out },
    fakeContext(),
  )
  return openSession((await readBundle(out)).bytes, { provider: 'cpu', threads: 1 })
}

const BATCH = 256

async function predicted(session: Session, windows: readonly string[]): Promise<Float32Array> {
  const numbers = new Float32Array(windows.length)
  for (let start = 0; start < windows.length; start += BATCH) {
    const { probabilities } = await session.run({ codes: codesOf(windows.slice(start, start + BATCH)) })
    numbers.set(probabilities!.data as Float32Array, start)
  }
  return numbers
}

describe.skipIf(!hasParity).each(PUBLISHED)(
  `published yeast weights, $file${parityReason}`,
  ({ file, options }) => {
    let session: Session
    const out = join(folder, `${file}.onnx`)
    beforeAll(async () => {
      session = await imported(file, options, out)
    })
    afterAll(() => session?.close())

    it('are imported as a model of numbers', async () => {
      const { metadata } = await readBundle(out)
      const length = referenceExamples(file)[0]!.sequence.length
      expect(metadata).toMatchObject({ kind: 'values', window: { length }, columns: ['efficiency'] })
      expect(metadata.threshold).toBeUndefined()
    })

    it('give the published numbers, after the last ReLU and before it', async () => {
      const examples = referenceExamples(file)
      expect(examples).toHaveLength(16)
      const windows = examples.map(({ sequence }) => sequence)
      const linear = await imported(file, { ...options, head: 'linear' }, join(folder, `${file}-linear.onnx`))
      const before = await predicted(linear, windows)
      await linear.close()
      const after = await predicted(session, windows)
      for (const [i, example] of examples.entries()) {
        expect(Math.abs(before[i]! - example.linear)).toBeLessThan(TOLERANCE)
        expect(Math.abs(after[i]! - example.output)).toBeLessThan(TOLERANCE)
      }
    })

    it.skipIf(!hasData).each(SETS)(
      `have the measured error and correlation on %s${dataReason}`,
      async set => {
        const constructs = readConstructs(set)
        const windows = constructs.map(construct => windowOf(construct, options.input))
        const measured = Float32Array.from(constructs, construct => construct.measured)
        const { mse, pearson } = regressionMetrics(await predicted(session, windows), measured)
        const [wantedMse, wantedR] = FIGURES[file]![SETS.indexOf(set)]!
        expect([Number(mse!.toFixed(5)), Number(pearson!.toFixed(4))]).toEqual([wantedMse, wantedR])
      },
    )
  },
)
