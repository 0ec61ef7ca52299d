import { Network } from '../../graph/network.ts'
import { lowerToOnnx } from '../../graph/onnx-lowering.ts'
import type { OnnxGraph } from '../../graph/onnx-writer.ts'
import { constant, input } from '../../graph/ops/leaves.ts'
import type { Value } from '../../graph/value.ts'
import { logitsOf } from '../../models/architecture.ts'
import { type Scores, scoresOf } from '../../models/scores.ts'
import { meaningOf } from '../losses.ts'
import type { ProgramSettings, StateLayout } from '../program.ts'
import type { TrainingState } from './runner.ts'

/** The output of the graph that scores validation examples. */
export const PREDICTION = 'scores'

/** A network as it scores, with a state's numbers as constants. */
export interface PredictionProgram {
  codes: Value
  scores: Scores
}

/** Returns the network in its inference form. `batch` may be a name. */
export function predictionProgram(
  settings: ProgramSettings,
  layout: StateLayout,
  state: Pick<TrainingState, 'parameters' | 'statistics'>,
  batch: number | string,
): PredictionProgram {
  const { architecture, windowLength, sites, loss } = settings
  const net = new Network('inference', (tensor, kind) =>
    kind === 'parameter'
      ? constant(layout.parameters.view(state.parameters, tensor), tensor.shape)
      : constant(layout.statistics.view(state.statistics, tensor), tensor.shape),
  )
  const codes = input('codes', 'uint8', [batch, windowLength])
  const logits = logitsOf(architecture, net, codes)
  return { codes, scores: scoresOf(architecture, logits, sites, meaningOf(loss)) }
}

/** Returns the graph that scores any number of windows: codes uint8 [N, L] -> scores [N, columns], of bases [N, columns, L]. */
export function predictionGraph(
  settings: ProgramSettings,
  layout: StateLayout,
  state: Pick<TrainingState, 'parameters' | 'statistics'>,
): OnnxGraph {
  return lowerToOnnx('prediction', {
    [PREDICTION]: predictionProgram(settings, layout, state, 'N').scores.value,
  })
}
