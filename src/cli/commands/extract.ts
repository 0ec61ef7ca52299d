import { grouped } from '../../core/number-text.ts'
import { describeExtraction, formatSummary, type RunSummary, SUMMARY_VERSION } from '../../report/summary.ts'
import { checkFit } from '../check-fit.ts'
import type { CommandContext } from '../context.ts'
import { type OpenedInput, openInput } from '../inputs.ts'
import type { InputOptions, OutputOptions } from '../options.ts'
import { Outputs, planOutput } from '../outputs.ts'
import { readJunctions } from '../read-junctions.ts'
import { VERSION } from '../version.ts'

/** `splice-score extract`: the junction table without scores. */
export async function runExtract(
  path: string,
  options: InputOptions & OutputOptions,
  context: CommandContext,
): Promise<void> {
  const plan = await planOutput(options, ['tsv'])
  const { terminal } = context
  const input = await openInput(context.source(path), options, terminal)
  const { junctions, extraction } = await readJunctions(input, options, context)
  checkFit(input, junctions, terminal)
  terminal.clear()
  for (const line of extraction ? describeExtraction(extraction) : []) {
    terminal.info(line)
  }
  terminal.info(`${grouped(junctions.length)} junctions`)
  const outputs = context.guard(new Outputs(context.stdout))
  await outputs.write(plan, junctions, false)
  if (plan.prefix !== undefined) {
    const summary = runSummary(input, options, extraction, undefined)
    await outputs.writeText(`${plan.prefix}.summary.json`, formatSummary(summary))
  }
  await outputs.commit()
}

/** Returns the summary of a run. */
export function runSummary(
  input: OpenedInput,
  options: InputOptions,
  extraction: RunSummary['extraction'],
  scoring: RunSummary['scoring'],
): RunSummary {
  const regions = [...(options.region ?? []), ...(options.regions === undefined ? [] : [options.regions])]
  return {
    schema: 'splice-score-summary',
    schemaVersion: SUMMARY_VERSION,
    toolVersion: VERSION,
    input: input.label,
    reference: input.reference?.path,
    annotation: options.annotation,
    regions: regions.length > 0 ? regions : undefined,
    extraction,
    scoring,
  }
}
