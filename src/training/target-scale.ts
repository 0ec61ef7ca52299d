import type { Dataset } from '../curation/dataset.ts'
import { TARGET_STATISTICS } from '../graph/layers/target-units.ts'
import type { TrainingState } from './engine/runner.ts'
import type { StateLayout } from './program.ts'
import type { RunConfig } from './run-config.ts'

/**
 * Returns the state before the first step with the mean and the standard deviation of each target among the training examples, where
 * the network keeps them and learns numbers; labels of 0 and 1 stay what they are. Targets that are all alike are only shifted.
 */
export function withTargetScale(
  state: TrainingState,
  { statistics: layout }: Pick<StateLayout, 'statistics'>,
  { targets, splits }: Pick<Dataset, 'targets' | 'splits'>,
  { loss }: Pick<RunConfig, 'loss'>,
): TrainingState {
  const isKept = layout.tensors.some(
    ({ name, shape: [outputs] }) => name === TARGET_STATISTICS.mean && outputs === targets?.columns,
  )
  if (!isKept || targets === undefined || loss.kind !== 'mean-squared-error') {
    return state
  }
  const { values, columns } = targets
  const statistics = state.statistics.slice()
  const [means, scales] = [TARGET_STATISTICS.mean, TARGET_STATISTICS.scale].map(name =>
    layout.view(statistics, { name, shape: [columns] }),
  ) as [Float32Array, Float32Array]
  for (let column = 0; column < columns; column++) {
    const numbers = Float64Array.from(splits.train, example => values[example * columns + column]!)
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length
    const variance = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length
    means[column] = mean
    scales[column] = variance > 0 ? Math.sqrt(variance) : 1
  }
  return { ...state, statistics }
}
