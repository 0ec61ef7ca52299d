import { tallyScores } from '../../core/metrics/score-tally.ts'
import { classMetrics, labelMetrics, type Metrics, regressionMetrics } from '../validation.ts'
import type { ForestTruth } from './forest-truth.ts'

/** Returns the metrics of what a forest tells of examples. Shape: told and truth [examples, columns]. */
export function forestMetrics(
  { kind, columns }: Pick<ForestTruth, 'kind' | 'columns'>,
  told: Float32Array,
  truth: Float32Array,
): Metrics & { exactMatch?: number } {
  const found = (() => {
    switch (kind) {
      case 'classes':
        return truth.includes(0) && truth.includes(1) ? classMetrics(tallyScores(told, truth)) : {}
      case 'labels':
        return { ...labelMetrics(told, truth, columns), exactMatch: exactMatch(told, truth, columns) }
      case 'numbers':
        return regressionMetrics(told, truth)
    }
  })()
  // A label of one value has no rank.
  return Object.fromEntries(Object.entries(found).filter(([, value]) => Number.isFinite(value)))
}

/** Returns the share of examples of which every label is called right at 0.5. */
function exactMatch(told: Float32Array, truth: Float32Array, columns: number): number {
  let right = 0
  for (let at = 0; at < truth.length; at += columns) {
    let all = true
    for (let i = at; i < at + columns && all; i++) {
      all = told[i]! > 0.5 === (truth[i] === 1)
    }
    right += all ? 1 : 0
  }
  return right / (truth.length / columns)
}
