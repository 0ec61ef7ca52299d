import { describe, expect, it } from 'vitest'
import { InterruptedError } from '../../src/core/errors.ts'
import { auroc } from '../../src/core/metrics.ts'
import { seededRandom } from '../../src/core/random.ts'
import { binTable } from '../../src/trees/binned-table.ts'
import {
  bagOf,
  binnedForestValues,
  type ForestRequest,
  type ForestSettings,
  forestValues,
  growForest,
} from '../../src/trees/forest.ts'
import { impurityImportance, permutationImportance } from '../../src/trees/importance.ts'
import { balancedWeights, targetTable } from '../../src/trees/targets.ts'

const COLUMNS = 8

/** Rows of random numbers; the label depends on the first two, with noise. */
function made(rows: number, seed: number) {
  const random = seededRandom(seed)
  const values = Float32Array.from({ length: rows * COLUMNS }, () => random.float())
  const labels = Float32Array.from({ length: rows }, (_, row) => {
    const sum = values[row * COLUMNS]! + values[row * COLUMNS + 1]! + 0.4 * (random.float() - 0.5)
    return sum > 1 ? 1 : 0
  })
  return { values, labels, table: binTable({ values, columns: COLUMNS }), targets: targetTable(labels, 1) }
}

const train = made(400, 1)
const test = made(400, 2)

const forest = (settings: Partial<ForestSettings> = {}, request: Partial<ForestRequest> = {}) =>
  growForest({ ...train, seed: 3, settings: { trees: 40, ...settings }, ...request })

describe('a random forest', () => {
  it('tells apart what it has not seen, and its out-of-bag score says how well', async () => {
    const grown = await forest()
    const found = auroc(forestValues(grown.forest, test.values), test.labels)
    expect(found).toBeGreaterThan(0.95)
    expect(auroc(grown.outOfBag.values, train.labels)).toBeCloseTo(found, 1)
    // A row is in a draw with the chance 1 - (1 - 1/400)^400, 0.63.
    const mean = grown.outOfBag.trees.reduce((sum, count) => sum + count, 0) / 400
    expect(mean / 40).toBeCloseTo(0.37, 1)
  })

  it('is the same for the same seed and another for another', async () => {
    const tellAll = async (seed: number) => [
      ...forestValues((await forest({ trees: 5 }, { seed })).forest, test.values),
    ]
    expect(await tellAll(3)).toEqual(await tellAll(3))
    expect(await tellAll(4)).not.toEqual(await tellAll(3))
  })

  it('has the same trees first, however many there are', async () => {
    const few = (await forest({ trees: 2 })).forest.trees
    expect((await forest({ trees: 3 })).forest.trees.slice(0, 2)).toEqual(few)
  })

  it('fits the rows exactly without draws, and has no out-of-bag score then', async () => {
    const { forest: grown, outOfBag } = await forest({ trees: 2, bootstrap: false })
    expect([...forestValues(grown, train.values)]).toEqual([...train.labels])
    expect([...binnedForestValues(grown, train.table)]).toEqual([...train.labels])
    expect(outOfBag.trees.every(count => count === 0)).toBe(true)
  })

  it('keeps to depth and least rows of a leaf', async () => {
    const deep = (await forest({ maxDepth: 3 })).forest
    expect(Math.max(...deep.trees.map(({ left }) => left.length))).toBeLessThanOrEqual(15)
    const { forest: grown } = await forest({ minLeaf: 50, bootstrap: false, trees: 3 })
    for (const { left } of grown.trees) {
      expect(left.length).toBeLessThanOrEqual(2 * (400 / 50) - 1)
    }
  })

  it('learns several labels at once as well as one', async () => {
    const labels = Float32Array.from(
      { length: 1200 },
      (_, i) => [1, 0, 1][i % 3]! * train.labels[Math.floor(i / 3)]!,
    )
    const { forest: grown } = await forest({}, { targets: targetTable(labels, 3) })
    const told = forestValues(grown, test.values)
    const column = (k: number) => Float64Array.from(test.labels, (_, row) => told[row * 3 + k]!)
    expect(auroc(column(0), test.labels)).toBeGreaterThan(0.95)
    expect(column(1).every(value => value === 0)).toBe(true)
    expect(column(2)).toEqual(column(0))
  })

  it('learns nothing from rows of weight 0', async () => {
    const weights = train.labels.map((_, row) => (row < 10 ? 1 : 0))
    const { forest: grown } = await forest({}, { weights })
    expect(Math.max(...grown.trees.map(({ left }) => left.length))).toBeLessThanOrEqual(19)
    expect(balancedWeights([0, 0, 0, 1])).toEqual(Float64Array.of(2 / 3, 2 / 3, 2 / 3, 2))
  })

  it('stops at the signal', async () => {
    await expect(forest({}, { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError)
  })

  it.each([
    [{ trees: 0 }, 'found 0'],
    [{ minLeaf: 0.5 }, 'found 0.5'],
    [{ features: 0 }, 'found 0'],
  ])('refuses the settings %j', async (settings, message) => {
    await expect(forest(settings)).rejects.toThrow(message)
  })

  it('refuses targets and weights of other rows', async () => {
    await expect(forest({}, { targets: targetTable([1, 0], 1) })).rejects.toThrow('found 2 and 400')
    await expect(forest({}, { weights: [1] })).rejects.toThrow('found 400 and 1')
    await expect(forest({}, { weights: train.labels.map(() => 0) })).rejects.toThrow('one of them above 0')
    await expect(forest({}, { weights: train.labels.map(() => Number.NaN) })).rejects.toThrow('of 0 or more')
  })
})

describe('importance', () => {
  it('is that of the features that matter, by impurity and by permutation', async () => {
    const { forest: grown } = await forest()
    const impurity = impurityImportance(grown)
    expect(impurity.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(Math.min(impurity[0]!, impurity[1]!)).toBeGreaterThan(0.25)
    expect(Math.max(...impurity.slice(2))).toBeLessThan(0.1)
    for (const data of [test, { ...train, outOfBag: true }]) {
      const { error, increase, deviation } = permutationImportance({
        forest: grown,
        ...data,
        repeats: 4,
        random: seededRandom(1),
      })
      expect(error).toBeLessThan(0.1)
      expect(Math.min(increase[0]!, increase[1]!)).toBeGreaterThan(0.05)
      expect(Math.max(...increase.slice(2).map(Math.abs))).toBeLessThan(0.01)
      expect(Math.max(...deviation)).toBeLessThan(0.03)
    }
  })

  it('of a split by hand is one half, and of a forest of leaves zero', async () => {
    // Each column alone decides one of two targets of equal spread.
    const values = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1)
    const table = binTable({ values, columns: 2 })
    const settings = { trees: 1, features: 'all', bootstrap: false } as const
    const { forest: grown } = await growForest({ table, targets: targetTable(values, 2), seed: 1, settings })
    expect([...impurityImportance(grown)]).toEqual([0.5, 0.5])
    const same = targetTable([1, 1, 1, 1], 1)
    const leaves = await growForest({ table, targets: same, seed: 1, settings })
    expect([...impurityImportance(leaves.forest)]).toEqual([0, 0])
  })

  it('by permutation needs repeats, and rows that some tree has not seen', async () => {
    const { forest: grown } = await forest({ trees: 1, bootstrap: false })
    const request = { forest: grown, ...train, random: seededRandom(1) }
    expect(() => permutationImportance({ ...request, repeats: 0 })).toThrow('found 0')
    expect(() => permutationImportance({ ...request, repeats: 1, outOfBag: true })).toThrow('found none')
    expect(bagOf(grown, 0, 3)).toEqual(Uint32Array.of(1, 1, 1))
  })
})
