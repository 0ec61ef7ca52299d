import { drawBase } from './base-glyphs.ts'
import { CHART_WIDTH, drawHead, lineBetween, MARGIN, sideLabel, svgDocument, textAt } from './frame.ts'

/** Positions around one kind of site. */
export interface LogoSite {
  /** With the unit, e.g. `Position from the donor (nt)`. */
  label: string
  /** Rising, without a position 0: +1 is the base right of the exon's border, -1 the one left of it. */
  positions: readonly number[]
}

/** The logos of one group of sequences. */
export interface LogoRow {
  label: string
  /**
   * One per site; undefined where the group has no sequences of that site.
   * Shape: [positions, 4] counts of A, C, G, T.
   */
  counts: readonly (ArrayLike<number> | undefined)[]
}

export interface LogoRequest {
  title: string
  description: string
  /** Side by side, all bases equally wide. */
  sites: readonly LogoSite[]
  /** One below the other. */
  rows: readonly LogoRow[]
}

const MOST_BITS = 2
/** Units: px. */
const ROW = { label: 18, plot: 76, ticks: 20, gap: 8 }
const BETWEEN_SITES = 36
const WIDEST_BASE = 18
const AXIS_LABEL = 20
/** Letters below it are not seen. Units: px. */
const LEAST_HEIGHT = 0.25

/**
 * Returns sequence logos as SVG: at each position letters as tall as the base is frequent, together as tall as the
 * position has information.
 */
export function sequenceLogos(request: LogoRequest): string {
  const { title, description, sites, rows } = request
  const head = drawHead(title, [])
  const spans = placesOf(sites)
  const body = [head.body]
  let top = head.bottom
  const first = top
  for (const row of rows) {
    body.push(textAt('splice-label', MARGIN.left, top + ROW.label - 6, row.label))
    for (const [k, site] of sites.entries()) {
      const counts = row.counts[k]
      if (counts !== undefined) {
        body.push(drawLogo(site, counts, { ...spans[k]!, top: top + ROW.label, height: ROW.plot }))
      }
    }
    top += ROW.label + ROW.plot + ROW.ticks + ROW.gap
  }
  body.push(sideLabel((first + top) / 2, 'Information (bits)'))
  for (const [k, { label }] of sites.entries()) {
    const { left, width } = spans[k]!
    const middle = left + (width * sites[k]!.positions.length) / 2
    body.push(textAt('splice-label splice-middle', middle, top + AXIS_LABEL - 10, label))
  }
  return svgDocument({ title, description }, top + AXIS_LABEL + MARGIN.bottom, body)
}

/**
 * Returns the information of a position: 2 bits less the entropy of its bases and less what the entropy of so few bases is
 * too low on average, 3 / (2 ln 2 n); never below 0.
 * Shape: counts of A, C, G, T. Units: bits.
 * Source: Schneider & Stephens, Nucleic Acids Res 18:6097 (1990).
 */
export function informationOf(counts: ArrayLike<number>): number {
  const total = sumOf(counts)
  if (total === 0) {
    return 0
  }
  let entropy = 0
  for (let base = 0; base < 4; base++) {
    const share = counts[base]! / total
    entropy -= share === 0 ? 0 : share * Math.log2(share)
  }
  return Math.max(0, MOST_BITS - entropy - 3 / (2 * Math.LN2 * total))
}

function sumOf(counts: ArrayLike<number>): number {
  return counts[0]! + counts[1]! + counts[2]! + counts[3]!
}

/** Left edge of a site's logo and width of a base. Units: px. */
interface Span {
  left: number
  width: number
}

function placesOf(sites: readonly LogoSite[]): Span[] {
  const bases = sites.reduce((sum, { positions }) => sum + positions.length, 0)
  const room = CHART_WIDTH - MARGIN.left - MARGIN.right - (sites.length - 1) * BETWEEN_SITES
  const width = Math.min(room / bases, WIDEST_BASE)
  let left = MARGIN.left
  return sites.map(({ positions }) => {
    const span = { left, width }
    left += positions.length * width + BETWEEN_SITES
    return span
  })
}

function drawLogo(
  { positions }: LogoSite,
  counts: ArrayLike<number>,
  { left, width, top, height }: Span & { top: number; height: number },
): string {
  const right = left + positions.length * width
  const bottom = top + height
  const yOf = (bits: number) => bottom - (bits / MOST_BITS) * height
  const parts = [0, 1, 2].flatMap(bits => [
    lineBetween(bits === 0 ? 'splice-axis' : 'splice-grid', left, yOf(bits), right, yOf(bits)),
    textAt('splice-tick splice-end', left - 6, yOf(bits) + 4, String(bits)),
  ])
  for (const [i, position] of positions.entries()) {
    const x = left + i * width
    parts.push(
      ...drawStack(
        Array.from({ length: 4 }, (_, base) => counts[4 * i + base]!),
        x,
        width,
        yOf,
      ),
    )
    if (position === 1 && i > 0) {
      parts.push(lineBetween('splice-line splice-reference', x, top, x, bottom))
    }
    if (isNamed(position, i, positions.length)) {
      const text = position > 0 ? `+${position}` : String(position)
      parts.push(textAt('splice-tick splice-middle', x + width / 2, bottom + 14, text))
    }
  }
  return parts.join('\n')
}

/** Returns the letters of a position, the most frequent on top. */
function drawStack(
  counts: readonly number[],
  left: number,
  width: number,
  yOf: (bits: number) => number,
): string[] {
  const information = informationOf(counts)
  const total = sumOf(counts)
  const letters: string[] = []
  let bits = 0
  const rising = [0, 1, 2, 3].sort((a, b) => counts[a]! - counts[b]! || b - a)
  for (const code of rising) {
    const from = bits
    bits += total === 0 ? 0 : (counts[code]! / total) * information
    const height = yOf(from) - yOf(bits)
    if (height >= LEAST_HEIGHT) {
      letters.push(drawBase(code, { left: left + 0.4, top: yOf(bits), width: width - 0.8, height }))
    }
  }
  return letters
}

function isNamed(position: number, i: number, among: number): boolean {
  return i === 0 || i === among - 1 || Math.abs(position) === 1 || position % 5 === 0
}
