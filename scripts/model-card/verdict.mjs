// Every target of the default model beside what was measured.

import { GROUPS } from './data-sets.mjs'
import { STRENGTHS } from './held-out.mjs'
import { difference } from './measures.mjs'
import { chooseRows, pairExamples } from './pool.mjs'

/**
 * @typedef {import('./measures.mjs').Estimate} Estimate
 * @typedef {{
 *   target: string,
 *   on: string,
 *   atLeast?: number,
 *   below?: number,
 *   measured: Estimate | undefined,
 *   of?: string,
 *   difference?: Estimate | undefined,
 *   isMet: boolean | undefined,
 * }} Verdict `of`: the model whose number, measured on the same examples, is the target.
 */

/** Units: bytes. */
const LARGEST_BUNDLE = 5_000_000

/** Where the subject is to be at or above another model: strength, group, models. */
const BESIDE = /** @type {const} */ ([
  ['near-miss', 'human', ['openspliceai-80', 'openspliceai-400', 'openspliceai-2000']],
  ['near-miss', 'human-chr9', ['openspliceai-80', 'openspliceai-400', 'openspliceai-2000']],
  ['near-miss', 'mouse', ['openspliceai-400']],
  ['random', 'mouse', ['openspliceai-400']],
])

/**
 * Returns the verdicts.
 * @param {import('./pool.mjs').Pool} pool
 * @param {ReturnType<typeof import('./comparisons.mjs').compareJunctions>} junctions
 * @param {ReturnType<typeof import('./probabilities.mjs').calibrationOf>} calibration
 * @param {number} resamples
 * @returns {Verdict[]}
 */
export function verdicts(pool, junctions, calibration, resamples) {
  const beside = BESIDE.flatMap(([strength, group, models]) =>
    models.map(model => besideModel(pool, junctions, { strength, group, model }, resamples)),
  )
  const of = (/** @type {string} */ strength, /** @type {'auprc' | 'sensitivityAt99'} */ name) =>
    junctions.human?.[strength]?.models.subject?.[name]
  const ece = calibration.human?.mixes.all?.eceEqualWidth
  const size = pool.contenders[0]?.bundle.bytes.length
  return [
    ...beside,
    atLeast('AUPRC', 'random, human', 0.996, of('random', 'auprc')),
    atLeast('sensitivity at 99 % precision', 'near misses, human', 0.77, of('near-miss', 'sensitivityAt99')),
    below('calibration error (ECE)', 'all negatives as curated, human', 0.05, ece),
    below('size of the bundle, MB', '', LARGEST_BUNDLE / 1e6, size === undefined ? undefined : size / 1e6),
  ]
}

/**
 * @param {import('./pool.mjs').Pool} pool
 * @param {ReturnType<typeof import('./comparisons.mjs').compareJunctions>} junctions
 * @param {{ strength: 'near-miss' | 'random', group: string, model: string }} what
 * @param {number} resamples
 * @returns {Verdict}
 */
function besideModel(pool, junctions, { strength, group, model }, resamples) {
  const found = GROUPS.find(({ key }) => key === group)
  const className = STRENGTHS.find(({ key }) => key === strength)?.className
  const chosen = chooseRows(pool, found?.sets ?? [], className)
  const [own, other] = [pairExamples(pool, 'subject', chosen), pairExamples(pool, model, chosen)]
  const apart = own && other && difference(own, other.scores, 'auprc', resamples)
  const models = junctions[group]?.[strength]?.models
  const title = pool.contenders.find(({ key }) => key === model)?.title ?? model
  return {
    target: 'AUPRC',
    on: `${strength === 'random' ? 'random' : 'near misses'}, ${found?.title}`,
    measured: models?.subject?.auprc,
    of: title,
    ...(models?.[model]?.auprc?.value !== undefined && { atLeast: models[model].auprc.value }),
    difference: apart,
    isMet: apart?.value === undefined ? undefined : apart.value >= 0,
  }
}

/**
 * @param {string} target
 * @param {string} on
 * @param {number} least
 * @param {Estimate | undefined} measured
 * @returns {Verdict}
 */
function atLeast(target, on, least, measured) {
  const value = measured?.value
  return { target, on, atLeast: least, measured, isMet: value === undefined ? undefined : value >= least }
}

/**
 * @param {string} target
 * @param {string} on
 * @param {number} limit
 * @param {number | undefined} value
 * @returns {Verdict}
 */
function below(target, on, limit, value) {
  const measured = value === undefined ? undefined : { value, low: undefined, high: undefined }
  return { target, on, below: limit, measured, isMet: value === undefined ? undefined : value < limit }
}
