import { describe, expect, test } from 'vitest'
import { type ContigQuery, describeMismatch, matchContigs } from '../../src/genome/contig-names.ts'

const LENGTH = 1000

function reference(...names: string[]): Map<string, number> {
  return new Map(names.map(name => [name, LENGTH]))
}

function matchOne(query: string | ContigQuery, names: string[]) {
  const [match] = matchContigs([typeof query === 'string' ? { name: query } : query], reference(...names))
  return match!
}

describe('a name is found under another name of the same sequence', () => {
  test.each([
    // chr prefix and case
    ['chr1', '1'],
    ['1', 'chr1'],
    ['Chr1', 'chr1'],
    ['CHR1', '1'],
    ['chr1', 'Chr1'],
    ['chrx', 'X'],
    ['2L', 'chr2L'],
    ['chrI', 'I'],
    ['scaffold_12', 'Scaffold_12'],
    // mitochondrion and chloroplast
    ['chrM', 'MT'],
    ['MT', 'chrM'],
    ['M', 'chrMT'],
    ['chrMT', 'M'],
    ['mitochondrial', 'chrM'],
    ['Mt', 'ChrM'],
    ['MtDNA', 'chrM'],
    ['Mito', 'chrmt'],
    ['mitochondrion_genome', 'chrM'],
    ['Pt', 'ChrC'],
    ['ChrC', 'chloroplast'],
    // wrappers
    ['lcl|chr1', 'chr1'],
    ['lcl|1', 'chr1'],
    ['ref|NC_000001.11|', 'NC_000001.11'],
    ['gi|568815597|ref|NC_000001.11|', 'chr1'],
    ['1', 'gi|568815597|ref|NC_000001.11|'],
    ['gb|CM000663.2|', 'chr1'],
    ['ref|NW_003315950.2|', 'NW_003315950.2'],
    ['ENA|BX284601|BX284601.5', 'chrI'],
    // accessions, with and without version
    ['NC_000001.11', 'chr1'],
    ['NC_000001.10', '1'],
    ['NC_000001', 'chr1'],
    ['nc_000001.11', 'chr1'],
    ['NC_000001', 'NC_000001.11'],
    ['NC_000001.11', 'NC_000001'],
    ['NC_000023.11', 'chrX'],
    ['chrY', 'NC_000024.10'],
    ['NC_012920.1', 'chrM'],
    ['CM000663.2', 'chr1'],
    ['J01415.2', 'MT'],
    ['NC_060925.1', 'chr1'],
    ['NC_060948.1', 'chrY'],
    ['CP068277.2', 'chr1'],
    ['CP068255.2', 'chrX'],
    ['CP086569.2', 'Y'],
    ['NC_000067.6', '1'],
    ['NC_000068.7', 'chr2'],
    ['NC_000067.7', 'chr1'],
    ['NC_000086.8', 'X'],
    ['CM001014.3', 'Y'],
    ['NT_033779.5', '2L'],
    ['NT_033777.3', 'chr3R'],
    ['AE014298.5', 'chrX'],
    ['NC_003279.8', 'I'],
    ['BX284605.5', 'chrV'],
    ['NC_001328.1', 'MtDNA'],
    ['NC_003074.8', 'Chr3'],
    ['CP002684.1', '1'],
    ['NC_000932.1', 'ChrC'],
    ['NC_001133.9', 'chrI'],
    ['BK006934.2', 'VIII'],
    ['BK006947.3', 'chrXIV'],
    ['NC_001224.1', 'Mito'],
    // RefSeq and GenBank names of one assembly
    ['NC_000001.11', 'CM000663.2'],
    ['NC_000001.10', 'CM000663.1'],
    ['CM000994.3', 'NC_000067.7'],
    ['CP068277.2', 'NC_060925.1'],
    ['BK006935.2', 'NC_001133.9'],
    ['J01415.2', 'NC_012920.1'],
    ['NC_000001', 'CM000663.2'],
    // accessions the table does not know
    ['NW_003315950', 'NW_003315950.2'],
    ['KI270728.1', 'ki270728.1'],
  ])('%s is %s', (query, name) => {
    expect(matchOne(query, [name, 'unrelated'])).toEqual({
      name: query,
      reference: name,
      how: 'alias',
      referenceName: name,
      referenceLength: LENGTH,
    })
  })
})

describe('a name is not taken for that of another sequence', () => {
  test.each([
    ['chr1', 'chr2'],
    ['I', '1'],
    ['chrI', 'chr1'],
    ['X', '10'],
    ['chr1', 'chr1_random'],
    ['C', 'Pt'],
    ['M', 'MX'],
    ['NC_000001.10', 'NC_000001.11'],
    ['NC_000001.11', 'NC_000001.10'],
    ['NC_000001.11', 'NC_060925.1'],
    ['NC_000001.11', 'NC_000067.6'],
    ['NC_000001.10', 'CM000663.2'],
    ['CM000663.1', 'NC_000001.11'],
    ['CM000994.2', 'NC_000067.7'],
    ['NC_000001.11', 'chr11'],
    ['NC_037304.1', 'ChrM'],
    ['KI270728.1', 'KI270728.2'],
    ['NW_003315950.2', 'chr1'],
    ['chromosome1', '1'],
    ['scaffold_1', '1'],
  ])('%s is not %s', (query, name) => {
    expect(matchOne(query, [name])).toEqual({ name: query, reference: undefined, how: 'missing' })
  })
})

/** The first, a middle and the last accession of each list: a shifted table would move one of them. */
describe('the accession lists are in step with their chromosomes', () => {
  test.each([
    ['NC_000011.9', 'NC_000011.10', '11'],
    ['NC_000019.9', 'NC_000019.10', '19'],
    ['NC_000021.8', 'NC_000021.9', '21'],
    ['NC_000024.9', 'NC_000024.10', 'Y'],
    ['CM000684.1', 'CM000684.2', '22'],
    ['CM000686.1', 'CM000686.2', 'Y'],
    ['NC_060936.1', 'CP068266.2', '12'],
    ['NC_060947.1', 'CP068255.2', 'X'],
    ['NC_000085.6', 'NC_000085.7', '19'],
    ['NC_000087.7', 'NC_000087.8', 'Y'],
    ['CM001012.2', 'CM001012.3', '19'],
    ['NC_024512.1', 'CP007106.1', 'Y'],
    ['NC_024511.2', 'KJ947872.2', 'MT'],
    ['NC_003284.9', 'BX284606.5', 'X'],
    ['NC_003076.8', 'CP002688.1', '5'],
    ['NC_001148.4', 'BK006949.2', 'XVI'],
  ])('%s and %s are chromosome %s', (first, second, chromosome) => {
    const names = [chromosome, `not-${chromosome}`]
    expect(matchOne(first, names).reference).toBe(chromosome)
    expect(matchOne(second, names).reference).toBe(chromosome)
  })
})

describe('which contig is taken', () => {
  test('an identical name wins over aliases', () => {
    expect(matchOne('chr1', ['1', 'chr1', 'CHR1'])).toMatchObject({ reference: 'chr1', how: 'same' })
  })

  test('a name that fits two reference contigs is missing, and both are given', () => {
    expect(matchOne('1', ['chr1', 'Chr1', 'chr2'])).toEqual({
      name: '1',
      reference: undefined,
      how: 'missing',
      candidates: ['chr1', 'Chr1'],
    })
  })

  test('an unversioned accession that fits two versions is missing', () => {
    expect(matchOne('NC_000001', ['NC_000001.10', 'NC_000001.11'])).toMatchObject({
      how: 'missing',
      candidates: ['NC_000001.10', 'NC_000001.11'],
    })
  })

  test('an alias of the same length is taken', () => {
    expect(matchOne({ name: 'chr1', length: LENGTH }, ['1'])).toEqual({
      name: 'chr1',
      length: LENGTH,
      reference: '1',
      how: 'alias',
      referenceName: '1',
      referenceLength: LENGTH,
    })
  })

  test('an alias of another length is not taken, and both lengths are given', () => {
    expect(matchOne({ name: 'chr1', length: 999 }, ['1'])).toEqual({
      name: 'chr1',
      length: 999,
      reference: undefined,
      how: 'length-differs',
      referenceName: '1',
      referenceLength: LENGTH,
    })
  })

  test('an identical name of another length is not taken, even where an alias would fit', () => {
    const [match] = matchContigs(
      [{ name: 'chr1', length: 999 }],
      new Map([
        ['chr1', 1000],
        ['1', 999],
      ]),
    )
    expect(match).toMatchObject({ reference: undefined, how: 'length-differs', referenceName: 'chr1' })
  })

  test('a reference contig under half as long is taken as the front part, one of half the length is not', () => {
    const against = (length: number) =>
      matchContigs([{ name: '9', length: 1000 }], new Map([['chr9', length]]))[0]
    expect(against(499)).toMatchObject({ reference: 'chr9', how: 'front-part', referenceLength: 499 })
    expect(against(500)).toMatchObject({ reference: undefined, how: 'length-differs' })
    expect(against(2001)).toMatchObject({ reference: undefined, how: 'length-differs' })
    expect(describeMismatch([against(499)!], 'a.bam', 'b.fa')).toBe(
      'the contigs of a.bam and b.fa do not agree:\n' +
        '- 1 of 1 contigs of a.bam much longer than in b.fa, which is taken as their front part: ' +
        '9 (1000 bases, there 499 as chr9)',
    )
  })

  test('a contig of length 0 is a contig', () => {
    expect(matchContigs([{ name: 'e', length: 0 }], new Map([['e', 0]]))[0]).toMatchObject({ how: 'same' })
  })

  test('the answers come in the order of the queries', () => {
    const matches = matchContigs([{ name: '2' }, { name: 'x' }, { name: '1' }], reference('chr1', 'chr2'))
    expect(matches.map(match => match.reference)).toEqual(['chr2', undefined, 'chr1'])
  })

  test('names of object properties are ordinary names', () => {
    expect(matchOne('constructor', ['chr1']).how).toBe('missing')
    expect(matchOne('__proto__', ['__proto__']).how).toBe('same')
  })
})

describe('the report of a mismatch', () => {
  test('there is none when all contigs fit', () => {
    expect(
      describeMismatch(matchContigs([{ name: '1' }], reference('chr1')), 'a.bam', 'g.fa'),
    ).toBeUndefined()
  })

  test('names both files, the contigs and their lengths', () => {
    const queries = [{ name: 'chr1', length: 7 }, { name: '2', length: 8 }, { name: 'chr3' }, { name: 'c' }]
    const matches = matchContigs(queries, reference('chr1', 'chr2', '3', 'Chr3'))
    expect(describeMismatch(matches, 'a.bam', 'g.fa')).toBe(
      [
        'the contigs of a.bam and g.fa do not agree:',
        '- 2 of 4 contigs of a.bam not in g.fa: chr3 (fits 3 and Chr3), c',
        '- 2 of 4 contigs of a.bam with another length in g.fa: chr1 (7 bases, there 1000), 2 (8 bases, there 1000 as chr2)',
      ].join('\n'),
    )
  })

  test('lists ten contigs of a kind and counts the rest', () => {
    const queries = Array.from({ length: 13 }, (_, i) => ({ name: `u${i}` }))
    const report = describeMismatch(matchContigs(queries, reference('chr1')), 'a.bam', 'g.fa')
    expect(report).toMatch(/- 13 of 13 contigs of a\.bam not in g\.fa: u0, .*u9 and 3 more$/)
    expect(report).not.toContain('u10')
  })
})
