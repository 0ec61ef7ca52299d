import { DisjointSets } from '../core/disjoint-sets.ts'
import { lowerBound } from '../core/lower-bound.ts'
import type { Random } from '../core/random.ts'
import { A, C, G, T } from '../genome/sequence.ts'
import { oppositeStrand, type Strand } from '../genome/strand.ts'
import { IntervalTable } from '../junctions/interval-table.ts'

/** An annotated intron with the transcripts it belongs to. */
export interface TranscriptIntron {
  contig: string
  start: number
  end: number
  strand: Strand
  transcripts: readonly string[]
}

/** The stretch from the first to the last intron of transcripts that share introns, on one contig and strand. */
export interface TranscribedSpan {
  contig: string
  start: number
  end: number
  strand: Strand
  /** Number of its locus. */
  locus: number
}

/** Introns sorted into transcribed spans and loci; the arrays have one entry per intron, in the order given. */
export interface Loci {
  spans: TranscribedSpan[]
  spanOf: Int32Array
  /** Number of the locus, 0-based, in order of first appearance. */
  locusOf: Int32Array
  locusCount: number
}

/**
 * Returns the loci of the introns: introns are together when they share a transcript, and when the spans of such
 * groups overlap on either strand (so overlapping introns are always together). Nothing in one locus overlaps
 * another, which makes loci the units to split training data by.
 */
export function groupLoci(introns: readonly TranscriptIntron[]): Loci {
  const groups = new DisjointSets(introns.length)
  const firstOf = new Map<string, number>()
  for (const [index, intron] of introns.entries()) {
    for (const transcript of intron.transcripts) {
      const first = firstOf.get(transcript)
      if (first === undefined) {
        firstOf.set(transcript, index)
      } else {
        groups.join(first, index)
      }
    }
  }
  const spans: TranscribedSpan[] = []
  const memberOf: number[] = []
  const numbers = new Map<string, number>()
  const spanOf = Int32Array.from(introns, ({ contig, start, end, strand }, index) => {
    const key = `${groups.root(index)}\t${strand}\t${contig}`
    const number = numbers.get(key)
    if (number === undefined) {
      numbers.set(key, spans.length)
      memberOf.push(index)
      return spans.push({ contig, start, end, strand, locus: -1 }) - 1
    }
    const span = spans[number]!
    span.start = Math.min(span.start, start)
    span.end = Math.max(span.end, end)
    return number
  })
  const order = [...spans.keys()].sort(
    (a, b) => compareText(spans[a]!.contig, spans[b]!.contig) || spans[a]!.start - spans[b]!.start,
  )
  let reach: { contig: string; end: number; member: number } | undefined
  for (const number of order) {
    const { contig, start, end } = spans[number]!
    if (reach && reach.contig === contig && start < reach.end) {
      groups.join(reach.member, memberOf[number]!)
      reach.end = Math.max(reach.end, end)
    } else {
      reach = { contig, end, member: memberOf[number]! }
    }
  }
  const locusNumbers = new Map<number, number>()
  const locusOf = Int32Array.from(introns, (_, index) => {
    const root = groups.root(index)
    const known = locusNumbers.get(root) ?? locusNumbers.size
    locusNumbers.set(root, known)
    spans[spanOf[index]!]!.locus = known
    return known
  })
  return { spans, spanOf, locusOf, locusCount: locusNumbers.size }
}

/** An invented intron. `host` is the index of the span it was placed in. */
export interface Decoy {
  start: number
  end: number
  strand: '+' | '-'
  host: number
}

export interface DecoyRequest {
  /** Base codes of the contig. */
  contig: Uint8Array
  /** Where to place decoys, and how often each stretch is chosen relative to the others. */
  hosts: readonly { start: number; end: number; strand: Strand; weight: number }[]
  /** Every annotated intron of the contig, also those not trained on; strand `.` counts on both strands. */
  annotated: readonly { start: number; end: number; strand: Strand }[]
  /** Intron lengths of the positives, whose distribution the decoys follow. */
  lengths: ArrayLike<number>
  count: number
  random: Random
  /**
   * True for pairs that must not come back, beside those that cover an annotated site of their strand: the ones given away
   * already among them.
   */
  isForbidden?(start: number, end: number, strand: '+' | '-'): boolean
}

/** Takes a decoy; `host` is the index of the span it was placed in. */
export type TakeOppositeDecoy = (start: number, end: number, strand: '+' | '-', host: number) => void

/** Length bins per doubling: fine enough to keep the shape, wide enough to find a site inside. */
const BINS_PER_OCTAVE = 4
/** A donor and an acceptor dinucleotide side by side. */
const SHORTEST = 4
const PLACEMENTS_PER_LENGTH = 50
const LENGTHS_PER_DECOY = 20
/** Bases to walk for a dinucleotide: one in 16 on average, so a longer stretch without one is N or a repeat. */
const WALK = 500

/** Returns the decoys of `drawOppositeStrandDecoys` in a list. */
export function oppositeStrandDecoys(request: DecoyRequest): Decoy[] {
  const decoys: Decoy[] = []
  drawOppositeStrandDecoys(request, (start, end, strand, host) => decoys.push({ start, end, strand, host }))
  return decoys
}

/**
 * Returns how many decoys were given away: random GT-AG pairs on the strand opposite transcribed spans, places that look
 * like introns to the motif, in sequence where splicing happens, but on the strand that is not spliced. A decoy's length
 * bin (quarter octaves) is drawn from the positives' lengths, it lies inside its host, covers no annotated splice site
 * of its own strand, and none is given twice. Fewer than `count` come where the hosts have no room for more.
 * Memory: 20 bytes per decoy.
 * Source: the "Neg-random" set of Splam (Chao et al., Genome Biology 25:243, 2024).
 */
export function drawOppositeStrandDecoys(request: DecoyRequest, take: TakeOppositeDecoy): number {
  const { hosts, lengths, count, random, isForbidden = () => false } = request
  const chooser = weightedChooser(hosts.map(host => (host.strand === '.' ? 0 : host.weight)))
  if (chooser === undefined || lengths.length === 0) {
    return 0
  }
  const sites = { '+': sortedSites(request.annotated, '+'), '-': sortedSites(request.annotated, '-') }
  // A caller that forbids pairs forbids those it was given.
  const seen = request.isForbidden ? undefined : new IntervalTable()
  const draw = (): boolean => {
    for (let i = 0; i < LENGTHS_PER_DECOY; i++) {
      const bin = lengthBin(lengths[random.int(lengths.length)]!)
      for (let j = 0; j < PLACEMENTS_PER_LENGTH; j++) {
        const host = chooser(random)
        const { start, end, strand: transcribed } = hosts[host]!
        const strand = oppositeStrand(transcribed) as '+' | '-'
        const placed = place(request.contig, start, end, strand, bin, random)
        if (
          placed === undefined ||
          touchesSite(sites[strand], placed.start, placed.end) ||
          isForbidden(placed.start, placed.end, strand)
        ) {
          continue
        }
        const known = seen?.size
        if (seen?.intern(strand === '+' ? 1 : 0, placed.start, placed.end) === known) {
          take(placed.start, placed.end, strand, host)
          return true
        }
      }
    }
    return false
  }
  let done = 0
  while (done < count && draw()) {
    done++
  }
  return done
}

/** Returns the closed range of lengths that share the length's bin. */
export function lengthBin(length: number): { shortest: number; longest: number } {
  const bin = Math.floor(Math.log2(length) * BINS_PER_OCTAVE)
  const shortest = Math.max(SHORTEST, Math.ceil(2 ** (bin / BINS_PER_OCTAVE)))
  const longest = Math.ceil(2 ** ((bin + 1) / BINS_PER_OCTAVE)) - 1
  return { shortest, longest: Math.max(shortest, longest) }
}

/** Returns a GT-AG pair of the wanted length inside [from, to), found from a random start on, if the first donor has one. */
function place(
  contig: Uint8Array,
  from: number,
  to: number,
  strand: '+' | '-',
  bin: { shortest: number; longest: number },
  random: Random,
): { start: number; end: number } | undefined {
  const last = Math.min(to, contig.length) - bin.shortest
  if (last < from) {
    return undefined
  }
  // Read on the forward strand, an intron of the reverse strand starts with CT and ends with AC.
  const [l0, l1, r0, r1] = strand === '+' ? [G, T, A, G] : [C, T, A, C]
  let start = from + random.int(last - from + 1)
  const stop = Math.min(last, start + WALK)
  while (start <= stop && !(contig[start] === l0 && contig[start + 1] === l1)) {
    start++
  }
  if (start > stop) {
    return undefined
  }
  const longest = Math.min(bin.longest, Math.min(to, contig.length) - start)
  const choices = longest - bin.shortest + 1
  const first = random.int(choices)
  for (let i = 0; i < choices; i++) {
    const end = start + bin.shortest + ((first + i) % choices)
    if (contig[end - 2] === r0 && contig[end - 1] === r1) {
      return { start, end }
    }
  }
  return undefined
}

/** Returns the first bases of the annotated dinucleotide sites on a strand, ascending. */
function sortedSites(introns: DecoyRequest['annotated'], strand: '+' | '-'): Float64Array {
  const sites: number[] = []
  for (const intron of introns) {
    if (intron.strand === strand || intron.strand === '.') {
      sites.push(intron.start, intron.end - 2)
    }
  }
  return Float64Array.from(sites).sort()
}

function touchesSite(sites: Float64Array, start: number, end: number): boolean {
  const next = sites[lowerBound(sites, start - 1)]
  return next !== undefined && next < end
}

/** Returns a function that draws an index in proportion to whole-number weights; undefined when all are 0. */
function weightedChooser(weights: readonly number[]): ((random: Random) => number) | undefined {
  let total = 0
  const reached = Float64Array.from(weights, weight => {
    total += weight
    return total
  })
  return total === 0 ? undefined : random => lowerBound(reached, random.int(total) + 1)
}

/** Compares by code units: locale rules differ between machines. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
