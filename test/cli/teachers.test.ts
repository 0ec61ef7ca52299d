import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runExport } from '../../src/cli/commands/export.ts'
import { runTrain } from '../../src/cli/commands/train.ts'
import type { TrainOptions } from '../../src/cli/commands/train-settings.ts'
import { InterruptedError, UsageError } from '../../src/core/errors.ts'
import { requireBuild } from '../support/build.ts'
import { fakeContext } from '../support/command-context.ts'
import { TINY_SITE_PAIR, toyPairDataset } from '../support/toy-dataset.ts'

// Teachers score in compiled threads.
requireBuild()

const data = toyPairDataset(60)
const at = (name: string) => join(data, name)
const teacher = [at('first.onnx'), at('second.onnx')]
const options = (out: string, more: Partial<TrainOptions> = {}): TrainOptions => ({
  model: 'site-pair',
  data,
  out: at(out),
  epochs: 1,
  batchSize: 16,
  set: [`options=${JSON.stringify(TINY_SITE_PAIR)}`, 'shards=1', 'threads=1'],
  ...more,
})

beforeAll(async () => {
  for (const [i, out] of teacher.entries()) {
    const run = `run-${i}`
    await runTrain(options(run, { seed: i }), fakeContext())
    await runExport([at(run)], { out, licence: 'MIT' }, fakeContext())
  }
}, 60_000)
afterAll(() => rmSync(data, { recursive: true }))

describe('train --teacher', () => {
  it('writes the name and SHA-256 of each teacher to run.json', async () => {
    await runTrain(options('taught', { teacher }), fakeContext())
    const { teachers } = JSON.parse(readFileSync(join(at('taught'), 'run.json'), 'utf8'))
    const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
    expect(teachers).toEqual(teacher.map(path => ({ name: 'site-pair', sha256: sha256(path) })))
  })

  it('when interrupted says how to go on, which leads to the same run', async () => {
    const context = fakeContext()
    const ending = new AbortController()
    context.endOnInterrupt = () => ending.signal
    context.terminal.status = () => ending.abort()
    const error = await runTrain(options('ended', { teacher }), context).then(
      () => undefined,
      (caught: unknown) => caught,
    )
    expect(error).toBeInstanceOf(InterruptedError)
    expect((error as InterruptedError).hint).toBe(
      `go on with: splice-score train --resume --data ${data} --teacher ${teacher[0]} --teacher ${teacher[1]} --out ${at('ended')}`,
    )
    await runTrain({ resume: true, data, teacher, out: at('ended') }, fakeContext())
    const checkpoint = (run: string) =>
      readFileSync(join(at(run), 'checkpoint.safetensors')).toString('base64')
    expect(checkpoint('ended')).toBe(checkpoint('taught'))
  })

  it.each<[string, Partial<TrainOptions>, string]>([
    [
      'a network that marks positions',
      { model: 'splam', set: [] },
      'model splam: expected a network that scores donor, acceptor and pair to be taught',
    ],
    ['weight matrices', { model: 'pwm' }, 'pwm is not trained in steps'],
  ])('is refused for %s, and nothing is written', async (_, more, message) => {
    const training = runTrain(options('none', { teacher, ...more }), fakeContext())
    await expect(training).rejects.toThrow(UsageError)
    await expect(training).rejects.toThrow(message)
    expect(existsSync(at('none'))).toBe(false)
  })
})
