import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import { looksLikeAnnotation, readNameList } from '../../src/io/name-list.ts'

const folder = mkdtempSync(join(tmpdir(), 'name-list-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (content: string | Uint8Array) => {
  const path = join(folder, 'names.txt')
  writeFileSync(path, content)
  return path
}

describe('a list of names', () => {
  it.each([
    ['one a line', 'ENST1\nENST2\n', ['ENST1', 'ENST2']],
    ['without a last line end', 'ENST1\nENST2', ['ENST1', 'ENST2']],
    ['with Windows line ends', 'ENST1\r\nENST2\r\n', ['ENST1', 'ENST2']],
    ['with comments and empty lines', '# MANE v1.3\n\nENST1\n', ['ENST1']],
    ['with more columns', 'ENST1\tBRCA2\nENST2 TP53\n', ['ENST1', 'ENST2']],
    ['with a byte order mark', '\uFEFFENST1\n', ['ENST1']],
  ])('%s is read', async (_, content, expected) => {
    expect(await readNameList(file(content))).toEqual(expected)
  })

  it('may be packed', async () => {
    expect(await readNameList(file(gzipSync('a\nb\n')))).toEqual(['a', 'b'])
  })

  it.each(['', '\n\n', '# nothing\n'])('without names is bad input: %j', async content => {
    const error = await readNameList(file(content)).catch(e => e)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toContain('expected names, one a line, found none')
  })

  it('that is not there is missing', async () => {
    await expect(readNameList(join(folder, 'absent'))).rejects.toThrow(MissingResourceError)
  })
})

describe('a file looks like an annotation', () => {
  const row = ['chr1', 'x', 'exon', '1', '9', '.', '+', '.', 'Parent=t']
  it.each([
    ['with a row of nine columns', `##gff-version 3\n\n${row.join('\t')}\n`, true],
    ['not with names', 'ENST1\nENST2\n', false],
    ['not with names and further columns', 'ENST1\tBRCA2\n', false],
    ['not without rows', '# nothing\n', false],
    ['not by a later row', `ENST1\n${row.join('\t')}\n`, false],
  ])('%s', async (_, content, expected) => {
    expect(await looksLikeAnnotation(file(content))).toBe(expected)
  })
})
