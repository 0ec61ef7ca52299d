import { InputDataError } from '../../core/errors.ts'
import type { Dataset } from '../../curation/dataset.ts'
import { UNKNOWN_LABEL } from '../../curation/site-labels.ts'
import { type TargetTable, targetTable } from '../../trees/targets.ts'
import { requireBothLabels, requireTrainingPart } from '../suitability.ts'
import { labelsOf } from '../trainer.ts'

/** What a forest learns to tell. */
export interface ForestTruth {
  /** `classes`: positive or not; `labels`: several, independent of each other; `numbers`: any. */
  kind: 'classes' | 'labels' | 'numbers'
  columns: number
  /** Returns what is true of examples. Shape: [examples, columns] row-major. */
  of(examples: Uint32Array): Float32Array
  table(examples: Uint32Array): TargetTable
}

/**
 * Returns what a dataset has a forest learn.
 * Throws: InputDataError when it has no examples to learn from or to validate on, or a part with classes lacks one.
 */
export function forestTruth(dataset: Dataset): ForestTruth {
  requireTrainingPart(dataset)
  const { targets, splits, name } = dataset
  if (targets === undefined) {
    requireBothLabels(dataset, 'train')
    requireBothLabels(dataset, 'validation')
    return truth('classes', 1, examples => Float32Array.from(labelsOf(dataset, examples)))
  }
  if (splits.validation.length === 0) {
    throw new InputDataError(
      `dataset ${name}: expected examples to validate on, found none`,
      'name a split for each row, or leave the draw to the tool',
    )
  }
  const { values, columns } = targets
  const areLabels = values.every(value => value === 0 || value === 1)
  return truth(areLabels ? 'labels' : 'numbers', columns, examples => {
    const chosen = new Float32Array(examples.length * columns)
    for (const [i, example] of examples.entries()) {
      chosen.set(values.subarray(example * columns, (example + 1) * columns), i * columns)
    }
    return chosen
  })
}

function truth(kind: ForestTruth['kind'], columns: number, of: ForestTruth['of']): ForestTruth {
  return { kind, columns, of, table: examples => targetTable(of(examples), columns) }
}

/** Whether targets look like labels of which some are not known: a forest takes them for numbers. */
export function hasUnknownLabels({ targets }: Pick<Dataset, 'targets'>): boolean {
  const found = new Set(targets?.values)
  return found.delete(UNKNOWN_LABEL) && [...found].every(value => value === 0 || value === 1)
}
