import type { JunctionEvidence } from '../genome/junction.ts'
import { completeTable } from '../junctions/complete-table.ts'
import { extractJunctions } from '../junctions/extract.ts'
import type { ExtractionSummary } from '../report/summary.ts'
import type { CommandContext } from './context.ts'
import type { OpenedInput } from './inputs.ts'
import { extractSettings, type InputOptions } from './options.ts'

/** Returns the junctions of an opened input, those of alignments with what the extraction did. */
export async function readJunctions(
  input: OpenedInput,
  options: InputOptions,
  { terminal }: CommandContext,
): Promise<{ junctions: JunctionEvidence[]; extraction: ExtractionSummary | undefined }> {
  if (!input.alignments) {
    const junctions = await completeTable(input.table!, input.contigOrder, input.loadCodes, input.annotation)
    return { junctions, extraction: undefined }
  }
  const settings = extractSettings(options)
  const result = await extractJunctions({
    alignments: input.alignments,
    settings,
    loadCodes: input.loadCodes,
    annotation: input.annotation,
    onProgress: terminal.progress,
    log: terminal,
  })
  const { tally, library, strandConflicts, sorted } = result
  return {
    junctions: result.junctions,
    extraction: { settings, tally, library, strandConflicts, coordinateSorted: sorted },
  }
}
