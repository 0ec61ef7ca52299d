import type { BundleMetadata } from '../export/bundle.ts'

const SHOWN_COLUMNS = 5

/** Returns what a model is, in a line. */
export function describeModel({ name, kind, columns, threshold }: BundleMetadata): string {
  const calls = threshold === undefined ? '' : `, threshold ${threshold}`
  const shown = columns.slice(0, SHOWN_COLUMNS).join(', ')
  const more = columns.length > SHOWN_COLUMNS ? ` and ${columns.length - SHOWN_COLUMNS} more` : ''
  return `${name}, kind ${kind}, columns ${shown}${more}${calls}`
}
