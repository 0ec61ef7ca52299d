import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeText } from '../../src/genome/sequence.ts'
import { type CliRun, cli, Scratch } from '../support/cli.ts'
import { toySites } from '../training/asp-svm/toy-sites.ts'

const scratch = new Scratch()
const folder = scratch.subfolder()
const inFolder = (...args: string[]) => cli(args, { cwd: folder })
let run: CliRun

beforeAll(async () => {
  const { length, codes, labels } = toySites(150)
  const sequences = Array.from(labels, (_, i) => decodeText(codes.subarray(i * length, (i + 1) * length)))
  scratch.write('seq.txt', sequences.map(sequence => `${sequence}\n`).join(''))
  scratch.write('label.txt', Array.from(labels, label => `${label}\n`).join(''))
  const files = ['--sequences', scratch.path('seq.txt'), '--labels', scratch.path('label.txt')]
  const site = ['--site', 'acceptor', '--site-position', '12']
  const made = await inFolder('dataset', 'import', 'lines', ...files, ...site, '--out', 'data')
  expect(made.code, made.stderr).toBe(0)
  run = await inFolder(
    ...['train', '--model', 'asp-svm', '--data', 'data', '--set', 'C=1', '--set', 'degree=6'],
    ...['--name', 'mine', '--out', 'm.onnx'],
  )
})

describe('train --model asp-svm', () => {
  it('writes one file and tells what it did on standard error', () => {
    expect([run.code, run.stdout], run.stderr).toEqual([0, ''])
    expect(run.stderr).toMatch(/^C 1: \d+ support vectors after \d+ rounds, validation auroc [01]\.\d+$/m)
    expect(run.stderr).toMatch(/^threshold 0\.\d+, chosen on validation examples; metrics there:$/m)
    expect(run.stderr).toContain(`m.onnx: ${readFileSync(join(folder, 'm.onnx')).length} bytes\n`)
  })

  it('makes a bundle that evaluate reads', async () => {
    const evaluated = await inFolder(
      ...['evaluate', '--model', 'm.onnx', '--data', 'data', '--split', 'train', '-o', 'e'],
    )
    expect(evaluated.code, evaluated.stderr).toBe(0)
    expect(evaluated.stderr).toMatch(/^site: auroc (1|0\.9)/m)
  })

  it.each([
    ['C=nought', 2, 'setting C: expected auto or a number above 0, found "nought"'],
    ['gamma=1', 2, '--set gamma: expected one of degree, C, maxIterations, tolerance, which asp-svm has'],
  ])('refuses --set %s', async (setting, code, message) => {
    const failed = await inFolder(
      'train',
      '--model',
      'asp-svm',
      '--data',
      'data',
      '--set',
      setting,
      '--out',
      'x.onnx',
    )
    expect(failed.code).toBe(code)
    expect(failed.stderr).toContain(message)
  })

  it('is listed without a number of parameters', async () => {
    const { stdout } = await cli(['models'])
    const row = stdout.split('\n').find(line => line.startsWith('asp-svm\t'))!
    expect(row.split('\t')[3]).toBe('-')
  })
})
