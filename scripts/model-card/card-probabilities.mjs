// The card's sections on calls at the threshold, calibration and reads.
import { RELIABILITY_BINS } from '../../dist/core/metrics/reliability.js'
import { count, number, percent, table } from '../writing/markdown.mjs'
import { DATA_SETS, GROUPS } from './data-sets.mjs'
import { STRENGTHS } from './held-out.mjs'
import { KEPT, THRESHOLDS } from './on-reads.mjs'
import { MIXES } from './probabilities.mjs'

/** @typedef {import('./results.mjs').Results} Results */

/**
 * Returns the section on calls at the model's threshold.
 * @param {Results} results
 */
export function thresholdSection({ calls, model }) {
  const rows = GROUPS.map(({ key, title }) => {
    const found = calls[key]
    return [
      title,
      percent(found?.sensitivity),
      ...STRENGTHS.map(strength => percent(found?.specificity[strength.key])),
      percent(found?.precisionAt1To1),
      percent(found?.precisionAsCurated),
    ]
  })
  return `## At the default threshold of ${model.threshold}

Share of the introns that pass, share of the negatives that fail, and precision with all negatives as curated, at 1:1 and in their true number (about eleven for each intron).

${table(
  [
    '',
    'introns pass',
    ...STRENGTHS.map(({ title }) => `${title} fail`),
    'precision at 1:1',
    'precision as curated',
  ],
  rows,
)}`
}

/**
 * Returns the section on calibration. `folder` holds the chart.
 * @param {Results} results
 * @param {string} folder
 */
export function calibrationSection({ calibration }, folder) {
  const line = (
    /** @type {string} */ title,
    /** @type {import('../../src/core/metrics/reliability.ts').Reliability | undefined} */ found,
  ) => [
    title,
    number(found?.eceEqualWidth),
    number(found?.eceEqualMass),
    number(found?.brier),
    number(found?.logLoss),
  ]
  const tables = GROUPS.slice(0, 2).map(({ key, title }) => {
    const found = calibration[key]
    const rows = [
      ...MIXES.map(mix => line(`${mix.title}, 1:1`, found?.mixes[mix.key])),
      line('all negatives in their true number', found?.asCurated),
      line('the same with scores moved to that number', found?.moved),
      line('donors, 1:1', found?.sites.donor),
      line('acceptors, 1:1', found?.sites.acceptor),
    ]
    return `### Calibration, ${title}\n\n${table(['', 'ECE', 'ECE, equal counts', 'Brier', 'log loss'], rows)}`
  })
  const bins = (calibration.human?.bins ?? []).map(({ low, high, count: weight, meanScore, observed }) => [
    `${number(low, 2)} to ${number(high, 2)}`,
    number(meanScore),
    number(observed),
    count(weight),
  ])
  return `## Calibration

Scores can be right as frequencies for one mix of true and false junctions only. Here that mix is one to one, and the false ones are all negatives of the held-out sets, ten near misses to
a random decoy, as curated: among junctions with scores near p, a share of p should be true. Among easier negatives the same scores are too low, among harder ones too high; the table has each strength by itself.

Where r false junctions are expected for each true one, \`p / (p + (1 - p) r)\` is the probability. The table has that, too: all negatives in their true number, about eleven for each intron, with the scores as they are and moved.
The sites' scores are judged on distinct sites. ECE has ${RELIABILITY_BINS} bins of equal width, or of equal counts; it is never negative, so that resamples have larger ones, and no interval is given.

${tables.join('\n\n')}

![Reliability diagram](${folder}/reliability.svg)

Human, all negatives at 1:1; the last column counts introns and weighted negatives.

${table(['score', 'mean score', 'share true', 'examples'], bins)}`
}

/**
 * Returns the section on reads. `folder` holds the charts.
 * @param {Results} results
 * @param {string} folder
 */
export function readsSection(results, folder) {
  const sets = DATA_SETS.filter(({ key }) => results.reads[key] !== undefined).sort(
    (a, b) => Number(a.isHeldOut) - Number(b.isHeldOut),
  )
  const subject = sets.map(({ key }) => results.reads[key]?.models.subject)
  const own = results.model.threshold
  const rows = [
    [
      `${own} (its own)`,
      ...subject.flatMap(found => [
        percent(found?.atOwnThreshold.kept),
        percent(found?.atOwnThreshold.rejected),
      ]),
    ],
    ...THRESHOLDS.map((threshold, i) => [
      String(threshold),
      ...subject.flatMap(found => [
        percent(found?.atThresholds[i]?.kept),
        percent(found?.atThresholds[i]?.rejected),
      ]),
    ]),
  ]
  return `## On reads

Junctions of real alignments as \`splice-score extract\` finds them, all files of a set taken together. Kept: share of the annotated junctions that pass. Rejected: share of the junctions of exactly one
fragment and in no annotation that fail. Many of the latter are real junctions that the annotation lacks, so rejecting all of them is not the aim.

### ${results.model.name} as the threshold moves

${table(['threshold', ...sets.flatMap(({ title }) => [`${title}: kept`, 'rejected'])], rows)}

${sets.map(set => readsPart(results, set, folder)).join('\n\n')}`
}

/**
 * @param {Results} results
 * @param {import('./data-sets.mjs').DataSet} set
 * @param {string} folder
 */
function readsPart({ reads, models }, { key, title, reads: library, isHeldOut }, folder) {
  const found = /** @type {NonNullable<typeof reads[string]>} */ (reads[key])
  const rows = models.flatMap(model => {
    const values = found.models[model.key]
    return values
      ? [[model.title, number(values.auroc), ...KEPT.map(kept => percent(values.rejectedAtKept[kept]))]]
      : []
  })
  return `### ${title}: ${isHeldOut ? 'unseen' : 'seen in training'}

${library}: ${count(found.junctions)} junctions, ${count(found.annotated)} annotated, ${count(found.singleRead)} of one fragment and not annotated.

${table(['', 'AUROC', ...KEPT.map(kept => `rejected with ${100 * kept} % kept`)], rows)}

![Kept and rejected junctions of ${title}](${folder}/reads-${key}.svg)`
}
