import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { architecture } from '../../src/models/registry.ts'
import { type BatchSourceOptions, startBatchSource } from '../../src/training/data/batch-source.ts'
import { truthOf } from '../../src/training/truth.ts'
import { datasetOf, tableOf } from '../curation/dataset-folder.ts'

const WINDOW = { length: 8, donor: 2, acceptor: 6 }
const splam = architecture('splam')
const pair = architecture('site-pair')
const lstm = architecture('lstm')

/** Returns the batch of all rows of a table, given without the column of sequences. */
async function batchOf(
  header: string,
  rows: readonly string[],
  window: object = WINDOW,
  rest: Partial<BatchSourceOptions> = {},
) {
  const table = tableOf(
    ['sequence', ...header.split(' ')],
    ...rows.map(row => ['AAGTAGAA', ...row.split(' ')]),
  )
  const dataset = await datasetOf(table, { description: { window }, validationFraction: 0 })
  const source = await startBatchSource({ dataset, batchSize: rows.length, inProcess: true, ...rest })
  const { value } = await source.inOrder(dataset.splits.train).next()
  await source.close()
  await dataset.close()
  return value!
}

/** Returns the numbers as text, a line for each example. */
function lines(truth: Uint8Array | Float32Array, width: number): string[] {
  return Array.from({ length: truth.length / width }, (_, i) =>
    Array.from(truth.subarray(i * width, (i + 1) * width)).join(' '),
  )
}

describe('the truth of positions', () => {
  it('has the sites of a positive, and of a near miss the one that is true', async () => {
    const batch = await batchOf('class decoy', [
      'positive .',
      'negative near-donor',
      'negative near-acceptor',
      'negative random',
      'negative .',
    ])
    expect(lines(truthOf(splam, WINDOW, batch), 8)).toEqual([
      '0 0 2 0 0 0 1 0',
      '0 0 0 0 0 0 1 0',
      '0 0 2 0 0 0 0 0',
      '0 0 0 0 0 0 0 0',
      '0 0 0 0 0 0 0 0',
    ])
  })

  it('has of a window of one site that one, and the sites that the table states', async () => {
    const batch = await batchOf('class site donor acceptor', [
      'positive donor . .',
      'positive acceptor . .',
      'negative both 1 0',
      'negative junction 1 1',
    ])
    expect(lines(truthOf(splam, WINDOW, batch), 8)).toEqual([
      '0 0 2 0 0 0 0 0',
      '0 0 0 0 0 0 1 0',
      '0 0 2 0 0 0 0 0',
      '0 0 2 0 0 0 1 0',
    ])
  })

  it('has the donor at the last exon base for a network that marks it there', async () => {
    const batch = await batchOf('class', ['positive', 'negative'])
    const truth = truthOf(architecture('spliceai-80'), WINDOW, batch)
    expect(lines(truth, 8)).toEqual(['0 2 0 0 0 0 1 0', '0 0 0 0 0 0 0 0'])
  })

  it('needs windows of both sites', async () => {
    const window = { length: 8, site: 2 }
    const batch = await batchOf('class site', ['positive donor', 'negative donor'], window)
    for (const network of [splam, pair]) {
      expect(() => truthOf(network, window, batch)).toThrow(InputDataError)
      expect(() => truthOf(network, window, batch)).toThrow('expected windows with a donor and an acceptor')
    }
    expect([...truthOf(lstm, window, batch)]).toEqual([1, 0])
  })
})

describe('the truth of a pair', () => {
  it('is what is known of donor, acceptor and pair', async () => {
    const batch = await batchOf('class decoy', ['positive .', 'negative near-donor', 'negative .'])
    const truth = truthOf(pair, WINDOW, batch)
    expect(truth).toBeInstanceOf(Float32Array)
    expect(lines(truth, 3)).toEqual(['1 1 1', '0 1 0', '2 2 0'])
  })

  it('is what teachers make of it, where there are any', async () => {
    const taughtLabels = Float32Array.of(0.25, 1, 0.5, 2, 0.75, 0)
    const batch = await batchOf('class', ['positive', 'negative'], WINDOW, { taughtLabels })
    expect(lines(truthOf(pair, WINDOW, batch), 3)).toEqual(['0.25 1 0.5', '2 0.75 0'])
    expect([...truthOf(lstm, WINDOW, batch)]).toEqual([1, 0])
  })
})
