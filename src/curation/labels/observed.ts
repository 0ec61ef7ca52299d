import { oppositeStrand, type Strand } from '../../genome/strand.ts'
import type { LabelEvidence } from './label-junctions.ts'

/** What the inputs held before any rule but those of support. */
export interface Observed {
  /** Distinct junctions of the alignments and tables. */
  junctions: number
  /** Junctions with the least support of a positive, annotated or not. */
  supported: number
  /** Junctions with exactly the support of noise, and those of them inside a gene of the opposite strand alone. */
  noise: number
  noiseOppositeGene: number
  annotatedIntrons: number
  annotatedInCodingGenes: number
  annotatedSupported: number
}

/** Returns what the inputs hold, before rules about strand, length and sequence. */
export function observe({ model, pool, places, settings }: LabelEvidence): Observed {
  let [supported, noise, noiseOppositeGene] = [0, 0, 0]
  for (let id = 0; id < pool.size; id++) {
    const support = pool.support(id)
    supported += support >= settings.minSupport ? 1 : 0
    if (settings.noiseSupport > 0 && support === settings.noiseSupport) {
      noise++
      const [contig, start, end, strand] = [pool.contig(id), pool.start(id), pool.end(id), pool.strand(id)]
      const isOpposite =
        strand !== '.' &&
        places.containing(contig, oppositeStrand(strand), start, end) >= 0 &&
        places.containing(contig, strand, start, end) < 0
      noiseOppositeGene += isOpposite ? 1 : 0
    }
  }
  const coding = model.introns.filter(intron => intron.isCoding)
  return {
    junctions: pool.size,
    supported,
    noise,
    noiseOppositeGene,
    annotatedIntrons: model.introns.length,
    annotatedInCodingGenes: coding.length,
    annotatedSupported: model.introns.filter(({ contig, start, end, strand }) =>
      strandsOf(strand).some(one => pool.supportAt(contig, start, end, one) >= settings.minSupport),
    ).length,
  }
}

/** Returns the strands whose reads are those of an annotated intron: of one without a strand, all. */
function strandsOf(strand: Strand): readonly Strand[] {
  return strand === '.' ? ['+', '-', '.'] : [strand]
}
