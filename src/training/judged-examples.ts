import type { Dataset } from '../curation/dataset.ts'
import { UNKNOWN_LABEL } from '../curation/site-labels.ts'

/** Donor, acceptor, pair. */
const LABELS = 3
const PAIR = 2

/**
 * Returns those of the examples of which it is known whether the pair is true: a donor and an acceptor of two places, or one
 * site alone, can be learnt from but are no junctions. Where none of them is known, all are returned: then the label is judged by.
 */
export function knownPairs({ siteLabels }: Pick<Dataset, 'siteLabels'>, examples: Uint32Array): Uint32Array {
  if (siteLabels === undefined) {
    return examples
  }
  const known = examples.filter(example => siteLabels[LABELS * example + PAIR] !== UNKNOWN_LABEL)
  return known.length === 0 || known.length === examples.length ? examples : known
}

/** Returns the dataset with the validation examples that epochs, threshold and calibration are judged by: see `knownPairs`. */
export function judgedByPairs<T extends Pick<Dataset, 'splits' | 'siteLabels'>>(dataset: T): T {
  const { splits, siteLabels } = dataset
  if (siteLabels === undefined) {
    return dataset
  }
  return { ...dataset, splits: { ...splits, validation: knownPairs(dataset, splits.validation) } }
}
