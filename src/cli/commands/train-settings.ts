import { availableParallelism } from 'node:os'
import { InputDataError, UsageError } from '../../core/errors.ts'
import { readWholeFile } from '../../io/whole-file.ts'
import { presetOptions } from '../../models/network-entry.ts'
import { networkEntry } from '../../models/registry.ts'
import { type PartialConfig, type RunConfig, resolveConfig } from '../../training/run-config.ts'
import type { RunFolder } from '../../training/run-folder.ts'
import type { TrialSettings } from '../../training/trials/trial-settings.ts'
import { TrialsFile } from '../../training/trials/trials-file.ts'
import { trialsAsked, withoutTrials } from './train-trials.ts'

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
  trials?: number
  teacher?: string[]
  preset?: string
  encoder?: string
  ref?: string[]
  annotation?: string[]
  name?: string
  licence?: string
}

/** What a run does that was begun before there was a setting for it, whatever the recipe says now. */
const BEFORE_SETTINGS: PartialConfig = { minDelta: 0 }

/** Returns defaults, recipe, config file and flags, the later over the earlier; a resumed run begins with its own settings. */
export async function settingsOf(
  options: TrainOptions,
  folder: RunFolder,
): Promise<{ config: RunConfig; trials: TrialSettings | undefined }> {
  const begun = options.resume ? await new TrialsFile(folder.path).read() : undefined
  const saved: Record<string, unknown>[] = options.resume
    ? [
        begun
          ? { ...begun.config, trials: begun.trials }
          : { ...BEFORE_SETTINGS, ...(await folder.description()).config },
      ]
    : []
  const file = options.config === undefined ? [] : [await readConfig(options.config)]
  const { model, epochs, batchSize, engine, provider, seed } = options
  const flags = Object.entries({ model, epochs, batchSize, engine, provider, seed }).filter(
    ([, value]) => value !== undefined,
  )
  const preset = options.preset === undefined ? [] : [presetLayer(options.preset, model, [...saved, ...file])]
  const { layers, trials } = withoutTrials([
    ...saved,
    ...file,
    ...preset,
    Object.fromEntries(flags),
    ...(options.set ?? []).map(parseSetting),
  ])
  const config = resolveConfig(layers, { cores: availableParallelism() })
  return { config, trials: trialsAsked(trials, options.trials, config) }
}

/** Returns a network's preset as settings. */
function presetLayer(
  preset: string,
  model: string | undefined,
  below: readonly PartialConfig[],
): PartialConfig {
  const name = model ?? below.findLast(layer => layer.model !== undefined)?.model
  return typeof name === 'string' ? { options: presetOptions(networkEntry(name), preset) } : {}
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
export function parseSetting(text: string): PartialConfig {
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
