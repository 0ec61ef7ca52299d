import { basename } from 'node:path'
import { ReferenceMismatchError, UsageError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { intronsUnderNames, readAnnotation } from '../../io/annotation.ts'
import { sha256File } from '../../io/file-digest.ts'
import { openReference } from '../../io/reference.ts'
import { requireFolder } from '../../io/sink.ts'
import { type TrainingSet, trainPwm } from '../../training/pwm-fit.ts'
import type { CommandContext } from '../context.ts'
import { VERSION } from '../version.ts'
import { writeTrainedModel } from './train-own.ts'

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
  await writeTrainedModel(trained, 'held-out loci', options.out, context)
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
