import { glorotUniform } from '../../graph/initial.ts'
import type { KernelInitials } from './layers.ts'

/** Probabilities of A, C, G and T by position. Shape: [positions][4]. */
export type Motif = readonly (readonly number[])[]

/** A base by chance. */
const CHANCE = 0.25

/**
 * Returns how the kernels of a first convolution begin as motifs, one each: its probabilities less 0.25 at a random place of the kernel,
 * the kernel's other numbers and all other kernels as Keras draws them; biases of these kernels uniform from -1 to 0, all others zero. Of
 * a motif longer than the kernel, the stretch that says most is taken.
 * `channels`: the base codes that the kernel's channels stand for.
 * Source: the published code of DanQ-JASPAR.
 */
export function motifKernels(motifs: readonly Motif[], channels: readonly number[]): KernelInitials {
  return {
    initial(shape, random) {
      const [filters, bases, width] = shape as [number, number, number]
      const weights = glorotUniform(bases * width, filters * width)(shape, random)
      for (const [filter, motif] of motifs.slice(0, filters).entries()) {
        const core = mostInformative(motif, width)
        const offset = random.int(width - core.length + 1)
        for (const [position, probabilities] of core.entries()) {
          for (const [channel, code] of channels.entries()) {
            weights[(filter * bases + channel) * width + offset + position] = probabilities[code]! - CHANCE
          }
        }
      }
      return weights
    },
    biasInitial: ([filters], random) =>
      Float32Array.from({ length: filters! }, (_, i) => (i < motifs.length ? -random.float() : 0)),
  }
}

/** Returns the `width` neighbouring positions of the highest information, or the whole motif where it is no longer. */
function mostInformative(motif: Motif, width: number): Motif {
  const bits = motif.map(informationOf)
  const sumFrom = (start: number) => bits.slice(start, start + width).reduce((sum, bit) => sum + bit, 0)
  let best = 0
  for (let start = 1; start + width <= motif.length; start++) {
    best = sumFrom(start) > sumFrom(best) ? start : best
  }
  return motif.slice(best, best + width)
}

/** Units: bits, from 0 to 2. */
const informationOf = (probabilities: readonly number[]): number =>
  probabilities.reduce((bits, p) => bits + (p > 0 ? p * Math.log2(p / CHANCE) : 0), 0)

/** Whether a value is a motif: four numbers from 0 to 1 at each position, whose sum is about 1. */
export function isMotif(value: unknown): value is Motif {
  const isRow = (row: unknown) =>
    Array.isArray(row) &&
    row.length === 4 &&
    row.every(p => typeof p === 'number' && p >= 0 && p <= 1) &&
    Math.abs(row.reduce((sum: number, p: number) => sum + p, 0) - 1) < 0.01
  return Array.isArray(value) && value.length > 0 && value.every(isRow)
}
