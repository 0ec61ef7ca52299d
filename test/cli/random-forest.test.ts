import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cli, Scratch } from '../support/cli.ts'
import { toyDataset } from '../support/toy-dataset.ts'

const scratch = new Scratch()
const data = toyDataset(300)
afterAll(() => rmSync(data, { recursive: true, force: true }))

const train = (...args: string[]) =>
  cli(['train', '--model', 'random-forest', '--data', data, ...args], { cwd: scratch.folder })

describe('train --model random-forest', () => {
  it('writes one file, which evaluate takes', async () => {
    const run = await train('--set', 'trees=20', '--set', 'minLeaf=2', '--name', 'mine', '--out', 'm.onnx')
    expect([run.code, run.stdout]).toEqual([0, ''])
    expect(run.stderr).toMatch(/^240 windows of 160 numbers to learn from$/m)
    expect(run.stderr).toMatch(/^10 of 20 trees$/m)
    expect(run.stderr).toMatch(/^ {2}outOfBag: auprc /m)
    expect(run.stderr).toMatch(/^ {2}forest: trees 20, maxDepth 0, minLeaf 2, /m)
    const evaluated = await cli(['evaluate', '--model', 'm.onnx', '--data', data, '-o', 'e'], {
      cwd: scratch.folder,
    })
    expect(evaluated.code, evaluated.stderr).toBe(0)
    const document = JSON.parse(readFileSync(join(scratch.folder, 'e.evaluation.json'), 'utf8'))
    expect(document.levels[0].overall.estimates.auroc.value).toBeGreaterThan(0.95)
  })

  it.each([
    [['--set', 'trees=none'], 'setting trees: expected a whole number'],
    [['--set', 'depth=3'], '--set depth: expected one of trees, maxDepth, minLeaf'],
    [['--epochs', '3'], '--epochs: random-forest is not trained in steps'],
    [['--encoder', 'none.onnx'], 'none.onnx: no such file'],
  ])('refuses %j', async (args, message) => {
    const run = await train(...args, '--out', 'bad.onnx')
    expect(run.code).toBeGreaterThan(0)
    expect(run.stderr.split('\n')[0]).toContain(message)
  })
})
