import { existsSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { MissingResourceError, UsageError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { type Dataset, readDataset } from '../../../src/curation/dataset.ts'
import { decodeText } from '../../../src/genome/sequence.ts'
import type { Batch } from '../../../src/training/data/batch-maker.ts'
import {
  type BatchSource,
  type BatchSourceOptions,
  startBatchSource,
} from '../../../src/training/data/batch-source.ts'
import { datasetOf, folderOf, tableOf } from '../../curation/dataset-folder.ts'

const built = existsSync(new URL('../../../dist/training/data/batch-worker.js', import.meta.url))
const reason = built ? '' : ' (skipped: run npm run build first)'
const LENGTH = 40

const random = seededRandom(11)
const table = tableOf(
  ['sequence', 'class', 'weight', 'split'],
  ...Array.from({ length: 60 }, (_, i) => [
    decodeText(Uint8Array.from({ length: LENGTH }, () => random.int(4))),
    i % 3 === 0 ? 'positive' : 'negative',
    i / 2,
    i < 50 ? 'train' : 'validation',
  ]),
)
const description = { window: { length: LENGTH, donor: 12, acceptor: 25 } }
const dataset = await datasetOf(table, { description })
const folder = folderOf({ 'windows.tsv': table, 'dataset.json': JSON.stringify(description) })
const onDisk = await readDataset(folder, { scratchFolder: folder, memoryLimit: 0 })
afterAll(async () => {
  await dataset.close()
  await onDisk.close()
  expect(readdirSync(folder).length).toBe(2)
})

const options = {
  batchSize: 8,
  train: {
    indices: dataset.splits.train,
    seed: 5,
    sampling: { balance: 'balanced' },
    maskFlanks: 9,
  },
} as const

async function take(source: BatchSource, count: number, from?: { epoch: number; batch: number }) {
  const batches: Batch[] = []
  for await (const batch of source.train(from)) {
    batches.push(batch)
    if (batches.length === count) {
      break
    }
  }
  return batches
}

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const list: Batch[] = []
  for await (const batch of batches) {
    list.push(batch)
  }
  return list
}

async function withSource<T>(
  change: Partial<BatchSourceOptions>,
  use: (source: BatchSource) => Promise<T>,
): Promise<T> {
  const source = await startBatchSource({ dataset, ...options, inProcess: true, ...change })
  try {
    return await use(source)
  } finally {
    await source.close()
  }
}

/** Returns the windows of a batch's examples as they are in the dataset. */
async function plainCodes(from: Dataset, { indices }: Batch): Promise<Uint8Array> {
  const codes = new Uint8Array(indices.length * LENGTH)
  await from.windows.read(indices, codes)
  return codes
}

const expected = await withSource({}, source => take(source, 20))

describe.each([
  ['made in this process', true, false],
  [`made in a worker${reason}`, false, !built],
] as const)('batches %s', (_, inProcess, skip) => {
  it.skipIf(skip)('hold what the dataset holds of their examples', async () => {
    await withSource({ inProcess, train: { ...options.train, maskFlanks: 0 } }, async source => {
      expect([source.batchSize, source.batchesPerEpoch]).toEqual([8, 6])
      for (const batch of await take(source, 13)) {
        expect(batch.indices.length).toBe(8)
        expect(batch.indices.every(index => index < 50)).toBe(true)
        expect(batch.codes).toEqual(await plainCodes(dataset, batch))
        expect([...batch.labels]).toEqual(Array.from(batch.indices, index => (index % 3 === 0 ? 1 : 0)))
        expect([...batch.weights]).toEqual(Array.from(batch.indices, index => index / 2))
        expect(batch.targets).toBeUndefined()
      }
    })
  })

  it.skipIf(skip)('come epoch after epoch, the same from memory and from disk', async () => {
    for (const from of [dataset, onDisk]) {
      const batches = await withSource({ inProcess, dataset: from }, source => take(source, 20))
      expect(batches).toEqual(expected)
    }
    expect(expected.map(({ epoch, batch }) => [epoch, batch]).slice(4, 8)).toEqual([
      [0, 4],
      [0, 5],
      [1, 0],
      [1, 1],
    ])
  })

  it.skipIf(skip)('go on from any place as if never interrupted', async () => {
    await withSource({ inProcess, dataset: onDisk }, async source => {
      for (const at of [0, 3, 6, 11, 19]) {
        const from = { epoch: Math.floor(at / 6), batch: at % 6 }
        expect(await take(source, 1, from)).toEqual([expected[at]])
      }
      // A place after the last batch of an epoch.
      expect(await take(source, 2, { epoch: 1, batch: 6 })).toEqual(expected.slice(12, 14))
    })
  })

  it.skipIf(skip)('of an evaluation come in order, unmasked, with the rest as a smaller batch', async () => {
    await withSource({ inProcess, dataset: onDisk }, async source => {
      const batches = await all(source.inOrder(dataset.splits.validation))
      expect(batches.map(batch => batch.indices.length)).toEqual([8, 2])
      expect(batches.map(({ epoch, batch }) => [epoch, batch])).toEqual([
        [0, 0],
        [0, 1],
      ])
      expect(batches.flatMap(batch => [...batch.indices])).toEqual([...dataset.splits.validation])
      expect(batches[1]!.codes).toEqual(await plainCodes(dataset, batches[1]!))
      expect(await all(source.inOrder(new Uint32Array(0)))).toEqual([])
      // In the middle of training.
      const training = source.train()
      expect((await training.next()).value).toEqual(expected[0])
      expect((await all(source.inOrder(dataset.splits.validation))).length).toBe(2)
      expect((await training.next()).value).toEqual(expected[1])
      await training.return(undefined)
    })
  })

  it.skipIf(skip)('carry the targets of a regression', async () => {
    const rows = tableOf(['sequence', 'target'], ['AAC', '1,2'], ['ACA', '3,4'], ['CAA', '5,6'])
    const regression = await datasetOf(rows, { validationFraction: 0 })
    const train = { indices: regression.splits.train, seed: 1 }
    await withSource({ inProcess, dataset: regression, batchSize: 2, train }, async source => {
      const [batch] = await take(source, 1)
      expect([...batch!.targets!]).toEqual(Array.from(batch!.indices, i => [2 * i + 1, 2 * i + 2]).flat())
      const ordered = await all(source.inOrder(Uint32Array.of(2, 0, 1)))
      expect(ordered.map(({ targets }) => [...targets!])).toEqual([
        [5, 6, 1, 2],
        [3, 4],
      ])
    })
  })

  it.skipIf(skip)('that cannot be made are an error at their turn', async () => {
    await withSource({ inProcess }, async source => {
      await expect(all(source.inOrder(Uint32Array.of(1, 60)))).rejects.toThrow(
        'expected window numbers below 60, found 60',
      )
      expect((await take(source, 1))[0]).toEqual(expected[0])
    })
  })

  it.skipIf(skip)('for evaluation need no training part', async () => {
    const { train: _, ...evaluation } = options
    const source = await startBatchSource({ dataset, ...evaluation, inProcess })
    expect(source.batchesPerEpoch).toBe(0)
    expect((await all(source.inOrder(dataset.splits.validation))).length).toBe(2)
    await expect(take(source, 1)).rejects.toThrow('found one for evaluation only')
    await source.close()
  })

  it.skipIf(skip)('are refused before any is made when the settings cannot be fulfilled', async () => {
    const start = (change: Partial<BatchSourceOptions>) =>
      startBatchSource({ dataset, ...options, inProcess, ...change })
    await expect(start({ batchSize: 51 })).rejects.toThrow(
      'at least one batch of 51 examples per epoch, found 50',
    )
    await expect(start({ prefetch: 0 })).rejects.toThrow(UsageError)
    await expect(start({ train: { ...options.train, maskFlanks: 12 } })).rejects.toThrow(
      'expected to mask at most 11 bases at each end, which leaves the sites, found 12',
    )
  })
})

describe('masking', () => {
  it('hides a random number of bases at each end and nothing else', async () => {
    const hidden = new Set<number>()
    for (const batch of expected) {
      const plain = await plainCodes(dataset, batch)
      for (let start = 0; start < plain.length; start += LENGTH) {
        const masked = batch.codes.subarray(start, start + LENGTH)
        const [left, right] = [masked.findIndex(code => code !== 4), masked.findLastIndex(code => code !== 4)]
        hidden.add(left)
        expect(left).toBeLessThanOrEqual(9)
        expect(LENGTH - 1 - right).toBeLessThanOrEqual(9)
        expect(masked.subarray(left, right + 1)).toEqual(plain.subarray(start + left, start + right + 1))
      }
    }
    expect([...hidden].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('of any width leaves order, labels and the sites as they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(11), async maskFlanks => {
        const train = { ...options.train, maskFlanks }
        const [batch] = await withSource({ train }, source => take(source, 1, { epoch: 1, batch: 2 }))
        expect(batch!.indices).toEqual(expected[8]!.indices)
        expect(batch!.labels).toEqual(expected[8]!.labels)
        const plain = await plainCodes(dataset, batch!)
        // The bases that networks mark, from the last exon base to the first after the intron, in every window.
        for (let start = 0; start < plain.length; start += LENGTH) {
          const [from, to] = [start + 11, start + 26]
          expect(batch!.codes.subarray(from, to)).toEqual(plain.subarray(from, to))
        }
      }),
      { numRuns: 12 },
    )
  })
})

describe('the thread that makes batches', () => {
  it('is asked for a few batches ahead, no more', async () => {
    // A stand-in thread: it tells on a channel how many requests it has seen.
    const channel = new BroadcastChannel('requests seen')
    let seen = 0
    channel.onmessage = ({ data }: { data: number }) => {
      seen = data
    }
    const program = `import { parentPort } from 'node:worker_threads'
      const channel = new BroadcastChannel('requests seen')
      let seen = 0
      parentPort.on('message', ({ kind }) => {
        if (kind === 'close') { channel.close(); parentPort.close() }
        else { channel.postMessage(++seen); parentPort.postMessage({ kind: 'answer', answer: { batch: seen } }) }
      })
      parentPort.postMessage({ kind: 'ready' })`
    const workerUrl = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
    try {
      await withSource({ inProcess: false, workerUrl, prefetch: 2 }, async source => {
        const batches = source.train()
        for (const batch of [1, 2, 3]) {
          expect((await batches.next()).value).toEqual({ batch })
          // One more is asked for when one is taken, and then none for as long as nobody takes it.
          await vi.waitFor(() => expect(seen).toBe(batch + 2), { timeout: 10_000 })
          await new Promise(resolve => setTimeout(resolve, 50))
          expect(seen).toBe(batch + 2)
        }
      })
    } finally {
      channel.close()
    }
  })

  it.each([
    ['throws', "throw new TypeError('lost')", 'lost'],
    ['exits', 'process.exit(7)', 'the thread that makes batches ended early with code 7'],
  ])('fails all that wait for it when it %s', async (_, end, message) => {
    const program = `import { parentPort } from 'node:worker_threads'
      parentPort.on('message', () => { ${end} })
      parentPort.postMessage({ kind: 'ready' })`
    const workerUrl = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
    await withSource({ inProcess: false, workerUrl }, async source => {
      await expect(take(source, 1)).rejects.toThrow(message)
      await expect(take(source, 1)).rejects.toThrow(message)
    })
  })

  it('says what to do when its file is not there', async () => {
    const workerUrl = new URL('file:///no/such/worker.js')
    const absent = startBatchSource({ dataset, ...options, workerUrl })
    await expect(absent).rejects.toThrow(MissingResourceError)
  })

  it.skipIf(!built)(`refuses batches once it is closed${reason}`, async () => {
    const source = await startBatchSource({ dataset, ...options })
    const training = source.train()
    await training.next()
    await source.close()
    await source.close()
    await expect(take(source, 1)).rejects.toThrow('the thread that makes batches is closed')
  })
})
