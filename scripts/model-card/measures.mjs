// The numbers of the card, each with its interval: a bootstrap over genes, since the examples of one gene resemble each other.
import { bootstrap } from '../../dist/core/bootstrap.js'
import { sensitivityAtPrecisionOf } from '../../dist/core/metrics/operating-points.js'
import { auprcOf, aurocOf, topKAccuracyOf } from '../../dist/core/metrics/ranking.js'
import { atClassRatio } from '../../dist/core/metrics/score-tally.js'
import { pairedDifference } from '../../dist/core/paired-difference.js'

/**
 * @typedef {import('../../src/core/metrics/score-tally.ts').ScoreTally} ScoreTally
 * @typedef {import('../../src/core/bootstrap.ts').Estimate} Estimate
 * @typedef {{ scores: ArrayLike<number>, labels: ArrayLike<number>, genes: readonly string[] }} Examples
 */

/** Unless its name says otherwise, a number is at one negative for each positive: the negatives are weighted alike. */
export const STATISTICS = {
  auroc: aurocOf,
  auprc: (/** @type {ScoreTally} */ tally) => auprcOf(atClassRatio(tally, 1)),
  auprcAt1To100: (/** @type {ScoreTally} */ tally) => auprcOf(atClassRatio(tally, 100)),
  sensitivityAt99: (/** @type {ScoreTally} */ tally) =>
    sensitivityAtPrecisionOf(atClassRatio(tally, 1), 0.99),
  topK: (/** @type {ScoreTally} */ tally) => topKAccuracyOf(atClassRatio(tally, 1)),
}

/** @typedef {keyof typeof STATISTICS} StatisticName */
export const STATISTIC_NAMES = /** @type {StatisticName[]} */ (Object.keys(STATISTICS))

const CONFIDENCE = 0.95
const SEED = 1
/** With fewer genes, resamples of them say nothing about other genes. */
export const FEWEST_GENES = 10

/**
 * Returns the numbers that are asked for; undefined without examples of both classes.
 * @param {Examples} examples
 * @param {number} resamples
 * @param {readonly StatisticName[]} [names]
 * @returns {Partial<Record<StatisticName, Estimate>> | undefined}
 */
export function estimates({ scores, labels, genes }, resamples, names = STATISTIC_NAMES) {
  if (!hasBoth(labels)) {
    return undefined
  }
  const wanted = Object.fromEntries(names.map(name => [name, STATISTICS[name]]))
  return bootstrap({ scores, labels, clusters: genes }, wanted, settingsFor(genes, resamples))
}

/**
 * Returns by how much a number of the first scores is above that of the second; undefined without examples of both classes.
 * @param {Examples} first
 * @param {ArrayLike<number>} second
 * @param {StatisticName} name
 * @param {number} resamples
 * @returns {Estimate | undefined}
 */
export function difference({ scores, labels, genes }, second, name, resamples) {
  const settings = settingsFor(genes, resamples)
  return hasBoth(labels)
    ? pairedDifference({ first: scores, second, labels, clusters: genes }, STATISTICS[name], settings)
    : undefined
}

/**
 * @param {readonly string[]} genes
 * @param {number} resamples
 */
function settingsFor(genes, resamples) {
  const enough = new Set(genes).size >= FEWEST_GENES
  return { resamples: enough ? resamples : 0, confidence: CONFIDENCE, seed: SEED }
}

/** @param {ArrayLike<number>} labels */
function hasBoth(labels) {
  const positives = Array.from(labels).filter(label => label === 1).length
  return positives > 0 && positives < labels.length
}
