import { applyCalibrator, type Calibrator } from '../core/calibration.ts'
import type { Dataset } from '../curation/dataset.ts'
import { UNKNOWN_LABEL } from '../curation/site-labels.ts'
import type { BundleMetadata } from '../export/bundle.ts'
import type { WindowScorer } from './evaluation-scorer.ts'

/** What a column of scores speaks of. */
export type Level = 'junction' | 'site' | 'window'

/** One column of a model's answer. The arrays have one entry per example. */
export interface ScoredColumn {
  column: string
  /** `junction`: the pair; `site`: one site, of a pair or alone; `window`: a window without sites. */
  level: Level
  scores: Float32Array
  /** Of a site: whether it is true, where the dataset says so; else, and of a pair, the label of the example. */
  labels: Uint8Array
  /** The calibrator inside the model, and what the scores were before it; undefined where it cannot be undone. */
  calibrator: Calibrator | undefined
  uncalibrated: Float64Array | undefined
}

/** What a dataset says of the sites of its pairs. */
const SITE_COLUMNS: readonly string[] = ['donor', 'acceptor']

export function labelsOfColumn(
  column: string,
  { labels, siteLabels }: Dataset,
  indices: Uint32Array,
): Uint8Array {
  const at = SITE_COLUMNS.indexOf(column)
  return Uint8Array.from(indices, example => {
    const known = at < 0 || siteLabels === undefined ? UNKNOWN_LABEL : siteLabels[3 * example + at]!
    return known === UNKNOWN_LABEL ? labels[example]! : known
  })
}

export function scoredColumn(
  column: string,
  values: Float32Array,
  { columns }: WindowScorer,
  metadata: BundleMetadata,
  labels: Uint8Array,
): ScoredColumn {
  const k = columns.indexOf(column)
  const scores = Float32Array.from(
    { length: values.length / columns.length },
    (_, i) => values[i * columns.length + k]!,
  )
  const calibrator = metadata.calibrators?.[column]
  return {
    column,
    level: levelOf(column, metadata),
    scores,
    labels,
    calibrator,
    uncalibrated: uncalibrated(scores, calibrator),
  }
}

function levelOf(column: string, { kind }: BundleMetadata): Level {
  if (SITE_COLUMNS.includes(column)) {
    return 'site'
  }
  return kind === 'site' || kind === 'window' ? kind : 'junction'
}

/** A line over logits is undone by its inverse; the level steps of an isotonic map have forgotten what they were made from. */
function uncalibrated(scores: Float32Array, calibrator: Calibrator | undefined): Float64Array | undefined {
  const inverse = calibrator && inverseOf(calibrator)
  return inverse && Float64Array.from(scores, score => applyCalibrator(inverse, score))
}

function inverseOf(calibrator: Calibrator): Calibrator | undefined {
  switch (calibrator.method) {
    case 'temperature':
      return { method: 'temperature', temperature: 1 / calibrator.temperature }
    case 'platt':
      return {
        method: 'platt',
        slope: 1 / calibrator.slope,
        intercept: -calibrator.intercept / calibrator.slope,
      }
    case 'isotonic':
      return undefined
  }
}
