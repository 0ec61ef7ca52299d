import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { DEFAULT_MODEL } from '../../src/export/default-model.ts'
import { cli, FIXTURE, lasting, REF, Scratch, shell } from '../support/cli.ts'

const scratch = new Scratch()
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
  dependencies: Record<string, string>
}
const ESCAPE = '\x1b'

describe('--version', () => {
  it('prints the bare number of package.json within a second', async () => {
    let fastest = Number.POSITIVE_INFINITY
    // The fastest of three: the machine may be busy with other tests.
    for (let i = 0; i < 3; i++) {
      const started = performance.now()
      const run = await cli(['--version'])
      fastest = Math.min(fastest, performance.now() - started)
      expect(run).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
    }
    expect(fastest).toBeLessThan(1000)
  })

  it('has the short form -V', async () => {
    expect((await cli(['-V'])).stdout).toBe(`${manifest.version}\n`)
  })
})

describe('--help', () => {
  it.each([[[]], [['extract']], [['train']], [['doctor']]])(
    'goes to standard output for "%s"',
    async command => {
      const run = await cli([...command, '--help'])
      expect([run.code, run.stderr]).toEqual([0, ''])
      expect(run.stdout).toMatch(/^Usage: splice-score /)
    },
  )

  it('tells the exit codes', async () => {
    const { stdout } = await cli(['--help'])
    expect(stdout).toContain(
      'Exit status: 0 done, 1 internal error or output not written, 2 usage, 3 bad input data,\n' +
        '4 missing file, folder, index, model or provider, 5 reference and input disagree, 130 interrupted.\n',
    )
  })
})

describe('doctor', () => {
  it('prints versions, providers, the default model, cores and memory', async () => {
    const run = await cli(['doctor'])
    expect(run.code).toBe(0)
    const fields = run.stdout
      .trimEnd()
      .split('\n')
      .map(line => /^([^:]+): (.+)$/.exec(line)!.slice(1) as [string, string])
    expect(fields.map(([name]) => name)).toEqual([
      'splice-score',
      'node',
      'onnxruntime',
      'provider cpu',
      'provider cuda',
      'provider webgpu',
      'default model',
      'cores',
      'memory',
    ])
    const model = readFileSync(DEFAULT_MODEL)
    const digest = createHash('sha256').update(model).digest('hex')
    expect(Object.fromEntries(fields)).toEqual({
      'splice-score': manifest.version,
      node: `${process.versions.node} (${process.platform} ${process.arch})`,
      onnxruntime: manifest.dependencies['onnxruntime-node'],
      'provider cpu': 'yes',
      'provider cuda': expect.stringMatching(/^(yes|no \(.+\))$/),
      'provider webgpu': expect.stringMatching(/^(yes|no \(.+\))$/),
      'default model': expect.stringMatching(
        new RegExp(`^\\S+, threshold 0\\.\\d+, ${model.length} bytes, sha256 ${digest.slice(0, 12)}$`),
      ),
      cores: String(availableParallelism()),
      memory: expect.stringMatching(/^[\d.]+ of [\d.]+ GiB free$/),
    })
  })
})

describe('the provider', () => {
  it('cuda ends with 4 where it cannot be loaded, and says what to install', async ({ skip }) => {
    const { stdout } = await cli(['doctor'])
    skip(stdout.includes('provider cuda: yes'), 'CUDA works on this machine')
    const run = await cli([FIXTURE.bam, ...REF, '--provider', 'cuda'])
    expect([run.code, run.stdout]).toEqual([4, ''])
    expect(run.stderr).toMatch(
      /^error: provider cuda cannot be used here: .+\n {2}.*CUDA 12.*cuDNN 9.*--provider cpu\n$/,
    )
  })

  it('that was used stands in the summary line', async () => {
    const { stderr } = await cli([FIXTURE.bam, ...REF, '--provider', 'cpu'])
    expect(stderr).toMatch(/^139 junctions: .* provider cpu\)$/m)
  })
})

describe('messages', () => {
  it('are none with --quiet when all is well, and the results are the same', async () => {
    const loud = await cli([FIXTURE.bam, ...REF])
    const quiet = await cli([FIXTURE.bam, ...REF, '--quiet'])
    expect(quiet).toEqual({ code: 0, stdout: loud.stdout, stderr: '' })
    expect(loud.stderr).not.toBe('')
    expect((await cli(['extract', FIXTURE.bam, '-q'])).stderr).toBe('')
  })

  it('are the same on a second run but for its time and memory: no paths of temporary files', async () => {
    const first = lasting(await cli([FIXTURE.bam, ...REF]))
    expect(lasting(await cli([FIXTURE.bam, ...REF]))).toEqual(first)
  })

  it('hold no control characters when standard error is no terminal', async () => {
    for (const args of [
      [FIXTURE.bam, ...REF],
      ['none.bam', ...REF],
    ]) {
      const { stderr } = await cli(args)
      expect(stderr).not.toContain(ESCAPE)
      expect(stderr).not.toContain('\r')
    }
  })

  it('gain a stack trace with --debug only', async () => {
    const trace = /^ +at .*:\d+:\d+\)?$/m
    expect((await cli(['none.bam', ...REF, '--debug'])).stderr).toMatch(trace)
    expect((await cli(['none.bam', ...REF])).stderr).not.toMatch(trace)
  })

  it('name what every filter removed', async () => {
    const filters = ['--min-anchor', '20', '--min-mapq', '10', '--min-intron', '100', '--max-intron', '1000']
    const { stderr } = await cli([FIXTURE.bam, ...REF, ...filters])
    for (const name of ['--exclude-flags', '--min-mapq', '--min-intron', '--max-intron', '--min-anchor']) {
      expect(stderr).toMatch(new RegExp(`^ {2}removed by ${name}: \\d+ reads, \\d+ junctions$`, 'm'))
    }
  })
})

const noScript =
  spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0
    ? ''
    : ' (skipped: no script command of util-linux, which lends a terminal)'

describe.skipIf(noScript)(`on a terminal${noScript}`, () => {
  /** Runs with a terminal as standard error; what it shows comes back as standard output. */
  function onTerminal(args: string, env: Record<string, string>) {
    const path = scratch.write(
      'run.sh',
      `'${process.execPath}' "$SPLICE_SCORE_BIN" ${args} > '${scratch.path('table.tsv')}'\n`,
    )
    const bin = new URL('../../bin/splice-score.js', import.meta.url).pathname
    return shell(`script -qec 'bash ${path}' /dev/null < /dev/null`, {
      env: { TERM: 'xterm', SPLICE_SCORE_BIN: bin, ...env },
    })
  }

  it('errors are coloured', async () => {
    const { code, stdout } = await onTerminal('none.bam --ref none.fa', {})
    expect(code).toBe(4)
    expect(stdout).toContain(`${ESCAPE}[31merror:${ESCAPE}[0m none.fa: no such file`)
  })

  it('errors have no colour with NO_COLOR', async () => {
    const { stdout } = await onTerminal('none.bam --ref none.fa', { NO_COLOR: '1' })
    expect(stdout).toContain('error: none.fa: no such file')
    expect(stdout).not.toContain(ESCAPE)
  })

  it('--no-progress leaves lines only', async () => {
    const args = `'${FIXTURE.bam}' --ref '${FIXTURE.ref}' --no-progress`
    const { code, stdout } = await onTerminal(args, {})
    expect(code).toBe(0)
    expect(stdout).toContain('139 junctions: ')
    expect(stdout).not.toContain(ESCAPE)
  })

  it('the progress line is gone when the run is over, and the table has none of it', async () => {
    const { stdout } = await onTerminal(`'${FIXTURE.bam}' --ref '${FIXTURE.ref}'`, {})
    // What stays visible of each line is what follows the last return to its start.
    const visible = stdout.split('\n').map(line => line.replace(/\r$/, '').split(`\r${ESCAPE}[K`).at(-1)!)
    expect(visible[0]).toMatch(/^6,104 records: /)
    expect(visible.join('\n')).not.toContain('reading: ')
    expect(visible.join('\n')).not.toContain(ESCAPE)
    expect(readFileSync(scratch.path('table.tsv'), 'utf8')).not.toContain(ESCAPE)
  })
})
