// The card's tables of all models: junctions, single sites, and near misses by motif and intron length.

import { count, number, table, withInterval } from '../writing/markdown.mjs'
import { GROUPS } from './data-sets.mjs'
import { STRENGTHS } from './held-out.mjs'

/** @typedef {import('./results.mjs').Results} Results */
/** @typedef {import('./comparisons.mjs').Comparison} Comparison */

const COLUMNS = /** @type {const} */ ([
  ['auroc', 'AUROC'],
  ['auprc', 'AUPRC'],
  ['auprcAt1To100', 'AUPRC at 1:100'],
  ['sensitivityAt99', 'sensitivity at 99 % precision'],
  ['topK', 'top-k'],
])

/**
 * Returns a section for each strength of negatives. `folder` holds the charts.
 * @param {Results} results
 * @param {string} folder
 */
export function junctionSections(results, folder) {
  const { junctions } = results
  return STRENGTHS.map(({ key, title }) => {
    const pooled = GROUPS.slice(0, 2).flatMap(group => {
      const found = junctions[group.key]?.[key]
      return found && found.negatives > 0
        ? [`### ${capital(group.title)}: ${sizesText(found)}\n\n${modelTable(results, found)}`]
        : []
    })
    const chart =
      key === STRENGTHS[0].key
        ? `\n\n![Precision and recall on near misses of the human sets](${folder}/near-misses-human.svg)\n\n![Precision and recall on near misses of the mouse sets](${folder}/near-misses-mouse.svg)`
        : ''
    return `## Junctions: ${title}\n\n${pooled.join('\n\n')}${chart}${setTable(results, key)}`
  })
}

/**
 * Returns the AUPRC of every model on every set that has enough of the negatives.
 * @param {Results} results
 * @param {string} strength
 */
function setTable({ junctions, models }, strength) {
  const groups = GROUPS.slice(2).filter(({ key }) => (junctions[key]?.[strength]?.negatives ?? 0) >= FEWEST)
  if (groups.length < 2) {
    return ''
  }
  const rows = models
    .filter(({ pair }) => pair !== 'none')
    .map(({ key, title }) => [
      title,
      ...groups.map(group => withInterval(junctions[group.key]?.[strength]?.models[key]?.auprc)),
    ])
  return `\n\n### AUPRC by set\n\n${table(['', ...groups.map(({ title }) => title)], rows)}`
}

/** Fewer negatives, or positives, than this are no basis for a number. */
const FEWEST = 20

/**
 * @param {Results} results
 * @param {Comparison} comparison
 */
function modelTable({ models }, comparison) {
  const rows = models.flatMap(({ key, title }) => {
    const values = comparison.models[key]
    return values ? [[title, ...COLUMNS.map(([name]) => withInterval(values[name]))]] : []
  })
  return table(['', ...COLUMNS.map(([, title]) => title)], rows)
}

/**
 * Returns the section on single sites.
 * @param {Results} results
 */
export function siteSection(results) {
  const parts = GROUPS.slice(0, 2).flatMap(group =>
    STRENGTHS.flatMap(({ key, title }) => {
      const kinds = /** @type {const} */ (['donor', 'acceptor'])
      const rows = kinds.flatMap(kind => siteRows(results, kind, results.sites[group.key]?.[kind]?.[key]))
      const columns = ['', '', 'true', 'false', ...COLUMNS.map(([, name]) => name)]
      return rows.length > 0 ? [`### ${capital(group.title)}: ${title}\n\n${table(columns, rows)}`] : []
    }),
  )
  return `## Single sites

Distinct sites: those of the introns against those of the decoys. Of a near miss only the wrong site counts. A model that looks at both sites at once has seen the window of the first pair the site
stands in.

${parts.join('\n\n')}`
}

/**
 * Returns rows with the interval of the AUPRC only; the JSON has all.
 * @param {Results} results
 * @param {string} kind
 * @param {Comparison | undefined} comparison
 */
function siteRows({ models }, kind, comparison) {
  if (comparison === undefined || comparison.negatives < FEWEST) {
    return []
  }
  const { positives, negatives } = comparison
  return models.flatMap(({ key, title }) => {
    const values = comparison.models[key]
    const cells = COLUMNS.map(([name]) =>
      name === 'auprc' ? withInterval(values?.[name]) : number(values?.[name]?.value),
    )
    return values ? [[kind, title, count(positives), count(negatives), ...cells]] : []
  })
}

/**
 * Returns the section on near misses by motif and intron length.
 * @param {Results} results
 */
export function strataSection(results) {
  const part = (/** @type {string} */ title, /** @type {Results['motifs']} */ strata) =>
    GROUPS.slice(0, 2).map(
      group => `### By ${title}, ${group.title}\n\n${strataTable(results, title, strata[group.key] ?? {})}`,
    )
  return `## Near misses by motif and length

AUPRC; introns against near misses of the same motif or length. Strata of fewer than ${FEWEST} introns or decoys have counts only.

${[...part('motif', results.motifs), ...part('intron length', results.lengths)].join('\n\n')}`
}

/**
 * @param {Results} results
 * @param {string} title
 * @param {Record<string, Comparison>} strata
 */
function strataTable({ models }, title, strata) {
  const shown = models.filter(({ pair }) => pair !== 'none')
  const rows = Object.entries(strata).map(([key, comparison]) => {
    const { positives, negatives } = comparison
    const enough = positives >= FEWEST && negatives >= FEWEST
    const values = shown.map(({ key: model }, i) => {
      const estimate = enough ? comparison.models[model]?.auprc : undefined
      return i === 0 ? withInterval(estimate) : number(estimate?.value)
    })
    return [key, count(positives), count(negatives), ...values]
  })
  return table([title, 'introns', 'near misses', ...shown.map(model => model.title)], rows)
}

/** @param {Comparison} comparison */
function sizesText({ positives, negatives, genes }) {
  return `${count(positives)} introns, ${count(negatives)} decoys, ${count(genes)} genes`
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
