import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { MissingResourceError, OutputError } from '../../src/core/errors.ts'
import { openSink } from '../../src/io/sink.ts'

const root = mkdtempSync(join(tmpdir(), 'sink-'))
afterAll(() => rmSync(root, { recursive: true }))
let folder = ''
let count = 0
beforeEach(() => {
  folder = join(root, String(count++))
  mkdirSync(folder)
})

describe('a file sink', () => {
  it('shows nothing under the final name before close, and nothing else after', async () => {
    const path = join(folder, 'out.tsv')
    const sink = await openSink(path)
    await sink.write('a\n'.repeat(100_000))
    expect(readdirSync(folder)).toHaveLength(1)
    expect(readdirSync(folder)[0]).toMatch(/^\.out\.tsv\.tmp-[0-9a-f]{12}$/)
    await sink.close()
    await sink.close()
    sink.discard()
    expect(readdirSync(folder)).toEqual(['out.tsv'])
    expect(readFileSync(path, 'utf8')).toBe('a\n'.repeat(100_000))
  })

  it('keeps the old file until close, and on discard', async () => {
    const path = join(folder, 'out')
    writeFileSync(path, 'old')
    const dropped = await openSink(path)
    await dropped.write('x'.repeat(200_000))
    dropped.discard()
    expect(readdirSync(folder)).toEqual(['out'])
    dropped.discard()
    expect(readFileSync(path, 'utf8')).toBe('old')
    await expect(dropped.write('x')).rejects.toThrow(OutputError)
    await expect(dropped.close()).rejects.toThrow('found it discarded')
    const kept = await openSink(path)
    await kept.write('new')
    expect(readFileSync(path, 'utf8')).toBe('old')
    await kept.close()
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  it('writes in order even when the caller does not wait', async () => {
    const path = join(folder, 'out')
    const sink = await openSink(path)
    const parts = Array.from({ length: 50 }, (_, i) => `${i}:`.padEnd(70_000, '.'))
    await Promise.all(parts.map(part => sink.write(part)))
    await sink.close()
    expect(readFileSync(path, 'utf8')).toBe(parts.join(''))
  })

  it('follows a symbolic link instead of replacing it', async () => {
    mkdirSync(join(folder, 'there'))
    writeFileSync(join(folder, 'there/real'), 'old')
    symlinkSync('there/real', join(folder, 'link'))
    const sink = await openSink(join(folder, 'link'))
    await sink.write('new')
    await sink.close()
    expect(readFileSync(join(folder, 'there/real'), 'utf8')).toBe('new')
    expect(readdirSync(join(folder, 'there'))).toEqual(['real'])
  })

  it('refuses a folder and an absent folder', async () => {
    await expect(openSink(folder)).rejects.toThrow(OutputError)
    await expect(openSink(`${join(folder, 'new')}/`)).rejects.toThrow(OutputError)
    await expect(openSink(join(folder, 'absent/out'))).rejects.toThrow(MissingResourceError)
    writeFileSync(join(folder, 'file'), '')
    await expect(openSink(join(folder, 'file/out'))).rejects.toThrow(MissingResourceError)
  })

  it.skipIf(process.getuid?.() === 0)('refuses a folder it may not write to (not as root)', async () => {
    chmodSync(folder, 0o500)
    await expect(openSink(join(folder, 'out'))).rejects.toThrow(OutputError)
    chmodSync(folder, 0o700)
  })

  it.skipIf(!existsSync('/dev/full'))('reports a full disk, for good (needs /dev/full)', async () => {
    const sink = await openSink('/dev/full')
    const error = await sink.write('x'.repeat(100_000)).catch(e => e)
    expect(error).toBeInstanceOf(OutputError)
    expect(error.message).toContain('/dev/full: cannot be written: ENOSPC')
    expect(error.hint).toContain('free some space')
    await expect(sink.close()).rejects.toBe(error)
    const late = await openSink('/dev/full')
    await late.write('x')
    await expect(late.close()).rejects.toThrow('ENOSPC')
  })

  it('leaves no temporary file when the final name cannot be taken', async () => {
    const path = join(folder, 'out')
    const sink = await openSink(path)
    await sink.write('x')
    mkdirSync(path)
    await expect(sink.close()).rejects.toThrow(OutputError)
    expect(readdirSync(folder)).toEqual(['out'])
  })

  it.skipIf(!existsSync('/dev/null'))('leaves devices what they are (needs /dev/null)', async () => {
    const sink = await openSink('/dev/null')
    await sink.write('x')
    await sink.close()
    expect(readFileSync('/dev/null', 'utf8')).toBe('')
    expect(readdirSync('/dev').some(name => name.startsWith('.null'))).toBe(false)
  })
})

describe('gzip output', () => {
  async function packed(texts: string[]): Promise<Buffer> {
    const path = join(folder, 'out.gz')
    const sink = await openSink(path, { gzip: true })
    for (const text of texts) {
      await sink.write(text)
    }
    await sink.close()
    return readFileSync(path)
  }

  it('is the same whatever the pieces, carries no time and inflates to the text', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `chr${i % 7}\t${i * 7919}\tä\n`).join('')
    const whole = await packed([text])
    expect(whole.subarray(0, 10).toString('hex')).toBe('1f8b08040000000000ff')
    expect(gunzipSync(whole).toString()).toBe(text)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 5 }), async cuts => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length]
        const pieces = at.slice(1).map((end, i) => text.slice(at[i], end))
        expect((await packed(pieces)).equals(whole)).toBe(true)
      }),
      { numRuns: 10 },
    )
  })

  it('of nothing is an empty gzip file', async () => {
    expect(gunzipSync(await packed([]))).toHaveLength(0)
  })

  it('keeps blocks legal for text that does not compress', async () => {
    let state = 1
    const noise = Array.from({ length: 140_000 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return String.fromCharCode(state >>> 25)
    }).join('')
    expect(gunzipSync(await packed([noise])).toString()).toBe(noise)
  })
})

describe('a stream sink', () => {
  it('waits for a slow reader and does not end the stream', async () => {
    const seen: string[] = []
    const stream = new Writable({
      highWaterMark: 1,
      write(chunk, _encoding, done) {
        setTimeout(() => {
          seen.push(String(chunk))
          done()
        }, 5)
      },
    })
    const sink = await openSink({ label: 'stdout', stream })
    await sink.write('a'.repeat(70_000))
    expect(seen.join('')).toHaveLength(70_000)
    await sink.write('b')
    expect(seen.join('')).toHaveLength(70_000)
    await sink.close()
    expect(seen.join('')).toBe(`${'a'.repeat(70_000)}b`)
    expect(stream.writableEnded).toBe(false)
    expect(stream.listenerCount('error')).toBe(0)
  })

  it('passes on EPIPE of a reader that went away', async () => {
    const child = spawn(process.execPath, ['-e', ''], { stdio: ['pipe', 'ignore', 'ignore'] })
    const sink = await openSink({ label: 'stdout', stream: child.stdin })
    const write = async () => {
      for (let i = 0; i < 1000; i++) {
        await sink.write('x'.repeat(70_000))
      }
    }
    await expect(write()).rejects.toMatchObject({ code: 'EPIPE' })
    await expect(sink.close()).rejects.toMatchObject({ code: 'EPIPE' })
    sink.discard()
  })

  it('reports any other failure as an output error', async () => {
    const stream = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
      },
    })
    const sink = await openSink({ label: 'stdout', stream })
    await sink.write('x')
    await expect(sink.close()).rejects.toThrow(OutputError)
  })
})
