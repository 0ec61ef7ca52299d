import { basename, dirname, resolve } from 'node:path'
import { ReferenceMismatchError, UsageError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { readDataset } from '../../curation/dataset.ts'
import { intronsUnderNames, readAnnotation } from '../../io/annotation.ts'
import { sha256File } from '../../io/file-digest.ts'
import { openReference } from '../../io/reference.ts'
import { openSink, requireFolder } from '../../io/sink.ts'
import { trainPwmOnDataset } from '../../training/pwm-dataset.ts'
import { type TrainedPwm, type TrainingSet, trainPwm } from '../../training/pwm-fit.ts'
import type { CommandContext } from '../context.ts'
import { VERSION } from '../version.ts'

export interface TrainPwmCommandOptions {
  ref: string[]
  annotation: string[]
  out: string
  name: string
  licence: string
  seed: number
}

/** `splice-score train --model pwm --ref ... --annotation ...`: a weight-matrix model from references and annotations. */
export async function runTrainPwm(options: TrainPwmCommandOptions, context: CommandContext): Promise<void> {
  const { terminal } = context
  checkOptions(options)
  await requireFolder(options.out)
  const sets: TrainingSet[] = []
  for (const [i, ref] of options.ref.entries()) {
    sets.push(await openSet(ref, options.annotation[i]!, terminal))
  }
  const trained = await trainPwm({
    sets,
    seed: options.seed,
    name: options.name,
    licence: options.licence,
    toolVersion: VERSION,
    log: terminal,
  })
  await writeModel(trained, 'held-out loci', options.out, context)
}

export interface TrainPwmOnDatasetOptions {
  data: string
  /** FASTA to cut the windows from, for a dataset without. */
  reference?: string
  out: string
  name: string
  licence: string
  seed: number
}

/** `splice-score train --model pwm --data ...`: the same model from a dataset's windows. */
export async function runTrainPwmOnDataset(
  options: TrainPwmOnDatasetOptions,
  context: CommandContext,
): Promise<void> {
  await requireFolder(options.out)
  const scratchFolder = dirname(resolve(options.out))
  const { data, reference, seed } = options
  const dataset = context.guard(
    await readDataset(data, { scratchFolder, seed, ...(reference !== undefined && { reference }) }),
  )
  try {
    for (const warning of dataset.warnings) {
      context.terminal.warn(warning)
    }
    const { name, licence } = options
    const trained = await trainPwmOnDataset({ dataset, name, licence, toolVersion: VERSION })
    await writeModel(trained, 'validation examples', options.out, context)
  } finally {
    await dataset.close()
  }
}

async function writeModel(
  { bundle, metadata }: TrainedPwm,
  measuredOn: string,
  out: string,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  const sink = context.guard(await openSink(out))
  await sink.write(bundle)
  await sink.close()
  terminal.info(`threshold ${metadata.threshold}, chosen on ${measuredOn}; metrics there:`)
  for (const [what, values] of Object.entries(metadata.metrics)) {
    const text = Object.entries(values).map(([name, value]) => `${name} ${Number(value.toFixed(4))}`)
    terminal.info(`  ${what}: ${text.join(', ')}`)
  }
  terminal.info(`${out}: ${bundle.length} bytes`)
}

function checkOptions({ ref, annotation }: TrainPwmCommandOptions): void {
  if (ref.length !== annotation.length) {
    throw new UsageError(
      `expected as many --annotation as --ref, found ${annotation.length} and ${ref.length}`,
      'give them in pairs: --ref a.fa --annotation a.gff3 --ref b.fa --annotation b.gff3',
    )
  }
}

async function openSet(ref: string, gff: string, log: Log): Promise<TrainingSet> {
  const reference = await openReference(ref)
  const annotation = await readAnnotation(gff)
  for (const warning of annotation.warnings) {
    log.warn(warning)
  }
  const introns = intronsUnderNames(annotation.introns, reference.contigs.keys())
  if (introns.length === 0) {
    throw new ReferenceMismatchError(
      `no intron of ${gff} lies on a contig of ${ref}`,
      'give the annotation of the same assembly; chr1 and 1 are taken as the same name',
    )
  }
  return {
    name: basename(gff).replace(/\.(gtf|gff3?)(\.b?gz)?$/, ''),
    reference,
    introns,
    files: [
      { name: basename(ref), sha256: await sha256File(ref) },
      { name: basename(gff), sha256: await sha256File(gff) },
    ],
  }
}
