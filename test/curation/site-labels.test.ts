import { describe, expect, it } from 'vitest'
import { UNKNOWN_LABEL } from '../../src/curation/site-labels.ts'
import { datasetOf, tableOf } from './dataset-folder.ts'

const WINDOW = { length: 8, donor: 2, acceptor: 6 }

/** Returns the site labels of a table without the column of sequences, `.` for what is not known. */
async function labelsOf(header: string, ...rows: string[]): Promise<string[]> {
  const table = tableOf(
    ['sequence', ...header.split(' ')],
    ...rows.map(row => ['AAGTAGAA', ...row.split(' ')]),
  )
  const options = { description: { window: WINDOW }, validationFraction: 0, keepUnknown: true }
  const { siteLabels, windows, ...dataset } = await datasetOf(table, options)
  await dataset.close()
  expect(siteLabels?.length).toBe(3 * windows.count)
  return Array.from({ length: windows.count }, (_, i) =>
    [...siteLabels!.subarray(3 * i, 3 * i + 3)]
      .map(value => (value === UNKNOWN_LABEL ? '.' : value))
      .join(''),
  )
}

describe('labels of donor, acceptor and pair', () => {
  it.each([
    ['positive-mane .', '111'],
    ['negative-1 .', '..0'],
    ['negative-random random', '000'],
    ['negative-near-miss near-donor', '010'],
    ['negative-near-miss near-acceptor', '100'],
    ['negative-near-miss gene-donor', '010'],
    ['negative-near-miss gene-acceptor', '100'],
    ['negative-noncanonical shifted', '..0'],
    ['negative something-else', '..0'],
    ['unknown .', '...'],
  ])('of a row of class and decoy %s are %s', async (row, expected) => {
    expect(await labelsOf('class decoy', row, 'negative random')).toEqual([expected, '000'])
  })

  it.each([
    ['positive donor', '1..'],
    ['negative donor', '0..'],
    ['positive acceptor', '.1.'],
    ['negative acceptor', '.0.'],
    ['positive junction', '111'],
    ['negative junction', '..0'],
    ['positive both', '11.'],
    ['negative both', '...'],
    ['unknown donor', '...'],
  ])('of a row of class and site %s are %s', async (row, expected) => {
    expect(await labelsOf('class site', row, 'negative junction')).toEqual([expected, '..0'])
  })

  it.each([
    ['negative both . 1 0', '10.'],
    ['negative both . 0 .', '0..'],
    ['positive both . 1 1', '11.'],
    ['negative junction . 1 1', '110'],
    ['negative . . 1 .', '1.0'],
    ['negative junction random . .', '000'],
    ['negative junction random 1 .', '100'],
    ['positive junction . . .', '111'],
    ['positive donor . . 0', '10.'],
    ['unknown . . 1 .', '1..'],
  ])('of a row of class, site, decoy, donor and acceptor %s are %s', async (row, expected) => {
    const labels = await labelsOf('class site decoy donor acceptor', row, 'negative . . . .')
    expect(labels).toEqual([expected, '..0'])
  })

  it('may be stated of one site only', async () => {
    expect(await labelsOf('class acceptor', 'negative 1', 'negative .')).toEqual(['.10', '..0'])
  })

  it('are there once per example, without rows of class unknown', async () => {
    const table = tableOf(
      ['sequence', 'class', 'donor', 'acceptor'],
      ['AAGTAGAA', 'unknown', '0', '0'],
      ['AAGTAGAC', 'negative', '1', '0'],
    )
    const dataset = await datasetOf(table, { description: { window: WINDOW }, validationFraction: 0 })
    expect([...dataset.siteLabels!]).toEqual([1, 0, 0])
    await dataset.close()
  })

  it('are not there with targets, where columns of these names are others, nor in windows without both sites', async () => {
    const targets = await datasetOf(
      tableOf(['sequence', 'target', 'donor'], ['AAGTAGAA', '1', '53'], ['AAGTAGAC', '2', '53']),
      { description: { window: WINDOW }, validationFraction: 0 },
    )
    const single = await datasetOf(
      tableOf(
        ['sequence', 'class', 'site'],
        ['AAGTAGAA', 'positive', 'donor'],
        ['AAG'.padEnd(8, 'C'), 'negative', 'donor'],
      ),
      { description: { window: { length: 8, site: 2 } }, validationFraction: 0 },
    )
    expect([targets.siteLabels, single.siteLabels]).toEqual([undefined, undefined])
    await targets.close()
    await single.close()
  })

  it.each([
    ['positive junction 1 0', 'found positive with donor 1, acceptor 0 and site junction'],
    ['positive donor 0 .', 'found positive with donor 0, acceptor . and site donor'],
    ['positive-x both . 0', 'found positive-x with donor ., acceptor 0 and site both'],
    ['negative both 1 1', 'found negative with donor 1, acceptor 1 and site both'],
    ['negative acceptor . 1', 'found negative with donor ., acceptor 1 and site acceptor'],
  ])('are refused where the class contradicts them: %s', async (row, message) => {
    await expect(labelsOf('class site donor acceptor', row)).rejects.toThrow(
      `:2: expected a class that agrees with the row's sites, ${message}`,
    )
  })
})
