import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import { overlaps } from '../../src/genome/interval.ts'
import type { JunctionEvidence } from '../../src/genome/junction.ts'
import { readAnnotation } from '../../src/io/annotation.ts'
import { formatBed6 } from '../../src/io/bed6.ts'
import { formatBed12 } from '../../src/io/bed12.ts'
import { readJunctionTable } from '../../src/io/junction-table.ts'
import { formatEvidenceTsv, junctionTsvHeader } from '../../src/io/junction-tsv.ts'
import { formatStarSj } from '../../src/io/star-sj.ts'
import { readLines } from '../../src/io/text-lines.ts'
import { bareJunction } from './junction-arbitrary.ts'

const data = process.env.SPLICE_SCORE_DATA ?? '../shared/data'
const folder = mkdtempSync(join(tmpdir(), 'junction-table-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
function file(content: string | Uint8Array, name = `table-${count++}`): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const row = bareJunction({ reads: 3, unique: 2, multi: 1, maxAnchor: 8 })
const formats: [string, string, string][] = [
  ['tsv', `${junctionTsvHeader(false)}\n`, formatEvidenceTsv(row)],
  ['tsv', `# made by hand\n${junctionTsvHeader(true)}\n`, `${formatEvidenceTsv(row)}\t1\t1\t1\tx\ty`],
  ['bed6', 'track name=junctions\nbrowser position chr1\n#chrom\tstart\n\n', formatBed6(row)],
  ['bed6', '', `${formatBed6(row)}\t0.9\t0.8`],
  ['bed6', '', formatBed6(row, { color: '#010203' })],
  ['bed12', 'track name=junctions\n', formatBed12(row, 1)],
  ['bed12', '', `${formatBed12(row, 1)}\textra`],
  ['star', '', formatStarSj(row)],
  ['gff3', '##gff-version 3\n', 'chr1\tRNASeq\tintron\t101\t200\t12\t+\t.\tID=x'],
  ['gff3', '# made by hand\n', 'chr1\tRNASeq\tintron\t101\t200\t12\t+\t.\tID=x'],
  ['gff3', '', 'chr1\t.\tintron\t101\t200\t12\t+\t.\t.'],
]

describe('the format of a junction table', () => {
  it.each(formats)('%s is told by content', async (format, head, line) => {
    for (const content of [`${head}${line}\n${line}`, gzipSync(`${head}${line}\r\n${line}\r\n`)]) {
      const table = await readJunctionTable(file(content))
      expect(table.format).toBe(format)
      expect(
        table.junctions.map(({ contig, start, end, strand }) => ({ contig, start, end, strand })),
      ).toEqual([1, 2].map(() => ({ contig: 'chr1', start: 100, end: 200, strand: '+' })))
    }
  })

  it('is open for a table without rows', async () => {
    expect(await readJunctionTable(file('track name=x\n# nothing\n'))).toEqual({
      format: undefined,
      junctions: [],
    })
  })

  it('can come from a stream', async () => {
    const stream = async function* () {
      yield Buffer.from(`${formatBed6(row)}\n`)
    }
    expect((await readJunctionTable({ label: '-', stream })).junctions).toHaveLength(1)
  })

  it('takes a contig named track for what it is', async () => {
    const table = await readJunctionTable(file('track\t1\t5\tx\t1\t+\n'))
    expect(table.junctions).toMatchObject([{ contig: 'track', start: 1, end: 5, reads: 1 }])
  })
})

const gff = (type: string, start1: number, end1: number, score: string, strand = '+', contig = 'c') =>
  [contig, 'RNASeq', type, start1, end1, score, strand, '.', 'Name=x'].join('\t')

describe('the introns of a GFF3', () => {
  it('are its intron rows with a count, each on its own, up to the sequences', async () => {
    const table = await readJunctionTable(
      file(
        [
          '##gff-version 3',
          gff('gene', 1, 99, '5'),
          gff('intron', 11, 20, '12'),
          gff('intron', 11, 20, '.'),
          '###',
          gff('Intron', 11, 20, '3.0'),
          gff('INTRON', 31, 31, '1.1304e+06', '-', 'chr%7C1'),
          gff('intron', 41, 50, '0', '?'),
          gff('intron_like', 51, 60, '7'),
          '##FASTA',
          '>c',
          'ACGT',
        ].join('\n'),
      ),
    )
    const at = { contig: 'c', start: 10, end: 20 }
    expect(table).toEqual({
      format: 'gff3',
      junctions: [
        bareJunction({ ...at, reads: 12 }),
        bareJunction({ ...at, reads: 3 }),
        bareJunction({ contig: 'chr|1', start: 30, end: 31, strand: '-', reads: 1_130_400 }),
        bareJunction({ contig: 'c', start: 40, end: 50, strand: '.', strandSource: '.', reads: 0 }),
      ],
    })
  })

  it('end at the first sequence where no directive announces it', async () => {
    const path = file(`${gff('intron', 1, 9, '4')}\n>c\nACGT\n${gff('intron', 1, 9, '4')}\n`)
    expect((await readJunctionTable(path)).junctions).toHaveLength(1)
  })

  it('are cut to the regions asked for', async () => {
    const path = file(`${gff('intron', 1, 9, '4')}\n${gff('intron', 101, 109, '5')}\n`)
    const { junctions } = await readJunctionTable(path, { regions: [{ contig: 'c', start: 100, end: 101 }] })
    expect(junctions.map(junction => junction.reads)).toEqual([5])
  })

  it.each([
    ['of an annotation are none', `${gff('exon', 1, 9, '.')}\n${gff('intron', 1, 9, '.')}\n`, 'found none'],
    ['of a file without rows are none', '##gff-version 3\n', 'found none'],
    [
      'with a fraction as score are refused',
      `\n${gff('intron', 1, 9, '0.5')}\n`,
      ':2: expected a whole number of reads',
    ],
    [
      'of a GTF are refused',
      'c\ts\tintron\t1\t9\t12\t+\t.\tgene_id "G"; transcript_id "T";\n',
      'found those of GTF',
    ],
    ['with a row cut short are refused', `${gff('intron', 1, 9, '4')}\nc\tRNASeq\n`, ':2: expected the 9'],
  ])('%s', async (_name, content, message) => {
    const error = await readJunctionTable(file(content)).catch(e => e)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toContain(message)
  })
})

const counted: [string, number, number, number][] = [
  ['arabidopsis-tair10-1pct/annotation.gff3.gz', 19_124, 4222, 1560],
  ['worm-ws282-1pct/annotation.gff3.gz', 7273, 7273, 1689],
  ['fly-r6.42-1pct/annotation.gff3.gz', 620, 620, 406],
  ['worm-smallgenes/loci.gff3.gz', 8547, 8547, 2636],
]

describe.each(counted)('real GFF3: %s', (name, rows, distinct, supported) => {
  const path = join(data, name)
  const why = existsSync(path) ? '' : ' (skipped: the data folder is not there)'

  it.skipIf(why !== '')(`has ${rows} counted introns, ${distinct} distinct${why}`, async () => {
    const { format, junctions } = await readJunctionTable(path)
    expect([format, junctions.length]).toEqual(['gff3', rows])
    const reads = new Map<string, number>()
    for (const { contig, start, end, strand, reads: n } of junctions) {
      const at = `${contig}:${start}-${end}${strand}`
      reads.set(at, (reads.get(at) ?? 0) + n!)
    }
    expect(reads.size).toBe(distinct)
    expect([...reads.values()].filter(n => n >= 100)).toHaveLength(supported)
  })

  const index = existsSync(`${path}.tbi`) ? '' : ' (skipped: no index)'
  it.skipIf(index !== '')(`gives the same junctions by region as from the whole file${index}`, async () => {
    const whole = await readJunctionTable(path)
    const { contig, start } = whole.junctions[whole.junctions.length >> 1]!
    const regions = [{ contig, start: Math.max(0, start - 500), end: start + 1500 }]
    const part = await readJunctionTable(path, { regions })
    expect(part.junctions.length).toBeGreaterThan(0)
    expect(part.junctions).toEqual(
      whole.junctions.filter(
        j => j.contig === contig && overlaps(j.start, j.end, regions[0]!.start, start + 1500),
      ),
    )
  })
})

describe('a broken junction table', () => {
  it.each([
    ['of another format', 'chr1\t1\t2\n', ':1: expected a junction table'],
    ['separated by blanks', 'chr1 1 2 x 1 +\n', 'found a row of 1 tab-separated columns'],
    [
      'with a row of another format',
      `#\n${formatStarSj(row)}\n${formatBed6(row)}\n`,
      ":3: expected the 9 columns of STAR's",
    ],
    [
      'with an empty intron',
      'c\t5\t9\tx\t1\t+\nc\t5\t5\tx\t1\t+\n',
      ':2: expected an intron of one base or more',
    ],
  ])('%s is an error with file and line', async (_name, content, message) => {
    const path = file(content)
    const error = await readJunctionTable(path).catch(e => e)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message.startsWith(path)).toBe(true)
    expect(error.message).toContain(message)
  })

  it('that is absent is a missing resource', async () => {
    await expect(readJunctionTable(join(folder, 'absent'))).rejects.toThrow(MissingResourceError)
  })
})

const star = ['uhr-rep1', 'uhr-rep2'].map(name => join(data, `human-chr22-20m/${name}.star.SJ.out.tab.gz`))
const mane = join(data, 'human-chr22-20m/mane.refseq.chr22.gff3.gz')
const reason = [...star, mane].every(path => existsSync(path))
  ? ''
  : ' (skipped: the data folder is not there)'

describe.skipIf(reason !== '')(`real STAR tables${reason}`, () => {
  const key = (j: { start: number; end: number; strand: string }) => `${j.start}-${j.end}${j.strand}`

  it('have the rows and the annotated introns counted independently', async () => {
    const [first, second] = await Promise.all(star.map(path => readJunctionTable(path)))
    expect([first!.format, first!.junctions.length, second!.junctions.length]).toEqual(['star', 3578, 3184])
    const distinct = new Map<string, number>()
    for (const junction of [...first!.junctions, ...second!.junctions]) {
      distinct.set(key(junction), (distinct.get(key(junction)) ?? 0) + junction.unique!)
    }
    expect(distinct.size).toBe(4099)
    expect([...distinct.values()].filter(n => n >= 100)).toHaveLength(101)
    const { introns } = await readAnnotation(mane)
    expect(introns.filter(intron => distinct.has(key(intron)))).toHaveLength(2922)
  })

  it('are written back byte by byte, and through BED6 and TSV without loss', async () => {
    const lines: string[] = []
    for await (const batch of readLines(star[0]!)) {
      lines.push(...batch)
    }
    const { junctions } = await readJunctionTable(star[0]!)
    expect(junctions.map(formatStarSj)).toEqual(lines)
    const bed = await readJunctionTable(file(junctions.map(j => `${formatBed6(j)}\n`).join('')))
    expect(bed.junctions).toEqual(junctions)
    const tsv = [junctionTsvHeader(false), ...junctions.map(formatEvidenceTsv)]
      .map(line => `${line}\n`)
      .join('')
    expect((await readJunctionTable(file(tsv))).junctions).toEqual(junctions)
  })
})

const hasTabix =
  spawnSync('tabix', ['--version']).status === 0 && spawnSync('bgzip', ['--version']).status === 0

describe('junctions by region', () => {
  const rows: JunctionEvidence[] = []
  for (let i = 0; i < 400; i++) {
    const contig = i < 200 ? 'chr2' : 'chr1'
    const start = 10 + (i % 200) * 37
    rows.push(
      bareJunction({
        contig,
        start,
        end: start + 1 + ((i * 7919) % 900),
        reads: i,
        leftAnchor: 9,
        rightAnchor: 9,
      }),
    )
  }
  const region = fc
    .record({
      contig: fc.constantFrom('chr1', 'chr2', 'chr3'),
      start: fc.nat(9000),
      length: fc.integer({ min: 1, max: 800 }),
    })
    .map(({ contig, start, length }) => ({ contig, start, end: start + length }))

  function expectFiltered(path: string, runs: number): Promise<void> {
    return fc.assert(
      fc.asyncProperty(fc.array(region, { minLength: 1, maxLength: 4 }), async regions => {
        const { junctions: all, format } = await readJunctionTable(path)
        const part = await readJunctionTable(path, { regions })
        expect(part.format).toBe(format)
        expect(part.junctions).toEqual(
          all.filter(j =>
            regions.some(r => r.contig === j.contig && overlaps(r.start, r.end, j.start, j.end)),
          ),
        )
      }),
      { numRuns: runs },
    )
  }

  const tables: [string, string[], string][] = [
    ['BED6', ['-p', 'bed'], rows.map(j => `${formatBed6(j)}\n`).join('')],
    ['BED12', ['-p', 'bed'], rows.map((j, i) => `${formatBed12(j, i)}\n`).join('')],
    ['BED6 by CSI', ['-C', '-p', 'bed'], rows.map(j => `${formatBed6(j)}\n`).join('')],
    ['STAR', ['-s', '1', '-b', '2', '-e', '3'], rows.map(j => `${formatStarSj(j)}\n`).join('')],
    [
      'TSV',
      ['-s', '1', '-b', '2', '-e', '3', '-0', '-S', '1'],
      `${junctionTsvHeader(false)}\n${rows.map(j => `${formatEvidenceTsv(j)}\n`).join('')}`,
    ],
  ]

  it.each(tables)('of plain %s are those that overlap', async (_name, _options, content) => {
    await expectFiltered(file(content), 10)
  })

  it.skipIf(!hasTabix).each(tables)(
    'of indexed %s are those that overlap (needs tabix)',
    async (_name, options, content) => {
      const path = file(content)
      execFileSync('bgzip', [path])
      execFileSync('tabix', [...options, `${path}.gz`])
      await expectFiltered(`${path}.gz`, 25)
    },
  )
})
