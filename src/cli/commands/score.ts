import { UsageError } from '../../core/errors.ts'
import type { Bundle } from '../../export/bundle.ts'
import { readModel } from '../../export/default-model.ts'
import { startScoringSession } from '../../graph/session-client.ts'
import { completeTable } from '../../junctions/complete-table.ts'
import { extractJunctions } from '../../junctions/extract.ts'
import { WINDOW_LENGTH } from '../../junctions/window.ts'
import {
  describeExtraction,
  describeScoring,
  type ExtractionSummary,
  formatSummary,
} from '../../report/summary.ts'
import { JunctionScorer, scoreColumns } from '../../scoring/junction-scorer.ts'
import type { ScoredJunction } from '../../scoring/scored-junction.ts'
import { tallyScores } from '../../scoring/tally.ts'
import { WindowQueue } from '../../scoring/window-queue.ts'
import { checkFit } from '../check-fit.ts'
import type { CommandContext } from '../context.ts'
import { type OpenedInput, openInput } from '../inputs.ts'
import { extractSettings, type InputOptions, type ModelOptions, type OutputOptions } from '../options.ts'
import { Outputs, planOutput } from '../outputs.ts'
import { runSummary } from './extract.ts'

/** `splice-score <bam or table> --ref <fasta>`: the junction table with scores. */
export async function runScore(
  path: string,
  options: InputOptions & OutputOptions & ModelOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  if (options.ref === undefined) {
    // Not a required option of the parser: commander would ask it of every subcommand, too.
    throw new UsageError('expected --ref genome.fa: scores come from the sequence around each junction')
  }
  const plan = await planOutput(options, ['tsv', 'bed6'])
  const bundle = await readModel(options.model)
  const columns = scoreColumns(bundle.metadata)
  const threshold = options.threshold ?? bundle.metadata.threshold!
  const input = await openInput(context.source(path), options, terminal)
  const session = await startScoringSession({
    model: bundle.bytes,
    provider: options.provider,
    threads: options.threads,
    windowLength: WINDOW_LENGTH,
    log: terminal,
  })
  try {
    const queue = new WindowQueue(session, options.batch)
    const scorer = new JunctionScorer(queue, columns, threshold, input.contigs, input.annotation)
    const { junctions, extraction } = await scoreInput(input, scorer, options, context)
    checkFit(input, junctions, terminal)
    terminal.clear()
    const scoring = {
      model: modelSummary(bundle),
      provider: session.provider,
      threshold,
      windows: { requested: queue.requested, distinct: queue.distinct },
      tally: tallyScores(junctions),
    }
    const lines = [...(extraction ? describeExtraction(extraction) : []), ...describeScoring(scoring)]
    for (const line of lines) {
      terminal.info(line)
    }
    const outputs = context.guard(new Outputs(context.stdout))
    await outputs.write(plan, junctions, true)
    if (plan.prefix !== undefined) {
      await outputs.writeText(
        `${plan.prefix}.summary.json`,
        formatSummary(runSummary(input, options, extraction, scoring)),
      )
    }
    await outputs.commit()
  } finally {
    await session.close()
  }
}

async function scoreInput(
  input: OpenedInput,
  scorer: JunctionScorer,
  options: InputOptions,
  { terminal }: CommandContext,
): Promise<{ junctions: ScoredJunction[]; extraction: ExtractionSummary | undefined }> {
  const loadCodes = input.loadCodes!
  if (!input.alignments) {
    const completed = await completeTable(
      input.table!,
      input.contigOrder,
      loadCodes,
      input.annotation,
      (contig, codes, junctions) => scorer.prepare(contig, codes, junctions),
    )
    return { junctions: await scorer.score(completed, loadCodes), extraction: undefined }
  }
  const settings = extractSettings(options)
  const result = await extractJunctions({
    alignments: input.alignments,
    settings,
    loadCodes,
    annotation: input.annotation,
    onIntrons: news => scorer.follow(news),
    onProgress: terminal.progress,
    log: terminal,
  })
  const { tally, library, strandConflicts, sorted } = result
  return {
    junctions: await scorer.score(result.junctions, loadCodes),
    extraction: { settings, tally, library, strandConflicts, coordinateSorted: sorted },
  }
}

function modelSummary({ metadata, sha256 }: Bundle): { name: string; sha256: string; toolVersion: string } {
  return { name: metadata.name, sha256, toolVersion: metadata.toolVersion }
}
