/** Stops of the colour scale from score 0 to 1: red, amber, blue; told apart by the usual forms of colour blindness. */
const STOPS: readonly [number, number, number][] = [
  [0xc2, 0x3b, 0x22],
  [0xe0, 0xa0, 0x30],
  [0x1f, 0x5f, 0xa8],
]

/** Returns the colour of a score as `#rrggbb`; grey without a score. */
export function scoreColour(score: number | undefined): string {
  if (score === undefined) {
    return '#999999'
  }
  const at = Math.min(Math.max(score, 0), 1) * (STOPS.length - 1)
  const low = Math.min(Math.floor(at), STOPS.length - 2)
  const mixed = STOPS[low]!.map((from, i) => Math.round(from + (STOPS[low + 1]![i]! - from) * (at - low)))
  return `#${mixed.map(value => value.toString(16).padStart(2, '0')).join('')}`
}
