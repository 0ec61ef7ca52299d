// The card: what the model is and is for, its targets, how it was evaluated, then the tables.

import { count, number, table, withInterval } from '../writing/markdown.mjs'
import { junctionSections, siteSection, strataSection } from './card-comparisons.mjs'
import { calibrationSection, readsSection, thresholdSection } from './card-probabilities.mjs'
import { DATA_SETS, HELD_OUT } from './data-sets.mjs'
import { NEAR_MISSES, STRENGTHS } from './held-out.mjs'
import { FEWEST_GENES } from './measures.mjs'

/** @typedef {import('./results.mjs').Results} Results */

/** Files of datasets that others were made of; the bundle names those in turn. */
const MADE_ON_THE_WAY = new Set([
  'junctions.tsv.gz',
  'sites.tsv.gz',
  'windows.tsv.gz',
  'windows.codes',
  'dataset.json',
])

/**
 * Returns the card. `name` is that of the file without `.md`, and of the folder of its charts; `notes` is what was written by
 * hand about how the model was made.
 * @param {Results} results
 * @param {string} name
 * @param {string | undefined} notes
 */
export function cardText(results, name, notes) {
  const sections = [
    head(results, name),
    factsSection(results),
    useSection(results),
    targetsSection(results),
    ...(notes === undefined ? [] : [`## How it was made\n\n${notes}`]),
    methodSection(results),
    ...junctionSections(results, name),
    siteSection(results),
    strataSection(results),
    thresholdSection(results),
    calibrationSection(results, name),
    readsSection(results, name),
    againSection(results),
  ]
  return `${sections.join('\n\n')}\n`
}

/**
 * @param {Results} results
 * @param {string} name
 */
function head({ model }, name) {
  return `# Model card: ${model.name}

Written by \`npm run model-card\` from the numbers in [${name}.json](${name}.json), where there are more. Every number is defined in [metrics.md](metrics.md).`
}

/** @param {Results} results */
function factsSection({ model, models, calls }) {
  const { human } = calls
  const layout =
    model.kind === 'sequence'
      ? 'any sequence'
      : `${model.window.length} base codes${'donor' in model.window ? `: 400 around the donor (at ${model.window.donor}), 400 around the acceptor (at ${model.window.acceptor})` : ''}`
  const rows = [
    ['what it is', model.description],
    ['input', layout],
    ['output', `probabilities: ${model.columns.join(', ')}; \`${model.decisionColumn}\` decides`],
    [
      'threshold',
      `${model.threshold}: at it ${share(human?.sensitivity)} of the held-out human introns pass, ${share(1 - (human?.specificity['near-miss'] ?? Number.NaN))} of their near misses and ${share(1 - (human?.specificity.random ?? Number.NaN))} of random decoys`,
    ],
    [
      'calibrated',
      model.calibrators === undefined
        ? 'no: the bundle names no calibrators'
        : Object.entries(model.calibrators)
            .map(([column, { method }]) => `${column} (${method})`)
            .join(', '),
    ],
    ['size', `${count(model.numbers)} stored numbers, ${count(model.bytes)} bytes`],
    ['made by', `splice-score ${model.toolVersion}`],
    ['licence', model.licence],
    ['SHA-256', `\`${model.sha256}\``],
  ]
  const outside = model.trainingData.filter(
    ({ name, role }) => role !== 'source' || !MADE_ON_THE_WAY.has(name),
  )
  const files = outside.map(({ name, role, sha256 }) => [name, role, `\`${sha256.slice(0, 12)}\``])
  const onTheWay = model.trainingData.length - outside.length
  const metrics = Object.entries(model.metrics).flatMap(([group, numbers]) =>
    Object.entries(numbers).map(([name, value]) => [group, name, String(Number(value.toPrecision(5)))]),
  )
  return `## The model

${table(['', ''], rows)}

### Training data

As the bundle states it, with the first digits of the SHA-256 of each file as used${onTheWay === 0 ? '' : `; ${onTheWay} files of datasets that were merged are left out here`}.

${table(['file', 'used as', 'SHA-256'], files)}

${overlapText(models[0])}

### What the bundle says of itself

Measured when it was made, on data of its own that had a part in choosing it. The numbers of this card are of other data.

${metrics.length === 0 ? 'Nothing.' : table(['group', 'metric', 'value'], metrics)}`
}

/** @param {number | undefined} value */
const share = value =>
  value === undefined || Number.isNaN(value) ? 'an unknown share' : `${(100 * value).toFixed(1)} %`

/** @param {Results['models'][number] | undefined} subject */
function overlapText(subject) {
  const seen = HELD_OUT.filter(({ key }) => subject?.trained.sets[key] === 'in training')
  return seen.length === 0
    ? 'None of these files is the sequence or annotation of a held-out set.'
    : `**Among them are files of the held-out sets (${seen.map(({ title }) => title).join(', ')}). What follows is no evaluation on unseen data.**`
}

/** @param {Results} results */
function useSection({ sets, motifCounts }) {
  const positives = HELD_OUT.map(({ key }) => sets[key]?.positives ?? 0).reduce((a, b) => a + b, 0)
  return `## Use and limits

For ranking and filtering the splice junctions of RNA-seq alignments: is this pair of a donor and an acceptor on the genome a junction? Not meant for the effect of variants, for finding genes in bare
sequence, or for decisions about patients.

- It is shown 200 bases to each side of each site, and no more: nothing of what lies between distant sites, and no tissue.
- Truth is annotation. Some decoys may be sites that no annotation knows, and half the gene models of mouse chr9 are satellite repeats; both lower the figures of every model here.
- The held-out sets hold ${count(positives)} introns: small differences are within the intervals. Of species, human and mouse were looked at.
- ${count(motifCounts.positive?.['GT-AG'] ?? 0)} of the introns are GT-AG. Of GC-AG, AT-AC and others there are too few to say much.
- A probability is judged here for one true junction in two; for other mixes see [calibration](#calibration).`
}

/** @param {Results} results */
function targetsSection({ verdicts }) {
  const rows = verdicts.map(({ target, on, atLeast, below, of, measured, difference, isMet }) => [
    on === '' ? target : `${target}, ${on}`,
    atLeast === undefined
      ? `below ${below}`
      : of === undefined
        ? `at least ${atLeast}`
        : `${of}: ${number(atLeast)}`,
    withInterval(measured),
    of === undefined ? '' : withInterval(difference, 4),
    isMet === undefined ? 'not measured' : isMet ? 'met' : '**not met**',
  ])
  return `## Targets

Set before training. AUPRC and precision are at one negative for each positive. Where the target is another model, it was scored on the same examples, and the difference has the interval of
resamples that draw the same genes for both: an interval around 0 means that the two cannot be told apart here. OpenSpliceAI was likely trained on chr20 and chr21, and not on chr9.

${table(['target', 'wanted', 'measured (95 %)', 'difference (95 %)', ''], rows)}`
}

/** @param {Results} results */
function methodSection({ sets, models, missing, settings, motifCounts }) {
  const rows = HELD_OUT.map(({ key, title, about }) => {
    const counts = sets[key]
    return [
      title,
      about,
      ...[counts?.genes, counts?.positives].map(value => count(value ?? 0)),
      ...STRENGTHS.map(({ key: strength }) => count(counts?.[strength] ?? 0)),
    ]
  })
  const others = models.map(({ title, trained, pair, licence }) => [
    title,
    pairText(pair),
    licence,
    trained.on,
    ...DATA_SETS.map(({ key }) => trained.sets[key] ?? ''),
  ])
  return `## How it was evaluated

### Examples

${table(['held out', 'what', 'genes', 'introns', ...STRENGTHS.map(({ title }) => title)], rows)}

Made by \`splice-score curate\` with \`${settings.curation}\` and the alignments of the set where it has some. Positives are all annotated introns. Negatives come in three strengths, never mixed
unless said:

- **Near misses**: a true donor with a wrong AG or a true acceptor with a wrong GT, ${NEAR_MISSES} for each intron, half of them up to 200 bases from the true site, half anywhere in the spliced part of the gene; no
  annotation and no read knows the wrong site.
- **Random**: GT-AG pairs of the lengths of introns on the strand opposite to a gene.
- **Single-read**: junctions of exactly one read, in no annotation, inside a gene of the opposite strand. The human sets have ${singleReads(sets, 'human')}, the mouse sets ${singleReads(sets, 'mouse')}: taken together, and too few
  to rank models by. ${count(motifCounts['single-read']?.['GT-AG'] ?? 0)} of them are GT-AG.

Numbers are at one negative for each positive unless said, all negatives of a strength weighted alike. Intervals (95 %) are of ${count(settings.resamples)} resamples of whole genes; fewer than ${FEWEST_GENES} genes get none.

### Models on the same examples

${table(['model', 'what a pair is worth', 'licence', 'trained on', ...DATA_SETS.map(({ title }) => title)], others)}

${missing.length === 0 ? '' : `Missing: ${missing.join(', ')}.\n\n`}OpenSpliceAI (Chao et al., 2025; one seed of each size, human MANE) got the true sequence around each site, as much as it sees, on the transcript's strand and unknown bases beyond the end of a
contig; its donor is the last exon base. Its code has a split for human, which tests on chromosomes 1, 3, 5, 7 and 9, beside a random one; the weights do not say which was used. It scores sites; of the smaller of both and their product each network got the one that does better on the near misses of the human sets, which favours it. DASSI
(Moosa et al., 2021; the networks of 141 bases) scores sites only. Each distinct site was scored once.`
}

/** @param {string} pair */
function pairText(pair) {
  return (
    { own: 'its own score', min: 'the smaller of both sites', product: 'the product of both sites' }[pair] ??
    'nothing: sites only'
  )
}

/**
 * @param {Results['sets']} sets
 * @param {'human' | 'mouse'} species
 */
function singleReads(sets, species) {
  const own = DATA_SETS.filter(set => set.isHeldOut && set.species === species)
  const total = own.reduce((sum, { key }) => sum + (sets[key]?.['single-read'] ?? 0), 0)
  return total === 0 ? 'none' : String(total)
}

/** @param {Results} results */
function againSection({ models }) {
  const rows = models.map(({ title, sha256 }) => [title, `\`${sha256}\``])
  return `## Again

\`\`\`bash
SPLICE_SCORE_DATA=DIR SPLICE_SCORE_PARITY=DIR npm run model-card
npm run model-card -- --model mine.onnx --out mine.md
\`\`\`

The data are public; \`scripts/model-card/data-sets.mjs\` names the files. The published weights are imported with \`splice-score import\`. The same model and files give the same bytes.

${table(['model file', 'SHA-256'], rows)}`
}
