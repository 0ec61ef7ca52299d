import { grouped } from '../../core/number-text.ts'

/** A place on an axis and what is written there. */
export interface Tick {
  value: number
  text: string
}

/**
 * Returns ticks at round numbers (1, 2 or 5 times a power of ten apart) inside [low, high], about `wanted` of them.
 * Throws: RangeError unless low < high.
 */
export function linearTicks(low: number, high: number, wanted: number): Tick[] {
  if (!(low < high && high - low < Infinity)) {
    throw new RangeError(`expected an axis from a number to a higher one, found ${low} to ${high}`)
  }
  const { multiple, power } = roundStep((high - low) / wanted)
  const decimals = Math.max(-power, 0)
  const step = multiple * 10 ** power
  const ticks: Tick[] = []
  // Rounding must not lose a tick at the very end.
  const last = Math.floor(high / step + 1e-9)
  for (let k = Math.ceil(low / step - 1e-9); k <= last; k++) {
    // From its decimal form: 3 x 0.1 is to be 0.3; and there is no minus zero.
    const value = Number((k * step).toFixed(decimals)) + 0
    ticks.push({ value, text: decimals === 0 ? groupedSigned(value) : value.toFixed(decimals) })
  }
  return ticks
}

/** Returns ticks at the powers of ten inside [low, high], every second, third, ... one when there are over `most`. */
export function logTicks(low: number, high: number, most = 8): Tick[] {
  const first = Math.ceil(Math.log10(low) - 1e-9)
  const last = Math.floor(Math.log10(high) + 1e-9)
  const every = Math.max(Math.ceil((last - first + 1) / most), 1)
  const ticks: Tick[] = []
  for (let power = first; power <= last; power += every) {
    const value = Number(`1e${power}`)
    ticks.push({ value, text: power >= 0 && power <= 9 ? grouped(value) : `1e${power}` })
  }
  return ticks
}

/** Returns the range widened to the next round numbers, so that its ends are ticks; of a single value, to both sides. */
export function roundRange(low: number, high: number, wanted: number): [number, number] {
  if (low === high) {
    const margin = low === 0 ? 1 : Math.abs(low) / 2
    return roundRange(low - margin, high + margin, wanted)
  }
  const { multiple, power } = roundStep((high - low) / wanted)
  const step = multiple * 10 ** power
  const decimals = Math.max(-power, 0)
  const at = (k: number) => Number((k * step).toFixed(decimals)) + 0
  return [at(Math.floor(low / step + 1e-9)), at(Math.ceil(high / step - 1e-9))]
}

/** Returns the least of 1, 2, 5, 10 x 10^n that is at least the step. */
function roundStep(step: number): { multiple: number; power: number } {
  const power = Math.floor(Math.log10(step))
  const multiple = [1, 2, 5].find(m => m * 10 ** power >= step * (1 - 1e-9))
  return multiple === undefined ? { multiple: 1, power: power + 1 } : { multiple, power }
}

function groupedSigned(value: number): string {
  return value < 0 ? `-${grouped(-value)}` : grouped(value)
}
