import { type BootstrapSettings, bootstrap, type Estimate } from '../../core/bootstrap.ts'
import { auprcOf, aurocOf } from '../../core/metrics/ranking.ts'
import type { ColumnMean } from './regression.ts'

/** Probabilities of a label that excludes no other, and what is known of it. Shape: an entry per example. */
export interface LabelExamples {
  column: string
  scores: ArrayLike<number>
  /** 1, 0, or any other number where it is not known. */
  labels: ArrayLike<number>
  /** What is drawn whole for the intervals; each example by itself when left out. */
  clusters?: ArrayLike<number> | undefined
}

const STATISTICS = { auroc: aurocOf, auprc: auprcOf } as const
type Name = keyof typeof STATISTICS
const NAMES = ['auroc', 'auprc'] as const

export interface LabelReport {
  column: string
  positives: number
  negatives: number
  /** Undefined for a label that all examples have, or none. */
  estimates: Record<Name, Estimate> | undefined
}

/** Means over the labels that have both values. */
export type LabelMeans = Record<Name, ColumnMean>

/**
 * Returns how well the scores of a label tell the examples that have it from those that do not, with bootstrap intervals.
 * Throws: InputDataError when a score is NaN.
 */
export function labelReport(
  { column, scores, labels, clusters }: LabelExamples,
  settings: BootstrapSettings,
): LabelReport {
  const known: number[] = []
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 0 || labels[i] === 1) {
      known.push(i)
    }
  }
  const of = (all: ArrayLike<number>) => Float64Array.from(known, i => all[i]!)
  const truth = of(labels)
  const positives = truth.reduce((sum, label) => sum + label, 0)
  const negatives = truth.length - positives
  const examples = { scores: of(scores), labels: truth, clusters: clusters && of(clusters) }
  return {
    column,
    positives,
    negatives,
    estimates: positives > 0 && negatives > 0 ? bootstrap(examples, STATISTICS, settings) : undefined,
  }
}

/** Returns the means of the labels that have both values. */
export function labelMeans(reports: readonly LabelReport[]): LabelMeans {
  const means = NAMES.map(name => {
    const values = reports.flatMap(({ estimates }) => estimates?.[name].value ?? [])
    const sum = values.reduce((a, b) => a + b, 0)
    return [name, { value: values.length === 0 ? undefined : sum / values.length, columns: values.length }]
  })
  return Object.fromEntries(means)
}
