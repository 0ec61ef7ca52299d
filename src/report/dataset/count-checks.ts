import { grouped } from '../../core/number-text.ts'
import { type Check, check, skipped } from './checks.ts'
import { countClasses, countContigs, countTexts } from './counts.ts'
import { type ClassGroups, classGroups, type DatasetExamples, PARTS, type Part, partsOf } from './examples.ts'
import { type DatasetRecord, RECORD_NAME } from './record.ts'

type Counts = Record<string, number>

/** What rows with targets are counted as, having no class. */
const TARGET_CLASS = 'target'

/** Returns whether the rows are as many of each kind as `dataset.json` says, one check for each kind of count. */
export function checkCounts(
  examples: DatasetExamples,
  record: Pick<DatasetRecord, 'counts'> | undefined,
): Check[] {
  const recorded = record?.counts
  if (recorded === undefined) {
    return [
      skipped('counts', record === undefined ? `there is no ${RECORD_NAME}` : `${RECORD_NAME} has none`),
    ]
  }
  const groups = classGroups(examples)
  const { parts, classesBySplit } = countRows(examples, groups)
  const checks: Check[] = []
  const add = (name: string, expected: Counts | undefined, found: Counts) => {
    if (expected !== undefined) {
      const total = Object.values(found).reduce((sum, count) => sum + count, 0)
      checks.push(check(name, difference(expected, found), `${grouped(total)} rows as recorded`))
    }
  }
  add('number of rows', recorded.rows === undefined ? undefined : { rows: recorded.rows }, {
    rows: examples.windows.count,
  })
  add('rows by class', recorded.classes, summed(classesBySplit))
  add('rows by split', recorded.splits, Object.fromEntries(PARTS.map(part => [part, parts[part].examples])))
  for (const part of PARTS) {
    add(`rows of ${part} by class`, recorded.classesBySplit?.[part], classesBySplit[part])
  }
  const contigs = Object.entries(countContigs(examples, partsOf(examples)) ?? {})
  if (contigs.length > 0) {
    const totals = contigs.map(([name, of]) => [name, PARTS.reduce((sum, part) => sum + of[part], 0)])
    add('rows by contig', recorded.contigs, Object.fromEntries(totals))
  }
  if (examples.motifs !== undefined) {
    add('rows by motif', withoutUnknown(recorded.motifs), summed(countTexts(examples.motifs, groups)))
  }
  return checks
}

function countRows(examples: DatasetExamples, groups: ClassGroups) {
  const { classes, parts } = countClasses(groups, partsOf(examples))
  const classesOf = (part: Part): Counts =>
    examples.targets === undefined
      ? Object.fromEntries(classes.map(({ name, parts: of }) => [name, of[part]]))
      : { [TARGET_CLASS]: parts[part].examples }
  const classesBySplit = Object.fromEntries(PARTS.map(part => [part, classesOf(part)])) as Record<
    Part,
    Counts
  >
  return { parts, classesBySplit }
}

/** Rows without a motif have no text to count. */
function withoutUnknown(counts: Counts | undefined): Counts | undefined {
  return counts && Object.fromEntries(Object.entries(counts).filter(([name]) => name !== '.'))
}

/** Returns the counts of all groups together. */
function summed(groups: Record<string, Counts>): Counts {
  const totals: Counts = {}
  for (const counts of Object.values(groups)) {
    for (const [name, count] of Object.entries(counts)) {
      totals[name] = (totals[name] ?? 0) + count
    }
  }
  return totals
}

/** Returns where the counts differ, the first of them; a count that is not there is 0. */
function difference(expected: Counts, found: Counts): string | undefined {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])]
  const wrong = names.filter(name => (expected[name] ?? 0) !== (found[name] ?? 0))
  const name = wrong[0]
  if (name === undefined) {
    return undefined
  }
  const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : ''
  return `expected ${grouped(expected[name] ?? 0)} ${name}, found ${grouped(found[name] ?? 0)}${more}`
}
