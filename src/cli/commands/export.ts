import { tmpdir } from 'node:os'
import { UsageError } from '../../core/errors.ts'
import { readDataset } from '../../curation/dataset.ts'
import type { ExportedModel } from '../../export/export-model.ts'
import { openSink, requireFolder } from '../../io/sink.ts'
import { exportEnsemble } from '../../training/ensemble-export.ts'
import { exportRun, type RunExportOptions, readRun, type TrainedRun } from '../../training/run-export.ts'
import { RunFolder } from '../../training/run-folder.ts'
import type { CommandContext } from '../context.ts'
import { describeModel } from '../model-facts.ts'
import { VERSION } from '../version.ts'

export interface ExportOptions {
  out: string
  as?: RunExportOptions['as']
  name?: string
  licence: string
  fp16?: boolean
  tolerance?: number
  /** Dataset of several runs, for threshold and calibration of their mean. */
  data?: string
  ref?: string
}

/** `splice-score export`: the best epoch of a training run, or the mean of several, as a model file. */
export async function runExport(
  paths: readonly string[],
  options: ExportOptions,
  context: CommandContext,
): Promise<void> {
  await requireFolder(options.out)
  const runs = await Promise.all(paths.map(path => readRun(new RunFolder(path))))
  const { bytes, metadata, difference } = await exported(runs, options, context)
  const sink = context.guard(await openSink(options.out))
  await sink.write(bytes)
  await sink.close()
  const { terminal } = context
  terminal.info(`${options.out}: ${describeModel(metadata)}, ${bytes.length} bytes`)
  terminal.info(`largest difference from the network as trained: ${difference.toPrecision(2)}`)
}

async function exported(
  runs: readonly TrainedRun[],
  { data, ref, as, name, licence, fp16, tolerance }: ExportOptions,
  context: CommandContext,
): Promise<ExportedModel> {
  const request: RunExportOptions = {
    as,
    name,
    licence,
    precision: fp16 ? 'float16' : 'float32',
    tolerance,
    toolVersion: VERSION,
  }
  if (runs.length === 1) {
    if (data !== undefined || ref !== undefined) {
      throw new UsageError(
        `${data === undefined ? '--ref' : '--data'}: expected with several runs only, found one`,
        'leave it out: threshold and calibration of one run are in its folder',
      )
    }
    return exportRun(runs[0]!, request)
  }
  if (data === undefined) {
    throw new UsageError(
      `expected --data with ${runs.length} runs: threshold and calibration of their mean come from its validation examples`,
    )
  }
  const { validationFraction, seed } = runs[0]!.run.config
  const dataset = context.guard(
    await readDataset(data, {
      scratchFolder: tmpdir(),
      validationFraction,
      seed,
      ...(ref !== undefined && { reference: ref }),
    }),
  )
  try {
    return await exportEnsemble(runs, dataset, request)
  } finally {
    await dataset.close()
  }
}
