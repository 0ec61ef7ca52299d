import { InputDataError, SpliceScoreError } from '../core/errors.ts'
import type { Dataset } from '../curation/dataset.ts'
import { type Architecture, tensorsOf } from '../models/architecture.ts'

/**
 * Checks that a network can be built for the windows of a dataset.
 * Throws: InputDataError naming both, and what in the network does not fit.
 */
export function requireWindowsFit(
  { name, window: { length } }: Pick<Dataset, 'name' | 'window'>,
  network: Architecture,
): void {
  if (network.windowLength !== undefined && network.windowLength !== length) {
    throw new InputDataError(
      `dataset ${name}: expected windows of ${network.windowLength} for model ${network.name}, found ${length}`,
      `${network.name} takes no others with these options`,
    )
  }
  try {
    tensorsOf(network, length)
  } catch (error) {
    if (!(error instanceof SpliceScoreError)) {
      throw error
    }
    throw new InputDataError(
      `dataset ${name}: expected windows that fit model ${network.name}, found ${length} bases: ${error.message}`,
      error.hint ??
        'give longer windows, or set smaller options: splice-score models --json lists those of every network',
      error,
    )
  }
}
