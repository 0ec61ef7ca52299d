import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import { seededRandom } from '../../src/core/random.ts'
import { packedBytes, packWindow } from '../../src/curation/packed-windows.ts'
import { openWindowStore, type WindowStore, WindowStoreBuilder } from '../../src/curation/window-store.ts'
import { folderOf } from './dataset-folder.ts'

/** Returns the same random windows in a store in memory and in one on disk. */
async function bothStores(count: number, length: number) {
  const folder = folderOf({})
  const build = async (memoryLimit: number) => {
    const random = seededRandom(count)
    const builder = new WindowStoreBuilder({ length, memoryLimit, scratchFolder: folder })
    for (let i = 0; i < count; i++) {
      const slot = builder.slot()
      for (let j = 0; j < length; j++) {
        slot[j] = random.int(5)
      }
      builder.keep()
      if (i % 100 === 99) {
        await builder.drain()
      }
    }
    return { store: await builder.finish(), builder }
  }
  return { folder, memory: await build(1 << 30), disk: await build(1000) }
}

const read = async (store: WindowStore, ...indices: number[]) => {
  const codes = new Uint8Array(indices.length * store.length)
  await store.read(Uint32Array.from(indices), codes)
  return codes
}

describe('a store of windows', () => {
  it('gives the same windows from memory and from disk', async () => {
    // 1,000 windows of 2,001 codes are two megabytes: several chunks.
    const { folder, memory, disk } = await bothStores(1000, 2001)
    expect(memory.store.handle().kind).toBe('memory')
    expect(disk.store.handle().kind).toBe('codes-file')
    expect([disk.store.count, disk.store.length]).toEqual([1000, 2001])
    const all = Array.from({ length: 1000 }, (_, i) => i)
    expect(Buffer.compare(await read(disk.store, ...all), await read(memory.store, ...all))).toBe(0)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(999), { maxLength: 30 }), async indices => {
        const [a, b] = [await read(disk.store, ...indices), await read(memory.store, ...indices)]
        expect(Buffer.compare(a, b)).toBe(0)
      }),
      { numRuns: 40 },
    )
    expect(readdirSync(folder).length).toBe(1)
    await disk.store.close()
    disk.builder.discard()
    disk.builder.discard()
    expect(readdirSync(folder)).toEqual([])
  })

  it('gives windows in the order asked for, also twice', async () => {
    const { memory, disk } = await bothStores(10, 7)
    for (const { store } of [memory, disk]) {
      const all = await read(store, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
      const some = await read(store, 3, 9, 3)
      expect(some.subarray(0, 7)).toEqual(all.subarray(21, 28))
      expect(some.subarray(7, 14)).toEqual(all.subarray(63, 70))
      expect(some.subarray(14)).toEqual(all.subarray(21, 28))
    }
  })

  it('can be opened a second time from its handle', async () => {
    const { memory, disk } = await bothStores(10, 7)
    for (const { store } of [memory, disk]) {
      const second = await openWindowStore(structuredClone(store.handle()))
      await store.close()
      expect((await read(second, 4)).length).toBe(7)
      await second.close()
    }
  })

  it('refuses numbers beyond its windows and room of another size', async () => {
    const { memory, disk } = await bothStores(10, 7)
    for (const { store } of [memory, disk]) {
      await expect(read(store, 10)).rejects.toThrow('expected window numbers below 10, found 10')
      await expect(store.read(Uint32Array.of(1), new Uint8Array(8))).rejects.toThrow(
        'expected room for 1 windows of 7 codes, found 8 bytes',
      )
    }
  })

  it('says when its file has gone or the folder for it is not there', async () => {
    const { folder, disk } = await bothStores(10, 200)
    await disk.store.close()
    disk.builder.discard()
    await expect(openWindowStore(disk.store.handle())).rejects.toThrow(MissingResourceError)
    const scratchFolder = join(folder, 'absent')
    const builder = new WindowStoreBuilder({ length: 4, memoryLimit: 0, scratchFolder })
    builder.keep()
    await expect(builder.finish()).rejects.toThrow(`${scratchFolder}: no such folder`)
  })
})

/** Returns a store of every third of `rows` random windows packed in a file, or of all, and the same windows in memory. */
async function packedStore(rows: number, length: number, everyThird: boolean) {
  const { folder, memory, disk } = await bothStores(rows, length)
  await disk.store.close()
  const bytes = packedBytes(length)
  const packed = new Uint8Array(rows * bytes)
  for (let i = 0; i < rows; i++) {
    packWindow(await read(memory.store, i), 0, length, packed, i * bytes)
  }
  const path = join(folder, 'windows.codes')
  writeFileSync(path, packed)
  const count = everyThird ? Math.ceil(rows / 3) : rows
  let numbers: Uint32Array<SharedArrayBuffer> | undefined
  if (everyThird) {
    numbers = new Uint32Array(new SharedArrayBuffer(4 * count))
    numbers.set(Array.from({ length: count }, (_, i) => 3 * i))
  }
  const store = await openWindowStore({ kind: 'packed-file', path, count, length, rows: numbers })
  return { path, packed, store, memory: memory.store }
}

describe('a store of packed windows', () => {
  it.each([
    [141, false],
    [800, false],
    [800, true],
    // Gaps between rows longer than what is read along.
    [20_000, true],
  ])('of %i codes gives the windows of its rows, left out ones: %s', async (length, everyThird) => {
    const { store, memory } = await packedStore(60, length, everyThird)
    const rowOf = (index: number) => (everyThird ? 3 * index : index)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.array(fc.nat(store.count - 1), { maxLength: 30 }),
          fc.constant(Array.from({ length: store.count }, (_, i) => i)),
        ),
        async indices => {
          const [a, b] = [await read(store, ...indices), await read(memory, ...indices.map(rowOf))]
          expect(Buffer.compare(a, b)).toBe(0)
        },
      ),
      { numRuns: 20 },
    )
    const second = await openWindowStore(structuredClone(store.handle()))
    await store.close()
    expect(await read(second, 1)).toEqual(await read(memory, rowOf(1)))
    await expect(read(second, store.count)).rejects.toThrow(RangeError)
    await second.close()
  })

  it('names the window of a byte that holds no codes', async () => {
    const { path, packed, store } = await packedStore(10, 7, false)
    packed[4 * 3 + 1] = 200
    writeFileSync(path, packed)
    const error = await read(store, 2, 3, 4, 5).catch(caught => caught)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toBe(`${path}: window 5: expected bytes below 125 in packed windows, found 200`)
    await expect(read(store, 2, 3)).resolves.toHaveLength(14)
    await store.close()
  })
})
