// The tables: the paper's numbers beside ours.
import { HUMAN_ACCEPTORS, OWN_SETS, TRANSFER } from './paper.mjs'
import { CONTENDERS, DASSI_STEPS } from './plan.mjs'
import { SITES, SPECIES } from './pools.mjs'

/** @typedef {import('../../reproduction/results.mjs').Section} Section */
/** @typedef {import('../dassi.mjs').Found} Found */
/** @typedef {import('../dassi.mjs').Fold} Fold */
/** @typedef {import('./measured.mjs').Measured} Measured */
/** @typedef {import('./pools.mjs').Site} Site */

/**
 * Returns the sections of the report.
 * @param {readonly Found[]} found
 * @param {readonly Fold[]} folds
 * @param {import('./plan.mjs').Size} size
 * @param {boolean} fast
 * @returns {Section[]}
 */
export function sectionsOf(found, folds, size, fast) {
  const get = (/** @type {string} */ key, /** @type {Site} */ site) =>
    found.find(one => one.key === key && one.site === site)
  return [
    conditions(found, folds, size, fast),
    humanAcceptors(get),
    bySpecies(get, 'own'),
    bySpecies(get, 'other'),
    everyModel(get),
  ]
}

/** @typedef {(key: string, site: Site) => Found | undefined} Get */

/**
 * @param {readonly Found[]} found
 * @param {readonly Fold[]} folds
 * @param {import('./plan.mjs').Size} size
 * @param {boolean} fast
 * @returns {Section}
 */
function conditions(found, folds, { folds: parts, trained }, fast) {
  const { epochs, examples } = DASSI_STEPS[fast ? 'fast' : 'full']
  const sizes = SITES.map(
    site => `${folds.find(fold => fold.site === site)?.examples.toLocaleString('en')} ${site}s`,
  )
  const rows = CONTENDERS.flatMap(({ key, title, sites }) =>
    sites.flatMap(site => {
      const one = found.find(model => model.key === key && model.site === site)
      return one === undefined
        ? [[title, site, '-']]
        : [[title, site, `${(one.seconds / 60).toFixed(1)} min`]]
    }),
  )
  return {
    heading: 'How it was done',
    paragraphs: [
      `The training data of the paper (158,217 true and as many false human acceptors, and the like) cannot be had; its test sets can. So models are trained on one part of the test sets and tested on the other: ${parts} parts, ${trained === parts ? 'each tested once' : 'one of them tested'}, windows with the same bases in one part, all four species together as in the paper, ${sizes.join(' and ')} to train on. The paper trains on nearly ten times a whole pool for human acceptors alone; numbers of ours must be expected to be lower.`,
      `DASSI's networks cost far more for each window than the others. The published training shows them 70 times all windows; here they see ${(epochs * examples).toLocaleString('en')} windows (AdamW at 0.003, batches of 20, warm-up and cosine, where the paper has SGD at 0.0025 and batches of 100), so that all of this fits in an hour or two of one core. The baselines are trained as [training.md](training.md) says, ${fast ? 2 : 12} epochs at most; ASP with degree 20 and the best C of 0.5, 1, 2 and 5.`,
      'Windows are called at a probability of 0.5. Accuracy, sensitivity, specificity and F1 are of all parts together, the AUC is the mean of the parts. "AUC of calls" is what the AUC becomes when calls are taken for scores, (sensitivity + specificity) / 2; "AUC" is that of scores.',
      'Processor time of training, for each part:',
    ],
    table: { columns: ['', 'site', 'training'], rows },
  }
}

/**
 * @param {Get} get
 * @returns {Section}
 */
function humanAcceptors(get) {
  const rows = CONTENDERS.flatMap(({ key, title }) => {
    const paper = HUMAN_ACCEPTORS[key]
    const ours = get(key, 'acceptor')?.figures.own.human
    return [[title, ...percents(paper ?? [], 5), ...sixOf(ours)]]
  })
  const published = get('published', 'acceptor')?.figures.own.human
  return {
    heading: 'Human acceptors (Table 5)',
    paragraphs: [
      'The AUCs that the paper gives LSTM (emb), LSTM, CNN and CNN (emb) equal (sensitivity + specificity) / 2, so they are AUCs of calls; that of DASSI is one of scores: the two cannot be compared. For equal classes accuracy is the same mean, from which one sees that the accuracies of LSTM (emb) and Hybrid changed places. The paper gives the baselines no sizes and no training; with ours they are far from the weak numbers of its table, which were not aimed at.',
      'Paper: trained on human acceptors only. Ours: trained on four species.',
    ],
    table: {
      columns: [
        '',
        ...['accuracy', 'sensitivity', 'specificity', 'F', 'AUC'].map(name => `paper: ${name}`),
        ...['accuracy', 'sensitivity', 'specificity', 'F1', 'AUC of calls', 'AUC'].map(
          name => `ours: ${name}`,
        ),
      ],
      rows: [
        ...rows,
        ...(published === undefined
          ? []
          : [['DASSI, published weights', ...percents([], 5), ...sixOf(published)]]),
      ],
    },
  }
}

/**
 * @param {Get} get
 * @param {'own' | 'other'} set
 * @returns {Section}
 */
function bySpecies(get, set) {
  const paper = set === 'own' ? OWN_SETS : TRANSFER
  const rows = SITES.flatMap(site =>
    SPECIES.map(({ key: species, title }, i) => {
      const ours = (/** @type {string} */ key) => get(key, site)?.figures[set][species]
      return [
        site,
        title,
        ...[paper[site].dassi, paper[site].asp].map(figures => pair(figures?.[i])),
        ...['published', 'dassi', 'asp'].map(key => pair(ours(key))),
      ]
    }),
  )
  return {
    heading:
      set === 'own' ? "The paper's own sets, by species (Table 6)" : 'Sets of Splice2Deep, trimmed (Table 8)',
    paragraphs: [
      set === 'own'
        ? 'AUC / accuracy. "Published weights" are those of the paper, run here on the same windows, which they have not seen.'
        : 'AUC / accuracy of the same models on windows of another making. Those that stand in the training pool as well, some hundred of each site, are left out, so that the published weights may differ a little from the paper.',
    ],
    table: {
      columns: [
        'site',
        'species',
        'paper: DASSI',
        'paper: ASP',
        'published weights',
        'ours: DASSI',
        'ours: ASP',
      ],
      rows,
    },
  }
}

/**
 * @param {Get} get
 * @returns {Section}
 */
function everyModel(get) {
  const rows = CONTENDERS.map(({ key, title }) => {
    const one = get(key, 'acceptor')
    const cells = SPECIES.map(({ key: species }) => pair(one?.figures.own[species]))
    const others = SPECIES.map(({ key: species }) => pair(one?.figures.other[species]))
    return [title, ...cells, ...others]
  })
  return {
    heading: 'Acceptors, all models, by species',
    paragraphs: [
      "AUC / accuracy, ours; first the paper's own sets, then those of Splice2Deep. The paper has human acceptors only.",
    ],
    table: {
      columns: [
        '',
        ...SPECIES.map(({ title }) => title),
        ...SPECIES.map(({ title }) => `Splice2Deep: ${title}`),
      ],
      rows,
    },
  }
}

/**
 * @param {readonly number[]} values
 * @param {number} cells
 */
function percents(values, cells) {
  return Array.from({ length: cells }, (_, i) => percent(values[i]))
}

/** @param {Measured | undefined} found */
function sixOf(found) {
  const { accuracy, sensitivity, specificity, f1, callsAuc, auc } = found ?? {}
  return [accuracy, sensitivity, specificity, f1, callsAuc, auc].map(percent)
}

/** @param {{ auc: number, accuracy?: number } | undefined} found */
function pair(found) {
  if (found === undefined) {
    return '-'
  }
  return found.accuracy === undefined
    ? percent(found.auc)
    : `${percent(found.auc)} / ${percent(found.accuracy)}`
}

/** @param {number | undefined} value */
function percent(value) {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(2)
}
