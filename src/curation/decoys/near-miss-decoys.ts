import type { Random } from '../../core/random.ts'
import { A, C, G, T } from '../../genome/sequence.ts'
import { IntervalTable } from '../../junctions/interval-table.ts'
import type { Making } from '../example-classes.ts'
import type { KnownSites } from './known-sites.ts'

/** A true intron to make decoys of, and the stretch of its gene from the first to the last intron. */
export interface DecoyTemplate {
  start: number
  end: number
  strand: '+' | '-'
  gene: number
  spliced: { start: number; end: number }
}

export interface NearMissRequest {
  /** Base codes of the contig. */
  codes: Uint8Array
  templates: readonly DecoyTemplate[]
  sites: KnownSites
  count: number
  minIntron: number
  maxIntron: number
  /** True for introns that are known or kept out. */
  isForbidden(start: number, end: number, strand: '+' | '-'): boolean
  random: Random
}

export type TakeDecoy = (start: number, end: number, strand: '+' | '-', making: Making, gene: number) => void

/** Farthest a cryptic site of a `near` decoy lies from the true one it stands in for. Units: bases. */
export const NEAR = 200
/** Farthest an end of a shifted intron lies from its true place. Units: bases. */
export const LARGEST_SHIFT = 20

const WAYS = ['near-donor', 'near-acceptor', 'gene-donor', 'gene-acceptor'] as const
/** Rounds over all templates without a decoy found, and tries in them, after which no more are looked for. */
const EMPTY_ROUNDS = 3
const FRUITLESS_TRIES = 200
/** Bases to walk for a dinucleotide from a random place: one in 16 has it on average. */
const WALK = 500

/**
 * Returns how many decoys were given away, at most `count`: a true donor with a wrong acceptor, or the reverse, where the
 * wrong site is a GT or AG that is no known site, up to 200 bases from the true one (`near`) or anywhere in the spliced
 * part of the gene (`gene`), one kind as often as the other where both are to be had. None is given twice.
 */
export function drawNearMissDecoys(request: NearMissRequest, take: TakeDecoy): number {
  return drawByTemplate(
    request,
    template => {
      const making = WAYS[request.random.int(WAYS.length)]!
      const placed = making.startsWith('near')
        ? nearby(request, template, making)
        : inGene(request, template, making)
      return placed && { ...placed, making }
    },
    take,
  )
}

/**
 * Returns how many decoys were given away, at most `count`: true introns with one or both ends shifted by up to 20
 * bases so that the pair is canonical on neither strand, as alignments slip. None is given twice.
 */
export function drawShiftedDecoys(
  request: NearMissRequest,
  isCanonical: (start: number, end: number) => boolean,
  take: TakeDecoy,
): number {
  const shift = () => request.random.int(2 * LARGEST_SHIFT + 1) - LARGEST_SHIFT
  return drawByTemplate(
    request,
    ({ start, end }) => {
      const placed = { start: start + shift(), end: end + shift() }
      const inside = placed.start >= 0 && placed.end <= request.codes.length
      const isSame = placed.start === start && placed.end === end
      return inside && !isSame && !isCanonical(placed.start, placed.end)
        ? { ...placed, making: 'shifted' as const }
        : undefined
    },
    take,
  )
}

interface Placed {
  start: number
  end: number
  making: Making
}

/** Goes over the templates in random order, again and again, until there are enough decoys or no more are found. */
function drawByTemplate(
  request: NearMissRequest,
  make: (template: DecoyTemplate) => Placed | undefined,
  take: TakeDecoy,
): number {
  const { templates, count, minIntron, maxIntron, isForbidden, random } = request
  const seen = new IntervalTable()
  let [done, emptyRounds] = [0, 0]
  const givesUp = () => emptyRounds >= EMPTY_ROUNDS && emptyRounds * templates.length >= FRUITLESS_TRIES
  while (done < count && templates.length > 0 && !givesUp()) {
    const before = done
    for (const index of random.shuffle([...templates.keys()])) {
      if (done === count) {
        break
      }
      const template = templates[index]!
      const placed = make(template)
      const length = placed === undefined ? 0 : placed.end - placed.start
      if (placed === undefined || length < minIntron || length > maxIntron) {
        continue
      }
      const { strand, gene } = template
      const isKnown = seen.find(strand === '+' ? 1 : 0, placed.start, placed.end) >= 0
      if (!isKnown && !isForbidden(placed.start, placed.end, strand)) {
        seen.intern(strand === '+' ? 1 : 0, placed.start, placed.end)
        take(placed.start, placed.end, strand, placed.making, gene)
        done++
      }
    }
    emptyRounds = done === before ? emptyRounds + 1 : 0
  }
  return done
}

type Way = (typeof WAYS)[number]

/** True when the wrong site of this way is the intron's left one on the forward strand. */
const isLeft = (way: Way, strand: '+' | '-') => way.endsWith('donor') === (strand === '+')

/** Returns the two bases a site of this way has on the forward strand. */
function dinucleotide(way: Way, strand: '+' | '-'): [number, number] {
  // GT and AG; on the reverse strand a donor reads AC and an acceptor CT.
  return way.endsWith('donor') ? (strand === '+' ? [G, T] : [A, C]) : strand === '+' ? [A, G] : [C, T]
}

function nearby(
  request: NearMissRequest,
  template: DecoyTemplate,
  way: Way,
): Omit<Placed, 'making'> | undefined {
  const { start, end, strand } = template
  const left = isLeft(way, strand)
  const truth = left ? start : end - 2
  const found: number[] = []
  for (let at = Math.max(0, truth - NEAR); at <= truth + NEAR; at++) {
    if (isWrongSite(request, at, way, strand)) {
      found.push(at)
    }
  }
  return found.length === 0 ? undefined : replaced(template, left, found[request.random.int(found.length)]!)
}

function inGene(
  request: NearMissRequest,
  template: DecoyTemplate,
  way: Way,
): Omit<Placed, 'making'> | undefined {
  const { start, end, strand, spliced } = template
  const left = isLeft(way, strand)
  // Left of the right site, or right of the left one, inside the gene.
  const [from, to] = left ? [spliced.start, end - 4] : [start + 2, spliced.end - 2]
  if (to < from) {
    return undefined
  }
  const first = from + request.random.int(to - from + 1)
  for (let at = first; at <= Math.min(to, first + WALK); at++) {
    if (isWrongSite(request, at, way, strand)) {
      return replaced(template, left, at)
    }
  }
  return undefined
}

function isWrongSite({ codes, sites }: NearMissRequest, at: number, way: Way, strand: '+' | '-'): boolean {
  const [first, second] = dinucleotide(way, strand)
  return codes[at] === first && codes[at + 1] === second && !sites.has(strand, at)
}

function replaced({ start, end }: DecoyTemplate, left: boolean, at: number): { start: number; end: number } {
  return left ? { start: at, end } : { start, end: at + 2 }
}
