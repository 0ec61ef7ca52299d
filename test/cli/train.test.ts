import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type CliRun, cli, FIXTURE, parseTable, REF, Scratch } from '../support/cli.ts'

const scratch = new Scratch()
const DATA = [...REF, '--annotation', FIXTURE.gff]

describe('train --model pwm', () => {
  const folder = scratch.subfolder()
  const model = join(folder, 'm.onnx')
  let run: CliRun

  beforeAll(async () => {
    run = await cli(['train', '--model', 'pwm', ...DATA, '--name', 'mine', '--out', 'm.onnx'], {
      cwd: folder,
    })
  })

  it('writes one file and tells its threshold and held-out metrics on standard error', () => {
    expect([run.code, run.stdout]).toEqual([0, ''])
    expect(readdirSync(folder)).toEqual(['m.onnx'])
    expect(run.stderr).toMatch(/^annotation: 123 of 123 introns used, 123 decoys$/m)
    expect(run.stderr).toMatch(/^threshold 0\.\d+, chosen on held-out loci; metrics there:$/m)
    expect(run.stderr).toMatch(/^ {2}junction: auroc [01](\.\d+)?, auprc /m)
    expect(run.stderr).toContain(`m.onnx: ${readFileSync(model).length} bytes\n`)
  })

  it('makes a bundle that scores', async () => {
    const cwd = scratch.subfolder()
    const args = ['--model', model, '--annotation', FIXTURE.gff, '--format', 'tsv']
    const scored = await cli([FIXTURE.bam, ...REF, ...args, '-o', 's'], { cwd })
    expect(scored.code, scored.stderr).toBe(0)
    const { scoring } = JSON.parse(readFileSync(join(cwd, 's.summary.json'), 'utf8'))
    expect(scoring.model.name).toBe('mine')
    expect(scoring.model.sha256).toBe(createHash('sha256').update(readFileSync(model)).digest('hex'))
    expect(scoring.tally.pass + scoring.tally.fail).toBe(139)
    // It has seen these loci: what it learned must at least tell them from the noise.
    const { annotated, unannotated } = scoring.tally
    expect(annotated.pass / annotated.junctions).toBeGreaterThan(0.9)
    expect(unannotated.pass / unannotated.junctions).toBeLessThan(0.2)
  })

  it('gives other scores than the default model', async () => {
    const scores = async (args: string[]) =>
      parseTable((await cli([FIXTURE.bam, ...REF, ...args])).stdout).map(row => row.score)
    expect(await scores(['--model', model])).not.toEqual(await scores([]))
  })

  it('gives the same bytes for the same seed and others for another', async () => {
    const bytes = async (seed: string) => {
      const path = scratch.path(`seed-${seed}.onnx`)
      const args = ['--seed', seed, '--name', 'mine', '--out', path, '--quiet']
      const again = await cli(['train', '--model', 'pwm', ...DATA, ...args])
      expect(again).toEqual({ code: 0, stdout: '', stderr: '' })
      return readFileSync(path)
    }
    expect((await bytes('1')).equals(readFileSync(model))).toBe(true)
    expect((await bytes('2')).equals(readFileSync(model))).toBe(false)
  })

  it('takes several pairs of reference and annotation', async () => {
    const out = scratch.path('two.onnx')
    const gtf = ['--ref', FIXTURE.ref, '--annotation', FIXTURE.gtf]
    const two = await cli(['train', '--model', 'pwm', ...DATA, ...gtf, '--out', out])
    expect(two.code, two.stderr).toBe(0)
    expect(two.stderr.match(/123 of 123 introns used/g)!.length).toBe(2)
  })
})

describe('train that cannot begin', () => {
  const pwm = ['train', '--model', 'pwm', '--out', 'm.onnx']
  it.each([
    [
      'two references and one annotation',
      [...pwm, ...DATA, ...REF],
      2,
      'as many --annotation as --ref, found 1 and 2',
    ],
    ['two annotations and one reference', [...pwm, ...DATA, '--annotation', FIXTURE.gtf], 2, 'found 2 and 1'],
    [
      'no reference',
      [...pwm, '--annotation', FIXTURE.gff],
      2,
      'as many --annotation as --ref, found 1 and 0',
    ],
    ['no annotation', [...pwm, ...REF], 2, 'as many --annotation as --ref, found 0 and 1'],
    [
      'another model',
      ['train', '--model', 'cnn', ...DATA, '--out', 'm.onnx'],
      2,
      'expected --model pwm, found cnn',
    ],
    ['no model', ['train', '--data', '.', '--out', 'run'], 2, 'expected --model, found none'],
    ['no data', ['train', '--model', 'splam', '--out', 'run'], 2, 'expected --data, found none'],
    ['an unknown model', ['train', '--model', 'spam', '--data', '.', '--out', 'run'], 2, 'spam'],
    [
      'an unknown setting',
      ['train', '--model', 'splam', '--data', '.', '--out', 'run', '--set', 'a=1'],
      2,
      'setting a',
    ],
    [
      'a setting without a value',
      ['train', '--model', 'splam', '--data', '.', '--out', 'run', '--set', 'a'],
      2,
      '--set a: expected name=value',
    ],
    [
      'a folder without windows',
      ['train', '--model', 'splam', '--data', '.', '--out', 'run'],
      4,
      'expected a file named windows.tsv',
    ],
    [
      'nothing to resume',
      ['train', '--resume', '--data', '.', '--out', 'run'],
      4,
      'run: expected a training run',
    ],
    ['a seed that is no number', [...pwm, ...DATA, '--seed', 'x'], 2, 'expected a whole number of 0 or more'],
    ['a missing annotation', [...pwm, ...REF, '--annotation', 'none.gff3'], 4, 'none.gff3: no such file'],
    [
      'a missing folder',
      [...pwm.slice(0, -1), 'none/m.onnx', ...DATA, '-q'],
      4,
      'the folder none does not exist',
    ],
  ])('with %s says so and writes nothing', async (_, args, code, message) => {
    const cwd = scratch.subfolder()
    const run = await cli(args, { cwd })
    expect([run.code, run.stdout, readdirSync(cwd)]).toEqual([code, '', []])
    expect(run.stderr.split('\n')[0]).toMatch(/^error: /)
    expect(run.stderr.split('\n')[0]).toContain(message)
  })
})
