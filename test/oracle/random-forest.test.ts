import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { auroc } from '../../src/core/metrics.ts'
import { seededRandom } from '../../src/core/random.ts'
import { binTable } from '../../src/trees/binned-table.ts'
import { type ForestSettings, forestValues, growForest } from '../../src/trees/forest.ts'
import { impurityImportance } from '../../src/trees/importance.ts'
import { targetTable } from '../../src/trees/targets.ts'

const SCRIPT = fileURLToPath(new URL('random_forest.py', import.meta.url))

/** A Python that can import scikit-learn; undefined when there is none. */
const python = ['python3', '/usr/bin/python3'].find(
  command => spawnSync(command, ['-c', 'import sklearn'], { stdio: 'ignore' }).status === 0,
)
const reason = python === undefined ? ' (skipped: no python3 with scikit-learn)' : ''

interface Answer {
  tree: number[]
  leaves: number
  depth: number
  importance: number[]
  forest: number[]
  forestImportance: number[]
}

const COLUMNS = 12
const TREES = 100

/** Rows of whole numbers from 0 to 99, and what is true of them: 1, 3 labels or a number. */
function made(rows: number, seed: number, kind: 'label' | 'labels' | 'number') {
  const random = seededRandom(seed)
  const values = Float32Array.from({ length: rows * COLUMNS }, () => random.int(100))
  const targets = Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = values.subarray(row * COLUMNS, row * COLUMNS + 3) as unknown as [number, number, number]
    const noise = 40 * (random.float() - 0.5)
    if (kind === 'number') {
      return [a / 100 + (b * c) / 10_000 + noise / 100]
    }
    const labels = [a + b + noise > 100, b - c + noise > 0, Math.abs(a - c) + noise > 40].map(Number)
    return kind === 'label' ? labels.slice(0, 1) : labels
  })
  return {
    values,
    targets,
    rows: Array.from({ length: rows }, (_, row) => [...values.subarray(row * COLUMNS, (row + 1) * COLUMNS)]),
  }
}

const CASES = [
  { kind: 'label', minLeaf: 1, maxDepth: 0 },
  { kind: 'label', minLeaf: 5, maxDepth: 4 },
  { kind: 'labels', minLeaf: 1, maxDepth: 0 },
  { kind: 'number', minLeaf: 3, maxDepth: 0 },
] as const

describe.skipIf(python === undefined)(`trees and forests beside scikit-learn${reason}`, () => {
  it.each(CASES)('tell the same of %j', async ({ kind, minLeaf, maxDepth }) => {
    const [train, test] = [made(600, 1, kind), made(600, 2, kind)]
    const columns = train.targets[0]!.length
    const request = {
      train: train.rows,
      test: test.rows,
      targets: columns === 1 ? train.targets.flat() : train.targets,
      regression: kind === 'number',
      trees: TREES,
      minLeaf,
      maxDepth,
    }
    const answer: Answer = JSON.parse(
      execFileSync(python!, [SCRIPT], {
        input: JSON.stringify(request),
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      }),
    )
    const grow = async (settings: Partial<ForestSettings>) =>
      (
        await growForest({
          table: binTable({ values: train.values, columns: COLUMNS }),
          targets: targetTable(train.targets.flat(), columns),
          seed: 1,
          settings: { minLeaf, maxDepth, ...settings },
        })
      ).forest
    const tree = await grow({ trees: 1, features: 'all', bootstrap: false })
    const own = forestValues(tree, train.values)
    // Ties between equally good splits fall differently; without a limit, distinct rows are told exactly by both.
    const off = answer.tree.filter((value, i) => Math.abs(value - own[i]!) > 1e-9).length
    expect(off / own.length).toBeLessThan(minLeaf === 1 ? 1e-9 : 0.1)
    const leaves = (tree.trees[0]!.left.length + 1) / 2
    expect(Math.abs(leaves / answer.leaves - 1)).toBeLessThan(0.1)
    const importance = impurityImportance(tree)
    expect(Math.max(...answer.importance.map((share, i) => Math.abs(share - importance[i]!)))).toBeLessThan(
      0.03,
    )

    const forest = await grow({ trees: TREES })
    const told = forestValues(forest, test.values)
    for (let k = 0; k < columns; k++) {
      const of = (all: ArrayLike<number>) => test.targets.map((_, row) => all[row * columns + k]!)
      const truth = test.targets.map(target => target[k]!)
      const error = (scores: number[]) =>
        scores.reduce((sum, score, i) => sum + (score - truth[i]!) ** 2, 0) / truth.length
      if (kind !== 'number') {
        expect(auroc(of(told), truth)).toBeCloseTo(auroc(of(answer.forest), truth), 1)
        expect(Math.abs(auroc(of(told), truth) - auroc(of(answer.forest), truth))).toBeLessThan(0.015)
      }
      expect(error(of(told)) / error(of(answer.forest))).toBeGreaterThan(0.93)
      expect(error(of(told)) / error(of(answer.forest))).toBeLessThan(1.07)
    }
    const forestImportance = impurityImportance(forest)
    expect(
      Math.max(...answer.forestImportance.map((share, i) => Math.abs(share - forestImportance[i]!))),
    ).toBeLessThan(0.03)
  })
})
