/** What values in a model file's metadata may be. */
import { type Calibrator, isCalibrator } from '../core/calibration.ts'
import type { CalibrationBin } from '../core/metrics.ts'
import type { BundleMetadata, TrainingFile } from './bundle-metadata.ts'
import type { MarkedBases, PlainLayout, SiteLayout, WindowLayout } from './model-layout.ts'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

export const isProbability = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= 1

const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0

export function isWindow(value: unknown): value is WindowLayout {
  return (
    isRecord(value) &&
    isIndex(value.length) &&
    isIndex(value.donor) &&
    isIndex(value.acceptor) &&
    value.donor < value.acceptor &&
    value.acceptor < value.length
  )
}

export function isSiteWindow(value: unknown): value is SiteLayout {
  return isRecord(value) && isIndex(value.length) && isIndex(value.site) && value.site < value.length
}

export function isPlainWindow(value: unknown): value is PlainLayout {
  return isRecord(value) && isIndex(value.length) && value.length > 0
}

export function areMarks(value: unknown): value is MarkedBases {
  return isRecord(value) && Number.isSafeInteger(value.donor) && Number.isSafeInteger(value.acceptor)
}

export function isCalibrators(value: unknown): value is Record<string, Calibrator> {
  return isRecord(value) && Object.values(value).every(isCalibrator)
}

export function isColumns(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every(isText) && new Set(value).size === value.length
  )
}

export function isCalibration(value: unknown): value is CalibrationBin[] {
  const isBin = (bin: unknown): bin is CalibrationBin =>
    isRecord(bin) &&
    isProbability(bin.low) &&
    isProbability(bin.high) &&
    isProbability(bin.meanScore) &&
    isProbability(bin.observed) &&
    isWeight(bin.count) &&
    bin.low <= bin.high
  return (
    Array.isArray(value) &&
    value.every(isBin) &&
    value.every((bin, i) => i === 0 || value[i - 1].high <= bin.low)
  )
}

/** Examples weighted to another class ratio are no whole numbers. */
function isWeight(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value)
}

export function isTrainingData(value: unknown): value is TrainingFile[] {
  const isFile = (file: unknown): boolean =>
    isRecord(file) &&
    isText(file.name) &&
    isText(file.role) &&
    isText(file.sha256) &&
    /^[0-9a-f]{64}$/.test(file.sha256)
  return Array.isArray(value) && value.every(isFile)
}

export function isMetrics(value: unknown): value is BundleMetadata['metrics'] {
  return (
    isRecord(value) &&
    Object.values(value).every(group => isRecord(group) && Object.values(group).every(Number.isFinite))
  )
}
