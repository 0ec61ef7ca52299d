import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import { openSink } from '../../src/io/sink.ts'
import { RowPlace, readLines, type TextSource, wholeNumber } from '../../src/io/text-lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'text-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function stream(...chunks: Uint8Array[]): TextSource {
  return {
    label: 'standard input',
    async *stream() {
      yield* chunks
    },
  }
}

async function linesOf(source: TextSource): Promise<string[]> {
  const all: string[] = []
  for await (const batch of readLines(source)) {
    all.push(...batch)
  }
  return all
}

describe('lines', () => {
  const table: [string, string, string[]][] = [
    ['nothing', '', []],
    ['a line without an end', 'a', ['a']],
    ['a line with an end', 'a\n', ['a']],
    ['empty lines between', 'a\n\n\nb\n', ['a', '', '', 'b']],
    ['Windows line ends', 'a\r\n\r\nb\r\n', ['a', '', 'b']],
    ['a carriage return inside', 'a\rb\n', ['a\rb']],
    ['a byte order mark', '\ufeffa\n', ['a']],
  ]
  it.each(table)('of %s are as written, plain and gzip', async (_name, text, lines) => {
    expect(await linesOf(file('plain', text))).toEqual(lines)
    expect(await linesOf(file('packed', gzipSync(text)))).toEqual(lines)
  })

  it('of concatenated gzip members follow each other', async () => {
    const both = Buffer.concat([gzipSync('a\nb'), gzipSync('c\nd\n')])
    expect(await linesOf(file('members', both))).toEqual(['a', 'bc', 'd'])
  })

  it('do not depend on where a stream is cut, not even inside a character', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).map(s => s.replace(/[\0\r\n\ufeff]/g, 'ä'))),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (lines, size, packed) => {
          const text = Buffer.from(lines.map(line => `${line}\n`).join(''))
          const bytes = packed ? gzipSync(text) : text
          const chunks: Uint8Array[] = []
          for (let at = 0; at < bytes.length; at += size) {
            chunks.push(bytes.subarray(at, at + size))
          }
          expect(await linesOf(stream(...chunks))).toEqual(lines)
        },
      ),
      { numRuns: 50 },
    )
  })

  it.each(['plain', 'gzip'])('of a %s source can be left early, and the source is closed', async kind => {
    const text = Buffer.from('x\n'.repeat(1_000_000))
    const content = kind === 'gzip' ? gzipSync(text) : text
    let closed = false
    const source: TextSource = {
      label: 'stream',
      async *stream() {
        try {
          for (let at = 0; at < content.length; at += 500) {
            yield content.subarray(at, at + 500)
          }
        } finally {
          closed = true
        }
      },
    }
    for await (const batch of readLines(source)) {
      expect(batch[0]).toBe('x')
      break
    }
    expect(closed).toBe(true)
  })
})

describe('damaged input', () => {
  it('cut anywhere inside a gzip file is an error that names the file', async () => {
    const packed = gzipSync('one line\nanother line\n')
    for (let length = 3; length < packed.length; length++) {
      const error = await linesOf(stream(packed.subarray(0, length))).then(
        () => undefined,
        e => e,
      )
      expect(error, `${length} bytes`).toBeInstanceOf(InputDataError)
      expect(error.message).toContain(
        `standard input: truncated: the gzip data stops before its end at byte ${length}`,
      )
    }
  })

  it('cut inside the second member is an error', async () => {
    const first = gzipSync('a\n')
    const second = gzipSync('b\n')
    for (let length = 1; length < second.length; length++) {
      await expect(linesOf(stream(Buffer.concat([first, second.subarray(0, length)])))).rejects.toThrow(
        InputDataError,
      )
    }
  })

  it('a BGZF file without its end marker is an error', async () => {
    const path = join(folder, 'blocks.gz')
    const sink = await openSink(path, { gzip: true })
    await sink.write('a\n'.repeat(100_000))
    await sink.close()
    expect(await linesOf(path)).toHaveLength(100_000)
    const cut = file('cut.gz', readFileSync(path).subarray(0, -28))
    await expect(linesOf(cut)).rejects.toThrow('cut.gz: truncated: no BGZF end marker')
  })

  it('damaged gzip data is an error with the file', async () => {
    const packed = gzipSync('x'.repeat(1000))
    packed[packed.length - 6]! ^= 1
    await expect(linesOf(file('damaged.gz', packed))).rejects.toThrow(
      /damaged\.gz: expected gzip data, found damaged data/,
    )
  })

  it('binary data is an error', async () => {
    await expect(linesOf(file('binary', Uint8Array.of(65, 0, 66)))).rejects.toThrow('found binary data')
  })

  it('an absent file and a folder are told apart', async () => {
    await expect(linesOf(join(folder, 'absent'))).rejects.toThrow(MissingResourceError)
    await expect(linesOf(folder)).rejects.toThrow(InputDataError)
  })

  it('an error of the stream itself comes through', async () => {
    const source: TextSource = {
      label: 'stdin',
      async *stream() {
        yield gzipSync('a\n').subarray(0, 20)
        throw new Error('the cable was pulled')
      },
    }
    await expect(linesOf(source)).rejects.toThrow('the cable was pulled')
  })
})

describe('the place of a row', () => {
  it('is named by file and line, with the text cut to 80 characters', () => {
    const place = new RowPlace('a.bed', 7)
    place.text = 'x'.repeat(100)
    expect(place.error('expected y').message).toBe(`a.bed:7: expected y, in "${'x'.repeat(80)}..."`)
  })

  it('is in the error of a field that is no whole number', () => {
    const place = new RowPlace('a.bed', 7)
    place.text = 'chr1'
    expect(wholeNumber('12', 'start', place)).toBe(12)
    for (const field of ['', '-1', '1.5', '1e3', ' 1', undefined, '0x10']) {
      expect(() => wholeNumber(field, 'start', place)).toThrow(
        /a\.bed:7: expected a whole number as start, found/,
      )
    }
  })
})
