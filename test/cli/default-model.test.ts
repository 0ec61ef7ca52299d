import { spawn } from 'node:child_process'
import { cpSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/build.ts'
import { FIXTURE, finished, REF, Scratch } from '../support/cli.ts'

const scratch = new Scratch()

describe('an installation without the default model', () => {
  const root = realpathSync(scratch.subfolder())
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(ROOT, part), join(root, part), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'dir')
  const run = (...args: string[]) => {
    const child = spawn(process.execPath, [join(root, 'bin/splice-score.js'), ...args], { cwd: root })
    child.stdin.end()
    return finished(child)
  }
  const missing = join(root, 'models', 'site-pair-human.onnx')

  it.each([
    ['score', [FIXTURE.bam, ...REF]],
    ['evaluate', ['evaluate', '--data', 'data']],
  ])('ends %s with 4, and says what it lacks and what to do', async (_, args) => {
    expect(await run(...args)).toEqual({
      code: 4,
      stdout: '',
      stderr:
        `error: expected the default model that comes with splice-score, found none: ${missing}: no such file\n` +
        '  install splice-score again, or give another model with --model\n',
    })
  })

  it('scores with a model that is given', async () => {
    const { code, stderr } = await run(FIXTURE.bam, ...REF, '--model', join(ROOT, 'models/pwm-human.onnx'))
    expect(code, stderr).toBe(0)
  })

  it('extracts, which needs none', async () => {
    expect((await run('extract', FIXTURE.bam, '-q')).code).toBe(0)
  })
})
