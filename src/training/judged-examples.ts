import type { Dataset } from '../curation/dataset.ts'
import { UNKNOWN_LABEL } from '../curation/site-labels.ts'

/** Donor, acceptor, pair. */
const LABELS = 3
const PAIR = 2

/**
 * Returns the dataset with those validation examples of which it is known whether the pair is true: a donor and an acceptor of
 * two places can be learnt from, but epochs, threshold and calibration are judged by pairs. A dataset whose validation part
 * has none of these is returned as it is.
 */
export function judgedByPairs<T extends Pick<Dataset, 'splits' | 'siteLabels'>>(dataset: T): T {
  const { splits, siteLabels } = dataset
  if (siteLabels === undefined) {
    return dataset
  }
  const validation = splits.validation.filter(
    example => siteLabels[LABELS * example + PAIR] !== UNKNOWN_LABEL,
  )
  return validation.length === 0 ? dataset : { ...dataset, splits: { ...splits, validation } }
}
