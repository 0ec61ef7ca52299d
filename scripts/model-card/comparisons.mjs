// The comparisons of all models: junctions and single sites, by strength of the negatives, and near misses by motif and length.
import { CANONICAL_MOTIFS } from '../../dist/genome/motif.js'
import { GROUPS } from './data-sets.mjs'
import { STRENGTHS } from './held-out.mjs'
import { estimates } from './measures.mjs'
import { chooseRows, chooseSites, pairExamples } from './pool.mjs'

/**
 * @typedef {import('./pool.mjs').Pool} Pool
 * @typedef {{
 *   positives: number,
 *   negatives: number,
 *   genes: number,
 *   models: Record<string, Partial<Record<string, import('./measures.mjs').Estimate>>>,
 * }} Comparison `models` is empty where one class is absent.
 */

/** Both species, then every set. */
const SPECIES = GROUPS.slice(0, 2)

/** Intron lengths. Units: bases, from the first to below the second. */
export const LENGTH_BINS = /** @type {const} */ ([
  ['below 200', 0, 200],
  ['200 to 999', 200, 1000],
  ['1,000 to 9,999', 1000, 10_000],
  ['10,000 and more', 10_000, Infinity],
])

const HARD = STRENGTHS[0]

/**
 * Returns, for every group and strength of negatives, how well each model tells junctions.
 * @param {Pool} pool
 * @param {number} resamples
 */
export function compareJunctions(pool, resamples) {
  return byKey(GROUPS, group =>
    byKey(STRENGTHS, ({ className }) => compare(pool, chooseRows(pool, group.sets, className), resamples)),
  )
}

/**
 * Returns, for both species, each site and strength of negatives, how well each model tells single sites.
 * @param {Pool} pool
 * @param {number} resamples
 */
export function compareSites(pool, resamples) {
  const kinds = /** @type {const} */ ([{ key: 'donor' }, { key: 'acceptor' }])
  return byKey(SPECIES, group =>
    byKey(kinds, ({ key: kind }) =>
      byKey(STRENGTHS, ({ className }) => {
        const sites = chooseSites(pool, chooseRows(pool, group.sets, className), kind)
        const labels = sites.map(site => site.label)
        const genes = sites.map(site => pool.rows[site.row]?.gene ?? '')
        /** @type {Comparison['models']} */
        const models = {}
        for (const { key } of pool.contenders) {
          const scores = pool.scores.get(key)?.[kind]
          const found = scores && sites.map(site => scores[site.row] ?? Number.NaN)
          const values = found && estimates({ scores: found, labels, genes }, resamples)
          if (values !== undefined) {
            models[key] = values
          }
        }
        return { ...sizes(labels, genes), models }
      }),
    ),
  )
}

/**
 * Returns, for both species, how well each model tells introns of a motif from near misses of that motif.
 * @param {Pool} pool
 * @param {number} resamples
 */
export function compareMotifs(pool, resamples) {
  const motifs = [...CANONICAL_MOTIFS, 'other'].map(key => ({ key }))
  const motifOf = (/** @type {string} */ motif) =>
    /** @type {readonly string[]} */ (CANONICAL_MOTIFS).includes(motif) ? motif : 'other'
  return byKey(SPECIES, group =>
    byKey(motifs, ({ key }) => compareWithin(pool, group.sets, row => motifOf(row.motif) === key, resamples)),
  )
}

/**
 * Returns, for both species, how well each model tells introns of some length from near misses of such length.
 * @param {Pool} pool
 * @param {number} resamples
 */
export function compareLengths(pool, resamples) {
  const bins = LENGTH_BINS.map(([key, from, to]) => ({ key, from, to }))
  const isIn = (/** @type {number} */ length, /** @type {{ from: number, to: number }} */ { from, to }) =>
    length >= from && length < to
  return byKey(SPECIES, group =>
    byKey(bins, bin => compareWithin(pool, group.sets, row => isIn(row.end - row.start, bin), resamples)),
  )
}

/**
 * @param {Pool} pool
 * @param {readonly string[]} sets
 * @param {(row: import('./held-out.mjs').Row) => boolean} accepts
 * @param {number} resamples
 */
function compareWithin(pool, sets, accepts, resamples) {
  const chosen = chooseRows(pool, sets, HARD.className).filter(i => {
    const row = pool.rows[i]
    return row !== undefined && accepts(row)
  })
  return compare(pool, chosen, resamples, ['auprc', 'sensitivityAt99'])
}

/**
 * @param {Pool} pool
 * @param {readonly number[]} chosen
 * @param {number} resamples
 * @param {readonly import('./measures.mjs').StatisticName[]} [names]
 * @returns {Comparison}
 */
function compare(pool, chosen, resamples, names) {
  /** @type {Comparison['models']} */
  const models = {}
  for (const { key } of pool.contenders) {
    const examples = pairExamples(pool, key, chosen)
    const values = examples && estimates(examples, resamples, names)
    if (values !== undefined) {
      models[key] = values
    }
  }
  const labels = chosen.map(i => (pool.rows[i]?.isPositive ? 1 : 0))
  return {
    ...sizes(
      labels,
      chosen.map(i => pool.rows[i]?.gene ?? ''),
    ),
    models,
  }
}

/**
 * @param {readonly number[]} labels
 * @param {readonly string[]} genes
 */
function sizes(labels, genes) {
  const positives = labels.filter(label => label === 1).length
  return { positives, negatives: labels.length - positives, genes: new Set(genes).size }
}

/**
 * @template {{ readonly key: string }} Item
 * @template Value
 * @param {readonly Item[]} items
 * @param {(item: Item) => Value} make
 * @returns {Record<string, Value>}
 */
export function byKey(items, make) {
  return Object.fromEntries(items.map(item => [item.key, make(item)]))
}
