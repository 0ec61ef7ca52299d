import { describe, expect, it } from 'vitest'
import type { ModelLayout } from '../../src/export/bundle.ts'
import type { EvaluationRequest } from '../../src/training/evaluation.ts'
import { datasetOf, tableOf } from '../curation/dataset-folder.ts'
import { failure, modelOf, scored } from './evaluation-support.ts'
import { scriptedLength, scriptedModel, scriptedWindow } from './scripted-model.ts'

const WINDOW = { length: scriptedLength(3), donor: 8, acceptor: 16 }
const JUNCTION: ModelLayout = { kind: 'junction', window: WINDOW }
const COLUMNS = ['donor', 'acceptor', 'junction']
const trio = await modelOf(await scriptedModel(JUNCTION, { columns: COLUMNS }))

/** Scores of donor, acceptor and junction, class, part and gene. */
const ROWS: [number[], string, string, string][] = [
  [[0.25, 0.5, 0.75], 'positive', 'test', 'g1'],
  [[0.125, 0.0625, 0.5], 'negative-near', 'test', 'g1'],
  [[0, 0, 0], 'negative-random', 'test', '.'],
  [[0.5, 0.5, 0.25], 'negative-random', 'validation', 'g2'],
  [[0.75, 0.75, 0.875], 'positive-mane', 'validation', 'g2'],
  [[0.375, 0.75, 0.625], 'positive', 'train', 'g3'],
  [[0.125, 0.125, 0.125], 'negative-random', 'train', '.'],
]

function tableRows(parts: readonly string[] = ['test', 'validation', 'train']): string {
  return tableOf(
    ['sequence', 'class', 'split', 'gene', 'motif'],
    ...ROWS.filter(([, , part]) => parts.includes(part)).map(([scores, name, part, gene], i) => [
      scriptedWindow(scores),
      name,
      part,
      gene,
      i === 0 ? 'GC-AG' : 'GT-AG',
    ]),
  )
}

const small = (parts?: readonly string[], window: object = WINDOW) =>
  datasetOf(tableRows(parts), { description: { name: 'small', window }, validationFraction: 0 })

describe('scoring a dataset', () => {
  it('gives every example of the part its scores, the deciding column first', async () => {
    const { split, indices, columns, labels, classes, clusters, motifs, sites, targets } = await scored(
      await small(),
      trio,
    )
    expect([split, Array.from(indices), Array.from(labels)]).toEqual(['test', [0, 1, 2], [1, 0, 0]])
    expect(columns.map(({ column, level, scores }) => [column, level, Array.from(scores)])).toEqual([
      ['junction', 'junction', [0.75, 0.5, 0]],
      ['donor', 'site', [0.25, 0.125, 0]],
      ['acceptor', 'site', [0.5, 0.0625, 0]],
    ])
    expect(classes).toEqual(['positive', 'negative-near', 'negative-random'])
    expect(motifs).toEqual(['GC-AG', 'GT-AG', 'GT-AG'])
    // The third has no gene: it is drawn by itself.
    expect(clusters![0]).toBe(clusters![1])
    expect(clusters![2]).not.toBe(clusters![0])
    expect([sites, targets]).toEqual([undefined, undefined])
  })

  it.each([
    [['test', 'validation', 'train'], 'test', [0, 1, 2]],
    [['validation', 'train'], 'validation', [0, 1]],
    [['train'], 'all', [0, 1]],
  ])('takes of the parts %j by default %s', async (parts, wanted, rows) => {
    const { split, indices } = await scored(await small(parts), trio)
    expect([split, Array.from(indices)]).toEqual([wanted, rows])
  })

  it('takes the part asked for, and all of them in order', async () => {
    const train = await scored(await small(), trio, { split: 'train' })
    expect(Array.from(train.indices)).toEqual([5, 6])
    const all = await scored(await small(), trio, { split: 'all' })
    expect(Array.from(all.indices)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(Array.from(all.columns[0]!.scores)).toEqual(ROWS.map(([scores]) => scores[2]))
  })

  it('gives the same scores whatever the batch size', async () => {
    for (const batchSize of [1, 2, 1000]) {
      const { columns } = await scored(await small(), trio, { split: 'all', batchSize })
      expect(Array.from(columns[0]!.scores)).toEqual(ROWS.map(([scores]) => scores[2]))
    }
  })

  it('reports how far it is', async () => {
    const done: number[] = []
    await scored(await small(), trio, {
      split: 'all',
      batchSize: 3,
      onProgress: progress => done.push(progress.done),
    })
    expect(done).toEqual([3, 6, 7])
  })

  it('has one level for a model of single sites', async () => {
    const window = { length: scriptedLength(1), site: 4 }
    const model = await modelOf(await scriptedModel({ kind: 'site', window }, { columns: ['site'] }))
    const table = tableOf(
      ['sequence', 'class', 'site'],
      [scriptedWindow([0.75]), 'positive', 'donor'],
      [scriptedWindow([0.25]), 'negative', 'acceptor'],
    )
    const dataset = await datasetOf(table, { description: { window }, validationFraction: 0 })
    const { columns, sites } = await scored(dataset, model)
    expect(columns.map(({ column, level, scores }) => [column, level, Array.from(scores)])).toEqual([
      ['site', 'site', [0.75, 0.25]],
    ])
    expect(sites).toEqual(['donor', 'acceptor'])
  })

  it('keeps targets beside the columns that predict them', async () => {
    const window = { length: scriptedLength(2), site: 4 }
    const model = await modelOf(
      await scriptedModel({ kind: 'site', window }, { columns: ['a', 'b'], scale: 3 }),
    )
    const table = tableOf(
      ['sequence', 'target'],
      [scriptedWindow([0.75, 0.5]), '2,-1'],
      [scriptedWindow([0.25, 0]), '3.5,7'],
    )
    const dataset = await datasetOf(table, { description: { window }, validationFraction: 0 })
    const { columns, targets } = await scored(dataset, model)
    expect(columns.map(({ column, scores }) => [column, Array.from(scores)])).toEqual([
      ['a', [2.25, 0.75]],
      ['b', [1.5, 0]],
    ])
    expect(targets!.map(column => Array.from(column))).toEqual([
      [2, 3.5],
      [-1, 7],
    ])
  })
})

describe('warnings', () => {
  it('tell that the windows are those the model learned from', async () => {
    const seen = async (split: EvaluationRequest['split'], role: string) => {
      const dataset = await small()
      const files = dataset.files.filter(file => file.role === 'windows').map(file => ({ ...file, role }))
      const trained = { ...trio, metadata: { ...trio.metadata, trainingData: files } }
      return (await scored({ ...dataset, files }, trained, { split })).warnings
    }
    expect(await seen('test', 'windows')).toEqual([])
    expect(await seen('validation', 'windows')).toEqual([expect.stringContaining('flatter')])
    expect(await seen('train', 'windows')).toEqual([expect.stringContaining('too good')])
    expect(await seen('all', 'windows')).toEqual([expect.stringContaining('too good')])
    expect(await seen('test', 'source')).toEqual([
      'the model was trained on windows.tsv, from which this dataset was made, too: it may have seen some of these windows',
    ])
  })

  it('tell that nothing says where the sites are', async () => {
    const { warnings } = await scored(await small(undefined, { length: WINDOW.length }), trio)
    expect(warnings).toEqual([expect.stringContaining('nothing says where the sites')])
  })
})

describe('what does not fit', () => {
  it('is windows of another length', async () => {
    const table = tableOf(['sequence', 'class'], ['ACGTACGTAC', 'positive'], ['TTTTTTTTTT', 'negative'])
    const error = await failure(scored(await datasetOf(table, { validationFraction: 0 }), trio))
    expect(error.message).toBe(
      'model scripted takes windows of 24 bases: expected those, found a dataset with windows of 10',
    )
    expect(error.exitCode).toBe(3)
  })

  it.each([
    [{ length: 24, donor: 7, acceptor: 16 }, 'found a dataset with the donor at 7 and the acceptor at 16'],
    [{ length: 24, site: 12 }, 'found a dataset with one site, at 12'],
  ])('is windows with their sites elsewhere: %j', async (window, text) => {
    const error = await failure(scored(await small(undefined, window), trio))
    expect(error.message).toContain('takes windows with the donor at 8 and the acceptor at 16')
    expect(error.message).toContain(text)
  })

  it('is a part without windows', async () => {
    const error = await failure(scored(await small(['test', 'train']), trio, { split: 'validation' }))
    expect(error.message).toBe(
      'dataset small: expected windows in its part validation, found none (train 2, validation 0, test 3)',
    )
    expect(error.hint).toContain('--split')
  })

  it('is a part with one class', async () => {
    const table = tableOf(
      ['sequence', 'class', 'split'],
      [scriptedWindow([0, 0, 0]), 'positive', 'test'],
      [scriptedWindow([0, 0, 0.5]), 'positive', 'test'],
      [scriptedWindow([0, 0.5, 0]), 'negative', 'train'],
    )
    const options = { description: { name: 'lone', window: WINDOW }, validationFraction: 0 }
    const error = await failure(scored(await datasetOf(table, options), trio))
    expect(error.message).toBe(
      'dataset lone: expected positive and negative windows to tell apart in its part test, found 2 positive and 0 negative',
    )
  })

  it('is a score that is no probability', async () => {
    const model = await modelOf(await scriptedModel(JUNCTION, { columns: COLUMNS, scale: 2 }))
    const error = await failure(scored(await small(), model))
    expect(error.message).toContain(
      'expected probabilities, found 1.5 in column junction for example 0 of the dataset',
    )
  })

  it('is targets in another number than columns', async () => {
    const table = tableOf(['sequence', 'target'], [scriptedWindow([0, 0, 0]), '1'])
    const options = { description: { window: WINDOW }, validationFraction: 0 }
    const error = await failure(scored(await datasetOf(table, options), trio))
    expect(error.message).toContain('expected 3 numbers as target')
    expect(error.message).toContain('(donor, acceptor, junction), found 1')
  })
})
