import { InputDataError } from '../core/errors.ts'
import { chooseGroups, seededRandom } from '../core/random.ts'
import type { TextColumn } from './growing-column.ts'
import { SPLITS, type Split } from './window-table.ts'

/** Numbers of the examples in each part, ascending. */
export type Splits = Record<Split, Uint32Array>

/** How the validation part came about: named by the table, or drawn, in whole units of this kind. */
export type SplitSource = 'column' | 'gene' | 'contig' | 'row' | 'none'

export interface DrawOptions {
  /** Number of the part of each example, in the order of `SPLITS`. */
  parts: Uint8Array
  genes: TextColumn | undefined
  contigs: TextColumn | undefined
  /** A number per example, shared by examples with the same bases. */
  keys: Float64Array
  /** Share of the training examples to draw; 0 draws none. */
  fraction: number
  seed: number
}

/**
 * Returns which examples are in which part. Where the table names validation examples, or there is nothing to train
 * on, it is as the table says; else a share of the training examples is drawn for validation: whole genes where
 * genes are known, else whole contigs where there are several, else single examples, those with the same bases together.
 * Throws: InputDataError when all training examples are one unit, so that none can be drawn.
 */
export function drawSplits(options: DrawOptions): { splits: Splits; source: SplitSource } {
  const splits = splitsOf(options.parts)
  if (splits.validation.length > 0 || splits.train.length === 0) {
    return { splits, source: 'column' }
  }
  if (options.fraction === 0) {
    return { splits, source: 'none' }
  }
  const { source, groupOf } = units(splits.train, options)
  const chosen = chooseGroups(groupOf, options.fraction, seededRandom(options.seed))
  if (chosen === undefined) {
    throw new InputDataError(
      `expected at least two different training windows, to draw validation windows from them, found ${splits.train.length}, all with the same bases`,
      'name the validation windows in a split column',
    )
  }
  const isChosen = groupOf.map(group => chosen.has(group))
  const { train, test } = splits
  return {
    splits: {
      train: train.filter((_, i) => !isChosen[i]),
      validation: train.filter((_, i) => isChosen[i]!),
      test,
    },
    source,
  }
}

function splitsOf(parts: Uint8Array): Splits {
  const counts = SPLITS.map(() => 0)
  for (const part of parts) {
    counts[part]!++
  }
  const arrays = counts.map(count => new Uint32Array(count))
  const filled = SPLITS.map(() => 0)
  for (const [i, part] of parts.entries()) {
    arrays[part]![filled[part]!++] = i
  }
  return { train: arrays[0]!, validation: arrays[1]!, test: arrays[2]! }
}

/** Returns the number of the unit each training example belongs to. */
function units(train: Uint32Array, options: DrawOptions): { source: SplitSource; groupOf: number[] } {
  for (const [source, column] of [
    ['gene', options.genes],
    ['contig', options.contigs],
  ] as const) {
    if (column !== undefined) {
      // An example without a gene stands alone.
      const groupOf = Array.from(train, row => (column.ids[row]! < 0 ? -1 - row : column.ids[row]!))
      const named = new Set(groupOf.filter(group => group >= 0))
      if (named.size > 1) {
        return { source, groupOf }
      }
    }
  }
  return { source: 'row', groupOf: Array.from(train, row => options.keys[row]!) }
}
