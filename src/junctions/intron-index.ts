import type { Junction } from '../genome/junction.ts'
import type { Strand } from '../genome/strand.ts'

/** The introns of an annotation, for asking whether a junction is one of them. */
export class IntronIndex {
  private readonly keys = new Set<string>()

  /** Takes introns whose contig names are already those of the junctions to be asked about. */
  constructor(introns: Iterable<Junction>) {
    for (const { contig, start, end, strand } of introns) {
      this.keys.add(key(contig, start, end, strand))
    }
  }

  /** Number of distinct introns. */
  get size(): number {
    return this.keys.size
  }

  /** True when the same intron is annotated on the same strand, or on any strand where the junction's is unknown. */
  has({ contig, start, end, strand }: Junction): boolean {
    const strands: readonly Strand[] = strand === '.' ? ['+', '-', '.'] : [strand, '.']
    return strands.some(candidate => this.keys.has(key(contig, start, end, candidate)))
  }
}

function key(contig: string, start: number, end: number, strand: Strand): string {
  return `${contig}:${start}-${end}:${strand}`
}
