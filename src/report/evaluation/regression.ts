import { type BootstrapSettings, type Estimate, quantile } from '../../core/bootstrap.ts'
import { InputDataError } from '../../core/errors.ts'
import { groupScores, type ScoreGroups } from '../../core/metrics/score-tally.ts'
import { seededRandom } from '../../core/random.ts'

/** Numbers a model predicts and what they should have been. Shape: an entry per example. */
export interface RegressionExamples {
  column: string
  predicted: ArrayLike<number>
  targets: ArrayLike<number>
  /** What is drawn whole for the intervals; each example by itself when left out. */
  clusters?: ArrayLike<number> | undefined
}

export interface RegressionReport {
  column: string
  examples: number
  estimates: Record<'mse' | 'pearson' | 'spearman', Estimate>
}

/** A mean over columns, of those in which the number exists. */
export interface ColumnMean {
  value: number | undefined
  columns: number
}

type Numbers = Record<'mse' | 'pearson' | 'spearman', number | undefined>
const NAMES = ['mse', 'pearson', 'spearman'] as const
/** As in core/bootstrap. */
const MOST_UNDEFINED = 0.05

/**
 * Returns mean squared error, Pearson's r and Spearman's rho (Pearson's r of average ranks) with percentile bootstrap
 * intervals. A correlation with numbers that are all alike does not exist.
 * Throws: InputDataError without examples or when a number is NaN.
 * Memory: 60 bytes per example.
 */
export function regressionReport(
  examples: RegressionExamples,
  settings: BootstrapSettings,
): RegressionReport {
  const { column, predicted, targets, clusters } = examples
  const count = predicted.length
  if (count === 0 || targets.length !== count) {
    throw new InputDataError(
      `column ${column}: expected as many predictions as targets, at least one, found ${count} and ${targets.length}`,
    )
  }
  const numbers = statisticsOf(predicted, targets)
  const counts = new Float64Array(count).fill(1)
  const value = numbers(counts)
  const units = unitsOf(count, clusters)
  const random = seededRandom(settings.seed)
  const drawn: Record<(typeof NAMES)[number], number[]> = { mse: [], pearson: [], spearman: [] }
  for (let r = 0; r < settings.resamples; r++) {
    counts.fill(0)
    for (let draw = 0; draw < units.length; draw++) {
      for (const example of units[random.int(units.length)]!) {
        counts[example]!++
      }
    }
    const resampled = numbers(counts)
    for (const name of NAMES) {
      const found = resampled[name]
      if (found !== undefined) {
        drawn[name].push(found)
      }
    }
  }
  const estimates = NAMES.map(name => [name, estimate(value[name], drawn[name], settings)])
  return { column, examples: count, estimates: Object.fromEntries(estimates) }
}

/** Returns the means of each number over the columns; undefined for fewer than two columns, which need none. */
export function regressionMeans(
  reports: readonly RegressionReport[],
): Record<(typeof NAMES)[number], ColumnMean> | undefined {
  if (reports.length < 2) {
    return undefined
  }
  const means = NAMES.map(name => {
    const values = reports.flatMap(({ estimates }) => estimates[name].value ?? [])
    const sum = values.reduce((a, b) => a + b, 0)
    return [name, { value: values.length === 0 ? undefined : sum / values.length, columns: values.length }]
  })
  return Object.fromEntries(means)
}

/** Returns the members of each cluster; without clusters, each example by itself. */
export function unitsOf(count: number, clusters: ArrayLike<number> | undefined): number[][] {
  const units = new Map<number, number[]>()
  for (let i = 0; i < count; i++) {
    const key = clusters === undefined ? i : clusters[i]!
    const members = units.get(key)
    if (members === undefined) {
      units.set(key, [i])
    } else {
      members.push(i)
    }
  }
  return [...units.values()]
}

/** Returns a number with the percentile interval of its resamples. */
export function estimate(value: number | undefined, drawn: number[], settings: BootstrapSettings): Estimate {
  const { resamples, confidence } = settings
  if (value === undefined || resamples === 0 || drawn.length < (1 - MOST_UNDEFINED) * resamples) {
    return { value, low: undefined, high: undefined }
  }
  const sorted = Float64Array.from(drawn).sort()
  const tail = (1 - confidence) / 2
  return { value, low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) }
}

/** Returns a function from how often each example counts to the numbers; sorting is done once, here. */
function statisticsOf(
  predicted: ArrayLike<number>,
  targets: ArrayLike<number>,
): (counts: Float64Array) => Numbers {
  const ranked = [groupScores(predicted), groupScores(targets)] as const
  const ranks = ranked.map(({ groupOf }) => new Float64Array(groupOf.length)) as [Float64Array, Float64Array]
  const squares = Float64Array.from(
    { length: predicted.length },
    (_, i) => (predicted[i]! - targets[i]!) ** 2,
  )
  return counts => {
    for (const [k, groups] of ranked.entries()) {
      fillRanks(groups, counts, ranks[k]!)
    }
    return {
      mse: mean(squares, counts),
      pearson: correlation(predicted, targets, counts),
      spearman: correlation(ranks[0], ranks[1], counts),
    }
  }
}

/** Ranks from the highest down; ties share the mean of theirs. */
function fillRanks({ distinct, groupOf }: ScoreGroups, counts: Float64Array, into: Float64Array): void {
  const sizes = new Float64Array(distinct.length)
  for (let i = 0; i < groupOf.length; i++) {
    sizes[groupOf[i]!]! += counts[i]!
  }
  let above = 0
  for (let group = 0; group < sizes.length; group++) {
    const size = sizes[group]!
    sizes[group] = above + (size + 1) / 2
    above += size
  }
  for (let i = 0; i < groupOf.length; i++) {
    into[i] = sizes[groupOf[i]!]!
  }
}

function mean(values: ArrayLike<number>, counts: Float64Array): number {
  let sum = 0
  let total = 0
  for (let i = 0; i < counts.length; i++) {
    sum += counts[i]! * values[i]!
    total += counts[i]!
  }
  return sum / total
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>, counts: Float64Array): number | undefined {
  const meanA = mean(a, counts)
  const meanB = mean(b, counts)
  let [together, spreadA, spreadB] = [0, 0, 0]
  for (let i = 0; i < counts.length; i++) {
    const fromA = a[i]! - meanA
    const fromB = b[i]! - meanB
    together += counts[i]! * fromA * fromB
    spreadA += counts[i]! * fromA * fromA
    spreadB += counts[i]! * fromB * fromB
  }
  const spread = Math.sqrt(spreadA) * Math.sqrt(spreadB)
  return spread === 0 ? undefined : Math.min(Math.max(together / spread, -1), 1)
}
