import type { SplitSource, Splits } from './dataset-split.ts'
import { countShared } from './window-duplicates.ts'

export interface WarningInput {
  labels: Uint8Array
  targets: unknown
  keys: Float64Array
  splits: Splits
  source: SplitSource
  /** Share of the training examples that was to be drawn. */
  fraction: number
}

/** Returns what makes figures on a dataset doubtful: windows in two parts, a part with one label, a lopsided draw. */
export function datasetWarnings(input: WarningInput): string[] {
  return [...sharedWindows(input), ...missingLabels(input), ...lopsided(input)]
}

function sharedWindows({ keys, splits }: WarningInput): string[] {
  return (['validation', 'test'] as const).flatMap(part => {
    const shared = countShared(keys, splits[part], splits.train)
    return shared === 0
      ? []
      : [
          `${shared} of ${splits[part].length} ${part} windows have the same bases as a training window (either strand): figures on them are too good`,
        ]
  })
}

function missingLabels({ labels, targets, splits }: WarningInput): string[] {
  if (targets !== undefined) {
    return []
  }
  return (['train', 'validation', 'test'] as const).flatMap(part => {
    const rows = splits[part]
    const positives = rows.reduce((sum, row) => sum + labels[row]!, 0)
    const missing = positives === 0 ? 'positive' : positives === rows.length ? 'negative' : undefined
    return rows.length === 0 || missing === undefined
      ? []
      : [`the ${part} part of ${rows.length} windows has no ${missing} ones`]
  })
}

function lopsided({ splits, source, fraction }: WarningInput): string[] {
  if (source === 'column' || source === 'none') {
    return []
  }
  const share = splits.validation.length / (splits.train.length + splits.validation.length)
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`
  return share > 2 * fraction || share < fraction / 2
    ? [
        `validation got ${percent(share)} of the windows, not ${percent(fraction)}: each ${source} is kept whole`,
      ]
    : []
}
