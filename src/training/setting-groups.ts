/** Settings that are groups of settings: what may be in each, and in which range. */
import { UsageError } from '../core/errors.ts'
import type { Sampling } from './data/sampler.ts'
import type { OperatingPoint } from './decision.ts'
import { LOSSES, type LossSettings } from './losses.ts'
import { type ClipSettings, OPTIMISER_DEFAULTS, type OptimiserSettings } from './optimisers.ts'
import { SCHEDULE_DEFAULTS, type ScheduleSettings } from './schedules.ts'
import {
  type Check,
  integer,
  isFiniteNumber,
  isObject,
  number,
  oneOf,
  positive,
  record,
  requireKnown,
  share,
  trueOrFalse,
  wrong,
} from './setting-checks.ts'

const fromZero: Check<number> = (name, value) => number(name, value, 0)

const OPTIMISER_CHECKS: Readonly<Record<string, Check<unknown>>> = {
  momentum: share,
  nesterov: trueOrFalse,
  beta1: share,
  beta2: share,
  decay: share,
  epsilon: positive,
  weightDecay: fromZero,
}

const SCHEDULE_CHECKS: Readonly<Record<string, Check<unknown>>> = {
  warmupSteps: (name, value) => integer(name, value, 0),
  epochs: laterEpochs,
  factor: positive,
  decay: fromZero,
}

export const optimiserSettings = (value: unknown): OptimiserSettings =>
  kinded('optimiser', value, OPTIMISER_DEFAULTS, OPTIMISER_CHECKS)

export const scheduleSettings = (value: unknown): ScheduleSettings =>
  kinded('schedule', value, SCHEDULE_DEFAULTS, SCHEDULE_CHECKS)

/** Returns settings told apart by their `kind`: given as the kind alone, or with some of its numbers. */
function kinded<K extends string, T extends { kind: K }>(
  name: string,
  value: unknown,
  defaults: Readonly<Record<K, T>>,
  checks: Readonly<Record<string, Check<unknown>>>,
): T {
  const given = typeof value === 'string' ? { kind: value } : record(name, value)
  const kind = oneOf(`${name}.kind`, given.kind, Object.keys(defaults) as K[])
  const settings: Record<string, unknown> = { ...defaults[kind] }
  for (const [key, found] of Object.entries(given)) {
    if (!Object.hasOwn(settings, key)) {
      throw new UsageError(
        `setting ${name}.${key}: ${kind} has no such setting; it has ${Object.keys(settings).join(', ')}`,
      )
    }
    settings[key] = key === 'kind' ? kind : checks[key]!(`${name}.${key}`, found)
  }
  return settings as unknown as T
}

/** Epochs count from 0; a change at the start of the first is no change. */
function laterEpochs(name: string, value: unknown): readonly number[] {
  if (!Array.isArray(value) || !value.every(epoch => Number.isSafeInteger(epoch) && epoch >= 1)) {
    throw wrong(name, 'a list of whole numbers of at least 1', value)
  }
  return value
}

export function lossSettings(value: unknown): LossSettings {
  const given = typeof value === 'string' ? { kind: value } : record('loss', value)
  const kind = oneOf('loss.kind', given.kind, LOSSES)
  requireKnown('loss', given, ['kind', 'gamma', 'classWeights'])
  const { gamma, classWeights } = given as Record<string, unknown>
  if (gamma !== undefined && kind !== 'focal') {
    throw new UsageError(`setting loss.gamma: only focal has it, found ${kind}`)
  }
  if (classWeights !== undefined && kind === 'mean-squared-error') {
    throw new UsageError(`setting loss.classWeights: losses of classes have them, found ${kind}`)
  }
  const weighted = classWeights === undefined ? {} : { classWeights: weightList(classWeights) }
  switch (kind) {
    case 'focal':
      return { kind, gamma: number('loss.gamma', gamma ?? 2, 0), ...weighted }
    case 'mean-squared-error':
      return { kind }
    default:
      return { kind, ...weighted }
  }
}

function weightList(value: unknown): number[] {
  if (!Array.isArray(value) || !value.every(weight => isFiniteNumber(weight) && weight >= 0)) {
    throw wrong('loss.classWeights', 'a list of numbers of at least 0, one for each class', value)
  }
  return value
}

export function clipSettings(value: unknown): ClipSettings {
  const given = record('clip', value)
  requireKnown('clip', given, ['norm', 'value'])
  const limits = Object.entries(given).map(([key, limit]) => [key, positive(`clip.${key}`, limit)])
  return Object.fromEntries(limits) as ClipSettings
}

export function operatingPoint(value: unknown): OperatingPoint {
  const given = record('operatingPoint', value)
  requireKnown('operatingPoint', given, ['kind', 'value'])
  const kind = oneOf('operatingPoint.kind', given.kind, ['sensitivity', 'precision'] as const)
  if (!isFiniteNumber(given.value) || given.value <= 0 || given.value > 1) {
    throw wrong('operatingPoint.value', 'a number above 0, at most 1', given.value)
  }
  return { kind, value: given.value }
}

export function samplingSettings(value: unknown): Sampling {
  const given = record('sampling', value)
  requireKnown('sampling', given, ['balance', 'negativesPerPositive', 'examplesPerEpoch'])
  const { balance, negativesPerPositive, examplesPerEpoch } = given
  return {
    ...(balance === undefined
      ? {}
      : { balance: oneOf('sampling.balance', balance, ['natural', 'balanced'] as const) }),
    ...(negativesPerPositive === undefined ? {} : { negativesPerPositive: ratios(negativesPerPositive) }),
    ...(examplesPerEpoch === undefined
      ? {}
      : { examplesPerEpoch: integer('sampling.examplesPerEpoch', examplesPerEpoch, 1) }),
  }
}

function ratios(value: unknown): number | Record<string, number> {
  const name = 'sampling.negativesPerPositive'
  const given = isObject(value) ? Object.entries(value) : []
  if (given.length > 0) {
    return Object.fromEntries(given.map(([key, ratio]) => [key, positive(`${name}.${key}`, ratio)]))
  }
  if (!isFiniteNumber(value) || value <= 0) {
    throw wrong(name, 'a number above 0, or an object with one for each negative class', value)
  }
  return value
}
