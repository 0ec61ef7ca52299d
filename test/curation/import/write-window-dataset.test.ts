import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDataset } from '../../../src/curation/dataset.ts'
import type { ImportedRow, WindowImport } from '../../../src/curation/import/window-import.ts'
import { writeWindowDataset } from '../../../src/curation/import/write-window-dataset.ts'
import { SPLITS, type Split } from '../../../src/curation/window-table.ts'
import { decodeText, encodeText, reverseComplement } from '../../../src/genome/sequence.ts'
import { folderOf } from '../dataset-folder.ts'
import { imported, refusal } from './import-folder.ts'

type ShortRow = [split: Split, answer: string | number, sequence: string]

/** An import of rows made here. */
function importOf(rows: readonly ShortRow[], then?: () => void): WindowImport {
  const isRegression = typeof rows[0]?.[1] === 'number'
  return {
    source: 'made here',
    layout: { site: 'unknown' },
    answers: isRegression ? 'target' : 'class',
    files: [],
    settings: { reader: 'test' },
    async *rows(tally) {
      tally.rows += rows.length
      yield rows.map(([split, answer, sequence]): ImportedRow => {
        const codes = encodeText(sequence)
        return typeof answer === 'number'
          ? { codes, split, targets: [answer] }
          : { codes, split, className: answer }
      })
      then?.()
    },
  }
}

async function kept(rows: readonly ShortRow[], deduplicate = false) {
  const { rows: written, description, summary } = await imported(importOf(rows), { deduplicate })
  return {
    rows: written.map(row => `${row.split} ${row.class ?? row.target} ${row.sequence}`),
    leftOut: description.leftOut,
    repeated: description.observed.repeatedRows,
    warnings: summary.warnings,
  }
}

describe('windows that come more than once', () => {
  it('in two parts stay in the later one only, on either strand', async () => {
    const found = await kept([
      ['train', 'positive', 'AACC'],
      ['train', 'negative', 'GGTT'],
      ['train', 'negative', 'ACCA'],
      ['validation', 'positive', 'AACC'],
      ['validation', 'positive', 'CCCA'],
      ['train', 'positive', 'TGGG'],
      ['test', 'positive', 'GGTT'],
      ['test', 'negative', 'TTTT'],
    ])
    expect(found.rows).toEqual([
      'train negative ACCA',
      'validation positive CCCA',
      'test positive GGTT',
      'test negative TTTT',
    ])
    expect(found.leftOut).toEqual({
      'also-in-test': { negative: 1, positive: 2 },
      'also-in-validation': { positive: 1 },
    })
    expect(found.warnings).toEqual([
      '3 rows with the bases of a test row (either strand) were left out',
      '1 training rows with the bases of a validation row (either strand) were left out',
    ])
  })

  it('with both labels in one part are all left out', async () => {
    const found = await kept([
      ['train', 'positive', 'AACC'],
      ['train', 'negative-x', 'AACC'],
      ['train', 'positive', 'AACC'],
      ['train', 'positive', 'CCCC'],
      ['test', 'negative', 'ACAC'],
    ])
    expect(found.rows).toEqual(['train positive CCCC', 'test negative ACAC'])
    expect(found.leftOut).toEqual({ 'contradicting-label': { 'negative-x': 1, positive: 2 } })
  })

  it('with both labels on two strands stay: a site has a strand', async () => {
    const found = await kept([
      ['train', 'positive', 'AACC'],
      ['train', 'negative', 'GGTT'],
    ])
    expect(found.rows.length).toBe(2)
  })

  it('with one label stay, unless they are to be deduplicated', async () => {
    const rows: ShortRow[] = [
      ['train', 'positive', 'AACC'],
      ['train', 'positive-x', 'AACC'],
      ['train', 'negative', 'CCCC'],
    ]
    expect(await kept(rows)).toMatchObject({ leftOut: {}, repeated: 1 })
    expect(await kept(rows, true)).toMatchObject({
      rows: ['train positive AACC', 'train negative CCCC'],
      leftOut: { repeated: { 'positive-x': 1 } },
      repeated: 0,
    })
  })

  it('with different values are different measurements', async () => {
    const rows: ShortRow[] = [
      ['train', 0.5, 'AACC'],
      ['train', 0.5, 'AACC'],
      ['train', 0, 'AACC'],
    ]
    expect((await kept(rows)).rows.length).toBe(3)
    expect((await kept(rows, true)).rows).toEqual(['train 0.5 AACC', 'train 0 AACC'])
  })

  it('of class unknown contradict nothing and keep nothing out', async () => {
    const found = await kept([
      ['train', 'positive', 'AACC'],
      ['train', 'unknown', 'AACC'],
      ['test', 'unknown', 'AACC'],
    ])
    expect(found.rows.length).toBe(3)
  })

  it('never leave a window in two parts, or with two labels in one', async () => {
    const row = fc.tuple(
      fc.constantFrom(...SPLITS),
      fc.constantFrom('positive', 'negative'),
      fc.string({ unit: fc.constantFrom('A', 'C', 'T'), minLength: 3, maxLength: 3 }),
    )
    const always: ShortRow = ['test', 'positive', 'GGG']
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), fc.boolean(), async (some, deduplicate) => {
        const rows: ShortRow[] = [...some, always]
        const { rows: written, description } = await imported(importOf(rows), { deduplicate })
        const partsOf = new Map<string, Set<string>>()
        const labelsOf = new Map<string, Set<string>>()
        const add = (map: Map<string, Set<string>>, key: string, value: string) =>
          map.set(key, (map.get(key) ?? new Set()).add(value))
        for (const { split, sequence, class: name } of written) {
          const reverse = decodeText(reverseComplement(encodeText(sequence!)))
          add(partsOf, sequence! < reverse ? sequence! : reverse, split!)
          add(labelsOf, `${split} ${sequence}`, name!)
        }
        expect([...partsOf.values()].every(parts => parts.size === 1)).toBe(true)
        expect([...labelsOf.values()].every(labels => labels.size === 1)).toBe(true)
        const left = Object.values(description.leftOut as Record<string, Record<string, number>>)
          .flatMap(classes => Object.values(classes))
          .reduce((sum, count) => sum + count, 0)
        expect(written.length + left).toBe(rows.length)
        expect(description.counts.rows).toBe(written.length)
        expect(
          deduplicate ? new Set(written.map(r => `${r.split} ${r.sequence}`)).size : written.length,
        ).toBe(written.length)
      }),
      { numRuns: 60 },
    )
  })
})

const TWO: ShortRow[] = [
  ['train', 'positive', 'AACC'],
  ['train', 'negative', 'CACC'],
]

describe('a dataset made of an import', () => {
  it('has the same bytes every time', async () => {
    const [first, again] = [await imported(importOf(TWO)), await imported(importOf(TWO))]
    expect(again.bytes).toEqual(first.bytes)
  })

  it('is what a set beyond memory gives, too', async () => {
    const letters = 'ACGT'
    const rows = Array.from({ length: 3000 }, (_, i): ShortRow => {
      const text = Array.from({ length: 8 }, (_, j) => letters[(i >> (2 * (j % 6))) & 3]).join('')
      return [i % 7 === 0 ? 'test' : 'train', i % 2 === 0 ? 'positive' : 'negative', text]
    })
    const [inMemory, inFile] = [
      await imported(importOf(rows)),
      await imported(importOf(rows), { memoryLimit: 100 }),
    ]
    expect(inFile.bytes).toEqual(inMemory.bytes)
    expect(readdirSync(dirname(inFile.folder))).toEqual(['set'])
  })

  it('is named and described as asked', async () => {
    const { description } = await imported(importOf(TWO), { name: 'mine', source: 'from there' })
    expect(description).toMatchObject({ name: 'mine', source: 'from there', toolVersion: '1.2.3' })
    expect(Object.keys(description)).toEqual([
      'schema',
      'schemaVersion',
      'toolVersion',
      'name',
      'source',
      'window',
      'files',
      'tables',
      'settings',
      'counts',
      'observed',
      'leftOut',
      'warnings',
    ])
  })

  it('is read with the names and parts it was written with', async () => {
    const { folder, description } = await imported(importOf([...TWO, ['test', 'positive', 'TTTA']]))
    const dataset = await readDataset(folder, { scratchFolder: folder, validationFraction: 0 })
    expect(dataset.name).toBe('set')
    expect([dataset.splits.train.length, dataset.splits.test.length]).toEqual([2, 1])
    expect(dataset.files[0]).toMatchObject({ name: 'windows.tsv.gz', sha256: description.tables[0].sha256 })
    await dataset.close()
  })

  it('replaces no folder with something in it', async () => {
    const folder = folderOf({ 'mine.txt': 'kept' })
    await expect(writeWindowDataset(folder, importOf(TWO), { toolVersion: '1' })).rejects.toThrow(
      /expected a folder that is new or empty/,
    )
    expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('kept')
  })

  it.each([undefined, 4])('leaves nothing behind when reading fails (memory limit %s)', async memoryLimit => {
    const failing = importOf(TWO, () => {
      throw new Error('broken')
    })
    expect((await refusal(failing, memoryLimit === undefined ? {} : { memoryLimit })).message).toBe('broken')
  })

  it('leaves nothing behind when it is interrupted', async () => {
    const stopping = new AbortController()
    const source = importOf(TWO)
    const endless: WindowImport = {
      ...source,
      async *rows(tally) {
        for (let i = 0; ; i++) {
          yield* source.rows(tally)
          if (i === 3) {
            stopping.abort()
          }
        }
      },
    }
    const error = await refusal(endless, { signal: stopping.signal, memoryLimit: 4 })
    expect(error.exitCode).toBe(130)
  })

  it('can be discarded at any moment, synchronously', async () => {
    const folder = join(folderOf({}), 'set')
    const unfinished: { discard(): void }[] = []
    const source = importOf(TWO, () => {
      expect(readdirSync(dirname(folder)).length).toBe(1)
      for (const output of unfinished) {
        output.discard()
      }
      expect(readdirSync(dirname(folder))).toEqual([])
    })
    await expect(
      writeWindowDataset(folder, source, { toolVersion: '1', guard: output => unfinished.push(output) }),
    ).rejects.toThrow()
    expect(existsSync(folder)).toBe(false)
  })
})
