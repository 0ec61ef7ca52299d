import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError, UsageError } from '../../src/core/errors.ts'
import { requireRegularFile } from '../../src/io/regular-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'regular-file-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'a.bam')
writeFileSync(file, 'reads')

describe('a regular file', () => {
  it('is known by its size and where it really is', async () => {
    const link = join(folder, 'link.bam')
    symlinkSync(file, link)
    const expected = { path: realpathSync(file), size: 5 }
    expect(await requireRegularFile(file, 'why')).toEqual(expected)
    expect(await requireRegularFile(link, 'why')).toEqual(expected)
  })

  it('is no pipe, device or file that is open already', async () => {
    const pipe = join(folder, 'reads.pipe')
    execFileSync('mkfifo', [pipe])
    for (const path of [pipe, '/dev/null', '/dev/stdin', '/dev/fd/0']) {
      const error = await requireRegularFile(path, 'write it to a file first').catch(caught => caught)
      expect(error).toBeInstanceOf(UsageError)
      expect([error.message, error.hint]).toEqual([
        `${path}: expected a regular file, found a pipe or a device`,
        'write it to a file first',
      ])
    }
  })

  it('is no folder, and is there', async () => {
    await expect(requireRegularFile(folder, '')).rejects.toThrow(InputDataError)
    await expect(requireRegularFile(join(folder, 'nowhere'), '')).rejects.toThrow(MissingResourceError)
  })
})
