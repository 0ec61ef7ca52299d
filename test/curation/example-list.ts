import { EXAMPLE_CLASSES, MAKINGS } from '../../src/curation/example-classes.ts'
import { type ContigExamples, placeOf, REMOVED } from '../../src/curation/example-rows.ts'
import { SPLITS } from '../../src/curation/window-table.ts'

/** An example as an object, for short expectations. */
export interface Example {
  contig: number
  start: number
  end: number
  strand: '+' | '-'
  className: string
  making: string
  gene: number
  split: string
}

/** Returns the examples in their order; `split` is `removed` or `none` where they have no part. */
export function examplesOf(contigs: readonly ContigExamples[]): Example[] {
  return contigs.flatMap(rows =>
    Array.from({ length: rows.count }, (_, row) => ({
      contig: rows.contig,
      ...placeOf(rows, row),
      className: EXAMPLE_CLASSES[rows.classes[row]!]!,
      making: MAKINGS[rows.makings[row]!]!,
      gene: rows.genes[row]!,
      split: rows.splits[row] === REMOVED ? 'removed' : (SPLITS[rows.splits[row]!] ?? 'none'),
    })),
  )
}

/** Returns the examples of the classes that start with a text. */
export function ofClass(contigs: readonly ContigExamples[], prefix: string): Example[] {
  return examplesOf(contigs).filter(({ className }) => className.startsWith(prefix))
}

/** Returns an example in one line. */
export function brief({ contig, start, end, strand, className }: Example): string {
  return `c${contig + 1}:${start}-${end}:${strand} ${className}`
}
