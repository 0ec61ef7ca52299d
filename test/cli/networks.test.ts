import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, FIXTURE, finished, parseTable, REF, Scratch, startCli } from '../support/cli.ts'

const scratch = new Scratch()
const folder = scratch.subfolder()
const TINY = ['--set', 'options={"channels":4,"groups":2,"widths":[5],"dilations":[1],"unitsPerGroup":1}']
const RUN = [
  ...['train', '--model', 'splam', '--data', 'data', ...TINY, '--epochs', '4', '--batch-size', '16'],
  ...['--set', 'schedule=constant', '--set', 'learningRate=0.01', '--set', 'checkpointSteps=2'],
  ...['--set', 'shards=2', '--set', 'threads=1'],
]
const inFolder = (...args: string[]) => cli(args, { cwd: folder })

beforeAll(async () => {
  const rules = ['--min-support', '0', '--noise-support', '0', '--validation', '0.3']
  const inputs = ['--ref', FIXTURE.ref, '--annotation', FIXTURE.gff]
  const made = await cli(['curate', ...inputs, ...rules, '--out', join(folder, 'data')])
  expect(made.code, made.stderr).toBe(0)
  const run = await cli([...RUN, '--out', 'whole'], { cwd: folder })
  expect(run.code, run.stderr).toBe(0)
}, 60_000)

describe('train on a dataset', () => {
  it('writes its folder and tells each epoch', async () => {
    const run = await cli([...RUN, '--epochs', '1', '--out', 'told'], { cwd: folder })
    expect(run.stdout).toBe('')
    expect(run.stderr).toMatch(
      /^splam: \d+ parameters, \d+ batches of 16 an epoch; ONNX Runtime, provider cpu, 2 shards$/m,
    )
    expect(run.stderr).toMatch(/^epoch 1\/1: loss \S+; validation auprc \S+, .* \(best\)$/m)
    expect(run.stderr).toContain('next: splice-score export told -o splam.onnx\n')
    expect(readdirSync(join(folder, 'told')).sort()).toEqual([
      'best.safetensors',
      'checkpoint.safetensors',
      'curves.svg',
      'metrics.tsv',
      'result.json',
      'run.json',
    ])
    const { config } = JSON.parse(readFileSync(join(folder, 'told', 'run.json'), 'utf8'))
    expect(config).toMatchObject({
      model: 'splam',
      epochs: 1,
      learningRate: 0.01,
      loss: { kind: 'focal', gamma: 2 },
    })
  })

  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'ended by %s and resumed ends with the same bytes',
    async signal => {
      const out = `ended-${signal}`
      const child = startCli([...RUN, '--out', out], { cwd: folder })
      child.stdin.end()
      const ended = finished(child)
      // After the first checkpoint, which is within the first epoch.
      while (child.exitCode === null && !existsSync(join(folder, out, 'checkpoint.safetensors'))) {
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      child.kill(signal)
      const { code, stderr } = await ended
      expect(code).toBe(signal === 'SIGKILL' ? null : 130)
      if (signal !== 'SIGKILL') {
        expect(stderr).toContain('ending after the step being computed')
        expect(stderr).toMatch(/--resume/)
      }
      expect(existsSync(join(folder, out, 'result.json'))).toBe(false)
      const resumed = await inFolder('train', '--resume', '--data', 'data', '--out', out)
      expect(resumed.code, resumed.stderr).toBe(0)
      for (const file of readdirSync(join(folder, 'whole'))) {
        const [one, other] = [out, 'whole'].map(name =>
          readFileSync(join(folder, name, file)).toString('base64'),
        )
        expect(one, file).toBe(other)
      }
    },
  )

  it('takes settings from a file, flags over them', async () => {
    writeFileSync(
      join(folder, 'settings.json'),
      '{"model":"splam","epochs":1,"options":{"channels":6},"seed":3}',
    )
    const args = ['--config', 'settings.json', '--seed', '4', '--data', 'data', '--out', 'configured']
    const run = await inFolder(
      'train',
      '--model',
      'splam',
      ...TINY.slice(0, 1),
      'options.groups=1',
      ...args,
      '--batch-size',
      '16',
    )
    expect(run.code, run.stderr).toBe(0)
    const { config } = JSON.parse(readFileSync(join(folder, 'configured', 'run.json'), 'utf8'))
    expect(config).toMatchObject({ epochs: 1, seed: 4, options: { channels: 6, groups: 1 } })
  }, 120_000)

  it('refuses a folder that holds a run, and other settings for a run it resumes', async () => {
    const again = await cli([...RUN, '--out', 'whole'], { cwd: folder })
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('found a training run')])
    const other = await inFolder('train', '--resume', '--data', 'data', '--out', 'whole', '--seed', '9')
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('seed (1, now 9)')])
  })
})

describe('a trained network', () => {
  beforeAll(async () => {
    const run = await inFolder('export', 'whole', '-o', 'm.onnx', '--name', 'mine', '--licence', 'CC0-1.0')
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toMatch(
      /^m\.onnx: mine, kind junction, columns donor, acceptor, junction, threshold 0\.\d+, \d+ bytes$/m,
    )
  })

  it('is exported to the same bytes again, and smaller in half precision', async () => {
    await inFolder('export', 'whole', '-o', 'again.onnx', '--name', 'mine', '--licence', 'CC0-1.0')
    const half = await inFolder('export', 'whole', '-o', 'half.onnx', '--fp16', '--tolerance', '0.002')
    expect(half.code, half.stderr).toBe(0)
    const size = (name: string) => readFileSync(join(folder, name)).length
    expect(readFileSync(join(folder, 'again.onnx')).equals(readFileSync(join(folder, 'm.onnx')))).toBe(true)
    expect(size('half.onnx')).toBeLessThan(size('m.onnx'))
  })

  it('scores a BAM', async () => {
    const run = await inFolder(FIXTURE.bam, ...REF, '--model', 'm.onnx')
    expect(run.code, run.stderr).toBe(0)
    const rows = parseTable(run.stdout)
    expect(rows).toHaveLength(139)
    for (const row of rows.filter(row => row.status === 'scored')) {
      expect(Number(row.score)).toBeGreaterThanOrEqual(0)
      expect(Number(row.score)).toBeLessThanOrEqual(1)
    }
  })

  it('is evaluated', async () => {
    const table = await inFolder('evaluate', '--model', 'm.onnx', '--data', 'data', '--resamples', '20')
    expect(table.code, table.stderr).toBe(0)
    expect(table.stdout).toMatch(/^junction level, column junction:$/m)
    const files = await inFolder(
      'evaluate',
      '--model',
      'm.onnx',
      '--data',
      'data',
      '--resamples',
      '20',
      '-o',
      'e',
    )
    expect(files.code, files.stderr).toBe(0)
    expect(
      readdirSync(folder)
        .filter(name => name.startsWith('e.'))
        .sort(),
    ).toEqual(['e.calibration.svg', 'e.evaluation.json', 'e.pr.svg', 'e.roc.svg', 'e.scores.svg'])
  })

  it('is not exported before the run has ended', async () => {
    const run = await inFolder('export', 'data', '-o', 'none.onnx')
    expect([run.code, run.stderr]).toEqual([4, expect.stringContaining('expected a training run')])
  })
})

describe('train --model pwm on a dataset', () => {
  it('writes a model that is evaluated like any other', async () => {
    const run = await inFolder('train', '--model', 'pwm', '--data', 'data', '--out', 'pwm.onnx')
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toMatch(/^threshold 0\.\d+, chosen on validation examples; metrics there:$/m)
    const told = /junction: auroc ([\d.]+)/.exec(run.stderr)![1]
    const evaluated = await inFolder('evaluate', '--model', 'pwm.onnx', '--data', 'data', '--resamples', '0')
    const found = /^ {2}auroc +([\d.]+)/m.exec(evaluated.stdout)![1]
    expect(Number(found)).toBeCloseTo(Number(told), 4)
  })
})

describe('models', () => {
  it('are listed with their parameters, and with every option as JSON', async () => {
    const table = await cli(['models'])
    const rows = parseTable(table.stdout)
    expect(rows.find(row => row.name === 'splam')).toMatchObject({ parameters: '651715' })
    expect(rows.find(row => row.name === 'spliceai-10k')).toMatchObject({ parameters: '696739' })
    const json = JSON.parse((await cli(['models', '--json'])).stdout) as { name: string; options?: object }[]
    expect(json.map(model => model.name)).toEqual(rows.map(row => row.name))
    expect(json.find(model => model.name === 'splam')?.options).toMatchObject({ channels: 64, groups: 4 })
  })
})

describe('import', () => {
  it('refuses weights of another network, tensor by tensor', async () => {
    const run = await inFolder(
      'import',
      'whole/best.safetensors',
      '--model',
      'openspliceai-80',
      '-o',
      'x.onnx',
    )
    expect(run.code).toBe(3)
    expect(run.stderr).toContain('residual_units.0.conv1.weight')
    expect(existsSync(join(folder, 'x.onnx'))).toBe(false)
  })
})
