import { availableParallelism } from 'node:os'
import { dirname, resolve } from 'node:path'
import { InputDataError, InterruptedError, UsageError } from '../../core/errors.ts'
import { readDataset } from '../../curation/dataset.ts'
import { readBundle } from '../../export/bundle.ts'
import { requireFolder } from '../../io/sink.ts'
import { readWholeFile } from '../../io/whole-file.ts'
import { architecture } from '../../models/registry.ts'
import { trainingCurves } from '../../report/training-curves.ts'
import { type PartialConfig, type RunConfig, resolveConfig } from '../../training/run-config.ts'
import { RUN_FILES, RunFolder } from '../../training/run-folder.ts'
import type { RunResult } from '../../training/run-result.ts'
import { trainRun } from '../../training/train-run.ts'
import type { TrainingProgress } from '../../training/trainer.ts'
import type { CommandContext } from '../context.ts'
import { VERSION } from '../version.ts'
import { runTrainPwm, runTrainPwmOnDataset } from './train-pwm.ts'

export interface TrainOptions {
  model?: string
  data?: string
  out: string
  resume?: boolean
  config?: string
  set?: string[]
  epochs?: number
  batchSize?: number
  engine?: string
  provider?: string
  seed?: number
  teacher?: string[]
  ref?: string[]
  annotation?: string[]
  name?: string
  licence?: string
}

/** `splice-score train`: a network from a dataset, or a weight-matrix model from a reference and an annotation. */
export async function runTrain(options: TrainOptions, context: CommandContext): Promise<void> {
  const { ref, annotation, data } = options
  const pwm = {
    out: options.out,
    name: options.name ?? 'pwm',
    licence: options.licence ?? 'MIT',
    seed: options.seed ?? 1,
  }
  refuseUnused(options)
  if (annotation === undefined && (ref === undefined || data !== undefined)) {
    if (options.model === undefined && options.config === undefined && !options.resume) {
      throw new UsageError('expected --model, found none', 'splice-score models lists the names')
    }
    if (data === undefined) {
      throw new UsageError(
        'expected --data, found none',
        'give a dataset folder; pwm can be trained from --ref and --annotation as well',
      )
    }
    const given = { data, ...referenceOf(ref) }
    return options.model === 'pwm'
      ? runTrainPwmOnDataset({ ...pwm, ...given }, context)
      : trainNetwork({ ...options, ...given }, context)
  }
  if (options.model !== 'pwm') {
    throw new UsageError(
      `--ref and --annotation: expected --model pwm, found ${options.model ?? 'none'}`,
      'networks are trained on a dataset: --data',
    )
  }
  if (data !== undefined) {
    throw new UsageError(
      'expected either --data or --annotation, found both',
      'pwm is trained on a dataset, or on introns of annotations',
    )
  }
  return runTrainPwm({ ...pwm, ref: ref ?? [], annotation: annotation ?? [] }, context)
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

/** Options of networks' runs, which weight matrices do not have, and the other way round. */
const NETWORK_OPTIONS = [
  'resume',
  'config',
  'set',
  'epochs',
  'batchSize',
  'engine',
  'provider',
  'teacher',
] as const
const PWM_OPTIONS = ['name', 'licence'] as const

/** Throws: UsageError for an option that the model's trainer would not look at. */
function refuseUnused(options: TrainOptions): void {
  const pwm = options.model === 'pwm'
  const unused = (pwm ? NETWORK_OPTIONS : PWM_OPTIONS).find(name => options[name] !== undefined)
  if (unused !== undefined) {
    const flag = `--${unused.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
    throw new UsageError(
      pwm
        ? `${flag}: weight matrices are counted, not trained in steps, and have no such setting`
        : `${flag}: expected with --model pwm only`,
      pwm ? 'leave it out' : 'name and licence are given to splice-score export',
    )
  }
}

async function trainNetwork(
  options: TrainOptions & { data: string; reference?: string },
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  const folder = new RunFolder(options.out)
  const config = await configOf(options, folder)
  // Names an unknown model or option before the dataset is read.
  architecture(config.model, config.options)
  const signal = context.endOnInterrupt()
  await requireFolder(options.out)
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
    const result = await trainRun({
      config,
      dataset,
      folder,
      teachers,
      resume: options.resume === true,
      toolVersion: VERSION,
      log: terminal,
      onProgress: progress => terminal.status(() => describeProgress(progress)),
      drawCurves: ({ position }) => trainingCurves(config.model, position.history),
      clock: () => performance.now(),
      signal,
    })
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

/** Returns defaults, recipe, config file and flags, the later over the earlier; a resumed run begins with its own settings. */
async function configOf(options: TrainOptions, folder: RunFolder): Promise<RunConfig> {
  const saved: PartialConfig[] = options.resume ? [{ ...(await folder.description()).config }] : []
  const file = options.config === undefined ? [] : [await readConfig(options.config)]
  const { model, epochs, batchSize, engine, provider, seed } = options
  const flags = Object.entries({ model, epochs, batchSize, engine, provider, seed }).filter(
    ([, value]) => value !== undefined,
  )
  const layers = [...saved, ...file, Object.fromEntries(flags), ...(options.set ?? []).map(parseSetting)]
  return resolveConfig(layers, { cores: availableParallelism() })
}

async function readConfig(path: string): Promise<PartialConfig> {
  const text = new TextDecoder().decode(await readWholeFile(path))
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as PartialConfig
    }
  } catch (error) {
    throw new InputDataError(`${path}: expected JSON: ${(error as Error).message}`, undefined, error)
  }
  throw new InputDataError(`${path}: expected an object of settings, found another JSON value`)
}

/** Returns `name=value` as a layer; `a.b=value` sets b of a. A value that is no JSON is text. */
function parseSetting(text: string): PartialConfig {
  const at = text.indexOf('=')
  if (at < 1) {
    throw new UsageError(`--set ${text}: expected name=value`, 'for example --set learningRate=0.001')
  }
  let value: unknown = text.slice(at + 1)
  try {
    value = JSON.parse(text.slice(at + 1))
  } catch {
    // Text needs no quotes on a command line.
  }
  const path = text.slice(0, at).split('.')
  return path.reduceRight((inner: unknown, key) => ({ [key]: inner }), value) as PartialConfig
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
