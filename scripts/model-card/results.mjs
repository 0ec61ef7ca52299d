// Everything that was measured, as one document: model-card.json, of which the card is a reading.
import { HELD_OUT } from './data-sets.mjs'
import { STRENGTHS } from './held-out.mjs'

/**
 * @typedef {{
 *   missing: string[],
 *   curation: string,
 *   resamples: number,
 *   facts: { bytes: number, numbers: number },
 *   verdicts: import('./verdict.mjs').Verdict[],
 *   junctions: ReturnType<typeof import('./comparisons.mjs').compareJunctions>,
 *   sites: ReturnType<typeof import('./comparisons.mjs').compareSites>,
 *   motifs: ReturnType<typeof import('./comparisons.mjs').compareMotifs>,
 *   lengths: ReturnType<typeof import('./comparisons.mjs').compareLengths>,
 *   calls: ReturnType<typeof import('./probabilities.mjs').callsAt>,
 *   calibration: ReturnType<typeof import('./probabilities.mjs').calibrationOf>,
 *   reads: Record<string, import('./on-reads.mjs').ReadsResult>,
 * }} Measured
 * @typedef {ReturnType<typeof resultsOf>} Results
 */

/**
 * Returns the document.
 * @param {import('./pool.mjs').Pool} pool
 * @param {Measured} measured
 */
export function resultsOf(pool, measured) {
  const { rows, contenders, scores } = pool
  const { curation, resamples, missing, facts, reads, ...compared } = measured
  const subject = /** @type {import('./contenders.mjs').Contender} */ (contenders[0])
  const { sha256, metadata } = subject.bundle
  return {
    schema: 'splice-score-model-card',
    schemaVersion: 1,
    model: { sha256, ...facts, ...metadata },
    // Estimates are lists: value, low and high end of the interval.
    settings: { curation, resamples, confidence: 0.95, seed: 1, drawn: 'genes' },
    motifCounts: /** @type {Record<string, Record<string, number>>} */ ({
      positive: motifCounts(rows.filter(row => row.isPositive)),
      ...Object.fromEntries(
        STRENGTHS.map(({ key, className }) => [
          key,
          motifCounts(rows.filter(row => row.className === className)),
        ]),
      ),
    }),
    sets: Object.fromEntries(HELD_OUT.map(({ key }) => [key, countsOf(rows.filter(row => row.set === key))])),
    models: contenders.map(({ key, title, bundle, acceptorBundle, trained }) => ({
      key,
      title,
      name: bundle.metadata.name,
      sha256: bundle.sha256,
      ...(acceptorBundle && { acceptorSha256: acceptorBundle.sha256 }),
      licence: bundle.metadata.licence,
      pair: scores.get(key)?.pair === undefined ? 'none' : (scores.get(key)?.rule ?? 'own'),
      trained,
    })),
    missing,
    ...compared,
    // Every point of the curves is in the charts.
    reads: Object.fromEntries(
      Object.entries(reads).map(([key, { models, ...counts }]) => [
        key,
        {
          ...counts,
          models: Object.fromEntries(
            Object.entries(models).map(([model, { curve: _, ...values }]) => [model, values]),
          ),
        },
      ]),
    ),
  }
}

/**
 * @param {readonly import('./held-out.mjs').Row[]} rows
 * @returns {Record<string, number>}
 */
function countsOf(rows) {
  const positives = rows.filter(row => row.isPositive)
  const ofClass = STRENGTHS.map(({ key, className }) => [
    key,
    rows.filter(row => row.className === className).length,
  ])
  return {
    genes: new Set(positives.map(row => row.gene)).size,
    positives: positives.length,
    ...Object.fromEntries(ofClass),
  }
}

/**
 * @param {readonly import('./held-out.mjs').Row[]} rows
 * @returns {Record<string, number>}
 */
function motifCounts(rows) {
  /** @type {Record<string, number>} */
  const counts = {}
  for (const motif of rows.map(row => row.motif).sort()) {
    counts[motif] = (counts[motif] ?? 0) + 1
  }
  return counts
}
