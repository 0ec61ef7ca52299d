import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { MissingResourceError, OutputError, UsageError } from '../../src/core/errors.ts'
import { createWholeFolder } from '../../src/io/whole-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'whole-folder-'))
afterAll(() => rmSync(root, { recursive: true }))
let folder = ''
let count = 0
beforeEach(() => {
  folder = join(root, String(count++))
  mkdirSync(folder)
})

describe('a whole folder', () => {
  it('shows nothing under its name before commit, and nothing else after', async () => {
    const wanted = join(folder, 'set')
    const whole = await createWholeFolder(wanted)
    expect(readdirSync(folder)).toHaveLength(1)
    expect(readdirSync(folder)[0]).toMatch(/^\.set\.tmp-[0-9a-f]{12}$/)
    writeFileSync(join(whole.path, 'a.txt'), 'a')
    await whole.commit()
    whole.discard()
    expect(readdirSync(folder)).toEqual(['set'])
    expect(readdirSync(wanted)).toEqual(['a.txt'])
  })

  it('is gone after discard, with all that is in it', async () => {
    const whole = await createWholeFolder(join(folder, 'set'))
    mkdirSync(join(whole.path, 'deep'))
    writeFileSync(join(whole.path, 'deep', 'a.txt'), 'a')
    whole.discard()
    whole.discard()
    expect(readdirSync(folder)).toEqual([])
    await expect(whole.commit()).rejects.toThrow('committed or discarded')
  })

  it.each(['set', 'set/', 'set//', 'other/../set'])(
    'is named %s with or without what means nothing',
    async name => {
      mkdirSync(join(folder, 'other'))
      const whole = await createWholeFolder(`${folder}/${name}`)
      await whole.commit()
      expect(readdirSync(folder)).toEqual(['other', 'set'])
    },
  )

  it('goes to where a symbolic link points', async () => {
    mkdirSync(join(folder, 'real'))
    symlinkSync('real', join(folder, 'link'))
    const whole = await createWholeFolder(join(folder, 'link'))
    writeFileSync(join(whole.path, 'a.txt'), 'a')
    await whole.commit()
    expect(readdirSync(folder)).toEqual(['link', 'real'])
    expect(readdirSync(join(folder, 'real'))).toEqual(['a.txt'])
  })

  it('replaces an empty folder', async () => {
    mkdirSync(join(folder, 'set'))
    const whole = await createWholeFolder(join(folder, 'set'))
    writeFileSync(join(whole.path, 'a.txt'), 'a')
    await whole.commit()
    expect(readdirSync(join(folder, 'set'))).toEqual(['a.txt'])
  })
})

describe('a folder that cannot be made', () => {
  it('since one with files is there is a usage error, and that one stays', async () => {
    writeFileSync(join(folder, 'a.txt'), 'a')
    const error = await createWholeFolder(folder).catch(e => e)
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toContain('expected a folder that is new or empty, found one with 1 files')
    expect(error.hint).toContain('remove the folder')
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  it.each(['file', 'file/'])('since a file is there is a usage error: %s', async name => {
    writeFileSync(join(folder, 'file'), 'a')
    const error = await createWholeFolder(`${folder}/${name}`).catch(e => e)
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toContain('expected a folder to write, found a file')
  })

  it.each(['absent/set', 'file/set'])(
    'since the one it goes into is not there is a missing resource: %s',
    async name => {
      writeFileSync(join(folder, 'file'), 'a')
      const error = await createWholeFolder(join(folder, name)).catch(e => e)
      expect(error).toBeInstanceOf(MissingResourceError)
      expect(error.hint).toContain('make the folder first')
    },
  )

  it('since something was put there meanwhile is an error that leaves only that', async () => {
    const wanted = join(folder, 'set')
    const whole = await createWholeFolder(wanted)
    mkdirSync(wanted)
    writeFileSync(join(wanted, 'b.txt'), 'b')
    await expect(whole.commit()).rejects.toThrow('something was put there during the run')
    expect(readdirSync(folder)).toEqual(['set'])
    expect(readdirSync(wanted)).toEqual(['b.txt'])
  })

  // A process with all rights may write anywhere.
  it.skipIf(process.getuid?.() === 0)('since its place is not writable is an output error', async () => {
    chmodSync(folder, 0o555)
    const error = await createWholeFolder(join(folder, 'set')).catch(e => e)
    chmodSync(folder, 0o755)
    expect(error).toBeInstanceOf(OutputError)
    expect(error.hint).toContain('check the permissions')
  })

  it('since it is the current one is an output error, told at once', async () => {
    const before = process.cwd()
    process.chdir(folder)
    const error = await createWholeFolder('.').catch(e => e)
    process.chdir(before)
    expect(error).toBeInstanceOf(OutputError)
    expect(error.hint).toBe('name a new folder inside it')
    expect(readdirSync(folder)).toEqual([])
  })
})
