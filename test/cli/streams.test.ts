import { execFileSync } from 'node:child_process'
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, FIXTURE, finished, REF, Scratch, saysOnStderr, shell, startCli } from '../support/cli.ts'

const scratch = new Scratch()
const bam = readFileSync(FIXTURE.bam)
const inputs = `'${FIXTURE.bam}' --ref '${FIXTURE.ref}'`

describe('standard input', () => {
  let fromFile: string

  beforeAll(async () => {
    fromFile = (await cli([FIXTURE.bam, ...REF])).stdout
  })

  it('is read as - and gives the same table as the file', async () => {
    const run = await cli(['-', ...REF], { stdin: bam })
    expect(run.code).toBe(0)
    expect(run.stdout).toBe(fromFile)
  })

  it('may be a pipe from another program', async () => {
    const run = await shell(`cat '${FIXTURE.bam}' | $SPLICE_SCORE - --ref '${FIXTURE.ref}'`)
    expect(run.code).toBe(0)
    expect(run.stdout).toBe(fromFile)
  })

  it('is named in errors and in the summary', async () => {
    const cwd = scratch.subfolder()
    const broken = await cli(['-', ...REF], { stdin: bam.subarray(0, 100_000) })
    expect(broken.stderr).toMatch(/^error: standard input: truncated: /)
    await cli(['-', ...REF, '-o', 'x'], { stdin: bam, cwd })
    expect(JSON.parse(readFileSync(`${cwd}/x.summary.json`, 'utf8')).input).toBe('standard input')
  })
})

describe('a reader of standard output that leaves early', () => {
  const manyRows = Array.from({ length: 20_000 }, (_, i) => `chr1\t${1000 + i}\t${1300 + i}\tx\t1\t+\n`)
  const big = scratch.write('big.bed', manyRows.join(''))

  it('gets its line of a small table, and the run ends with 0 and a silent standard error', async () => {
    const run = await shell(`$SPLICE_SCORE ${inputs} --quiet | head -n 1`)
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/^contig\tstart\t[^\n]*\tstatus\n$/)
    expect(run.stderr).toBe('')
  })

  it('ends a run that has far more to write with 0, too', async () => {
    const run = await shell(`$SPLICE_SCORE extract '${big}' --quiet | head -n 1`)
    expect(run).toEqual({ code: 0, stdout: expect.stringMatching(/^contig\tstart\t[^\n]*\n$/), stderr: '' })
  })

  it('may be gone before the first byte', async () => {
    const run = await shell(`$SPLICE_SCORE extract '${big}' --quiet | true`)
    expect(run).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('may be gone before the help is printed', async () => {
    expect(await shell('$SPLICE_SCORE --help | true')).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

const noFull = existsSync('/dev/full') ? '' : ' (skipped: no /dev/full here)'

describe.skipIf(noFull)(`a full disk under standard output${noFull}`, () => {
  it.each([
    ['the table', inputs],
    ['the extracted table', `extract '${FIXTURE.bam}'`],
    ['the doctor', 'doctor'],
    ['the help', '--help'],
    ['the version', '--version'],
  ])('ends with 1, a message and what to do, for %s', async (_, args) => {
    const run = await shell(`$SPLICE_SCORE ${args} > /dev/full`)
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/^error: standard output: cannot be written: ENOSPC: [^\n]*$/m)
    expect(run.stderr).toMatch(/^ {2}free some space, or write to another disk$/m)
    expect(run.stderr).not.toMatch(/^ +at .*\(.*:\d+:\d+\)$/m)
    expect(run.stderr).not.toContain('Node.js v')
  })
})

describe('an interrupted run', () => {
  const said = 'interrupted; no output was left behind\n'

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 130 on %s and leaves no file', async signal => {
    const cwd = scratch.subfolder()
    const child = startCli(['-', ...REF, '-o', 'out', '--debug'], { cwd })
    const end = finished(child)
    const ready = saysOnStderr(child, 'model opened on provider')
    // Half a file, and then nothing: the run waits in the middle of its reading.
    child.stdin.write(bam.subarray(0, bam.length / 2))
    await ready
    child.kill(signal)
    const run = await end
    expect(run.code).toBe(130)
    expect(run.stdout).toBe('')
    expect(run.stderr.endsWith(said)).toBe(true)
    expect(readdirSync(cwd)).toEqual([])
  })

  it('removes the files it had begun to write', async () => {
    const cwd = scratch.subfolder()
    // The second output is a pipe that nobody reads: the run waits there, with the first one written but unnamed.
    const pipe = `${cwd}/out.junctions.bed`
    execFileSync('mkfifo', [pipe])
    const child = startCli([FIXTURE.bam, ...REF, '-o', 'out'], { cwd })
    const end = finished(child)
    await expect
      .poll(() => readdirSync(cwd).some(name => name.includes('.tsv.gz')), { timeout: 20_000 })
      .toBe(true)
    const told = saysOnStderr(child, said)
    child.kill('SIGINT')
    await told
    // Node ends only when no file operation is under way; a reader ends this one.
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    expect((await end).code).toBe(130)
    closeSync(reader)
    expect(readdirSync(cwd)).toEqual(['out.junctions.bed'])
  })
})
