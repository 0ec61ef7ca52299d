import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_MODEL } from '../../src/export/default-model.ts'
import {
  type CliRun,
  cli,
  FIXTURE,
  lasting,
  parseTable,
  place,
  REF,
  type Row,
  Scratch,
} from '../support/cli.ts'

const HEADER =
  'contig\tstart\tend\tstrand\tstrand_source\tmotif\tfragments\treads\tunique\tmulti\tmax_anchor\t' +
  'distinct_starts\tannotated\tdonor_score\tacceptor_score\tscore\tcall\tstatus'
/** The filters behind the truth table; the default keeps duplicates. */
const LIKE_TRUTH = ['--exclude-flags', '0xF04']

const scratch = new Scratch()

/** Returns a count of the fixtures' README. */
function fixtureCount(kind: string): number {
  const line = readFileSync(FIXTURE.readme, 'utf8')
    .split('\n')
    .find(text => text.startsWith(`| ${kind} | `))
  return Number(line!.split('|')[2])
}

function bySource(counts: readonly Row[]): Map<string, Row> {
  return new Map(counts.map(row => [place(row), row]))
}

describe('score to standard output', () => {
  let run: CliRun
  let table: Row[]

  beforeAll(async () => {
    run = await cli([FIXTURE.bam, ...REF, '--annotation', FIXTURE.gff, ...LIKE_TRUTH])
    table = parseTable(run.stdout)
  })

  it('ends with 0 and starts the table with its header', () => {
    expect(run.code).toBe(0)
    expect(run.stdout.split('\n')[0]).toBe(HEADER)
    expect(run.stdout.endsWith('\n')).toBe(true)
  })

  it('writes nothing but rows of 18 fields to standard output', () => {
    const lines = run.stdout.trimEnd().split('\n')
    expect(lines.filter(line => line.split('\t').length !== 18)).toEqual([])
    expect(lines.length).toBe(1 + parseTable(readFileSync(FIXTURE.truth, 'utf8')).length)
  })

  it('puts the summary on standard error', () => {
    const records = fixtureCount('records')
    expect(run.stderr).toContain(`${records.toLocaleString('en-US')} records: `)
    expect(run.stderr).toContain(`${fixtureCount('unmapped')} unmapped`)
    expect(run.stderr).toMatch(/^139 junctions: \d+ pass, \d+ fail at [\d.]+ \(model \S+, provider \w+\)$/m)
    expect(run.stderr).toMatch(/^ {2}padded: 3 junctions$/m)
  })

  it('counts what the truth counts, on the strand the aligner gave', () => {
    const truth = parseTable(readFileSync(FIXTURE.truth, 'utf8'))
    const found = bySource(table)
    expect([...found.keys()]).toEqual(truth.map(place))
    for (const expected of truth) {
      const row = found.get(place(expected))!
      expect(row, place(row)).toMatchObject({ fragments: expected.fragments, reads: expected.reads })
      expect(expected.strand === '.' || expected.strand === row.strand, place(row)).toBe(true)
      expect(Number(row.unique) + Number(row.multi), place(row)).toBe(Number(row.fragments))
    }
  })

  it('sorts rows by contig as in the header, then start, end and strand', () => {
    const contigs = ['chr1', 'chr2', 'HLA:01|x']
    const order = (row: Row) => [contigs.indexOf(row.contig!), Number(row.start), Number(row.end)]
    const sorted = [...table].sort((a, b) => {
      const [x, y] = [order(a), order(b)]
      return x[0]! - y[0]! || x[1]! - y[1]! || x[2]! - y[2]! || (a.strand! < b.strand! ? -1 : 1)
    })
    expect(table).toEqual(sorted)
    expect(new Set(table.map(row => row.contig))).toEqual(new Set(contigs))
  })

  it('marks exactly the junctions of the annotation, whichever of its formats is given', async () => {
    const annotated = table.filter(row => row.annotated === '1')
    expect(annotated.length).toBe(119)
    expect(table.filter(row => row.annotated === '0').length).toBe(20)
    const gtf = await cli([FIXTURE.bam, ...REF, '--annotation', FIXTURE.gtf, ...LIKE_TRUTH])
    expect(gtf.stdout).toBe(run.stdout)
  })

  it('passes exactly the scores that reach the threshold, all of them probabilities', () => {
    const threshold = Number(/fail at ([\d.]+) /.exec(run.stderr)![1])
    for (const row of table) {
      for (const name of ['donor_score', 'acceptor_score', 'score']) {
        expect(row[name], place(row)).toMatch(/^(0\.\d{5}|1\.00000)$/)
      }
      expect(row.call, place(row)).toBe(Number(row.score) >= threshold ? 'pass' : 'fail')
    }
  })

  it('takes the threshold of the command line', async () => {
    const all = await cli([FIXTURE.bam, ...REF, '--threshold', '0'])
    expect(new Set(parseTable(all.stdout).map(row => row.call))).toEqual(new Set(['pass']))
  })

  it('pads the windows of the three junctions next to contig ends and scores them', () => {
    const padded = table.filter(row => row.status === 'padded').map(place)
    expect(padded).toEqual(['chr2:110-350', 'chr2:110-610', 'HLA:01|x:176-822'])
    expect(table.filter(row => row.status !== 'scored').length).toBe(3)
  })

  it('is also there under the name score', async () => {
    const named = await cli(['score', FIXTURE.bam, ...REF, '--annotation', FIXTURE.gff, ...LIKE_TRUTH])
    expect(lasting(named)).toEqual(lasting(run))
  })

  it('gives the same bytes with other batches and threads', async () => {
    const other = ['--batch', '7', '--threads', '1']
    const again = await cli([FIXTURE.bam, ...REF, '--annotation', FIXTURE.gff, ...LIKE_TRUTH, ...other])
    expect(again.stdout).toBe(run.stdout)
  })
})

describe('score to files', () => {
  const folder = scratch.subfolder()
  const second = scratch.subfolder()
  const names = ['s.junctions.bed', 's.junctions.tsv.gz', 's.summary.json']
  const args = [FIXTURE.bam, ...REF, '--annotation', FIXTURE.gff, ...LIKE_TRUTH]
  let run: CliRun

  beforeAll(async () => {
    run = await cli([...args, '-o', 's'], { cwd: folder })
    await cli([...args, '-o', join(second, 's')])
  })

  it('writes exactly table, BED and summary, and nothing to standard output', () => {
    expect(run.code).toBe(0)
    expect(run.stdout).toBe('')
    expect(readdirSync(folder).sort()).toEqual(names)
  })

  it('gives the same bytes on a second run', () => {
    for (const name of names) {
      expect(readFileSync(join(second, name)).equals(readFileSync(join(folder, name))), name).toBe(true)
    }
  })

  it('packs the table that standard output gets, readable by gzip', async () => {
    const plain = gunzipSync(readFileSync(join(folder, 's.junctions.tsv.gz'))).toString()
    expect(plain).toBe((await cli(args)).stdout)
  })

  it('writes BED6 rows whose names hold what igv.js shows', () => {
    const table = parseTable(gunzipSync(readFileSync(join(folder, 's.junctions.tsv.gz'))).toString())
    const bed = readFileSync(join(folder, 's.junctions.bed'), 'utf8').trimEnd().split('\n')
    const expected = table.map(row => {
      const attributes = [
        `motif=${row.motif!.replace('-', '/')}`,
        `uniquely_mapped=${row.unique}`,
        `multi_mapped=${row.multi}`,
        `maximum_spliced_alignment_overhang=${row.max_anchor}`,
        `annotated_junction=${row.annotated === '1'}`,
        `fragments=${row.fragments}`,
        `reads=${row.reads}`,
        `distinct_starts=${row.distinct_starts}`,
        `strand_source=${row.strand_source}`,
        'color=COLOUR',
      ]
      return [row.contig, row.start, row.end, attributes.join(';'), row.fragments, row.strand].join('\t')
    })
    expect(bed.map(line => line.replace(/color=#[\da-f]{6}/, 'color=COLOUR'))).toEqual(expected)
  })

  it('accounts for every record and every junction in the summary', () => {
    const summary = JSON.parse(readFileSync(join(folder, 's.summary.json'), 'utf8'))
    const { tally } = summary.extraction
    const removed = Object.values<number>(tally.removedReads).reduce((sum, reads) => sum + reads, 0)
    expect(tally.records).toBe(fixtureCount('records'))
    expect(tally.unmapped).toBe(fixtureCount('unmapped'))
    expect(tally.removedReads.flags).toBe(
      fixtureCount('secondary (256)') + fixtureCount('of these marked duplicate'),
    )
    expect(tally.removedReads.minAnchor).toBe(fixtureCount('crossings that count but for an anchor under 8'))
    expect(tally.records).toBe(tally.unmapped + removed + tally.unspliced + tally.supporting)
    const { statuses, junctions, pass, fail } = summary.scoring.tally
    expect(junctions).toBe(139)
    expect(pass + fail).toBe(139)
    expect(statuses).toEqual({
      scored: 136,
      padded: 3,
      site_n: 0,
      outside_contig: 0,
      contig_missing: 0,
      contig_differs: 0,
    })
  })

  it('names input, settings and model in the summary', () => {
    const summary = JSON.parse(readFileSync(join(folder, 's.summary.json'), 'utf8'))
    expect(summary).toMatchObject({
      schema: 'splice-score-summary',
      schemaVersion: 1,
      input: FIXTURE.bam,
      reference: FIXTURE.ref,
      annotation: FIXTURE.gff,
      extraction: {
        settings: { excludeFlags: 0xf04, minAnchor: 8 },
        library: { type: 'RF', inferred: true },
      },
    })
    const digest = createHash('sha256').update(readFileSync(DEFAULT_MODEL)).digest('hex')
    expect(summary.scoring.model.sha256).toBe(digest)
  })

  it('writes the formats asked for, and the summary', async () => {
    const own = scratch.subfolder()
    const { code } = await cli([FIXTURE.bam, ...REF, '-o', 'x', '--format', 'star,bed12'], { cwd: own })
    expect(code).toBe(0)
    expect(readdirSync(own).sort()).toEqual(['x.SJ.out.tab', 'x.junctions.bed12', 'x.summary.json'])
  })
})
