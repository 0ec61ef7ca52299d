import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '../../src/core/random.ts'

/** Layout of the toy windows. */
export const TOY_WINDOW = { length: 40, donor: 10, acceptor: 30 }

/**
 * Returns a new folder with a dataset that a small network learns in seconds: in the positives a GT follows the donor's exon
 * and an AG ends the intron; in the negatives both places are random.
 */
export function toyDataset(rows: number, seed = 7): string {
  const folder = mkdtempSync(join(tmpdir(), 'splice-score-toy-'))
  const random = seededRandom(seed)
  const lines = ['sequence\tclass\tsplit\tgene']
  for (let i = 0; i < rows; i++) {
    const letters = Array.from({ length: TOY_WINDOW.length }, () => 'ACGT'[random.int(4)]!)
    const positive = i % 2 === 0
    if (positive) {
      letters.splice(TOY_WINDOW.donor, 2, 'G', 'T')
      letters.splice(TOY_WINDOW.acceptor - 2, 2, 'A', 'G')
    }
    const split = i % 5 === 4 ? 'validation' : 'train'
    lines.push(
      [letters.join(''), positive ? 'positive' : 'negative-random', split, `gene${i >> 2}`].join('\t'),
    )
  }
  writeFileSync(join(folder, 'windows.tsv'), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'dataset.json'), JSON.stringify({ name: 'toy', window: TOY_WINDOW }))
  mkdirSync(join(folder, 'scratch'))
  return folder
}

/** Options of a Splam with a few hundred parameters. */
export const TINY_SPLAM = { channels: 4, groups: 2, widths: [5], dilations: [2], unitsPerGroup: 1 }
