import type { Json } from '../description-file.ts'
import type { MergeInput } from './merge-input.ts'

/**
 * Returns the files of a merged dataset: the tables and windows of its inputs, each with the input's name, then what these
 * were made from, once each.
 */
export function mergeFiles(inputs: readonly MergeInput[]): Json[] {
  const own = inputs.flatMap(({ name: input, dataset }) =>
    dataset.files
      .filter(file => file.role !== 'source')
      .map(file => ({ ...file, role: `input-${file.role}`, input })),
  )
  const known = new Set(own.map(file => file.sha256))
  const sources = inputs.flatMap(({ dataset }) =>
    dataset.files.filter(file => {
      const isNew = file.role === 'source' && !known.has(file.sha256)
      known.add(file.sha256)
      return isNew
    }),
  )
  return [...own, ...sources.map(({ name, sha256 }) => ({ name, sha256, role: 'source' }))]
}
