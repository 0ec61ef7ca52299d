import type { EpochRecord } from './checkpoint.ts'
import { isBetter, type MetricName, SMALLER_IS_BETTER } from './validation.ts'

/**
 * Returns the last epoch, from 1, whose metric was better by more than `minDelta` than that of the one before which was; the first with
 * a number counts. Undefined without any.
 */
export function lastGain(
  history: readonly EpochRecord[],
  metric: MetricName,
  minDelta: number,
): number | undefined {
  const shift = SMALLER_IS_BETTER.has(metric) ? minDelta : -minDelta
  let [epoch, best]: [number | undefined, number | undefined] = [undefined, undefined]
  for (const record of history) {
    const value = record.metrics[metric] ?? Number.NaN
    if (isBetter(metric, best === undefined ? value : value + shift, best)) {
      epoch = record.epoch
      best = value
    }
  }
  return epoch
}
