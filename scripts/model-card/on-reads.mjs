// The models on junctions of real reads: of those that are annotated, how many are kept, and of those that one read shows and
// no annotation, how many are rejected, as the threshold moves.
import { aurocOf, rocCurve } from '../../dist/core/metrics/ranking.js'
import { tallyScores } from '../../dist/core/metrics/score-tally.js'
import { DATA_SETS, pathsOf } from './data-sets.mjs'
import { pairsBy } from './pool.mjs'
import { scoreJunctions } from './score.mjs'
import { runTool, tableRows } from './tool.mjs'

/** Thresholds of the tables, besides the model's own. */
export const THRESHOLDS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]
/** Shares of the annotated junctions to keep. */
export const KEPT = [0.99, 0.95, 0.9]

/**
 * @typedef {import('./held-out.mjs').Place & { isAnnotated: boolean }} Judged
 * @typedef {{ threshold: number, kept: number, rejected: number }} AtThreshold
 * @typedef {{
 *   junctions: number,
 *   annotated: number,
 *   singleRead: number,
 *   models: Record<string, {
 *     auroc: number,
 *     atOwnThreshold: AtThreshold,
 *     atThresholds: AtThreshold[],
 *     rejectedAtKept: Record<string, number>,
 *     curve: { kept: number, rejected: number }[],
 *   }>,
 * }} ReadsResult
 */

/**
 * Returns the result of every set that has reads; the files of a set are taken together.
 * @param {import('./pool.mjs').Pool} pool
 * @param {{ root: string, data: string, scratch: string, threads: number }} where
 * @returns {Promise<Record<string, ReadsResult>>}
 */
export async function judgeReads(pool, where) {
  /** @type {Record<string, ReadsResult>} */
  const results = {}
  for (const set of DATA_SETS.filter(({ alignments }) => alignments.length > 0)) {
    const paths = pathsOf(where.data, set)
    const { all, judged } = judgedJunctions(where.root, paths)
    // A junction without a strand is scored on both, and the better counts, as in the tool.
    const strands = judged.map(({ strand }) => strandsOf(strand))
    const places = judged.flatMap((place, i) => (strands[i] ?? []).map(strand => ({ ...place, strand })))
    /** @type {ReadsResult['models']} */
    const models = {}
    for (const contender of pool.contenders.filter(({ kind }) => kind !== 'sites')) {
      const found = await scoreJunctions(contender, paths.reference, places, where)
      const rule = pool.scores.get(contender.key)?.rule
      const pair = rule === undefined ? found.pair : pairsBy(rule, found.donor, found.acceptor)
      const scores = bestOfStrands(pair ?? new Float32Array(0), strands)
      const known = [...scores.keys()].filter(i => !Number.isNaN(scores[i]))
      models[contender.key] = movingThreshold(
        known.map(i => scores[i] ?? 0),
        known.map(i => (judged[i]?.isAnnotated ? 1 : 0)),
        /** @type {number} */ (contender.bundle.metadata.threshold),
      )
    }
    const annotated = judged.filter(({ isAnnotated }) => isAnnotated).length
    results[set.key] = { junctions: all, annotated, singleRead: judged.length - annotated, models }
  }
  return results
}

/**
 * Returns the annotated junctions of a set and those that one fragment shows, in no annotation, as `extract` finds them in
 * all files together; and how many junctions there are.
 * @param {string} root
 * @param {ReturnType<typeof pathsOf>} paths
 */
function judgedJunctions(root, { reference, annotation, alignments }) {
  /** @type {Map<string, Judged & { fragments: number }>} */
  const junctions = new Map()
  for (const path of alignments) {
    const table = runTool(root, ['extract', path, '--ref', reference, '--annotation', annotation, '-q'])
    for (const row of tableRows(table)) {
      const { contig = '', strand = '.' } = row
      const key = `${contig}:${row.start}-${row.end}:${strand}`
      const known = junctions.get(key)
      junctions.set(key, {
        contig,
        start: Number(row.start),
        end: Number(row.end),
        strand: /** @type {Judged['strand']} */ (strand),
        isAnnotated: row.annotated === '1',
        fragments: (known?.fragments ?? 0) + Number(row.fragments),
      })
    }
  }
  const judged = [...junctions.values()].filter(
    ({ isAnnotated, fragments }) => isAnnotated || fragments === 1,
  )
  return { all: junctions.size, judged }
}

/**
 * @param {Judged['strand']} strand
 * @returns {readonly ('+' | '-')[]}
 */
const strandsOf = strand => (strand === '.' ? ['+', '-'] : [strand])

/**
 * @param {Float32Array} scores
 * @param {readonly (readonly string[])[]} strands
 */
function bestOfStrands(scores, strands) {
  let at = 0
  return strands.map(list => Math.max(...list.map(() => scores[at++] ?? Number.NaN)))
}

/**
 * @param {readonly number[]} scores
 * @param {readonly number[]} labels
 * @param {number} own
 */
function movingThreshold(scores, labels, own) {
  const tally = tallyScores(scores, labels)
  const curve = rocCurve(tally).map(({ truePositiveRate, falsePositiveRate }) => ({
    kept: truePositiveRate,
    rejected: 1 - falsePositiveRate,
  }))
  const share = (/** @type {number} */ label, /** @type {(score: number) => boolean} */ accepts) => {
    const ofLabel = scores.filter((_, i) => labels[i] === label)
    return ofLabel.filter(accepts).length / ofLabel.length
  }
  const at = (/** @type {number} */ threshold) => ({
    threshold,
    kept: share(1, score => score >= threshold),
    rejected: share(0, score => score < threshold),
  })
  return {
    auroc: aurocOf(tally),
    atOwnThreshold: at(own),
    atThresholds: THRESHOLDS.map(at),
    rejectedAtKept: Object.fromEntries(
      KEPT.map(kept => [kept, Math.max(...curve.filter(point => point.kept >= kept).map(p => p.rejected))]),
    ),
    curve,
  }
}
