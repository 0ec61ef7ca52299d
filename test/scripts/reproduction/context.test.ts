import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { runTool } from '../../../scripts/reproduction/run-tool.mjs'
import { fakeTool, type Given, makeContext, SECONDS, scratchFolder, TABLE } from './fake-tool.ts'

const scratch = scratchFolder()
afterAll(scratch.remove)

let work: string
let calls: string[][]
let number = 0
beforeEach(() => {
  work = join(scratch.path, String(number++))
  calls = []
})

const contextWith = (given: Given = {}) => makeContext(work, calls, given)

function dataset(text = TABLE): string {
  const folder = join(work, 'data')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'windows.tsv'), text)
  return folder
}

describe('steps', () => {
  it('trains once, on one thread, and again only when settings or data have changed', async () => {
    const training = { name: 'one', data: dataset(), model: 'cnn', args: ['--epochs', '2'] }
    const folder = await contextWith().train(training)
    await contextWith().train(training)
    expect(calls).toEqual([
      [
        ...['train', '--set', 'threads=1', '--set', 'shards=1', '--model', 'cnn', '--epochs', '2'],
        ...['--data', training.data, '--out', folder, '--no-progress'],
      ],
    ])
    await contextWith().train({ ...training, args: ['--epochs', '3'] })
    expect(calls.length).toBe(2)
    dataset(`${TABLE}negative\tAAAA\n`)
    await contextWith().train({ ...training, args: ['--epochs', '3'] })
    expect(calls.length).toBe(3)
  })

  it('goes on with a training that was ended', async () => {
    const training = { name: 'one', data: dataset(), model: 'cnn', args: ['--epochs', '2', '--teacher', 't'] }
    const failing = contextWith({ tool: fakeTool(calls, () => true) })
    await expect(failing.train(training)).rejects.toThrow('ended with 1')
    const folder = await contextWith().train(training)
    expect(calls[1]).toEqual([
      ...['train', '--resume', '--teacher', 't', '--data', training.data, '--out', folder, '--no-progress'],
    ])
  })

  it('begins anew where a training with other settings was ended', async () => {
    const training = { name: 'one', data: dataset(), model: 'cnn', args: ['--epochs', '2'] }
    const failing = contextWith({ tool: fakeTool(calls, () => true) })
    await expect(failing.train(training)).rejects.toThrow('ended with 1')
    await contextWith().train({ ...training, args: ['--epochs', '3'] })
    expect(calls[1]).toContain('3')
    expect(calls[1]).not.toContain('--resume')
  })

  it('measures a run by its exported file, and again only when the run has changed', async () => {
    const data = dataset()
    const measure = async (epochs: string) => {
      const context = contextWith()
      const run = await context.train({ name: 'one', data, model: 'cnn', args: ['--epochs', epochs] })
      await context.evaluate({ name: 'one', model: run, data })
    }
    await measure('1')
    await measure('1')
    expect(calls.map(([command]) => command)).toEqual(['train', 'export', 'evaluate'])
    expect(calls[2]).toEqual(
      expect.arrayContaining(['--threads', '1', '--resamples', '0', join(work, 'runs/one/model.onnx')]),
    )
    await measure('2')
    expect(calls.length).toBe(6)
  })

  it('trains a model that is no network straight to a file', async () => {
    const context = contextWith()
    const run = await context.train({
      name: 'svm',
      data: dataset(),
      model: 'asp-svm',
      args: ['--set', 'C=1'],
    })
    expect(calls[0]).toEqual([
      ...['train', '--model', 'asp-svm', '--set', 'C=1', '--data', join(work, 'data')],
      ...['--out', join(run, 'model.onnx'), '--no-progress'],
    ])
    expect(await context.modelFile(run)).toBe(join(run, 'model.onnx'))
  })

  it('makes datasets and models once', async () => {
    const args = ['dataset', 'import', 'csv', '--train', 'a.csv']
    expect(await contextWith().dataset({ name: 'a', args })).toBe(join(work, 'datasets/a'))
    await contextWith().dataset({ name: 'a', args })
    await contextWith().dataset({ name: 'a', args: [...args, '--split', 'test'] })
    expect(await contextWith().model({ name: 'b', args: ['import', 'b.safetensors'] })).toBe(
      join(work, 'models/b.onnx'),
    )
    expect(calls.length).toBe(3)
  })

  it('adds up the time of all commands over several processes', async () => {
    const first = contextWith()
    await first.train({ name: 'one', data: dataset(), model: 'cnn' })
    expect(first.trainingTime('one')).toEqual(SECONDS)
    const second = contextWith()
    await second.train({ name: 'two', data: dataset(), model: 'lstm' })
    expect(second.taken.cpu).toBe(2 * SECONDS.cpu)
    expect(second.taken.wall).toBeGreaterThan(second.seconds())
  })

  it('runs at most as many tasks at once as there are jobs, and none after one has failed', async () => {
    let [running, most, begun] = [0, 0, 0]
    const task = (result: number) => async () => {
      most = Math.max(most, ++running)
      begun++
      await new Promise(done => setTimeout(done, 5))
      running--
      if (result === 2) {
        throw new Error('two')
      }
      return result
    }
    const context = contextWith({ jobs: 2 })
    expect(await context.all([3, 4, 5].map(task))).toEqual([3, 4, 5])
    expect(most).toBe(2)
    begun = 0
    await expect(context.all([1, 2, 3, 4, 5, 6].map(task))).rejects.toThrow('two')
    expect(begun).toBeLessThan(5)
  })

  it('names the data set and the variable when data are missing', () => {
    expect(() => contextWith().input('dassi-dss1/a.gz')).toThrow(
      `${join(work, 'dassi-dss1/a.gz')}: no such file or folder; expected the data set dassi-dss1`,
    )
  })
})

describe('the command line as it is run', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url))

  it('tells its processor time and keeps what it said', async () => {
    const log = join(scratch.path, 'logs/version.log')
    const { cpu, wall } = await runTool(root, ['--version'], log)
    expect(readFileSync(log, 'utf8')).toMatch(/^\$ splice-score --version\n\d+\.\d+\.\d+\n$/)
    expect(cpu).toBeGreaterThan(0.01)
    expect(wall).toBeGreaterThan(0.01)
  })

  it('fails with the last lines of what was said', async () => {
    await expect(
      runTool(root, ['train', '--model', 'cnn'], join(scratch.path, 'logs/none.log')),
    ).rejects.toThrow(
      /^splice-score train --model cnn\nexpected to end with 0, ended with 2; it said\n[\s\S]*--out/,
    )
  })
})
