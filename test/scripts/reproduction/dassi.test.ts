import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { together } from '../../../scripts/reproduce/dassi/measured.mjs'
import {
  readWindows,
  SPECIES,
  someOf,
  without,
  writeDataset,
} from '../../../scripts/reproduce/dassi/pools.mjs'
import * as dassi from '../../../scripts/reproduce/dassi.mjs'
import { resultOf } from '../../../scripts/reproduction/results.mjs'
import { evaluation, type Given, MODELS, makeContext, SECONDS, scratchFolder } from './fake-tool.ts'

const scratch = scratchFolder()
afterAll(scratch.remove)

let work: string
let calls: string[][]
let number = 0
beforeEach(() => {
  work = join(scratch.path, String(number++))
  calls = []
})

const contextWith = (given: Given = {}) => makeContext(work, calls, given)

/** Made windows of 141, `count` of each label for each species and site; returns the data folder. */
function madePools(count: number): string {
  const folder = join(scratch.path, `pools-${count}`)
  let state = 1
  const base = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return 'ACGT'[(state >> 16) & 3]!
  }
  for (const set of ['dassi-dss1', 'dassi-dss2-141']) {
    mkdirSync(join(folder, set), { recursive: true })
    for (const { file } of SPECIES) {
      for (const site of ['acc', 'don']) {
        const sequences = Array.from({ length: 2 * count }, () => Array.from({ length: 141 }, base).join(''))
        const labels = sequences.map((_, i) => i % 2)
        const write = (what: string, lines: readonly unknown[]) =>
          writeFileSync(join(folder, set, `test_${file}_${site}_${what}.txt.gz`), gzipSync(lines.join('\n')))
        write('seq', sequences)
        write('label', labels)
      }
    }
  }
  return folder
}

describe('windows of DASSI', () => {
  it('come into folds of which no two share a window on either strand', () => {
    const data = madePools(10)
    const context = contextWith({ data })
    const windows = readWindows(context, 'dassi-dss1', 'acceptor', 3)
    expect(windows.length).toBe(80)
    const [first] = windows
    const path = join(data, 'dassi-dss1/test_dmelanogaster_acc_seq.txt.gz')
    const lines = gunzipSync(readFileSync(path)).toString().split('\n')
    const complement: Record<string, string> = { A: 'T', C: 'G', G: 'C', T: 'A' }
    lines[1] = Array.from(first!.sequence, base => complement[base])
      .reverse()
      .join('')
    lines[2] = first!.sequence
    writeFileSync(path, gzipSync(lines.join('\n')))
    const changed = readWindows(context, 'dassi-dss1', 'acceptor', 3)
    // Lines 1 and 2 have labels 1 and 0; the first window is of label 0.
    expect(changed.length).toBe(77)
    expect(new Set(windows.map(({ fold }) => fold))).toEqual(new Set([0, 1, 2]))
    expect(without(windows, windows.slice(0, 5)).length).toBe(75)
  })

  it('are drawn by their bases, not their order', () => {
    const windows = readWindows(contextWith({ data: madePools(11) }), 'dassi-dss1', 'donor', 2)
    const some = someOf(windows, 12)
    expect(some.length).toBe(12)
    expect(someOf([...windows].reverse(), 12)).toEqual(some)
    expect(someOf(windows, 1000)).toBe(windows)
  })

  it('are written with the site where the tool looks for it', () => {
    const windows = [{ sequence: 'ACGT', isSite: true, species: 'fly', fold: 0 }]
    const folder = writeDataset(contextWith(), { name: 'a', site: 'donor', split: 'test', windows })
    expect(gunzipSync(readFileSync(join(folder, 'windows.tsv.gz'))).toString()).toBe(
      'class\tsplit\tsite\tsequence\npositive\ttest\tdonor\tACGT\n',
    )
    expect(JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')).window).toEqual({
      length: 141,
      site: 61,
    })
  })
})

describe('the report on DASSI', () => {
  it('adds up calls and takes the mean of the AUCs', () => {
    const one = JSON.parse(evaluation(''))
    const two = JSON.parse(evaluation(''))
    two.levels[0].overall.confusion = {
      truePositives: 60,
      falseNegatives: 0,
      trueNegatives: 0,
      falsePositives: 50,
    }
    two.levels[0].overall.estimates.auroc.value = 0.7
    expect(together([one, two])).toEqual({
      examples: 200,
      accuracy: 67.5,
      sensitivity: 90,
      specificity: 45,
      f1: (200 * 90) / (180 + 55 + 10),
      auc: 80,
      callsAuc: 67.5,
    })
  })

  it('has the tables of the paper beside ours, without any training', async () => {
    const parity = join(work, 'parity')
    const context = contextWith({ data: madePools(12), parity, jobs: 2 })
    const { sections } = await dassi.reproduce(context)
    expect(sections.map(({ heading }) => heading)).toEqual([
      'How it was done',
      'Human acceptors (Table 5)',
      "The paper's own sets, by species (Table 6)",
      'Sets of Splice2Deep, trimmed (Table 8)',
      'Acceptors, all models, by species',
    ])
    expect(sections[1]?.table?.rows[0]).toEqual([
      ...['DASSI', '94.15', '94.00', '95.20', '94.00', '98.80'],
      ...['83.33', '75.00', '90.00', '80.00', '82.50', '90.00'],
    ])
    expect(sections[2]?.table?.rows[7]).toEqual([
      ...['donor', 'D. melanogaster', '99.44 / 96.81', '99.51'],
      ...['90.00 / 83.33', '90.00 / 83.33', '90.00 / 83.33'],
    ])
    expect(existsSync(join(work, 'runs/asp-donor-0/model.onnx'))).toBe(true)
    const about = { ...dassi.about }
    expect(() =>
      resultOf({ name: 'dassi', fast: true, about, report: { sections }, toolVersion: '1', taken: SECONDS }),
    ).not.toThrow()
  })

  it('leaves a dash for a model that is not there', async () => {
    const models = MODELS.filter(({ name }) => name !== 'asp-svm')
    const context = contextWith({ data: madePools(12), models })
    const { sections } = await dassi.reproduce(context)
    expect(sections[2]?.table?.rows[0]).toEqual([
      ...['acceptor', 'human', '98.22 / 94.56', '97.86', '-', '90.00 / 83.33', '-'],
    ])
  })
})
