import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { binTable } from '../../src/trees/binned-table.ts'
import { growTree, type TreeSettings } from '../../src/trees/grow-tree.ts'
import { classTargets, targetTable } from '../../src/trees/targets.ts'
import { addLeaf, LEAF, leafOf, leafOfBins, type Tree } from '../../src/trees/tree.ts'

interface Lesson extends Partial<TreeSettings> {
  rows: readonly (readonly number[])[]
  targets: readonly (readonly number[])[]
  weights?: readonly number[]
  bins?: number
}

/** Returns a tree that looks at all features, unless told otherwise. */
function grow({ rows, targets, weights, bins, ...settings }: Lesson): Tree {
  const columns = rows[0]!.length
  return growTree({
    table: binTable({ values: Float32Array.from(rows.flat()), columns, ...(bins && { bins }) }),
    targets: targetTable(targets.flat(), targets[0]!.length),
    weights: Float64Array.from(weights ?? rows.map(() => 1)),
    maxDepth: 0,
    minLeaf: 1,
    features: columns,
    ...settings,
    random: seededRandom(1),
  })
}

/** Returns what a tree tells of a row. */
function told(tree: Tree, row: readonly number[], targets: number): number[] {
  const sums = new Float64Array(targets)
  addLeaf(tree, leafOf(tree, Float32Array.from(row), 0), sums, 0)
  return [...sums]
}

const column = (values: readonly number[]) => values.map(value => [value])

describe('a tree', () => {
  it('splits where the impurity falls most', () => {
    const rows = [
      [1, 5],
      [2, 6],
      [2, 5],
      [3, 6],
      [4, 5],
      [5, 6],
    ]
    const tree = grow({ rows, targets: column([0, 0, 1, 1, 1, 1]), maxDepth: 1 })
    expect([...tree.feature]).toEqual([0, LEAF, LEAF])
    expect([...tree.threshold]).toEqual([2.5, 0, 0])
    expect([...tree.left]).toEqual([1, 0, 0])
    expect([...tree.means]).toEqual([1 / 3, 1])
    // (left sum)² / left rows + (right sum)² / right rows - (sum)² / rows.
    expect(tree.gain[0]).toBeCloseTo(1 / 3 + 3 - 16 / 6, 12)
  })

  it.each([
    ['the first of equally good cuts', {}, 1.5, [2 / 3]],
    ['weights', { weights: [1, 1, 1, 9] }, 3.5, [1 / 3, 1]],
    ['rows that do not count, with the cut in the middle of the gap', { weights: [1, 0, 0, 1] }, 2.5, [1]],
    ['the least number of rows in a leaf', { minLeaf: 2 }, 2.5, [0.5, 0.5]],
    ['few bins', { bins: 2 }, 2.5, [0.5, 0.5]],
  ])('takes %s', (_, settings, threshold, means) => {
    const tree = grow({
      rows: column([1, 2, 3, 4]),
      targets: column([0, 1, 0, 1]),
      maxDepth: 1,
      ...settings,
    })
    expect(tree.threshold[0]).toBe(threshold)
    expect([...tree.means]).toEqual(means)
  })

  it('goes on where one question alone does not help', () => {
    const rows = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]
    const tree = grow({ rows, targets: column([0, 1, 1, 0]) })
    expect(tree.gain[0]).toBe(0)
    expect(rows.map(row => told(tree, row, 1)[0])).toEqual([0, 1, 1, 0])
  })

  it.each([
    ['features that are all the same', { rows: column([7, 7, 7]), targets: column([0, 1, 1]) }, [2 / 3]],
    ['targets that are all the same', { rows: column([1, 2, 3]), targets: column([1, 1, 1]) }, [1]],
    ['targets of zero', { rows: column([1, 2, 3]), targets: column([0, 0, 0]) }, []],
    ['one row', { rows: column([1]), targets: column([0.25]) }, [0.25]],
    ['too few rows for two leaves', { rows: column([1, 2, 3]), targets: column([0, 0, 3]), minLeaf: 2 }, [1]],
  ])('is a leaf for %s', (_, lesson, means) => {
    const tree = grow(lesson)
    expect([...tree.feature]).toEqual([LEAF])
    expect([...tree.means]).toEqual(means)
  })

  it('tells shares of labels, means of numbers and shares of classes alike', () => {
    const rows = column([1, 1, 1, 1, 2])
    const labels = [
      [1, 0, 1],
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]
    expect(told(grow({ rows, targets: labels }), [1], 3)).toEqual([0.5, 0, 0.25])
    expect(told(grow({ rows, targets: column([-1, 0, 4, 5, 9]) }), [1], 1)).toEqual([2])
    const tree = growTree({
      table: binTable({ values: Float32Array.from(rows.flat()), columns: 1 }),
      targets: classTargets([0, 2, 2, 0, 1], 3),
      weights: Float64Array.of(1, 1, 1, 1, 1),
      maxDepth: 0,
      minLeaf: 1,
      features: 1,
      random: seededRandom(1),
    })
    expect([told(tree, [1], 3), told(tree, [2], 3)]).toEqual([
      [0.5, 0, 0.5],
      [0, 1, 0],
    ])
    // Of 5 rows, Gini impurity times rows: 5 - (2² + 1² + 2²)/5 before, 4 - (2² + 2²)/4 after.
    expect(tree.gain[0]).toBeCloseTo(5 - 9 / 5 - 2, 12)
  })

  it('needs a row that counts', () => {
    expect(() => grow({ rows: column([1, 2]), targets: column([0, 1]), weights: [0, 0] })).toThrow(
      'expected rows to grow a tree from, found none that count',
    )
  })
})

const lessons = fc
  .record({ columns: fc.integer({ min: 1, max: 4 }), targets: fc.integer({ min: 1, max: 3 }) })
  .chain(({ columns, targets }) =>
    fc.array(
      fc.tuple(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: columns, maxLength: columns }),
        fc.array(fc.integer({ min: -1, max: 2 }), { minLength: targets, maxLength: targets }),
        fc.integer({ min: 1, max: 3 }),
      ),
      // Beyond 40 rows the order comes from counting.
      { minLength: 1, maxLength: 60 },
    ),
  )

/** Returns the weighted sum of squared distances from the mean, over all targets: the impurity times the weight. */
function impurity(
  rows: readonly number[],
  targets: readonly (readonly number[])[],
  weights: readonly number[],
) {
  const weight = rows.reduce((sum, row) => sum + weights[row]!, 0)
  let total = 0
  for (let k = 0; k < targets[0]!.length; k++) {
    const mean = rows.reduce((sum, row) => sum + weights[row]! * targets[row]![k]!, 0) / weight
    total += rows.reduce((sum, row) => sum + weights[row]! * (targets[row]![k]! - mean) ** 2, 0)
  }
  return total
}

describe('every split', () => {
  it('leaves no more impurity than there was, and no other cut would leave less', () => {
    fc.assert(
      fc.property(lessons, examples => {
        const rows = examples.map(([row]) => row)
        const targets = examples.map(([, target]) => target)
        const weights = examples.map(([, , weight]) => weight)
        const tree = grow({ rows, targets, weights })
        const of = (some: readonly number[]) => impurity(some, targets, weights)
        const cut = (some: readonly number[], feature: number, threshold: number) =>
          [true, false].map(left => some.filter(row => rows[row]![feature]! <= threshold === left))
        const walk = (node: number, some: readonly number[]) => {
          if (tree.feature[node] === LEAF) {
            return
          }
          const sides = cut(some, tree.feature[node]!, tree.threshold[node]!)
          const gain = of(some) - of(sides[0]!) - of(sides[1]!)
          expect(gain).toBeGreaterThan(-1e-9)
          expect(tree.gain[node]).toBeCloseTo(gain, 8)
          for (let feature = 0; feature < rows[0]!.length; feature++) {
            for (const threshold of [0, 1, 2, 3, 4]) {
              const [left, right] = cut(some, feature, threshold)
              if (left!.length > 0 && right!.length > 0) {
                expect(of(some) - of(left!) - of(right!)).toBeLessThan(gain + 1e-9)
              }
            }
          }
          walk(tree.left[node]!, sides[0]!)
          walk(tree.left[node]! + 1, sides[1]!)
        }
        walk(0, [...rows.keys()])
      }),
      { numRuns: 60 },
    )
  })

  it('of a tree without limits goes on until rows that differ are told exactly', () => {
    fc.assert(
      fc.property(lessons, examples => {
        const distinct = [...new Map(examples.map(example => [example[0].join(), example])).values()]
        const targets = distinct[0]![1].length
        const tree = grow({
          rows: distinct.map(([row]) => row),
          targets: distinct.map(([, target]) => target),
          features: 1,
        })
        for (const [row, target] of distinct) {
          expect(told(tree, row, targets)).toEqual(target.map(value => value + 0))
        }
      }),
    )
  })

  it('is the same by bins as by numbers', () => {
    fc.assert(
      fc.property(lessons, fc.integer({ min: 2, max: 4 }), (examples, bins) => {
        const columns = examples[0]![0].length
        const values = Float32Array.from(examples.flatMap(([row]) => row))
        const table = binTable({ values, columns, bins })
        const tree = grow({
          rows: examples.map(([row]) => row),
          targets: examples.map(([, target]) => target),
          bins,
        })
        for (let row = 0; row < table.rows; row++) {
          expect(leafOfBins(tree, table, row)).toBe(leafOf(tree, values, row * columns))
        }
      }),
    )
  })
})
