import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { memeText, readMotifs } from '../../src/io/motif-file.ts'

function fileOf(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'splice-score-motifs-')), 'motifs.txt')
  writeFileSync(path, text)
  return path
}

const JASPAR = [
  '>MA0004.1\tArnt',
  'A  [ 4 19  0 ]',
  'C  [16  0 20 ]',
  'G  [ 0  1  0 ]',
  'T  [ 0  0  0 ]',
  '>MA0006.1 Ahr',
  '3 0',
  '8 0',
  '2 23',
  '11 1',
  '',
].join('\n')

const MEME = [
  'MEME version 4',
  '',
  'ALPHABET= ACGT',
  '',
  'MOTIF MA0004.1 Arnt',
  'letter-probability matrix: alength= 4 w= 2 nsites= 20 E= 0',
  ' 0.200000  0.800000  0.000000  0.000000',
  ' 0.950000  0.000000  0.050000  0.000000',
  '',
  'MOTIF other',
  'letter-probability matrix: alength= 4 w= 1',
  '1 0 0 0',
  'URL somewhere',
].join('\n')

describe('motifs', () => {
  it("of JASPAR's format are counts, of which shares are made", async () => {
    expect(await readMotifs(fileOf(JASPAR))).toEqual([
      {
        name: 'MA0004.1 Arnt',
        sites: 20,
        probabilities: [
          [0.2, 0.8, 0, 0],
          [0.95, 0, 0.05, 0],
          [0, 1, 0, 0],
        ],
      },
      {
        name: 'MA0006.1 Ahr',
        sites: 24,
        probabilities: [
          [3 / 24, 8 / 24, 2 / 24, 11 / 24],
          [0, 0, 23 / 24, 1 / 24],
        ],
      },
    ])
  })

  it("of MEME's format are probabilities", async () => {
    expect(await readMotifs(fileOf(MEME))).toEqual([
      {
        name: 'MA0004.1',
        sites: 20,
        probabilities: [
          [0.2, 0.8, 0, 0],
          [0.95, 0, 0.05, 0],
        ],
      },
      { name: 'other', probabilities: [[1, 0, 0, 0]] },
    ])
  })

  it.each([
    ['an empty file', '', 'expected motifs, found none'],
    ['another file', 'chr1\t5\t9\n', 'motifs.txt:1: expected > and a name'],
    ['three rows', '>m\n1\n1\n1\n', 'motifs.txt:1: expected > and a name, and four rows'],
    ['rows of unlike length', '>m\n1 2\n1 2\n1\n1 2\n', 'motifs.txt:4: expected 2 counts, found 1'],
    ['letters in another order', '>m\nC 1\nA 1\nG 1\nT 1\n', 'motifs.txt:2: expected the counts of A'],
    ['text for a number', '>m\nA 1 x\nC 1 1\nG 1 1\nT 1 1\n', 'motifs.txt:2: expected numbers of at least 0'],
    ['a position without a base', '>m\n0\n0\n0\n0\n', 'expected a base at each position'],
    ['another alphabet', 'MEME version 4\nALPHABET= ACGU\n', 'motifs.txt:2: expected ALPHABET= ACGT'],
    ['a matrix that ends early', `${MEME.split('\n').slice(0, 7).join('\n')}\n`, 'expected 2 rows, found 1'],
  ])('in %s are an error that says where', async (_, text, message) => {
    const error = await readMotifs(fileOf(text)).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InputDataError)
    expect((error as Error).message).toContain(message)
  })

  it('are read as they were written', async () => {
    const row = fc
      .tuple(fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(9))
      .filter(counts => counts.some(count => count > 0))
      .map(counts => counts.map(count => count / counts.reduce((a, b) => a + b)))
    const motif = fc.record({
      name: fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/),
      probabilities: fc.array(row, { minLength: 1, maxLength: 6 }),
      sites: fc.nat(1000),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(motif, { minLength: 1, maxLength: 4 }), async motifs => {
        const expected = motifs.map(({ probabilities, ...rest }) => ({
          ...rest,
          probabilities: probabilities.map(shares => shares.map(share => expect.closeTo(share, 5))),
        }))
        expect(await readMotifs(fileOf(memeText(motifs)))).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })
})
