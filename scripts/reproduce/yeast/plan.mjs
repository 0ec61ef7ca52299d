// What is trained for the yeast comparison, and what the report found.

/** Tables of the library that can be had, and how many of them. */
export const FOLDER = 'yeast-splicing-efficiency'
export const TABLES = ['all-dev', 'nonatural-dev', 'nonatural-test']

/** @typedef {'window' | 'intron' | 'full'} Input */
/** @typedef {'relu' | 'sigmoid'} Head */
/**
 * A network. `validation` are the report's mean squared error and Pearson's r on its validation rows, `beginnings` how many seeds are
 * trained of each head and size.
 * @typedef {object} Contender
 * @property {string} key
 * @property {string} title
 * @property {string} model
 * @property {Input} input
 * @property {string} [variant]
 * @property {string} parameters
 * @property {readonly [mse: string, r: string]} validation
 * @property {boolean} isSlow
 */

/** @type {readonly Contender[]} */
export const CONTENDERS = [
  cnn('1resblock-conv', 'window', '16,536', ['0.104', '0.625']),
  cnn('4resblock', 'window', '57,912', ['0.133', '0.534']),
  cnn('1resblock', 'window', '14,424', ['0.171', '0.430']),
  cnn('5conv', 'window', '15,480', ['0.171', '0.404']),
  cnn('1resblock-conv', 'intron', '16,611', ['0.134', '0.506']),
  cnn('1resblock-conv', 'full', '21,021', ['0.258', 'none']),
  rnn('window', '225,377', ['-', '-']),
  rnn('full', '991,329', ['0.258', 'none']),
]

/** The report's reference predictions: validation error and r. */
export const REFERENCES = {
  baseline: ['0.188', '0.247'],
  zeros: ['0.258', 'none'],
  random: ['0.266', '-'],
}

/** Beginnings of a quick and of a slow network, by head; of each head the one with the least validation error is told of. */
export const SIZES = {
  full: { relu: { quick: 5, slow: 1 }, sigmoid: { quick: 3, slow: 1 } },
  fast: { relu: { quick: 1, slow: 0 }, sigmoid: { quick: 1, slow: 0 } },
}

/** Published weights, by file, and the options of their networks; measured on the whole of each table. */
export const WEIGHTS = [
  { file: 'yeast-1resblock-conv', title: '1resblock-conv, window', options: {} },
  { file: 'yeast-4resblock', title: '4resblock, window', options: { variant: '4resblock' } },
  { file: 'yeast-1resblock', title: '1resblock, window', options: { variant: '1resblock' } },
  { file: 'yeast-5conv', title: '5conv, window', options: { variant: '5conv' } },
  { file: 'yeast-intron', title: '1resblock-conv, intron', options: { input: 'intron' } },
]

/**
 * @param {string} variant
 * @param {Input} input
 * @param {string} parameters
 * @param {readonly [string, string]} validation
 * @returns {Contender}
 */
function cnn(variant, input, parameters, validation) {
  return {
    key: `cnn-${variant}-${input}`,
    title: `yeast-cnn ${variant}`,
    model: 'yeast-cnn',
    input,
    variant,
    parameters,
    validation,
    isSlow: input === 'full',
  }
}

/**
 * @param {Input} input
 * @param {string} parameters
 * @param {readonly [string, string]} validation
 * @returns {Contender}
 */
function rnn(input, parameters, validation) {
  return {
    key: `rnn-${input}`,
    title: 'yeast-rnn',
    model: 'yeast-rnn',
    input,
    parameters,
    validation,
    isSlow: input === 'full',
  }
}
