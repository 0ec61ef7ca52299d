import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { detectInput } from '../../src/io/input-kind.ts'

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url))
const kindOf = async (content: string | Uint8Array) =>
  (
    await detectInput({
      label: 'input',
      stream: async function* () {
        yield Buffer.from(content)
      },
    })
  ).kind

const row = (type: string, attributes: string) => `chr1\tx\t${type}\t101\t200\t.\t+\t.\t${attributes}\n`

describe('a GFF3', () => {
  const gff = fixture('annotation.gff3').toString()

  it('is a table wherever its first bytes are cut', async () => {
    // The cut falls on every place of the rows that it can fall on.
    const found = new Set<string>()
    for (let shift = 0; shift < 400; shift++) {
      found.add(await kindOf(`#${'x'.repeat(shift)}\n${gff}`))
    }
    expect([...found]).toEqual(['table'])
  })

  it('is a table compressed, and with quotes or nothing in its attributes', async () => {
    expect(await kindOf(gzipSync(gff))).toBe('table')
    expect(await kindOf(row('exon', 'Parent=t;Note=called "x" once'))).toBe('table')
    expect(await kindOf(row('gene', '.'))).toBe('table')
    expect(await kindOf(row('gene', ''))).toBe('table')
  })
})

describe('a GTF', () => {
  it.each([
    ['as it comes', fixture('annotation.gtf')],
    ['compressed', gzipSync(fixture('annotation.gtf'))],
    ['of one row', row('CDS', 'gene_id "a"; transcript_id "a.1";')],
    ['with = in a value', row('exon', 'gene_id "a"; note "x=1";')],
  ])('%s is refused', async (_, content) => {
    await expect(kindOf(content)).rejects.toThrow('found GTF rows')
  })
})

describe('other input', () => {
  it.each([
    ['bam', fixture('sample.bam')],
    ['table', 'chr1\t991\t1858\tx\t500\t+\n'],
  ])('is told as %s', async (kind, content) => {
    expect(await kindOf(content)).toBe(kind)
  })

  it.each([
    ['', 'found an empty file'],
    ['>chr1\nACGT\n', 'found FASTA'],
    ['CRAM\x03', 'found CRAM'],
    ['@HD\tVN:1.6\n', 'found SAM text'],
    ['x\0', 'found other binary data'],
  ])('%j is refused', async (content, message) => {
    await expect(kindOf(content)).rejects.toThrow(message)
  })
})
