import type { ExampleClass } from '../../src/curation/example-classes.ts'
import { cutExample, type ExampleLayout, windowLength } from '../../src/curation/example-layout.ts'
import { type ContigExamples, type ExampleRow, ExampleRows } from '../../src/curation/example-rows.ts'
import { strandlessKey } from '../../src/curation/window-duplicates.ts'

export const JUNCTION: ExampleLayout = { kind: 'junction' }

/** Returns examples of a contig: positives on + of gene 0, and a key of their own, unless said. */
export function rowsOf(
  contig: number,
  rows: readonly (Pick<ExampleRow, 'start' | 'end'> & Partial<ExampleRow>)[],
): ContigExamples {
  const examples = new ExampleRows()
  for (const [i, row] of rows.entries()) {
    const key = 1000 * contig + i
    examples.add({ strand: '+', className: 'positive', making: '.', gene: 0, key, ...row })
  }
  return examples.take(contig)
}

/** Returns a row with the key of its window. */
export function cutRow(
  codes: Uint8Array,
  row: { start: number; end: number; strand: '+' | '-'; gene?: number; className?: ExampleClass },
  layout: ExampleLayout = JUNCTION,
) {
  const window = new Uint8Array(windowLength(layout))
  cutExample(codes, row, layout, window)
  return { ...row, key: strandlessKey(window) }
}
