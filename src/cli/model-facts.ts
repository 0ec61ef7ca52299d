import type { BundleMetadata } from '../export/bundle.ts'

/** Returns what a model is, in a line. */
export function describeModel({ name, kind, columns, threshold }: BundleMetadata): string {
  const calls = threshold === undefined ? '' : `, threshold ${threshold}`
  return `${name}, kind ${kind}, columns ${columns.join(', ')}${calls}`
}
