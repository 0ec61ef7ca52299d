import { EXAMPLE_CLASSES } from './example-classes.ts'
import type { ContigExamples } from './example-rows.ts'
import { SPLITS } from './window-table.ts'

/** Examples by class, part and contig. */
export interface CuratedTally {
  rows: number
  classes: Record<string, number>
  splits: Record<string, number>
  classesBySplit: Record<string, Record<string, number>>
  contigs: Record<string, number>
  motifs: Record<string, number>
}

/** Returns the counts of curated examples; classes and parts without any are left away. */
export function tallyRows(
  contigs: readonly ContigExamples[],
  contigNames: readonly string[],
): Omit<CuratedTally, 'motifs'> {
  const table = SPLITS.map(() => EXAMPLE_CLASSES.map(() => 0))
  const byContig: Record<string, number> = {}
  for (const rows of contigs) {
    byContig[contigNames[rows.contig]!] = rows.count
    for (let row = 0; row < rows.count; row++) {
      table[rows.splits[row]!]![rows.classes[row]!]!++
    }
  }
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const present = (entries: [string, number][]) =>
    Object.fromEntries(entries.filter(([, count]) => count > 0))
  const splits = present(SPLITS.map((split, i) => [split, sum(table[i]!)]))
  return {
    rows: sum(Object.values(splits)),
    classes: present(EXAMPLE_CLASSES.map((name, i) => [name, sum(table.map(counts => counts[i]!))])),
    splits,
    classesBySplit: Object.fromEntries(
      SPLITS.flatMap((split, i) =>
        splits[split] === undefined
          ? []
          : [[split, present(EXAMPLE_CLASSES.map((name, j) => [name, table[i]![j]!]))]],
      ),
    ),
    contigs: byContig,
  }
}
