import { describe, expect, it } from 'vitest'
import { importLines } from '../../../src/curation/import/lines.ts'
import { parseMotifs, withMotifs } from '../../../src/curation/import/site-motif.ts'
import { fileOf, imported } from './import-folder.ts'

function linesOf(site: 'donor' | 'acceptor') {
  const sequences = fileOf('AAGTAA\nAAGCAA\nAANTAA\nAGGTCC\nAAGCAG\n', 'seq.txt')
  const labels = fileOf('1\n1\n0\n0\n0\n', 'label.txt')
  return importLines({ pairs: [{ sequences, labels }], site, position: 2, split: 'train' })
}

describe('motifs of sites', () => {
  it.each([
    ['GT', ['GT']],
    ['gt,GC', ['GT', 'GC']],
    [' AG , AC', ['AG', 'AC']],
  ])('are read from %s', (text, motifs) => {
    expect(parseMotifs(text)).toEqual(motifs)
  })

  it.each(['', 'G', 'GTA', 'GN', 'GT,'])('are refused in "%s"', text => {
    expect(() => parseMotifs(text)).toThrow('expected the two intron bases at a site')
  })

  it.each<['donor' | 'acceptor', string[], string[], Record<string, number>]>([
    ['donor', ['GT'], ['AAGTAA', 'AGGTCC'], { negative: 2, positive: 1 }],
    ['donor', ['GT', 'GC'], ['AAGTAA', 'AAGCAA', 'AGGTCC', 'AAGCAG'], { negative: 1 }],
    ['acceptor', ['AA'], ['AAGTAA', 'AAGCAA', 'AANTAA', 'AAGCAG'], { negative: 1 }],
  ])('of %ss keep the rows with %j', async (site, motifs, expected, leftOut) => {
    const { rows, description } = await imported(withMotifs(linesOf(site), motifs))
    expect(rows.map(row => row.sequence)).toEqual(expected)
    expect(description.leftOut).toEqual({ 'other-motif': leftOut })
    expect(description.settings.motif).toEqual(motifs)
    const count = Object.values(leftOut).reduce((sum, n) => sum + n, 0)
    expect(description.warnings).toContain(`${count} rows with other intron bases at the site were left out`)
  })
})
