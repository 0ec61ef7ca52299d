// What the model's probabilities are worth: its calls at the default threshold, and how far its scores are from frequencies.

import { ratesAt } from '../../dist/core/metrics/operating-points.js'
import { equalWidthBins, RELIABILITY_BINS, reliabilityOf } from '../../dist/core/metrics/reliability.js'
import { atClassRatio, mapScores, tallyScores } from '../../dist/core/metrics/score-tally.js'
import { byKey } from './comparisons.mjs'
import { GROUPS } from './data-sets.mjs'
import { STRENGTHS } from './held-out.mjs'
import { chooseRows, chooseSites, pairExamples } from './pool.mjs'

/** @typedef {import('./pool.mjs').Pool} Pool */
/** @typedef {import('../../src/core/metrics/score-tally.ts').ScoreTally} ScoreTally */

const SPECIES = GROUPS.slice(0, 2)

/** All negatives as curated, then those of each strength alone. */
export const MIXES = /** @type {const} */ ([
  { key: 'all', className: undefined, title: 'all negatives as curated' },
  ...STRENGTHS,
])

/**
 * Returns, for every group, what becomes of positives and of each strength of negatives at the model's threshold.
 * @param {Pool} pool
 * @param {number} threshold
 */
export function callsAt(pool, threshold) {
  return byKey(GROUPS, group => {
    const rates = byKey(MIXES, ({ className }) => {
      const tally = tallyOf(pool, chooseRows(pool, group.sets, className))
      return tally && ratesAt(tally, threshold)
    })
    const balanced = tallyOf(pool, chooseRows(pool, group.sets))
    return {
      sensitivity: rates.all?.sensitivity,
      specificity: byKey(STRENGTHS, ({ key }) => rates[key]?.specificity),
      precisionAt1To1: balanced && ratesAt(atClassRatio(balanced, 1), threshold).precision,
      precisionAsCurated: rates.all?.precision,
    }
  })
}

/**
 * Returns, for both species, the calibration of the pair's score in several mixes at 1:1, as curated, and as curated after the
 * scores were moved to that ratio; and of each site's score at 1:1.
 * @param {Pool} pool
 */
export function calibrationOf(pool) {
  return byKey(SPECIES, ({ sets }) => {
    const mixes = byKey(MIXES, ({ className }) => {
      const tally = tallyOf(pool, chooseRows(pool, sets, className))
      return tally && reliabilityOf(atClassRatio(tally, 1))
    })
    const all = tallyOf(pool, chooseRows(pool, sets))
    const sites = byKey(/** @type {const} */ ([{ key: 'donor' }, { key: 'acceptor' }]), ({ key: kind }) => {
      const scores = pool.scores.get('subject')?.[kind]
      const chosen = chooseSites(pool, chooseRows(pool, sets), kind)
      return (
        scores &&
        reliabilityOf(
          atClassRatio(
            tallyScores(
              chosen.map(site => scores[site.row] ?? Number.NaN),
              chosen.map(site => site.label),
            ),
            1,
          ),
        )
      )
    })
    return {
      mixes,
      asCurated: all && reliabilityOf(all),
      moved: all && reliabilityOf(movedToItsRatio(all)),
      sites,
      bins: all && equalWidthBins(atClassRatio(all, 1), RELIABILITY_BINS),
    }
  })
}

/**
 * Returns the tally with its scores moved from one negative per positive to as many as it has: by Bayes' rule the odds are
 * divided by that.
 * @param {ScoreTally} tally
 */
function movedToItsRatio(tally) {
  const ratio = tally.negativeTotal / tally.positiveTotal
  return mapScores(tally, score => score / (score + (1 - score) * ratio))
}

/**
 * @param {Pool} pool
 * @param {readonly number[]} chosen
 */
function tallyOf(pool, chosen) {
  const examples = pairExamples(pool, 'subject', chosen)
  const positives = examples && Array.from(examples.labels).filter(label => label === 1).length
  return examples && positives && positives < examples.labels.length
    ? tallyScores(examples.scores, examples.labels)
    : undefined
}
