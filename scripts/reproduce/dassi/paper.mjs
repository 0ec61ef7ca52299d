// Numbers of the paper, in percent: Moosa et al., BioData Mining 14:15, 2021.

/**
 * Table 5, human acceptors, means of ten beginnings: accuracy, sensitivity, specificity, F, AUC.
 * @type {Record<string, readonly number[]>}
 */
export const HUMAN_ACCEPTORS = {
  dassi: [94.15, 94.0, 95.2, 94.0, 98.8],
  'lstm-emb': [93.98, 95.0, 92.32, 93.74, 93.66],
  hybrid: [93.66, 94.63, 93.33, 94.02, 93.66],
  lstm: [86.99, 85.26, 88.71, 85.87, 86.99],
  cnn: [64.15, 65.27, 63.04, 64.43, 64.1],
  'cnn-emb': [53.63, 95.62, 11.63, 67.35, 53.63],
}

/** @typedef {{ auc: number, accuracy?: number }} Figures */

/** @param {readonly (readonly [number, number?])[]} pairs */
const figures = pairs =>
  pairs.map(([auc, accuracy]) => ({ auc, ...(accuracy !== undefined && { accuracy }) }))

/**
 * Table 6, the paper's own sets, in the order of the species: human, A. thaliana, C. elegans, D. melanogaster.
 * @type {Record<import('./pools.mjs').Site, Record<string, readonly Figures[]>>}
 */
export const OWN_SETS = {
  acceptor: {
    dassi: figures([
      [98.22, 94.56],
      [99.57, 97.33],
      [99.73, 98.18],
      [99.12, 96.57],
    ]),
    asp: figures([[97.86], [99.43], [99.8], [99.12]]),
  },
  donor: {
    dassi: figures([
      [98.7, 95.8],
      [99.76, 98.24],
      [99.8, 98.24],
      [99.44, 96.81],
    ]),
    asp: figures([[98.63], [99.68], [99.82], [99.51]]),
  },
}

/**
 * Table 8, trained on the own sets, tested on those of Splice2Deep trimmed to 141 bases.
 * @type {Record<import('./pools.mjs').Site, Record<string, readonly Figures[]>>}
 */
export const TRANSFER = {
  acceptor: {
    dassi: figures([
      [98.53, 94.81],
      [97.96, 94.33],
      [99.16, 97.0],
      [98.34, 94.53],
    ]),
    asp: figures([
      [80.09, 65.82],
      [79.62, 71.1],
      [96.72, 93.15],
      [96.96, 86.63],
    ]),
  },
  donor: {
    dassi: figures([
      [98.65, 94.94],
      [98.01, 94.63],
      [99.51, 97.44],
      [98.52, 94.32],
    ]),
    asp: figures([
      [68.42, 60.82],
      [86.94, 77.97],
      [84.26, 72.63],
      [77.98, 71.1],
    ]),
  },
}
