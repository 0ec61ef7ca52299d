import type { Log } from '../core/log.ts'
import { peakSize } from '../graph/peak-size.ts'
import { type EngineSettings, programSettings } from './engine/settings.ts'
import { slotCount } from './optimisers.ts'
import { gradientProgram, stateLayout, updateProgram } from './program.ts'

/** What the process holds beside a network. Units: bytes. */
const PROCESS = 250e6

/** What a runtime sets aside for each byte of intermediate results, found by measuring: it asks for memory in doubling pieces. */
const SET_ASIDE = 2.2

/**
 * Vectors as long as all parameters that a shard holds besides the optimiser's moments: the state before and after a step, the gradient as
 * it is computed, as other shards read it and as their mean, and the network written out for scoring, which takes three.
 */
const VECTORS = 8

/**
 * Returns about how much memory training takes at its busiest: within a factor of 1.3 of what was measured on the CPU, for networks
 * of convolutions, LSTMs and dense layers with 34 thousand to 48 million parameters (docs/performance.md). Units: bytes.
 * Throws: ShapeError when the network does not fit the window.
 */
export function memoryNeed(settings: EngineSettings): number {
  const program = programSettings(settings)
  const layout = stateLayout(program.architecture, program.windowLength)
  const gradient = gradientProgram(program, layout)
  const { parameters, norm, slots } = updateProgram(program, layout).outputs
  const results = peakSize(Object.values(gradient.outputs)) + peakSize([parameters, norm, ...slots])
  const vectors = VECTORS + 2 * slotCount(program.optimiser) + (settings.averaging > 0 ? 2 : 0)
  return PROCESS + settings.shards * (vectors * 4 * layout.parameters.size + SET_ASIDE * results)
}

/** Less is not worth a word. Units: bytes. */
const MUCH_MEMORY = 1e9

/** Says how much memory a run will need, where that is much; warns where there is less. Units: bytes. */
export function tellMemory(model: string, need: number, free: number | undefined, log: Log): void {
  if (need < MUCH_MEMORY) {
    return
  }
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  const sentence = `model ${model}: training needs about ${gigabytes(need)} of memory`
  if (free !== undefined && need > free) {
    log.warn(
      `${sentence}, ${gigabytes(free)} are free: set a smaller batchSize, shards=1, an optimiser with fewer moments, or smaller options`,
    )
  } else {
    log.info(sentence)
  }
}
