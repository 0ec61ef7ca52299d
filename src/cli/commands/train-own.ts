import { dirname, resolve } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import { readDataset } from '../../curation/dataset.ts'
import { readBundle } from '../../export/bundle.ts'
import { openSink, requireFolder } from '../../io/sink.ts'
import { type OwnTrainer, ownTrainer, type TrainedModel } from '../../training/own-trainers.ts'
import type { CommandContext } from '../context.ts'
import { VERSION } from '../version.ts'

export interface TrainOwnOptions {
  model: string
  data: string
  /** FASTA to cut the windows from, for a dataset without. */
  reference?: string
  /** A model file of numbers to learn from instead of bases. */
  encoder?: string
  out: string
  name: string
  licence: string
  seed: number
  settings: Readonly<Record<string, unknown>>
}

/** `splice-score train --model M --data ...` of a model that is no network: straight to its file. */
export async function runTrainOwn(options: TrainOwnOptions, context: CommandContext): Promise<void> {
  const { model, data, reference, out, name, licence, seed, settings } = options
  const trainer = ownTrainer(model)!
  refuseUnknown(trainer, options)
  await requireFolder(out)
  const encoder = options.encoder === undefined ? undefined : await readBundle(options.encoder)
  const signal = context.endOnInterrupt()
  const dataset = context.guard(
    await readDataset(data, {
      scratchFolder: dirname(resolve(out)),
      seed,
      ...(reference !== undefined && { reference }),
      signal,
    }),
  )
  try {
    for (const warning of dataset.warnings) {
      context.terminal.warn(warning)
    }
    const log = context.terminal
    const trained = await trainer.train({
      dataset,
      settings,
      encoder,
      name,
      licence,
      seed,
      toolVersion: VERSION,
      log,
      signal,
    })
    await writeTrainedModel(trained, 'validation examples', out, context)
  } finally {
    await dataset.close()
  }
}

/** Throws: UsageError for a setting that the trainer does not have. */
function refuseUnknown(
  { model, settings, takesEncoder }: OwnTrainer,
  { settings: given, encoder }: TrainOwnOptions,
): void {
  const known = Object.keys(settings)
  const unknown = Object.keys(given).find(setting => !known.includes(setting))
  if (unknown !== undefined) {
    throw new UsageError(
      `--set ${unknown}: expected ${known.length === 0 ? `no settings: ${model} has none` : `one of ${known.join(', ')}, which ${model} has`}`,
    )
  }
  if (encoder !== undefined && !takesEncoder) {
    throw new UsageError(`--encoder: ${model} learns from bases and takes none`, 'leave it out')
  }
}

/** Writes a model's file and says how it does. */
export async function writeTrainedModel(
  { bundle, metadata }: TrainedModel,
  measuredOn: string,
  out: string,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  const sink = context.guard(await openSink(out))
  await sink.write(bundle)
  await sink.close()
  const { threshold } = metadata
  terminal.info(
    threshold === undefined
      ? `metrics on ${measuredOn}:`
      : `threshold ${threshold}, chosen on ${measuredOn}; metrics there:`,
  )
  for (const [what, values] of Object.entries(metadata.metrics)) {
    const text = Object.entries(values).map(([name, value]) => `${name} ${Number(value.toFixed(4))}`)
    terminal.info(`  ${what}: ${text.join(', ')}`)
  }
  terminal.info(`${out}: ${bundle.length} bytes`)
}
