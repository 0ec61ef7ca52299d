import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildProblem } from '../support/build.ts'

const EARLIER = new Date('2024-01-01T00:00:00Z')
const LATER = new Date('2024-01-02T00:00:00Z')

describe('the check before tests of the built command line', () => {
  let root: string

  function file(name: string, time: Date): void {
    const path = join(root, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, '')
    utimesSync(path, time, time)
  }

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'splice-score-build-'))
    file('src/cli/main.ts', EARLIER)
    file('dist/bin/main.js', LATER)
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('passes when every source was built after its last change', () => {
    file('dist/cli/main.js', LATER)
    expect(buildProblem(root)).toBeUndefined()
  })

  it('names the missing file when nothing has been built', () => {
    expect(buildProblem(root)).toBe(
      'these tests run the built command line, and dist/cli/main.js is not there: ' +
        'run `npm run build` first, or `npm test`, which builds by itself',
    )
  })

  it('names the source that is newer than its build', () => {
    file('dist/cli/main.js', EARLIER)
    file('src/cli/main.ts', LATER)
    expect(buildProblem(root)).toBe(
      'these tests run the built command line, and dist/cli/main.js is older than src/cli/main.ts: ' +
        'run `npm run build` first, or `npm test`, which builds by itself',
    )
  })

  it('notices compiled files that were not joined', () => {
    file('dist/cli/main.js', LATER)
    file('dist/bin/main.js', EARLIER)
    file('src/cli/main.ts', LATER)
    expect(buildProblem(root)).toContain('dist/bin/main.js is older than src/cli/main.ts')
  })

  it('notices a source file that was added after the build', () => {
    file('dist/cli/main.js', LATER)
    file('src/io/new.ts', LATER)
    expect(buildProblem(root)).toContain('dist/io/new.js is not there')
  })
})
