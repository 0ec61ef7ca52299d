import {
  checkLengths,
  checkWeights,
  emptyTally,
  groupScores,
  type Labels,
  type Scores,
  type ScoreTally,
  type Weights,
  withTotals,
} from './metrics/score-tally.ts'
import { type Random, seededRandom } from './random.ts'

/** A number about a tally. It must not keep the tally: the next resample overwrites it. */
export type Statistic = (tally: ScoreTally) => number | undefined

/** A number on all examples and the interval that resamples put around it. */
export interface Estimate {
  value: number | undefined
  low: number | undefined
  high: number | undefined
}

export interface BootstrapExamples {
  scores: Scores
  labels: Labels
  weights?: Weights | undefined
  /** What each example belongs to, e.g. its gene: what is drawn whole. Each example by itself when left out. */
  clusters?: ArrayLike<string | number> | undefined
}

export interface BootstrapSettings {
  /** 0 for values without intervals. */
  resamples: number
  /** Share of the resamples inside the interval, e.g. 0.95. */
  confidence: number
  seed: number
}

/** A statistic that is undefined in more than this share of the resamples has no interval. */
const MOST_UNDEFINED = 0.05

/**
 * Returns each statistic with its percentile interval. A resample draws, with replacement, as many examples as there
 * are from each class, so both stay present; with clusters, as many clusters from each of those that hold only
 * positives, only negatives, and both. A stratum of one cluster does not vary. The examples are sorted once; a resample
 * only counts. Depends on the order of the examples and the seed, not on their scores: columns of one model are
 * resampled alike.
 * Throws: InputDataError when a score is not a number, RangeError for settings out of range.
 * Memory: 40 bytes per example.
 * Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13; clusters: Field & Welsh, J R Stat
 * Soc B 69:369 (2007).
 */
export function bootstrap<Name extends string>(
  examples: BootstrapExamples,
  statistics: Readonly<Record<Name, Statistic>>,
  settings: BootstrapSettings,
): Record<Name, Estimate> {
  const { scores, labels, weights } = examples
  checkLengths(scores, labels)
  checkWeights(weights, scores.length)
  checkSettings(settings)
  const { distinct, groupOf } = groupScores(scores)
  const tally = emptyTally(distinct)
  const count = (example: number) => {
    const counts = labels[example] === 1 ? tally.positives : tally.negatives
    counts[groupOf[example]!]! += weights === undefined ? 1 : weights[example]!
  }
  for (let i = 0; i < scores.length; i++) {
    count(i)
  }
  withTotals(tally)
  const entries = Object.entries(statistics) as [Name, Statistic][]
  const values = entries.map(([, statistic]) => statistic(tally))
  const resampled = entries.map(() => [] as number[])
  const strata = stratify(examples)
  const random = seededRandom(settings.seed)
  for (let r = 0; r < settings.resamples; r++) {
    tally.positives.fill(0)
    tally.negatives.fill(0)
    drawStrata(strata, random, count)
    withTotals(tally)
    for (const [k, [, statistic]] of entries.entries()) {
      const value = statistic(tally)
      if (value !== undefined) {
        resampled[k]!.push(value)
      }
    }
  }
  const estimates = entries.map(([name], k) => [name, estimate(values[k], resampled[k]!, settings)])
  return Object.fromEntries(estimates) as Record<Name, Estimate>
}

/** Units that are drawn from one urn. The members of unit u are members[offsets[u]] to members[offsets[u + 1] - 1]. */
interface Stratum {
  offsets: Uint32Array
  members: Uint32Array
}

function drawStrata(strata: readonly Stratum[], random: Random, count: (example: number) => void): void {
  for (const { offsets, members } of strata) {
    const units = offsets.length - 1
    for (let draw = 0; draw < units; draw++) {
      const unit = random.int(units)
      const end = offsets[unit + 1]!
      for (let m = offsets[unit]!; m < end; m++) {
        count(members[m]!)
      }
    }
  }
}

function stratify({ labels, clusters }: BootstrapExamples): Stratum[] {
  if (clusters !== undefined && clusters.length !== labels.length) {
    throw new RangeError(`expected one cluster per example, found ${clusters.length} for ${labels.length}`)
  }
  const units = new Map<string | number, number[]>()
  for (let i = 0; i < labels.length; i++) {
    const key = clusters === undefined ? i : clusters[i]!
    const members = units.get(key)
    if (members === undefined) {
      units.set(key, [i])
    } else {
      members.push(i)
    }
  }
  const strata: number[][][] = [[], [], []]
  for (const members of units.values()) {
    const positive = members.some(i => labels[i] === 1)
    const negative = members.some(i => labels[i] !== 1)
    strata[positive && negative ? 2 : negative ? 1 : 0]!.push(members)
  }
  return strata.filter(stratum => stratum.length > 0).map(packed)
}

function packed(units: readonly number[][]): Stratum {
  const offsets = new Uint32Array(units.length + 1)
  for (const [u, members] of units.entries()) {
    offsets[u + 1] = offsets[u]! + members.length
  }
  return { offsets, members: Uint32Array.from(units.flat()) }
}

function estimate(value: number | undefined, resampled: number[], settings: BootstrapSettings): Estimate {
  const { resamples, confidence } = settings
  if (value === undefined || resamples === 0 || resampled.length < (1 - MOST_UNDEFINED) * resamples) {
    return { value, low: undefined, high: undefined }
  }
  const sorted = Float64Array.from(resampled).sort()
  const tail = (1 - confidence) / 2
  return { value, low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) }
}

/** Returns the quantile of ascending numbers, interpolated between neighbours (type 7 of Hyndman & Fan, 1996). */
export function quantile(ascending: ArrayLike<number>, fraction: number): number {
  const at = (ascending.length - 1) * fraction
  const low = Math.floor(at)
  const high = Math.min(low + 1, ascending.length - 1)
  return ascending[low]! + (at - low) * (ascending[high]! - ascending[low]!)
}

function checkSettings({ resamples, confidence }: BootstrapSettings): void {
  if (!Number.isInteger(resamples) || resamples < 0) {
    throw new RangeError(`expected a number of resamples from 0, found ${resamples}`)
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`expected a confidence between 0 and 1, found ${confidence}`)
  }
}
