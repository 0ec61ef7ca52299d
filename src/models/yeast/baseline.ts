import { InputDataError } from '../../core/errors.ts'
import { A, C, G, T } from '../../genome/sequence.ts'

/** A natural intron, as the rule learns from it. Units: bases. */
export interface NaturalIntron {
  /** Base codes of the first 6 intron bases. */
  donor: Uint8Array
  /** Of the 8 around the branch point, which is the seventh; a shorter one counts for what it shows. */
  branch: Uint8Array
  /** Of the last 3 intron bases. */
  acceptor: Uint8Array
  length: number
  /** From the branch point to the intron's end. */
  branchToEnd: number
}

/** A construct with the places of its sites. Coordinates: 0-based, as `donor` and `acceptor` of an intron `[donor, acceptor)`. */
export interface SitedConstruct {
  codes: Uint8Array
  donor: number
  /** Of the first base of the branch motif. */
  branch: number
  acceptor: number
}

/** A weight matrix and the least score that passes. */
export interface BaselineMotif {
  /** Natural logarithm of a base's share over 1/4. Shape: [positions][base in the order A, T, C, G]. */
  weights: number[][]
  threshold: number
}

/** Thresholds of scores and ranges of lengths, both ends in. */
export interface YeastBaseline {
  donor: BaselineMotif
  branch: BaselineMotif
  acceptor: BaselineMotif
  intron: [least: number, most: number]
  branchToEnd: [least: number, most: number]
}

const WIDTHS = { donor: 6, branch: 8, acceptor: 3 } as const
/** Index of the branch point in its motif. */
const BRANCH_POINT = 6

const ORDER = [A, T, C, G] as const
/** Columns of the base codes A, C, G, T; an unknown base counts as T. */
const COLUMN_OF_CODE = [0, 2, 3, 1, 1] as const

/** Share of the natural introns below a threshold, and beyond each end of a range. */
const CUT = 0.05
/** What a score may lack of its threshold. */
const SLACK = 1e-3
/** Efficiencies above it are counted in the mean. */
const SPLICED = 1e-3

/** Numbers that the rule owns: the matrices, three thresholds, two ranges and the efficiency of what passes. */
export const YEAST_BASELINE_PARAMETERS =
  (WIDTHS.donor + WIDTHS.branch + WIDTHS.acceptor) * ORDER.length + 3 + 2 * 2 + 1

/**
 * Returns the rule that natural introns give: of each score the 5 % lowest fail, of each length the 5 % shortest and longest.
 * Throws: InputDataError without introns.
 * Source: github.com/ramyarangan/cs230_project and its report.
 */
export function fitYeastBaseline(introns: readonly NaturalIntron[]): YeastBaseline {
  if (introns.length === 0) {
    throw new InputDataError('expected natural introns to take thresholds from, found none')
  }
  const motif = (site: keyof typeof WIDTHS): BaselineMotif => {
    const motifs = introns.map(intron => intron[site])
    const weights = weightsOf(motifs, WIDTHS[site])
    return { weights, threshold: lowest(motifs.map(codes => scoreOf(weights, codes))) }
  }
  return {
    donor: motif('donor'),
    branch: motif('branch'),
    acceptor: motif('acceptor'),
    intron: range(introns.map(({ length }) => length)),
    branchToEnd: range(introns.map(({ branchToEnd }) => branchToEnd)),
  }
}

/** Returns whether a construct's motifs and lengths are like those of natural introns. */
export function passesYeastBaseline(rule: YeastBaseline, construct: SitedConstruct): boolean {
  const { codes, donor, branch, acceptor } = construct
  const passes = ({ weights, threshold }: BaselineMotif, from: number) =>
    scoreOf(weights, codes.subarray(from, from + weights.length)) + SLACK >= threshold
  return (
    passes(rule.donor, donor) &&
    passes(rule.branch, branch) &&
    passes(rule.acceptor, acceptor - WIDTHS.acceptor) &&
    isWithin(rule.intron, acceptor - donor) &&
    isWithin(rule.branchToEnd, acceptor - branch - BRANCH_POINT)
  )
}

/** Returns what the rule predicts for a construct that passes: the mean of the efficiencies above 0.001; 0 without any. */
export function splicedEfficiency(efficiencies: Iterable<number>): number {
  let [sum, count] = [0, 0]
  for (const efficiency of efficiencies) {
    if (efficiency > SPLICED) {
      sum += efficiency
      count++
    }
  }
  return count === 0 ? 0 : sum / count
}

/** Returns log odds of counts, each with 1 added. */
function weightsOf(motifs: readonly Uint8Array[], width: number): number[][] {
  const counts = Array.from({ length: width }, () => ORDER.map(() => 1))
  for (const codes of motifs) {
    for (const [position, code] of codes.entries()) {
      counts[position]![COLUMN_OF_CODE[code]!]!++
    }
  }
  return counts.map(column => {
    const total = column.reduce((sum, count) => sum + count)
    return column.map(count => Math.log(count / total / (1 / ORDER.length)))
  })
}

function scoreOf(weights: readonly (readonly number[])[], codes: Uint8Array): number {
  let score = 0
  for (const [position, code] of codes.entries()) {
    score += weights[position]![COLUMN_OF_CODE[code]!]!
  }
  return score
}

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b)

const lowest = (values: readonly number[]): number => ascending(values)[Math.floor(CUT * values.length)]!

function range(values: readonly number[]): [number, number] {
  const sorted = ascending(values)
  return [sorted[Math.floor(CUT * values.length)]!, sorted[Math.floor((1 - CUT) * values.length)]!]
}

const isWithin = ([least, most]: readonly [number, number], value: number): boolean =>
  value >= least && value <= most
