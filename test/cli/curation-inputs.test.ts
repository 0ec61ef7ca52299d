import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CommandContext } from '../../src/cli/context.ts'
import { distinctNames } from '../../src/cli/curation/evidence.ts'
import { entriesFor, excludedSequences, samplingWarning } from '../../src/cli/curation/excluded-sequences.ts'
import { InputHashes } from '../../src/cli/curation/input-files.ts'
import { KeptWarnings } from '../../src/cli/curation/kept-warnings.ts'
import { hasSeveralParts, requireShares, shareOf } from '../../src/cli/curation/split-settings.ts'
import { silentLog } from '../../src/core/log.ts'
import { seededRandom } from '../../src/core/random.ts'
import { decodeText } from '../../src/genome/sequence.ts'
import { folderOf } from '../curation/dataset-folder.ts'

// Parts of `curate` inside this process; curate.test.ts runs the built command line.

describe('names of inputs', () => {
  it.each([
    [
      ['a.bam', 'b.bam'],
      ['a.bam', 'b.bam'],
    ],
    [
      ['a.bam', 'a.bam', 'a.bam'],
      ['a.bam', 'a.bam#2', 'a.bam#3'],
    ],
    [
      ['a.bam', 'a.bam', 'a.bam#2'],
      ['a.bam', 'a.bam#3', 'a.bam#2'],
    ],
    [
      ['a#2', 'a', 'a#2', 'a'],
      ['a#2', 'a', 'a#2#2', 'a#3'],
    ],
  ])('%j are told apart as %j', (names, expected) => {
    expect(distinctNames(names)).toEqual(expected)
  })
})

describe('warnings', () => {
  it('are kept without folders, and shown as they are', () => {
    const shown: string[] = []
    const log = { warn: (text: string) => void shown.push(text), info: () => {}, debug: () => {} }
    const kept = new KeptWarnings(log, ['/data/x', '/data/x/a.bam', 'plain.bed'])
    const messages = ['/data/x/a.bam and /data/x do not agree', 'plain.bed: 2 rows']
    for (const message of messages) {
      kept.warn(message)
    }
    expect(kept.all).toEqual(['a.bam and x do not agree', 'plain.bed: 2 rows'])
    expect(shown).toEqual(messages)
  })
})

describe('shares of the parts', () => {
  it.each([
    [{}, [0, 0.1], true],
    [{ validation: 0 }, [0, 0], false],
    [{ test: 1, validation: 0 }, [1, 0], false],
    [{ test: 0, validation: 1 }, [0, 1], false],
    [{ testContigs: 'chr1' }, [undefined, 0.1], true],
    [{ testGenes: 'g.txt', validation: 0.2 }, [undefined, 0.2], true],
    [{ validationContigs: 'chr1', test: 0.2 }, [0.2, undefined], true],
  ])('%j are %j', (options, shares, several) => {
    requireShares(options)
    expect([shareOf(options, 'test'), shareOf(options, 'validation')]).toEqual(shares)
    expect(hasSeveralParts(options)).toBe(several)
  })

  it.each([
    [{ test: 1 }, 'found --test 1 and --validation 0.1'],
    [{ test: 0.9 }, 'found --test 0.9 and --validation 0.1'],
    [{ test: 0.5, validation: 0.5 }, 'found --test 0.5 and --validation 0.5'],
    [{ test: 1, validation: 1 }, 'found --test 1 and --validation 1'],
    [{ test: 0.1, testContigs: 'chr1' }, '--test: expected either a share'],
    [{ validation: 0, validationGenes: 'g.txt' }, '--validation: expected either a share'],
    [{ testContigs: ' , ' }, '--test-contigs: expected names of contigs'],
  ])('%j are refused', (options, message) => {
    expect(() => requireShares(options)).toThrow(message)
  })
})

describe('sampling of excluded sequences', () => {
  it.each([
    [1000, 370, 1 << 22],
    [30_000_000, 370, 5_500_001],
    // One k-mer in one would be enough for 111, and one in six for 370.
    [10_000_000, 111, 11_000_000],
    [100_000_000, 370, 1 << 24],
    [3_000_000_000, 100_000, 1 << 22],
  ])('of %s bases with segments of %s k-mers keeps %s', (bases, kmers, entries) => {
    expect(entriesFor(bases, kmers)).toBe(entries)
  })

  it('is not needed for the N of a reference that holds a part of a chromosome', async () => {
    const random = seededRandom(6)
    const bases = decodeText(Uint8Array.from({ length: 2000 }, () => random.int(4)))
    const folder = folderOf({ 'part.fa': `>chr1\n${'N'.repeat(20_000_000)}\n${bases}\n` })
    const warned: string[] = []
    const excluded = await excludedSequences({
      paths: [join(folder, 'part.fa')],
      kmer: 31,
      windows: [{ length: 800, donor: 200, acceptor: 600 }],
      hashes: new InputHashes(),
      scratchFolder: folder,
      log: { ...silentLog, warn: text => void warned.push(text) },
      context: {} as CommandContext,
    })
    expect(excluded?.sampledOneIn).toBe(1)
    expect(warned).toEqual([])
  })

  it('is warned of where a segment has few k-mers left, with the figure', () => {
    expect(samplingWarning({ oneIn: 1, bases: 1e6, k: 31 }, 40)).toBeUndefined()
    expect(samplingWarning({ oneIn: 6, bases: 1e8, k: 31 }, 400)).toBeUndefined()
    expect(samplingWarning({ oneIn: 7, bases: 1e8, k: 31 }, 400)).toBe(
      '--exclude-sequences: of 100,000,000 bases one 31-mer in 7 is compared, 52.9 of a stretch of 400 bases, where 60 would be enough: something alike may stay',
    )
  })
})
