import { ReferenceMismatchError } from '../core/errors.ts'
import { type Log, silentLog } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import { compareOnContig } from '../genome/junction.ts'
import type { StrandedIntron } from '../junctions/window.ts'
import { groupLoci, oppositeStrandDecoys, type TranscriptIntron } from './opposite-strand-decoys.ts'

/** The part of a reference genome that examples need. */
export interface TrainingReference {
  /** Name -> length in bases. */
  contigs: ReadonlyMap<string, number>
  /** Returns the contig's base codes. */
  loadContig(name: string): Promise<Uint8Array>
}

/** An annotated genome to take examples from. */
export interface AnnotatedGenome {
  name: string
  reference: TrainingReference
  introns: readonly TranscriptIntron[]
}

/** An annotated intron, or a decoy for one. */
export interface AnnotatedExample extends StrandedIntron {
  contig: string
  /** The contig's base codes, shared: not to be written to. */
  codes: Uint8Array
  /** Number of the locus, over all genomes. */
  locus: number
  isDecoy: boolean
}

export interface CollectOptions {
  decoysPerIntron: number
  random: Random
  /** Number of the first locus: how many the genomes before this one had. */
  firstLocus: number
  log?: Log
  /** Takes an example; returns false when it has no use for it. No decoys are made for an intron that was refused. */
  take(example: AnnotatedExample): boolean
}

type UsableIntron = TranscriptIntron & StrandedIntron

/**
 * Returns the number of loci, after giving away a genome's introns and decoys for them, contig by contig: the introns in
 * order, then the decoys. Introns without a strand or on contigs the reference lacks are left out. The same introns
 * give the same examples, whatever their order.
 * Memory: one contig at a time.
 * Throws: ReferenceMismatchError when an intron ends beyond its contig.
 */
export async function collectExamples(genome: AnnotatedGenome, options: CollectOptions): Promise<number> {
  const { decoysPerIntron, random, firstLocus, log = silentLog, take } = options
  const introns = usableIntrons(genome)
  // Decoys keep off every annotated site, those of introns that are not learned from as well.
  const annotatedOn = new Map<string, TranscriptIntron[]>(introns.map(intron => [intron.contig, []]))
  for (const intron of genome.introns) {
    annotatedOn.get(intron.contig)?.push(intron)
  }
  const { spans, spanOf, locusOf, locusCount } = groupLoci(introns)
  let [used, decoys] = [0, 0]
  for (let first = 0; first < introns.length; ) {
    const contig = introns[first]!.contig
    const codes = await genome.reference.loadContig(contig)
    const weights = new Map<number, number>()
    const lengths: number[] = []
    let next = first
    for (; next < introns.length && introns[next]!.contig === contig; next++) {
      const { start, end, strand } = introns[next]!
      if (take({ contig, codes, start, end, strand, locus: firstLocus + locusOf[next]!, isDecoy: false })) {
        lengths.push(end - start)
        weights.set(spanOf[next]!, (weights.get(spanOf[next]!) ?? 0) + 1)
      }
    }
    used += lengths.length
    const hosts = Array.from(weights, ([span, weight]) => ({ ...spans[span]!, weight }))
    const annotated = annotatedOn.get(contig)!
    const count = Math.round(lengths.length * decoysPerIntron)
    for (const decoy of oppositeStrandDecoys({ contig: codes, hosts, annotated, lengths, count, random })) {
      const { start, end, strand } = decoy
      const locus = firstLocus + hosts[decoy.host]!.locus
      decoys += take({ contig, codes, start, end, strand, locus, isDecoy: true }) ? 1 : 0
    }
    first = next
  }
  log.info(`${genome.name}: ${used} of ${genome.introns.length} introns used, ${decoys} decoys`)
  return locusCount
}

/** Returns a genome's introns that have a strand and a contig, sorted. */
function usableIntrons({ name, reference, introns }: AnnotatedGenome): UsableIntron[] {
  const usable = introns.filter((intron): intron is UsableIntron => {
    const length = reference.contigs.get(intron.contig)
    if (length !== undefined && intron.end > length) {
      throw new ReferenceMismatchError(
        `${name}: expected introns inside contig ${intron.contig} of ${length} bases, found one ending at ${intron.end}`,
        'give the reference the annotation was made for',
      )
    }
    return length !== undefined && intron.strand !== '.'
  })
  return usable.sort(
    (a, b) => (a.contig < b.contig ? -1 : a.contig > b.contig ? 1 : 0) || compareOnContig(a, b),
  )
}
