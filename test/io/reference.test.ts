import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { decodeText, encodeText } from '../../src/genome/sequence.ts'
import { openReference } from '../../src/io/reference.ts'

const DATA = process.env.SPLICE_SCORE_DATA ?? '../shared/data'
const dir = mkdtempSync(join(tmpdir(), 'splice-score-reference-'))
let files = 0

afterAll(() => rmSync(dir, { recursive: true, force: true }))

const END_MARKER = Buffer.from('1f8b08040000000000ff0600424302001b0003000000000000000000', 'hex')

/** Packs text as bgzip in small blocks, with the block starts of its `.gzi`. */
function bgzip(text: string, blockBytes = 50): { bytes: Buffer; gzi: Buffer } {
  const input = Buffer.from(text)
  const blocks: Buffer[] = []
  const starts: [number, number][] = []
  let offset = 0
  for (let at = 0; at < input.length; at += blockBytes) {
    const content = input.subarray(at, at + blockBytes)
    const packed = deflateRawSync(content)
    const block = Buffer.alloc(18 + packed.length + 8)
    block.set([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0])
    block.writeUInt16LE(block.length - 1, 16)
    packed.copy(block, 18)
    block.writeUInt32LE(crc32(content), block.length - 8)
    block.writeUInt32LE(content.length, block.length - 4)
    starts.push([offset, at])
    blocks.push(block)
    offset += block.length
  }
  const gzi = Buffer.alloc(8 + 16 * Math.max(0, starts.length - 1))
  gzi.writeBigUInt64LE(BigInt(Math.max(0, starts.length - 1)), 0)
  for (const [i, [compressed, inflated]] of starts.slice(1).entries()) {
    gzi.writeBigUInt64LE(BigInt(compressed), 8 + 16 * i)
    gzi.writeBigUInt64LE(BigInt(inflated), 16 + 16 * i)
  }
  return { bytes: Buffer.concat([...blocks, END_MARKER]), gzi }
}

interface Contig {
  name: string
  sequence: string
}

/** Writes FASTA text and the `.fai` rows of samtools, line by line and without the code under test. */
function fastaOf(contigs: readonly Contig[], width: number, lineEnd = '\n'): { text: string; fai: string } {
  let text = ''
  let fai = ''
  for (const { name, sequence } of contigs) {
    text += `>${name} some words${lineEnd}`
    const bases = Math.min(width, sequence.length)
    fai += `${name}\t${sequence.length}\t${text.length}\t${bases}\t${bases + lineEnd.length}\n`
    for (let i = 0; i < sequence.length; i += width) {
      text += sequence.slice(i, i + width) + lineEnd
    }
  }
  return { text, fai }
}

function write(content: string | Uint8Array, sidecars: Record<string, string | Uint8Array> = {}): string {
  const path = join(dir, `r${files++}.fa`)
  writeFileSync(path, content)
  for (const [suffix, data] of Object.entries(sidecars)) {
    writeFileSync(`${path}.${suffix}`, data)
  }
  return path
}

const LAYOUTS = [
  'plain',
  'plain with .fai',
  'bgzip',
  'bgzip with .fai',
  'bgzip with .gzi',
  'bgzip with .fai and .gzi',
]

function writeAs(layout: string, text: string, fai: string, blockBytes?: number): string {
  const { bytes, gzi } = bgzip(text, blockBytes)
  return write(layout.startsWith('bgzip') ? bytes : text, {
    ...(layout.includes('.fai') && { fai }),
    ...(layout.includes('.gzi') && { gzi }),
  })
}

async function sequences(path: string): Promise<Record<string, string>> {
  const reference = await openReference(path)
  const all: Record<string, string> = {}
  for (const name of reference.contigs.keys()) {
    all[name] = decodeText(await reference.loadContig(name))
  }
  await reference.close()
  return all
}

function randomBases(length: number, seed: number): string {
  let state = seed
  let text = ''
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    text += 'ACGT'[state >>> 30]
  }
  return text
}

const CONTIGS = [
  { name: 'chr1', sequence: randomBases(205, 1) },
  { name: 'HLA-A*01:01:01:01', sequence: randomBases(60, 2) },
  { name: 'gi|568815597|ref|NC_000001.11|', sequence: randomBases(61, 3) },
  { name: 'a,b', sequence: 'N'.repeat(20) + randomBases(1, 4) },
]

describe.each(LAYOUTS)('%s', layout => {
  test.each([
    ['line feeds', '\n'],
    ['carriage returns and line feeds', '\r\n'],
  ])('reads the sequences of the file with %s', async (_name, lineEnd) => {
    const { text, fai } = fastaOf(CONTIGS, 60, lineEnd)
    const path = writeAs(layout, text, fai)
    const before = readdirSync(dir).length
    expect(await sequences(path)).toEqual(Object.fromEntries(CONTIGS.map(c => [c.name, c.sequence])))
    expect(readdirSync(dir).length).toBe(before)
  })

  test('gives names and lengths in file order', async () => {
    const { text, fai } = fastaOf(CONTIGS, 60)
    const reference = await openReference(writeAs(layout, text, fai))
    expect([...reference.contigs]).toEqual(CONTIGS.map(c => [c.name, c.sequence.length]))
  })

  test('reads a last line without a line end', async () => {
    const { text, fai } = fastaOf([{ name: 'a', sequence: 'ACGTACG' }], 4)
    expect(await sequences(writeAs(layout, text.trimEnd(), fai))).toEqual({ a: 'ACGTACG' })
  })

  test('any contigs in any line width equal their source', async () => {
    const contig = fc.record({
      name: fc.stringMatching(/^[A-Za-z0-9|:,._*]{1,12}$/),
      sequence: fc.string({ unit: fc.constantFrom(...'ACGTN'), maxLength: 150 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(contig, { selector: c => c.name, minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 70 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(),
        fc.nat(),
        async (contigs, width, lineEnd, blockBytes, from, span) => {
          const { text, fai } = fastaOf(contigs, width, lineEnd)
          const reference = await openReference(writeAs(layout, text, fai, blockBytes))
          for (const { name, sequence } of contigs) {
            const start = from % (sequence.length + 1)
            const end = Math.min(sequence.length, start + (span % 80))
            const codes = await reference.loadContig(name)
            expect(codes.length).toBe(sequence.length)
            expect(decodeText(codes.subarray(start, end))).toBe(sequence.slice(start, end))
            expect(decodeText(codes)).toBe(sequence)
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('sequence', () => {
  test('is read alike in upper and lower case, with U as T and any other letter as N', async () => {
    expect(await sequences(write('>a\nACGTacgtUuRYN-*.\n'))).toEqual({ a: 'ACGTACGTTTNNNNNN' })
  })

  test('of a contig longer than one read window is whole', async () => {
    const unit = randomBases(1021, 7)
    const sequence = unit.repeat(9000)
    for (const layout of ['plain', 'bgzip with .fai and .gzi']) {
      const { text, fai } = fastaOf(
        [
          { name: 'big', sequence },
          { name: 'b', sequence: 'ACGT' },
        ],
        61,
      )
      const reference = await openReference(writeAs(layout, text, fai, 65280))
      const codes = await reference.loadContig('big')
      expect(codes.length).toBe(sequence.length)
      expect(decodeText(codes.subarray(4_194_000, 4_195_000))).toBe(sequence.slice(4_194_000, 4_195_000))
      expect(Buffer.compare(codes, encodeText(sequence))).toBe(0)
    }
  })

  test('of a single line is read', async () => {
    expect(await sequences(write('>a\nACGTACGT'))).toEqual({ a: 'ACGTACGT' })
  })

  test('may be absent: an empty record has length 0', async () => {
    expect(await sequences(write('>a\n>b\n\n>c\nAC\n\n\n>d\n'))).toEqual({ a: '', b: '', c: 'AC', d: '' })
    expect(await sequences(write(bgzip('>a\n>b\nAC\n>d', 3).bytes))).toEqual({ a: '', b: 'AC', d: '' })
  })
})

describe('loading', () => {
  test('the same contig again gives the same array, even from a file that is gone', async () => {
    const path = write('>a\nACGT\n>b\nGG\n')
    const reference = await openReference(path)
    const [first, second] = await Promise.all([reference.loadContig('a'), reference.loadContig('a')])
    rmSync(path)
    expect(second).toBe(first)
    expect(await reference.loadContig('a')).toBe(first)
    await expect(reference.loadContig('b')).rejects.toMatchObject({ code: 'MISSING' })
  })

  test('another contig lets the one before go', async () => {
    const reference = await openReference(write('>a\nACGT\n>b\nGG\n'))
    const first = await reference.loadContig('a')
    await reference.loadContig('b')
    const again = await reference.loadContig('a')
    expect(again).not.toBe(first)
    expect(again).toEqual(first)
  })

  test('a failed load is tried again', async () => {
    const path = write('>a\nACGT\n')
    const reference = await openReference(path)
    rmSync(path)
    await expect(reference.loadContig('a')).rejects.toMatchObject({ code: 'MISSING' })
    writeFileSync(path, '>a\nACGT\n')
    expect(decodeText(await reference.loadContig('a'))).toBe('ACGT')
  })

  test('an unknown contig is refused with up to five known names', async () => {
    const reference = await openReference(write('>a\nA\n>b\nA\n>c\nA\n>d\nA\n>e\nA\n>f\nA\n>g\nA\n'))
    await expect(reference.loadContig('chr1')).rejects.toMatchObject({
      code: 'MISSING',
      message: expect.stringMatching(/no contig chr1; the file has a, b, c, d, e and 2 more$/),
    })
    await expect(reference.loadContig('constructor')).rejects.toMatchObject({ code: 'MISSING' })
  })

  test('after close is refused', async () => {
    const reference = await openReference(write('>a\nA\n'))
    await reference.close()
    await expect(reference.loadContig('a')).rejects.toMatchObject({ code: 'CLOSED' })
  })

  test('a file changed after opening is refused', async () => {
    const path = write('>a\nACGT\n>b\nACGT\n')
    const reference = await openReference(path)
    writeFileSync(path, '>long name\nACGT\n>b\nACGT\n')
    await expect(reference.loadContig('b')).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('does not fit the index made from it at the start'),
    })
  })
})

describe('a file that is no reference is refused', () => {
  test('when absent', async () => {
    await expect(openReference(join(dir, 'absent.fa'))).rejects.toMatchObject({
      code: 'MISSING',
      exitCode: 4,
    })
  })

  test('when a directory', async () => {
    await expect(openReference(dir)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('when packed with plain gzip, with the way out', async () => {
    const path = write(gzipSync('>a\nACGT\n'))
    await expect(openReference(path)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('expected plain text or bgzip, found plain gzip'),
      hint: expect.stringMatching(/gunzip.*bgzip/),
    })
  })

  test.each([
    ['empty', '', /found an empty file/],
    ['not starting with >', 'ACGT\n', /line 1: expected FASTA starting with `>`, found `A`/],
    ['FASTQ', '@r1\nACGT\n+\nIIII\n', /line 1: expected FASTA starting with `>`, found `@`/],
    ['starting with a blank line', '\n>a\nAC\n', /line 1: .*found byte 0x0a/],
    ['a name twice', '>a\nAC\n>b\nAC\n>a x\nAC\n', /line 5: the contig name a was already used on line 1/],
    ['no name', '>a\nAC\n> b\nAC\n', /line 3: expected a contig name/],
    [
      'a short line inside',
      '>a\nACGT\n>b\nACGT\nAC\nACGT\n',
      /line 5: expected 4 bases .* contig b, found 2/,
    ],
    ['a long line inside', '>a\nACGT\nACGTA\nACGT\n', /line 3: expected 4 bases .* contig a, found 5/],
    ['a blank line inside', '>a\nACGT\n\nACGT\n', /line 3: expected 4 bases .* found a blank line/],
    ['a blank line before', '>a\n\nACGT\n', /line 2: .*contig a, found a blank line/],
    ['mixed line ends', '>a\r\nACGT\r\nACGT\nACGT\r\n', /line 3: .*found a different line end/],
    ['a space in the sequence', '>a\nAC GT\n', /line 2: expected bases .* found byte 0x20/],
    ['digits in the sequence', '>a\nACGT\n1 ACGT\n', /line 3: expected bases .* found `1`/],
    ['old line ends', '>a\nAC\rGT\r', /line 2: .*carriage return inside the line/],
    ['no line end at all', '\0'.repeat(100), /line 1: .*found byte 0x00/],
  ])('when its text is: %s', async (_name, text, message) => {
    for (const content of text === '' ? [text, END_MARKER] : [text, bgzip(text, 5).bytes]) {
      await expect(openReference(write(content))).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringMatching(message),
      })
    }
  })

  test.each(['bgzip', 'bgzip with .fai', 'bgzip with .fai and .gzi'])(
    'when truncated, with the byte: %s',
    async layout => {
      const { text, fai } = fastaOf(CONTIGS, 60)
      for (const cut of [10, END_MARKER.length, END_MARKER.length + 5, 100]) {
        const path = writeAs(layout, text, fai)
        const size = statSync(path).size - cut
        truncateSync(path, size)
        await expect(openReference(path)).rejects.toMatchObject({
          code: 'BAD_INPUT',
          message: expect.stringMatching(/truncated: .* at byte \d+/),
        })
      }
    },
  )

  test('when a block is damaged', async () => {
    const { bytes } = bgzip(fastaOf(CONTIGS, 60).text)
    bytes[bytes.length - END_MARKER.length - 6]! ^= 1
    await expect(openReference(write(bytes))).rejects.toMatchObject({
      message: expect.stringMatching(/checksum mismatch in the BGZF block at byte \d+/),
    })
  })
})

describe('an index that does not fit is refused', () => {
  const { text, fai } = fastaOf(CONTIGS, 60)
  const rows = fai.trimEnd().split('\n')

  async function readAll(path: string): Promise<unknown> {
    const reference = await openReference(path)
    for (const name of reference.contigs.keys()) {
      await reference.loadContig(name)
    }
    return undefined
  }

  test.each([
    ['a base inserted into the first contig', text.replace('some words\n', 'some words\nA')],
    ['another header', text.replace('>a,b', '>c,d')],
    ['a longer header', text.replace('some words', 'some more words')],
    ['a contig added', `${text}>new\nACGT\n`],
    ['sequence added', `${text}ACGT\n`],
    ['a contig removed', text.slice(0, text.indexOf('>a,b'))],
    ['lines wrapped at 50', fastaOf(CONTIGS, 50).text],
    ['other line ends', fastaOf(CONTIGS, 60, '\r\n').text],
    ['contigs swapped', fastaOf([CONTIGS[1]!, CONTIGS[0]!, ...CONTIGS.slice(2)], 60).text],
    ['the contig before it cut by a header', text.replace(/^(>chr1.*\n.{60}\n).{4}/, '$1>x\nA')],
    ['cut short', text.slice(0, -10)],
  ])('when the file has changed: %s', async (_name, changed) => {
    for (const content of [changed, bgzip(changed).bytes]) {
      const path = write(content, { fai })
      await expect(readAll(path)).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining(`${path}.fai: the index does not fit ${path}`),
        hint: expect.stringContaining(`samtools faidx ${path}`),
      })
    }
  })

  test.each([
    ['a length too small', '205', '204'],
    ['a length too large', '205', '206'],
    ['an offset too small', `${'>chr1 some words\n'.length}`, `${'>chr1 some words\n'.length - 1}`],
    ['an offset in the sequence', `${'>chr1 some words\n'.length}`, `${'>chr1 some words\n'.length + 60}`],
    ['other line bytes', '60\t61', '60\t62'],
  ])('when a row has %s', async (_name, from, to) => {
    const path = write(text, { fai: [rows[0]!.replace(`\t${from}`, `\t${to}`), ...rows.slice(1)].join('\n') })
    await expect(readAll(path)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(`${path}.fai: the index does not fit`),
    })
  })

  test.each([
    ['a FASTA text', text, /line 1: expected name, length, offset/],
    ['rows of four columns', 'chr1\t205\t6\t60\n', /line 1: expected name, length, offset/],
    ['a name twice', `${rows[0]}\n${rows[0]}\n`, /line 2: the contig name chr1 comes twice/],
    ['no row', '', /the index lists no contig/],
  ])('when the .fai is %s', async (_name, content, message) => {
    const path = write(text, { fai: content })
    await expect(openReference(path)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('samtools faidx'),
    })
  })

  test('when the file is not FASTA but has an index', async () => {
    const path = write('ACGT\n', { fai })
    await expect(openReference(path)).rejects.toMatchObject({
      message: expect.stringMatching(/starting with `>`/),
    })
  })

  test.each([
    ['of other blocks', bgzip(text, 70).gzi],
    ['of more blocks', bgzip(text + text).gzi],
    ['cut short', bgzip(text).gzi.subarray(0, 30)],
    ['empty', Buffer.alloc(0)],
  ])('when the .gzi is %s', async (_name, gzi) => {
    const path = write(bgzip(text).bytes, { fai, gzi })
    await expect(readAll(path)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(`${path}.gzi`),
      hint: expect.stringContaining('samtools faidx'),
    })
  })

  test('but one that lacks only an empty record at the end is fine', async () => {
    const path = write(`${text}>empty\n\n`, { fai })
    expect((await openReference(path)).contigs.size).toBe(CONTIGS.length)
  })

  test('but rows in another order and an index of part of the file before its end are fine', async () => {
    const path = write(text, { fai: [rows[3], rows[0]].join('\n') })
    expect(await sequences(path)).toEqual({ chr1: CONTIGS[0]!.sequence, 'a,b': CONTIGS[3]!.sequence })
  })
})

const samtools = spawnSync('samtools', ['--version']).status === 0

describe.skipIf(!samtools)(
  `samtools as the oracle${samtools ? '' : ' (skipped: samtools is not installed)'}`,
  () => {
    test('gives the same sequences, and its indexes are read', async () => {
      const { text } = fastaOf(CONTIGS, 60, '\r\n')
      const plain = write(text.replace('>a,b', '>empty\r\n>a,b'))
      const expected = Object.fromEntries(CONTIGS.map(c => [c.name, c.sequence]))
      execFileSync('samtools', ['faidx', plain], { stdio: 'ignore' })
      expect(await sequences(plain)).toEqual(expected)
      for (const { name } of CONTIGS) {
        const out = execFileSync('samtools', ['faidx', plain, '-n', '1000', `{${name}}`], {
          encoding: 'utf8',
        })
        expect(out.split('\n')[1]).toBe(expected[name])
      }
      const packed = write(bgzip(fastaOf(CONTIGS, 60).text).bytes)
      execFileSync('samtools', ['faidx', packed], { stdio: 'ignore' })
      expect(existsSync(`${packed}.gzi`)).toBe(true)
      expect(await sequences(packed)).toEqual(expected)
    })
  },
)

const hasData = existsSync(DATA)

describe.skipIf(!hasData)(`real references${hasData ? '' : ` (skipped: no data at ${DATA})`}`, () => {
  test('human chr9:1-1,000,000 has 990,000 bases that are not N, with and without its indexes', async () => {
    const path = join(DATA, 'human-chr9-0m/chr9.1-1000000.fa.gz')
    const reference = await openReference(path)
    expect([...reference.contigs]).toEqual([['9', 1_000_000]])
    const codes = await reference.loadContig('9')
    expect(codes.reduce((n, code) => n + (code < 4 ? 1 : 0), 0)).toBe(990_000)
    const bare = await openReference(write(readFileSync(path)))
    expect(Buffer.compare(await bare.loadContig('9'), codes)).toBe(0)
    const plain = await openReference(write(gunzipSync(readFileSync(path))))
    expect(Buffer.compare(await plain.loadContig('9'), codes)).toBe(0)
  })

  test.each([
    ['arabidopsis-tair10-1pct/genome.fa.gz'],
    ['cerevisiae-r64/r64.fa.gz'],
    ['fly-dm6-2l-2r/dm6.2l-2r.fa.gz'],
    ['worm-smallgenes/loci.fa.gz'],
    ['pombe-mini/genome.fa.gz'],
  ])('%s equals its text', async file => {
    const path = join(DATA, file)
    const reference = await openReference(path)
    const records = gunzipSync(readFileSync(path)).toString('latin1').slice(1).split('\n>')
    expect(reference.contigs.size).toBe(records.length)
    for (const record of records.slice(0, 20)) {
      const [header, ...lines] = record.split('\n')
      const sequence = lines.join('')
      const codes = await reference.loadContig(header!.split(/\s/)[0]!)
      expect(Buffer.compare(codes, encodeText(sequence))).toBe(0)
    }
  })
})
