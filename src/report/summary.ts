import { grouped } from '../core/number-text.ts'
import type { LibraryType } from '../junctions/library-type.ts'
import type { ExtractSettings } from '../junctions/settings.ts'
import type { ExtractTally } from '../junctions/tally.ts'
import type { ScoreTally } from '../scoring/tally.ts'

/** Raised when a field changes its meaning or goes. */
export const SUMMARY_VERSION = 1

/** What a run did, for machines: `prefix.summary.json`. It holds no time or date: the same command gives the same bytes. */
export interface RunSummary {
  schema: 'splice-score-summary'
  schemaVersion: typeof SUMMARY_VERSION
  toolVersion: string
  input: string
  reference: string | undefined
  annotation: string | undefined
  regions: string[] | undefined
  /** Settings of extraction and what it counted; undefined for a junction table. */
  extraction: ExtractionSummary | undefined
  scoring: ScoringSummary | undefined
}

export interface ExtractionSummary {
  settings: ExtractSettings
  tally: ExtractTally
  library: LibraryType
  strandConflicts: { junctions: number; reads: number }
  coordinateSorted: boolean
}

export interface ScoringSummary {
  model: { name: string; sha256: string; toolVersion: string }
  provider: string
  threshold: number
  /** Windows asked for and distinct ones scored. */
  windows: { requested: number; distinct: number }
  tally: ScoreTally
}

/** Returns the summary as JSON text. */
export function formatSummary(summary: RunSummary): string {
  return `${JSON.stringify(summary, null, 2)}\n`
}

/** Returns what extraction did as lines for people: every filter that removed something is named. */
export function describeExtraction({ tally, library, strandConflicts }: ExtractionSummary): string[] {
  const lines = [
    `${grouped(tally.records)} records: ${grouped(tally.supporting)} support a junction, ` +
      `${grouped(tally.unspliced)} unspliced, ${grouped(tally.unmapped)} unmapped`,
  ]
  const names = {
    flags: '--exclude-flags',
    mapq: '--min-mapq',
    minIntron: '--min-intron',
    maxIntron: '--max-intron',
    minAnchor: '--min-anchor',
    starFilters: "STAR's output filters",
  }
  for (const [key, name] of Object.entries(names) as [keyof typeof names, string][]) {
    const junctions = tally.removedJunctions[key]
    const reads = key === 'starFilters' ? 0 : tally.removedReads[key]
    if (junctions > 0 || reads > 0) {
      lines.push(`  removed by ${name}: ${grouped(reads)} reads, ${grouped(junctions)} junctions`)
    }
  }
  lines.push(describeLibrary(library))
  if (strandConflicts.junctions > 0) {
    lines.push(
      `strand against a canonical motif: ${grouped(strandConflicts.junctions)} junctions, ${grouped(strandConflicts.reads)} reads`,
    )
  }
  return lines
}

function describeLibrary({ type, inferred, first, second }: LibraryType): string {
  const mates = [
    { name: 'first mates', ...first },
    { name: 'second mates', ...second },
  ].filter(({ sense, antisense }) => sense + antisense > 0)
  const evidence = mates.map(
    ({ name, sense, antisense }) => `${name} ${grouped(sense)} sense, ${grouped(antisense)} antisense`,
  )
  return `library: ${type} (${inferred ? 'inferred' : 'as told'}${evidence.length > 0 ? `; spliced ${evidence.join('; ')}` : ''})`
}

/** Returns what scoring did as lines for people; every status that occurs is named. */
export function describeScoring(scoring: ScoringSummary): string[] {
  const { tally, model, provider, threshold } = scoring
  const lines = [
    `${grouped(tally.junctions)} junctions: ${grouped(tally.pass)} pass, ${grouped(tally.fail)} fail at ${threshold} ` +
      `(model ${model.name}, provider ${provider})`,
  ]
  for (const [status, junctions] of Object.entries(tally.statuses)) {
    if (junctions > 0 && status !== 'scored') {
      lines.push(`  ${status}: ${grouped(junctions)} junctions`)
    }
  }
  return lines
}
