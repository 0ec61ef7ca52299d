import { freemem } from 'node:os'
import { dirname, resolve } from 'node:path'
import { InterruptedError, UsageError } from '../../core/errors.ts'
import { readDataset } from '../../curation/dataset.ts'
import { readBundle } from '../../export/bundle.ts'
import { requireFolder } from '../../io/sink.ts'
import { architecture } from '../../models/registry.ts'
import { trainingCurves } from '../../report/training-curves.ts'
import type { Checkpoint } from '../../training/checkpoint.ts'
import { OWN_TRAINERS, ownTrainer } from '../../training/own-trainers.ts'
import type { RunConfig } from '../../training/run-config.ts'
import { RUN_FILES, RunFolder } from '../../training/run-folder.ts'
import type { RunResult } from '../../training/run-result.ts'
import { trainRun } from '../../training/train-run.ts'
import type { TrainingProgress } from '../../training/trainer.ts'
import { runTrials } from '../../training/trials/run-trials.ts'
import type { CommandContext } from '../context.ts'
import { VERSION } from '../version.ts'
import { runTrainOwn } from './train-own.ts'
import { runTrainPwm } from './train-pwm.ts'
import { parseSetting, settingsOf, type TrainOptions } from './train-settings.ts'

/** `splice-score train`: a network from a dataset, or a weight-matrix model from a reference and an annotation. */
export async function runTrain(options: TrainOptions, context: CommandContext): Promise<void> {
  const { model, ref, annotation, data, out } = options
  const trainer = ownTrainer(model)
  refuseUnused(options, trainer !== undefined)
  const facts = {
    out,
    name: options.name ?? model ?? '',
    licence: options.licence ?? 'MIT',
    seed: options.seed ?? 1,
  }
  if (annotation === undefined && (ref === undefined || data !== undefined)) {
    if (model === undefined && options.config === undefined && !options.resume) {
      throw new UsageError('expected --model, found none', 'splice-score models lists the names')
    }
    if (data === undefined) {
      throw new UsageError(
        'expected --data, found none',
        'give a dataset folder; pwm can be trained from --ref and --annotation as well',
      )
    }
    const given = { data, ...referenceOf(ref) }
    if (trainer === undefined) {
      return trainNetwork({ ...options, ...given }, context)
    }
    const settings = Object.assign({}, ...(options.set ?? []).map(parseSetting))
    const { encoder } = options
    return runTrainOwn(
      { ...facts, ...given, model: trainer.model, settings, ...(encoder !== undefined && { encoder }) },
      context,
    )
  }
  if (model !== 'pwm') {
    throw new UsageError(
      `--ref and --annotation: expected --model pwm, found ${model ?? 'none'}`,
      'all others are trained on a dataset: --data',
    )
  }
  if (data !== undefined) {
    throw new UsageError(
      'expected either --data or --annotation, found both',
      'pwm is trained on a dataset, or on introns of annotations',
    )
  }
  return runTrainPwm({ ...facts, ref: ref ?? [], annotation: annotation ?? [] }, context)
}

/** Returns the reference that the windows of the one dataset are cut from, if one was given. */
function referenceOf(ref: readonly string[] = []): { reference?: string } {
  if (ref.length > 1) {
    throw new UsageError(
      `expected --ref at most once with --data, found it ${ref.length} times`,
      'give the reference that the dataset was made from',
    )
  }
  return ref[0] === undefined ? {} : { reference: ref[0] }
}

/** Options of networks' runs, which models that are no networks do not have, and the other way round. */
const NETWORK_OPTIONS = [
  'resume',
  'config',
  'preset',
  'epochs',
  'batchSize',
  'engine',
  'provider',
  'trials',
  'teacher',
] as const
const OWN_OPTIONS = ['name', 'licence', 'encoder'] as const

/** Throws: UsageError for an option that the model's trainer would not look at. */
function refuseUnused(options: TrainOptions, hasOwnTrainer: boolean): void {
  const unused = (hasOwnTrainer ? NETWORK_OPTIONS : OWN_OPTIONS).find(name => options[name] !== undefined)
  if (unused !== undefined) {
    const flag = `--${unused.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
    const names = OWN_TRAINERS.map(({ model }) => model).join(', ')
    throw new UsageError(
      hasOwnTrainer
        ? `${flag}: ${options.model} is not trained in steps, and has no such setting`
        : `${flag}: expected with --model ${unused === 'encoder' ? 'random-forest' : names} only`,
      hasOwnTrainer || unused === 'encoder'
        ? 'leave it out'
        : 'name and licence are given to splice-score export',
    )
  }
}

async function trainNetwork(
  options: TrainOptions & { data: string; reference?: string },
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  const folder = new RunFolder(options.out)
  const { config, trials } = await settingsOf(options, folder)
  // Names an unknown model or option before the dataset is read.
  architecture(config.model, config.options)
  const signal = context.endOnInterrupt()
  await requireFolder(options.out)
  if (trials && options.teacher) {
    throw new UsageError('--teacher: expected without --trials, found both', 'trials learn from labels alone')
  }
  const teachers = await Promise.all((options.teacher ?? []).map(path => readBundle(path)))
  const dataset = context.guard(
    await readDataset(options.data, {
      scratchFolder: dirname(resolve(options.out)),
      validationFraction: config.validationFraction,
      seed: config.seed,
      ...(options.reference !== undefined && { reference: options.reference }),
      signal,
    }),
  )
  try {
    for (const warning of dataset.warnings) {
      terminal.warn(warning)
    }
    const run = {
      config,
      dataset,
      folder,
      resume: options.resume === true,
      toolVersion: VERSION,
      log: terminal,
      onProgress: (progress: TrainingProgress) => terminal.status(() => describeProgress(progress)),
      drawCurves: ({ position }: Checkpoint) => trainingCurves(config.model, position.history),
      freeMemory: freemem(),
      clock: () => performance.now(),
      signal,
    }
    const result = trials ? await runTrials({ ...run, trials }) : await trainRun({ ...run, teachers })
    for (const line of describeResult(result, config)) {
      terminal.info(line)
    }
    terminal.info(`next: splice-score export ${options.out} -o ${config.model}.onnx`)
  } catch (error) {
    if (error instanceof InterruptedError) {
      const ref = options.reference === undefined ? '' : ` --ref ${options.reference}`
      const teachers = (options.teacher ?? []).map(path => ` --teacher ${path}`).join('')
      throw new InterruptedError(
        `interrupted; ${options.out} holds the run so far`,
        `go on with: splice-score train --resume --data ${options.data}${ref}${teachers} --out ${options.out}`,
      )
    }
    throw error
  } finally {
    await dataset.close()
  }
}

function describeProgress(progress: TrainingProgress): string {
  const { epoch, epochs, batch, batches, loss, learningRate, samplesPerSecond, secondsLeft, metric } =
    progress
  const left = secondsLeft < 90 ? `${Math.ceil(secondsLeft)} s` : `${Math.ceil(secondsLeft / 60)} min`
  return [
    `epoch ${epoch}/${epochs}, batch ${batch}/${batches}: loss ${loss.toPrecision(4)}`,
    ...(metric.value === undefined ? [] : [`${metric.name} ${metric.value.toPrecision(4)}`]),
    `rate ${learningRate.toPrecision(3)}`,
    `${samplesPerSecond.toPrecision(3)} samples/s`,
    `${left} left`,
  ].join(', ')
}

function describePoint({ operatingPoint: { kind, value }, classRatio }: RunConfig): string {
  const percent = `${Number((100 * value).toPrecision(6))} %`
  const ratio =
    classRatio === 0 ? '' : `, at ${classRatio} negative${classRatio === 1 ? '' : 's'} for each positive`
  return kind === 'sensitivity'
    ? `${percent} of the validation positives pass`
    : `${percent} of the validation examples that pass are positive${ratio}`
}

function describeResult({ bestEpoch, epochs, metrics, decision }: RunResult, config: RunConfig): string[] {
  const shown = Object.entries(metrics).map(([name, value]) => `${name} ${value.toPrecision(4)}`)
  const lines = [
    `best of ${epochs} epochs by ${config.metric}: ${bestEpoch}; on validation examples ${shown.join(', ')}`,
  ]
  if (decision) {
    const { before, after } = decision.reliability
    const change = after
      ? `, ${after.eceEqualMass.toPrecision(3)} after ${config.calibration} calibration`
      : ''
    lines.push(
      `threshold ${decision.threshold}: ${describePoint(config)}; calibration error ${before.eceEqualMass.toPrecision(3)}${change}`,
    )
  }
  return [...lines, `${RUN_FILES.metrics}, ${RUN_FILES.curves} and ${RUN_FILES.result} say more`]
}
