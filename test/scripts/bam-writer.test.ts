import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BamRecordSpec,
  BGZF_EOF,
  bgzip,
  encodeBai,
  encodeBam,
} from '../../scripts/simulate/bam-writer.mjs'
import { mulberry32 } from '../../scripts/simulate/random.mjs'

const contigs = [
  { name: 'chr1', length: 200_000 },
  { name: 'HLA:01|x', length: 1_200 },
]

/** Record kinds beside the line samtools prints for each. */
const kinds: [kind: string, record: BamRecordSpec, line: string][] = [
  [
    'a spliced read with HISAT2-like tags',
    {
      name: 'spliced',
      flag: 99,
      contig: 'chr1',
      start: 99,
      cigar: '4M100N3M',
      mateContig: '=',
      mateStart: 299,
      templateLength: 230,
      sequence: 'ACGTNAC',
      quality: 'IIIIFF#',
      tags: { NH: ['C', 1], XS: ['A', '+'] },
    },
    'spliced\t99\tchr1\t100\t60\t4M100N3M\t=\t300\t230\tACGTNAC\tIIIIFF#\tNH:i:1\tXS:A:+',
  ],
  [
    'a mate on another contig and every CIGAR operation',
    {
      name: 'ops',
      flag: 65,
      contig: 'chr1',
      start: 500,
      mapq: 255,
      cigar: '2H1S2M1I1D3N2P2=1X1S',
      mateContig: 'HLA:01|x',
      mateStart: 0,
      templateLength: -7,
      sequence: 'ACGTACGT',
    },
    'ops\t65\tchr1\t501\t255\t2H1S2M1I1D3N2P2=1X1S\tHLA:01|x\t1\t-7\tACGTACGT\t*',
  ],
  [
    'a record without bases',
    { name: 'bare', flag: 256, contig: 'chr1', start: 600, mapq: 0, cigar: '50M20N50M' },
    'bare\t256\tchr1\t601\t0\t50M20N50M\t*\t0\t0\t*\t*',
  ],
  [
    'a number as the sequence',
    { name: 'count', flag: 16, contig: 'chr1', start: 601, cigar: '5M', sequence: 5 },
    'count\t16\tchr1\t602\t60\t5M\t*\t0\t0\tAAAAA\t*',
  ],
  [
    'every tag type, in the order given',
    {
      name: 'tags',
      flag: 0,
      contig: 'chr1',
      start: 700,
      cigar: '3M',
      sequence: 'ACG',
      tags: {
        ZZ: ['Z', 'some text'],
        c1: ['c', -5],
        C1: ['C', 200],
        s1: ['s', -300],
        S1: ['S', 60_000],
        i1: ['i', -70_000],
        I1: ['I', 4_000_000_000],
        f1: ['f', 0.5],
        H1: ['H', '1AE3'],
        B1: ['B', ['s', -1, 2, 3]],
        B2: ['B', ['f', 1.5]],
        A1: ['A', '-'],
      },
    },
    'tags\t0\tchr1\t701\t60\t3M\t*\t0\t0\tACG\t*\tZZ:Z:some text\tc1:i:-5\tC1:i:200\ts1:i:-300\tS1:i:60000' +
      '\ti1:i:-70000\tI1:i:4000000000\tf1:f:0.5\tH1:H:1AE3\tB1:B:s,-1,2,3\tB2:B:f,1.5\tA1:A:-',
  ],
  [
    'a CIGAR of more operations than the field holds',
    {
      name: 'long',
      flag: 0,
      contig: 'chr1',
      start: 800,
      cigar: '1M1I'.repeat(35_000),
      sequence: 70_000,
      tags: { NH: ['C', 1] },
    },
    `long\t0\tchr1\t801\t60\t${'1M1I'.repeat(35_000)}\t*\t0\t0\t${'A'.repeat(70_000)}\t*\tNH:i:1`,
  ],
  [
    'a contig name with a colon and a bar',
    { name: 'odd', flag: 0, contig: 'HLA:01|x', start: 3, cigar: '5M1000N5M', sequence: 10 },
    'odd\t0\tHLA:01|x\t4\t60\t5M1000N5M\t*\t0\t0\tAAAAAAAAAA\t*',
  ],
  [
    'an unmapped read',
    { name: 'lost', flag: 4, mapq: 0, sequence: 'ACGT', quality: '!!!!' },
    'lost\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\t!!!!',
  ],
]

const hasSamtools = (() => {
  try {
    execFileSync('samtools', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const reason = hasSamtools ? '' : ' (skipped: samtools is not installed)'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bam-writer-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function samtools(...args: string[]): string {
  return execFileSync('samtools', args, { encoding: 'utf8', maxBuffer: 1 << 28, cwd: folder })
}

function write(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes)
  return name
}

describe('BGZF', () => {
  it('is gzip whose content is the input, in blocks of the size asked for', () => {
    const bytes = Uint8Array.from({ length: 1_000 }, (_, i) => i % 251)
    const zipped = bgzip(bytes, 100)
    expect(new Uint8Array(gunzipSync(zipped))).toEqual(bytes)
    let blocks = 0
    for (let at = 0; at < zipped.length; at += zipped[at + 16]! + 256 * zipped[at + 17]! + 1) {
      blocks++
    }
    expect(blocks).toBe(11)
    expect(zipped.subarray(-28)).toEqual(BGZF_EOF)
  })

  it('stores bytes that do not compress at the default block size', () => {
    const random = mulberry32(1)
    const bytes = Uint8Array.from({ length: 0xff00 * 2 + 5 }, () => random() * 256)
    expect(new Uint8Array(gunzipSync(bgzip(bytes)))).toEqual(bytes)
  })

  it('of nothing is the end marker, and can go without it', () => {
    expect(bgzip(new Uint8Array(0))).toEqual(BGZF_EOF)
    expect(bgzip(new Uint8Array(0), 100, false)).toHaveLength(0)
  })

  it('refuses a block size that is not from 1 to 65,536', () => {
    expect(() => bgzip(new Uint8Array(1), 0)).toThrow('blockSize')
    expect(() => bgzip(new Uint8Array(1), 65_537)).toThrow('blockSize')
  })
})

describe('a record that cannot be written', () => {
  it.each<[string, BamRecordSpec, string]>([
    [
      'names an unknown contig',
      { name: 'r', flag: 0, contig: 'chrX' },
      "record r: contig 'chrX' is not among",
    ],
    ['shows a broken CIGAR', { name: 'r', flag: 0, cigar: '10M5' }, "found '10M5'"],
    [
      'counts bases and qualities',
      { name: 'r', flag: 0, sequence: 3, quality: 'II' },
      '3 bases but 2 qualities',
    ],
    ['counts the letters of the name', { name: '', flag: 0 }, 'a read name has 1 to 254 letters, found 0'],
  ])('%s', (_, record, message) => {
    expect(() => encodeBam({ contigs, records: [record] })).toThrow(message)
  })

  it('out of coordinate order stops the index', () => {
    const records = [5, 4].map(start => ({ name: 'r', flag: 0, contig: 'chr1', start, cigar: '5M' }))
    expect(() => encodeBai(encodeBam({ contigs, records }))).toThrow('breaks the coordinate order')
  })
})

describe.skipIf(!hasSamtools)(`samtools${reason}`, () => {
  it.each(kinds)('reads back %s', (_, record, line) => {
    const file = write('one.bam', encodeBam({ contigs, records: [record] }))
    samtools('quickcheck', '-v', ...(record.contig ? [file] : ['-u', file]))
    expect(samtools('view', file).trimEnd() === line).toBe(true)
  })

  it.each([29, 300, 0xff00])('reads back all kinds in blocks of %i bytes', blockSize => {
    const short = kinds.filter(([, record]) => record.name !== 'long')
    const bytes = encodeBam({ contigs, records: short.map(([, record]) => record), blockSize })
    const file = write('blocks.bam', bytes)
    samtools('quickcheck', '-v', file)
    expect(samtools('view', file).trimEnd().split('\n')).toEqual(short.map(([, , line]) => line))
  })

  it('shows the default header and one given as text', () => {
    const file = write('head.bam', encodeBam({ contigs, records: [] }))
    const lines = samtools('view', '-H', '--no-PG', file).trimEnd().split('\n')
    expect(lines).toEqual([
      '@HD\tVN:1.6\tSO:coordinate',
      '@SQ\tSN:chr1\tLN:200000',
      '@SQ\tSN:HLA:01|x\tLN:1200',
    ])
    const headerText =
      '@HD\tVN:1.6\tSO:unsorted\n@SQ\tSN:chr1\tLN:200000\n@SQ\tSN:HLA:01|x\tLN:1200\n@CO\tnote\n'
    write('head.bam', encodeBam({ contigs, records: [], headerText }))
    expect(samtools('view', '-H', '--no-PG', file)).toBe(headerText)
  })

  it('misses the end marker when it was left out', () => {
    const file = write('cut.bam', encodeBam({ contigs, records: [], eofMarker: false }))
    expect(() => execFileSync('samtools', ['quickcheck', file], { cwd: folder, stdio: 'ignore' })).toThrow()
  })
})

describe.skipIf(!hasSamtools)(`the index${reason}`, () => {
  const wide = [
    { name: 'a', length: 3_000_000 },
    { name: 'empty', length: 1_000 },
    { name: 'b', length: 100_000 },
  ]

  /** Reads of one base to 1 Mb, a few of them placed but unmapped, then some without a place. */
  function randomRecords(seed: number, count: number): BamRecordSpec[] {
    const random = mulberry32(seed)
    const draw = (contig: string, length: number): BamRecordSpec[] =>
      Array.from({ length: count }, () => Math.floor(random() * length))
        .sort((x, y) => x - y)
        .map((start, i) => {
          const kind = random()
          const intron = Math.floor(Math.min(length - start, 10 ** (1 + 5 * random())))
          const cigar = kind < 0.1 ? '*' : kind < 0.5 ? '30M' : `10M${intron}N20M`
          return { name: `${contig}${i}`, flag: kind < 0.1 ? 4 : 0, contig, start, cigar, sequence: 30 }
        })
    const lost = Array.from({ length: 7 }, (_, i) => ({ name: `lost${i}`, flag: 4, sequence: 30 }))
    return [...draw('a', 2_900_000), ...draw('b', 90_000), ...lost]
  }

  it.each([200, 5_000, 0xff00])('finds the same reads as that of samtools with blocks of %i bytes', size => {
    const bytes = encodeBam({ contigs: wide, records: randomRecords(size, 800), blockSize: size })
    const file = write('wide.bam', bytes)
    const random = mulberry32(7)
    const regions = Array.from({ length: 25 }, () => {
      const [contig, length] = random() < 0.6 ? ['a', 3_000_000] : ['b', 100_000]
      const start1 = 1 + Math.floor(random() * Number(length))
      return `${contig}:${start1}-${start1 + Math.floor(10 ** (5 * random()))}`
    })
    const queries = ['a', 'empty', 'b', ...regions]
    const ask = () => [...queries.map(query => samtools('view', file, query)), samtools('idxstats', file)]

    samtools('index', file)
    const expected = ask()
    write('wide.bam.bai', encodeBai(bytes))
    expect(ask()).toEqual(expected)
    expect(expected.at(-1)).toMatch(/^\*\t0\t0\t7$/m)
  })
})
