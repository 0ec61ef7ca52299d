// What several evaluations of one model, each on windows of its own, say together.

/** @typedef {import('../../reproduction/context.mjs').Evaluation} Evaluation */
/**
 * In percent. `auc` ranks windows by score; `callsAuc` is what it becomes when calls are taken for scores, the balanced accuracy.
 * @typedef {{ examples: number, accuracy: number, sensitivity: number, specificity: number, f1: number, auc: number, callsAuc: number }} Measured
 */

/**
 * Returns the figures of all windows together; the AUC is the mean of the evaluations' own, since scores of different models cannot be ranked together.
 * @param {readonly Evaluation[]} evaluations
 * @returns {Measured}
 */
export function together(evaluations) {
  const reports = evaluations.map(({ levels }) => {
    if (levels?.[0] === undefined) {
      throw new Error('expected an evaluation of classes, found none')
    }
    return levels[0].overall
  })
  const total = (
    /** @type {'truePositives' | 'falsePositives' | 'trueNegatives' | 'falseNegatives'} */ key,
  ) => reports.reduce((sum, { confusion }) => sum + confusion[key], 0)
  const [tp, fp, tn, fn] = [
    total('truePositives'),
    total('falsePositives'),
    total('trueNegatives'),
    total('falseNegatives'),
  ]
  const sensitivity = (100 * tp) / (tp + fn)
  const specificity = (100 * tn) / (tn + fp)
  const aucs = reports.map(({ estimates }) => 100 * (estimates.auroc?.value ?? Number.NaN))
  return {
    examples: tp + fp + tn + fn,
    accuracy: (100 * (tp + tn)) / (tp + fp + tn + fn),
    sensitivity,
    specificity,
    f1: (200 * tp) / (2 * tp + fp + fn),
    auc: aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length,
    callsAuc: (sensitivity + specificity) / 2,
  }
}
