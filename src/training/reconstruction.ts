import type { Metrics } from './validation.ts'

/**
 * What the reconstruction of a window is counted in: its known bases, those among them that the largest number names, the sum of
 * squared differences from one-hot bases, and the sum of -log of the true bases' probabilities (no number where the network gives none).
 */
export const RECONSTRUCTION_COLUMNS = ['known', 'correct', 'squaredError', 'logLoss'] as const

export type ReconstructionColumn = (typeof RECONSTRUCTION_COLUMNS)[number]

const COLUMNS = RECONSTRUCTION_COLUMNS.length

/** As far as a probability in float32 can be told from 0. */
const LEAST = 1e-12

/**
 * Returns the counts of windows. `channels`: the base codes that a reconstruction's channels stand for; a code that none stands for is
 * an unknown base and counts for nothing. Of equal numbers the first names the base.
 * Shape: codes [count, L], numbers [count, channels, L] -> [count, RECONSTRUCTION_COLUMNS].
 */
export function reconstructionCounts(
  codes: Uint8Array,
  numbers: Float32Array,
  channels: readonly number[],
  length: number,
): Float32Array {
  const count = codes.length / length
  const counts = new Float32Array(count * COLUMNS)
  for (let i = 0; i < count; i++) {
    let [known, correct, squaredError, logLoss] = [0, 0, 0, 0]
    const from = i * channels.length * length
    for (let p = 0; p < length; p++) {
      const truth = channels.indexOf(codes[i * length + p]!)
      if (truth < 0) {
        continue
      }
      let best = 0
      for (let c = 0; c < channels.length; c++) {
        const number = numbers[from + c * length + p]!
        squaredError += (number - (c === truth ? 1 : 0)) ** 2
        best = number > numbers[from + best * length + p]! ? c : best
      }
      known++
      correct += best === truth ? 1 : 0
      logLoss -= Math.log(Math.max(numbers[from + truth * length + p]!, LEAST))
    }
    counts.set([known, correct, squaredError, logLoss], i * COLUMNS)
  }
  return counts
}

/**
 * Returns the metrics of all known bases together: the share that is right (0.25 by chance), the mean squared error of the numbers, and
 * of probabilities the logarithmic loss.
 */
export function reconstructionMetrics(counts: Float32Array, areProbabilities: boolean): Metrics {
  const sums = RECONSTRUCTION_COLUMNS.map((_, k) => {
    let sum = 0
    for (let at = k; at < counts.length; at += COLUMNS) {
      sum += counts[at]!
    }
    return sum
  })
  const [known, correct, squaredError, logLoss] = sums as [number, number, number, number]
  return {
    ...(areProbabilities ? { logLoss: logLoss / known } : {}),
    mse: squaredError / known / BASES,
    baseAccuracy: correct / known,
  }
}

const BASES = 4
