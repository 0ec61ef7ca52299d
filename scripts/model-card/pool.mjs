// All examples of the held-out sets with the scores of every model.

import { tallyScores } from '../../dist/core/metrics/score-tally.js'
import { HELD_OUT, pathsOf } from './data-sets.mjs'
import { STRENGTHS } from './held-out.mjs'
import { STATISTICS } from './measures.mjs'
import { scoreJunctions } from './score.mjs'
import { siteKey, siteOf } from './sites.mjs'

/**
 * @typedef {import('./score.mjs').Scores & { rule?: 'min' | 'product' }} PooledScores `rule`: what a pair is worth to a model
 * of sites.
 * @typedef {{
 *   rows: readonly import('./held-out.mjs').Row[],
 *   contenders: readonly import('./contenders.mjs').Contender[],
 *   scores: ReadonlyMap<string, PooledScores>,
 * }} Pool
 */

/**
 * Returns the pool.
 * @param {readonly import('./held-out.mjs').Row[]} rows
 * @param {readonly import('./contenders.mjs').Contender[]} contenders
 * @param {{ data: string, scratch: string, threads: number, log: (line: string) => void }} settings
 * @returns {Promise<Pool>}
 */
export async function scorePool(rows, contenders, { data, log, ...settings }) {
  /** @type {Map<string, PooledScores>} */
  const scores = new Map()
  for (const contender of contenders) {
    const started = performance.now()
    const parts = []
    for (const set of HELD_OUT) {
      const places = rows.filter(row => row.set === set.key)
      parts.push(await scoreJunctions(contender, pathsOf(data, set).reference, places, settings))
    }
    const pooled = {
      donor: joined(parts.map(part => part.donor)),
      acceptor: joined(parts.map(part => part.acceptor)),
      pair: joined(parts.map(part => part.pair)),
    }
    scores.set(contender.key, contender.kind === 'bases' ? withPairs(pooled, rows) : pooled)
    log(
      `${contender.title}: ${rows.length} junctions in ${((performance.now() - started) / 1000).toFixed(1)} s`,
    )
  }
  return { rows, contenders, scores }
}

/** @param {(Float32Array | undefined)[]} parts */
function joined(parts) {
  return parts.some(part => part === undefined)
    ? undefined
    : Float32Array.from(parts.flatMap(part => Array.from(part ?? [])))
}

/**
 * Returns the scores of a model of sites with a pair made of both: the smaller, or the product, whichever tells the near
 * misses of the human sets apart better. The choice is made on the test data, in this model's favour.
 * @param {PooledScores} scores
 * @param {readonly import('./held-out.mjs').Row[]} rows
 * @returns {PooledScores}
 */
function withPairs({ donor, acceptor }, rows) {
  const chosen = [...rows.keys()].filter(i => {
    const row = rows[i]
    return row?.set.startsWith('human') && (row.isPositive || row.className === STRENGTHS[0].className)
  })
  const labels = chosen.map(i => (rows[i]?.isPositive ? 1 : 0))
  const [best] = /** @type {const} */ (['min', 'product'])
    .map(rule => {
      const pair = pairsBy(rule, donor, acceptor)
      const tally = tallyScores(
        chosen.map(i => pair[i] ?? Number.NaN),
        labels,
      )
      return { rule, pair, value: STATISTICS.auprc(tally) }
    })
    .sort((a, b) => b.value - a.value)
  return { donor, acceptor, pair: best?.pair, ...(best && { rule: best.rule }) }
}

/**
 * Returns what pairs are worth to a model of sites.
 * @param {'min' | 'product'} rule
 * @param {Float32Array | undefined} donor
 * @param {Float32Array | undefined} acceptor
 */
export function pairsBy(rule, donor = new Float32Array(0), acceptor = new Float32Array(0)) {
  return Float32Array.from(donor, (score, i) => {
    const other = acceptor[i] ?? Number.NaN
    return rule === 'min' ? Math.min(score, other) : score * other
  })
}

/**
 * Returns a model's pairs among the rows that are chosen, with their truth and their genes; undefined for a model of sites.
 * @param {Pool} pool
 * @param {string} contender
 * @param {readonly number[]} chosen
 * @returns {import('./measures.mjs').Examples | undefined}
 */
export function pairExamples({ rows, scores }, contender, chosen) {
  const pair = scores.get(contender)?.pair
  return (
    pair && {
      scores: Float32Array.from(chosen, i => pair[i] ?? Number.NaN),
      labels: Uint8Array.from(chosen, i => (rows[i]?.isPositive ? 1 : 0)),
      genes: chosen.map(i => rows[i]?.gene ?? ''),
    }
  )
}

/**
 * Returns the numbers of the positives of some sets and of their negatives of one class (of all, without one).
 * @param {Pool} pool
 * @param {readonly string[]} sets
 * @param {string} [className]
 */
export function chooseRows({ rows }, sets, className) {
  return [...rows.keys()].filter(i => {
    const row = rows[i]
    return row && sets.includes(row.set) && (row.isPositive || (className ?? row.className) === row.className)
  })
}

/**
 * Returns, of the chosen rows, one for each distinct site whose truth is known: the sites of positives are true, of a near
 * miss only the one that was put in their place is false, of other negatives both are. Also the truth of each.
 * @param {Pool} pool
 * @param {readonly number[]} chosen
 * @param {import('./sites.mjs').SiteKind} kind
 */
export function chooseSites({ rows }, chosen, kind) {
  const other = kind === 'donor' ? 'acceptor' : 'donor'
  const seen = new Set()
  /** @type {{ row: number, label: 0 | 1 }[]} */
  const sites = []
  for (const label of /** @type {const} */ ([1, 0])) {
    for (const i of chosen) {
      const row = rows[i]
      if (row === undefined || row.isPositive !== (label === 1) || row.making.endsWith(other)) {
        continue
      }
      const key = `${row.set} ${siteKey(siteOf(row, kind))}`
      if (!seen.has(key)) {
        seen.add(key)
        sites.push({ row: i, label })
      }
    }
  }
  return sites
}
