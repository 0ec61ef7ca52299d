import { describe, expect, it } from 'vitest'
import { folderOf, tableOf } from '../curation/dataset-folder.ts'
import { cli, Scratch } from '../support/cli.ts'

const scratch = new Scratch()
const SEQUENCES = ['ACGTACGTAC', 'GGGTTTCCCA', 'TTTTTAAAAC', 'CAGCAGTTTG']
const folder = (last: string) =>
  folderOf({
    'windows.tsv': tableOf(
      ['sequence', 'class', 'split'],
      [SEQUENCES[0]!, 'positive', 'train'],
      [SEQUENCES[1]!, 'negative', 'train'],
      [SEQUENCES[2]!, 'positive', 'test'],
      [last, 'negative', 'test'],
    ),
  })

describe('splice-score dataset', () => {
  it('lists its commands', async () => {
    const { code, stdout } = await cli(['dataset', '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}show .*<dir>/m)
    expect(stdout).toMatch(/^ {2}check .*<dir> \[files\.\.\.\]/m)
  })

  it('show prints to standard output, and the run to standard error', async () => {
    const { code, stdout, stderr } = await cli(['dataset', 'show', folder(SEQUENCES[3]!)])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}total +2 +0 +2 +4$/m)
    expect(stderr).toMatch(/peak memory/)
  })

  it('show writes files with a prefix', async () => {
    const prefix = scratch.path('four')
    const { code, stderr } = await cli(['dataset', 'show', folder(SEQUENCES[3]!), '-o', prefix])
    expect(code).toBe(0)
    expect(stderr).toContain(`wrote ${prefix}.dataset-report.json`)
  })

  it('check ends with status 0 where all holds and 3 where something does not', async () => {
    const [clean, leaky] = await Promise.all([
      cli(['dataset', 'check', folder(SEQUENCES[3]!)]),
      cli(['dataset', 'check', '-q', folder(SEQUENCES[0]!)]),
    ])
    expect([clean.code, leaky.code]).toEqual([0, 3])
    expect(leaky.stdout).toBe(
      'FAILS  no window of train is one of test (either strand): 1 of 2 (50.00 %) are\n',
    )
    expect(leaky.stderr).toMatch(/^error: .*found 1 that does not/m)
  })

  it('check ends with status 4 without the folder and 2 for a wrong option', async () => {
    const [missing, wrong] = await Promise.all([
      cli(['dataset', 'check', scratch.path('nowhere')]),
      cli(['dataset', 'check', scratch.folder, '--kmer', '12']),
    ])
    expect([missing.code, wrong.code]).toEqual([4, 2])
  })
})
