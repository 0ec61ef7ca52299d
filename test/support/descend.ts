import { seededRandom } from '../../src/core/random.ts'
import { openSession } from '../../src/graph/session.ts'
import type { TensorLayout } from '../../src/graph/tensor-layout.ts'
import type { Architecture } from '../../src/models/architecture.ts'
import { OPTIMISER_DEFAULTS } from '../../src/training/optimisers.ts'
import { gradientGraph, gradientProgram, stateLayout } from '../../src/training/program.ts'
import { randomCodes } from './random-tensors.ts'

const BATCH = 8

/**
 * Returns the losses of steps down the gradient of a network of two classes without dropout, on eight windows of which every
 * second has GT at a position, the others AA.
 */
export async function lossesOfSteps(
  network: Architecture,
  { length, position, rate, steps }: { length: number; position: number; rate: number; steps: number },
): Promise<number[]> {
  const layout = stateLayout(network, length)
  const settings = {
    architecture: network,
    windowLength: length,
    sites: { site: position },
    batch: BATCH,
    loss: { kind: 'cross-entropy' },
    optimiser: OPTIMISER_DEFAULTS.sgd,
    clip: {},
  } as const
  const codes = randomCodes(BATCH * length)
  for (let i = 0; i < BATCH; i++) {
    codes.set(i % 2 === 0 ? [0, 0] : [2, 3], i * length + position)
  }
  const random = seededRandom(5)
  const firstOf = ({ tensors }: TensorLayout) =>
    Float32Array.from(tensors.flatMap(({ shape, initial }) => [...initial(shape, random)]))
  const vector = (data: Float32Array) => ({ type: 'float32', dims: [data.length], data }) as const
  let parameters = firstOf(layout.parameters)
  const constants = {
    statistics: vector(firstOf(layout.statistics)),
    codes: { type: 'uint8', dims: [BATCH, length], data: codes },
    truth: { type: 'uint8', dims: [BATCH, 1], data: Uint8Array.from({ length: BATCH }, (_, i) => i % 2) },
    weights: vector(new Float32Array(BATCH).fill(1)),
  } as const
  const bytes = await gradientGraph(gradientProgram(settings, layout)).toBytes()
  // Many nodes: to join them would take longer than the steps do.
  const session = await openSession(bytes, { provider: 'cpu', threads: 1, optimise: false })
  const losses: number[] = []
  for (let step = 0; step < steps; step++) {
    const { loss, gradient } = await session.run({ parameters: vector(parameters), ...constants })
    losses.push((loss!.data as Float32Array)[0]!)
    const slope = gradient!.data as Float32Array
    parameters = parameters.map((x, i) => x - rate * slope[i]!)
  }
  await session.close()
  return losses
}
