// The tables of the yeast comparison, and what is to be said of them.
import { REFERENCES, TABLES } from './plan.mjs'

/** @typedef {import('../yeast.mjs').Found} Found */
/** @typedef {import('../yeast.mjs').Estimates} Estimates */
/** @typedef {import('./rule.mjs').References} References */
/** @typedef {{ title: string, onTables: readonly Estimates[] }} Weights */

const COLUMNS = [
  'model',
  'input',
  'parameters',
  'MSE, equalised',
  'r, equalised',
  'MSE, natural',
  'r, natural (95 %)',
  'Spearman, natural',
  'report: MSE, r',
]

/**
 * @param {{ found: readonly Found[], references: Record<'natural' | 'equalised', References>, weights: readonly Weights[] }} results
 * @returns {import('../../reproduction/results.mjs').Section[]}
 */
export function sectionsOf({ found, references, weights }) {
  /** @param {'sigmoid' | 'relu'} head */
  const rows = head => found.filter(one => one.head === head)
  return [
    {
      heading: 'How it is compared',
      paragraphs: [
        "Rows of one barcode or with one intron are in one part: training 80 %, validation 10 %, test 10 % of each of the 12 libraries. The report drew rows to make both kinds equal in number and then split 90/5/5 by barcode; here the parts are made first. Networks learn equalised rows (those of efficiency 0.1 and more drawn with replacement, as many as there are below) with the report's settings; equalised figures are on test rows drawn the same way, natural ones on the 679 test rows as they are. Intervals are of 1,000 resamples of whole units.",
        "The library is made of variants of few introns: two thirds of the training windows share nine tenths of their bases or more, by 31-mers, with a test window, so that all figures, ours and the report's, are of new variants and not of new introns.",
        "The report's column is of its own validation rows: other rows, and a training set that was nine times as large (90 % of 16,268 constructs; here 80 % of 1,954). An epoch here is a tenth of the steps of one there, and its rule to stop (two epochs without a gain of 0.001) is applied to these short epochs. On its test rows the report has 0.102 for the best network and 0.202 for the rule.",
      ],
    },
    {
      heading: 'With a sigmoid at the end',
      paragraphs: [
        'The last ReLU of the published networks can die (next table). Here it is a sigmoid, and everything else as published; of several beginnings the one with the least validation error. Where r does not exist, or is 0 with the error of zeros, the sum before it has gone far below 0 all the same.',
        'The report finds the window best, with one residual block and a convolution. With a ninth of its constructs intervals overlap between all networks of window and intron, so that their order says nothing.',
      ],
      table: table(rows('sigmoid'), references),
    },
    {
      heading: 'As published, with a ReLU at the end',
      paragraphs: [
        'Where r does not exist the output is 0 for every construct, and errors near that of zeros are of networks that are 0 for nearly every one: a sum below 0 before the last ReLU has no gradient to come back by. The report met the same in its recurrent network and on whole constructs, and took the best of five beginnings of the others.',
      ],
      table: table(rows('relu'), references),
    },
    {
      heading: 'Beginnings',
      paragraphs: [
        'Validation error (equalised) of every beginning, and the epochs of the one that was taken.',
      ],
      table: {
        columns: ['model', 'input', 'head', 'validation MSE', 'epochs', 'minutes of processor time'],
        rows: found.map(({ contender, head, errors, epochs, seconds }) => [
          contender.title,
          contender.input,
          head,
          errors.map(error => error.toFixed(4)).join(', '),
          epochs,
          (seconds / 60).toFixed(1),
        ]),
      },
    },
    ...(weights.length === 0 ? [] : [ofWeights(weights)]),
  ]
}

/**
 * @param {readonly Found[]} found
 * @param {Record<'natural' | 'equalised', References>} references
 */
function table(found, { natural, equalised }) {
  const networks = found.map(({ contender, natural, equalised }) => [
    contender.title,
    contender.input,
    contender.parameters,
    number(equalised.mse.value),
    number(equalised.pearson.value),
    number(natural.mse.value),
    withInterval(natural.pearson),
    number(natural.spearman.value),
    contender.validation.join(', '),
  ])
  /** @type {readonly ['baseline', 'zeros', 'random']} */
  const kinds = ['baseline', 'zeros', 'random']
  const others = kinds.map(kind => [
    { baseline: 'yeast-baseline', zeros: 'all zero', random: 'uniform random' }[kind],
    kind === 'baseline' ? 'places of sites' : '-',
    kind === 'baseline' ? '76' : '-',
    number(equalised[kind].mse),
    number(equalised[kind].pearson),
    number(natural[kind].mse),
    number(natural[kind].pearson),
    number(natural[kind].spearman),
    REFERENCES[kind].join(', '),
  ])
  return { columns: COLUMNS, rows: [...networks, ...others] }
}

/**
 * @param {readonly Weights[]} weights
 * @returns {import('../../reproduction/results.mjs').Section}
 */
function ofWeights(weights) {
  return {
    heading: 'Published weights on the rows that can be had',
    paragraphs: [
      'Mean squared error and r of the weights in the repository on whole tables, as they are. About 90 % of these constructs were in the training set of those weights: this says that the networks are the same, not how they do on others.',
    ],
    table: {
      columns: ['weights', ...TABLES],
      rows: weights.map(({ title, onTables }) => [
        title,
        ...onTables.map(({ mse, pearson }) => `${mse.value?.toFixed(5)}, ${pearson.value?.toFixed(4)}`),
      ]),
    },
  }
}

/** @param {number | undefined} value */
const number = value => (value === undefined ? 'none' : value.toFixed(3))

/** @param {Estimates['mse']} estimate */
function withInterval({ value, low, high }) {
  return value === undefined || low === undefined || high === undefined
    ? number(value)
    : `${number(value)} (${number(low)} to ${number(high)})`
}
