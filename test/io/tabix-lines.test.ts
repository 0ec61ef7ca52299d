import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import type { Interval } from '../../src/genome/interval.ts'
import { overlaps } from '../../src/genome/interval.ts'
import { findTabixIndex, readRegionRows, regionTest } from '../../src/io/tabix-lines.ts'
import { readLines } from '../../src/io/text-lines.ts'

const data = process.env.SPLICE_SCORE_DATA ?? '../shared/data'
const annotation = join(data, 'human-chr21-25m/ensembl.chr21.gff3.gz')
const folder = mkdtempSync(join(tmpdir(), 'tabix-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))

const interval = fc
  .record({ contig: fc.constantFrom('a', 'b'), start: fc.nat(50), length: fc.integer({ min: 1, max: 20 }) })
  .map(({ contig, start, length }): Interval => ({ contig, start, end: start + length }))

describe('the region test', () => {
  it('agrees with looking at every region', () => {
    fc.assert(
      fc.property(fc.array(interval), interval, (regions, { contig, start, end }) => {
        const expected = regions.some(r => r.contig === contig && overlaps(r.start, r.end, start, end))
        expect(regionTest(regions)(contig, start, end)).toBe(expected)
      }),
    )
  })
})

describe.skipIf(!existsSync(annotation))(`an indexed file (needs ${annotation})`, () => {
  it('gives each overlapping row once and in file order', async () => {
    const index = (await findTabixIndex(annotation))!
    expect(index.kind).toBe('tbi')
    const regions = [
      { contig: 'chr21', start: 26_000_000, end: 26_500_000 },
      { contig: 'chr21', start: 25_600_000, end: 25_800_000 },
      { contig: 'absent', start: 0, end: 10 },
    ]
    const { contigs, lines } = await readRegionRows(annotation, index, regions)
    expect(contigs).toEqual(['chr21'])
    const wanted = regionTest(regions)
    const expected: string[] = []
    for await (const batch of readLines(annotation)) {
      for (const line of batch) {
        const columns = line.split('\t')
        if (!line.startsWith('#') && wanted(columns[0]!, Number(columns[3]) - 1, Number(columns[4]))) {
          expected.push(line)
        }
      }
    }
    expect(expected.length).toBeGreaterThan(300)
    expect(lines).toEqual(expected)
  })
})

const hasTabix =
  spawnSync('tabix', ['--version']).status === 0 && spawnSync('bgzip', ['--version']).status === 0

describe.skipIf(!hasTabix)('index files (needs tabix and bgzip)', () => {
  function indexed(name: string, ...options: string[]): string {
    const path = join(folder, name)
    writeFileSync(path, 'b\t5\t9\nb\t7\t8\na\t0\t3\n')
    execFileSync('bgzip', ['-f', path])
    execFileSync('tabix', ['-f', ...options, '-p', 'bed', `${path}.gz`])
    return `${path}.gz`
  }

  it('are found under both names, and only beside bgzip files', async () => {
    expect((await findTabixIndex(indexed('one.bed')))?.kind).toBe('tbi')
    expect((await findTabixIndex(indexed('two.bed', '-C')))?.kind).toBe('csi')
    const plain = join(folder, 'plain.bed')
    writeFileSync(plain, 'a\t0\t1\n')
    writeFileSync(`${plain}.tbi`, '')
    expect(await findTabixIndex(plain)).toBeUndefined()
    expect(await findTabixIndex(join(folder, 'absent.gz'))).toBeUndefined()
  })

  it('answer alike as TBI and CSI, in the order of contigs in the file', async () => {
    const regions = [
      { contig: 'a', start: 2, end: Number.MAX_SAFE_INTEGER },
      { contig: 'b', start: 0, end: 6 },
      { contig: 'b', start: 8, end: 9 },
    ]
    for (const path of [indexed('three.bed'), indexed('four.bed', '-C')]) {
      const rows = await readRegionRows(path, (await findTabixIndex(path))!, regions)
      expect(rows).toEqual({ contigs: ['b', 'a'], lines: ['b\t5\t9', 'a\t0\t3'] })
    }
  })

  it('that do not read, and data that was cut, are errors that name the file', async () => {
    const path = indexed('five.bed')
    writeFileSync(`${path}.tbi`, 'no index')
    await expect(readRegionRows(path, { kind: 'tbi', path: `${path}.tbi` }, [])).rejects.toThrow(
      InputDataError,
    )
    const cut = indexed('six.bed')
    writeFileSync(cut, readFileSync(cut).subarray(0, -28))
    const regions = [{ contig: 'a', start: 0, end: 9 }]
    await expect(readRegionRows(cut, { kind: 'tbi', path: `${cut}.tbi` }, regions)).rejects.toThrow(
      'truncated',
    )
  })
})
