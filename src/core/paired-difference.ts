import { type BootstrapSettings, bootstrap, type Estimate, type Statistic } from './bootstrap.ts'
import type { Labels, Scores } from './metrics/score-tally.ts'

/** The same examples with the scores of two models. */
export interface PairedExamples {
  first: Scores
  second: Scores
  labels: Labels
  /** What each example belongs to, as in `BootstrapExamples`. */
  clusters?: ArrayLike<string | number> | undefined
}

/**
 * Returns by how much a statistic of the first scores is above that of the second, with the interval of resamples that
 * draw the same examples for both. Two models judged on the same examples err alike: this interval is narrower than the
 * two of their own suggest.
 * Throws: as `bootstrap`.
 * Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 8.
 */
export function pairedDifference(
  { first, second, labels, clusters }: PairedExamples,
  statistic: Statistic,
  settings: BootstrapSettings,
): Estimate {
  // A bootstrap asks for a statistic of all examples, then of each resample, and draws alike whatever the scores are.
  const values: (number | undefined)[] = []
  const remembered: Statistic = tally => {
    const value = statistic(tally)
    values.push(value)
    return value
  }
  bootstrap({ scores: second, labels, clusters }, { remembered }, settings)
  let asked = 0
  const difference: Statistic = tally => {
    const [above, below] = [statistic(tally), values[asked++]]
    return above === undefined || below === undefined ? undefined : above - below
  }
  return bootstrap({ scores: first, labels, clusters }, { difference }, settings).difference
}
