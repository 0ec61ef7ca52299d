import { derivedSeed } from '../core/derived-seed.ts'
import { seededRandom } from '../core/random.ts'
import type { Dataset } from '../curation/dataset.ts'
import type { TensorLayout } from '../graph/tensor-layout.ts'
import { INITIAL_STREAM } from './data/seeds.ts'
import type { TrainingState } from './engine/runner.ts'
import { slotCount } from './optimisers.ts'
import type { StateLayout } from './program.ts'
import type { RunConfig } from './run-config.ts'
import { withTargetScale } from './target-scale.ts'

/** Returns the state before the first step of a run: drawn from the seed, and fit to the targets where a network standardises them. */
export function firstState(
  layout: StateLayout,
  dataset: Pick<Dataset, 'targets' | 'splits'>,
  config: Pick<RunConfig, 'seed' | 'optimiser' | 'averaging' | 'loss'>,
): TrainingState {
  return withTargetScale(drawnState(layout, config), layout, dataset, config)
}

/** Returns a state with each tensor drawn by its own rule from the seed. */
export function drawnState(
  layout: StateLayout,
  config: Pick<RunConfig, 'seed' | 'optimiser' | 'averaging'>,
): TrainingState {
  const random = seededRandom(derivedSeed(config.seed, INITIAL_STREAM))
  const draw = (tensors: TensorLayout) => {
    const flat = new Float32Array(tensors.size)
    for (const tensor of tensors.tensors) {
      tensors.view(flat, tensor).set(tensor.initial(tensor.shape, random))
    }
    return flat
  }
  const parameters = draw(layout.parameters)
  return {
    parameters,
    statistics: draw(layout.statistics),
    slots: Array.from({ length: slotCount(config.optimiser) }, () => new Float32Array(parameters.length)),
    ...(config.averaging > 0 ? { average: parameters.slice() } : {}),
  }
}
