import type { DatasetReport } from './document.ts'
import { type ClassGroups, type DatasetExamples, type ExampleTexts, PARTS, type Part } from './examples.ts'

/** Returns the examples of each class and part. */
export function countClasses(
  groups: ClassGroups,
  parts: Uint8Array,
): Pick<DatasetReport, 'classes' | 'parts'> {
  const counts = groups.names.map(() => noneOfParts())
  for (let row = 0; row < parts.length; row++) {
    counts[groups.of[row]!]![PARTS[parts[row]!]!]++
  }
  const totals = counts.map(row => PARTS.reduce((sum, part) => sum + row[part], 0))
  const sumOf = (part: Part, label?: string) =>
    counts.reduce(
      (sum, row, i) => sum + (label === undefined || groups.labels[i] === label ? row[part] : 0),
      0,
    )
  const classes = groups.names.map((name, i) => ({
    name,
    label: groups.labels[i]!,
    examples: totals[i]!,
    share: totals[i]! / Math.max(parts.length, 1),
    parts: counts[i]!,
  }))
  return {
    classes: classes.filter(({ label }) => label !== 'target'),
    parts: Object.fromEntries(
      PARTS.map(part => [
        part,
        {
          examples: sumOf(part),
          positives: sumOf(part, 'positive'),
          negatives: sumOf(part, 'negative'),
        },
      ]),
    ) as DatasetReport['parts'],
  }
}

function noneOfParts(): Record<Part, number> {
  return { train: 0, validation: 0, test: 0 }
}

/** Returns how often a class has each text, by class, the most frequent of all classes first. */
export function countTexts(
  column: ExampleTexts,
  groups: ClassGroups,
): Record<string, Record<string, number>> {
  const texts = column.texts.length
  const counts = groups.names.map(() => new Float64Array(texts))
  for (let row = 0; row < column.ids.length; row++) {
    const id = column.ids[row]!
    if (id >= 0) {
      counts[groups.of[row]!]![id]!++
    }
  }
  const totals = column.texts.map((_, id) => counts.reduce((sum, row) => sum + row[id]!, 0))
  const order = byCountThenName(column.texts, totals)
  return Object.fromEntries(
    groups.names.map((name, group) => [
      name,
      Object.fromEntries(
        order.flatMap(id => (counts[group]![id]! > 0 ? [[column.texts[id]!, counts[group]![id]!]] : [])),
      ),
    ]),
  )
}

function byCountThenName(texts: readonly string[], totals: readonly number[]): number[] {
  return texts.map((_, id) => id).sort((a, b) => totals[b]! - totals[a]! || (texts[a]! < texts[b]! ? -1 : 1))
}

/** Returns the examples of each contig and part, the largest contig first; undefined without places. */
export function countContigs({ places }: DatasetExamples, parts: Uint8Array): DatasetReport['contigs'] {
  if (places === undefined) {
    return undefined
  }
  const { texts, ids } = places.contigs
  const counts = texts.map(noneOfParts)
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row]!
    if (id >= 0) {
      counts[id]![PARTS[parts[row]!]!]++
    }
  }
  const order = byCountThenName(
    texts,
    counts.map(row => PARTS.reduce((sum, part) => sum + row[part], 0)),
  )
  return Object.fromEntries(order.map(id => [texts[id]!, counts[id]!]))
}
