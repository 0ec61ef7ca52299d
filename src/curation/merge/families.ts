import type { Dataset } from '../dataset.ts'
import { NEAR_MISS_CLASS, TRIMMED_CLASS } from '../import/near-miss-windows.ts'
import type { MergeInput } from './merge-input.ts'

/**
 * Which rows an import made of a window (`withNearMisses`), and of which: a family is a gene with a row of class
 * `positive-trimmed`; made are its rows of that class and the near misses. What is made of a window stays and goes with it,
 * or else the N of what is left would tell the label.
 */
export interface Families {
  /** Number of each row's family; -1 without one. */
  of: Int32Array
  /** 1 for rows that were made. */
  isMade: Uint8Array
}

/** Returns the families of a dataset; undefined without any. */
export function familiesOf({
  genes,
  classes,
  classNames,
}: Pick<Dataset, 'genes' | 'classes' | 'classNames'>): Families | undefined {
  const trimmed = classNames.indexOf(TRIMMED_CLASS)
  if (genes === undefined || trimmed < 0) {
    return undefined
  }
  const hasTrimmed = new Uint8Array(genes.texts.length)
  for (const [row, gene] of genes.ids.entries()) {
    if (gene >= 0 && classes[row] === trimmed) {
      hasTrimmed[gene] = 1
    }
  }
  const nearMiss = classNames.indexOf(NEAR_MISS_CLASS)
  const of = genes.ids.map(gene => (gene >= 0 && hasTrimmed[gene] === 1 ? gene : -1))
  const isMade = classes.map((name, row) =>
    of[row]! >= 0 && (name === trimmed || name === nearMiss) ? 1 : 0,
  )
  return { of, isMade }
}

/** Leaves out the rows that were made of windows that are not in any more, for the reason that these are not. */
export function leaveOutOrphans(input: MergeInput): void {
  const { families } = input
  if (families === undefined) {
    return
  }
  const firsts = new Map<number, number>()
  for (let row = 0; row < input.count; row++) {
    const family = families.of[row]!
    // Of several windows with the same bases one that is in stands for the family.
    if (family >= 0 && families.isMade[row] === 0 && (!firsts.has(family) || input.isIn(row))) {
      firsts.set(family, row)
    }
  }
  for (let row = 0; row < input.count; row++) {
    const first = firsts.get(families.of[row]!)
    const reason = families.isMade[row] === 1 && first !== undefined ? input.reasonOf(first) : undefined
    if (reason !== undefined && input.isIn(row)) {
      input.leaveOut(row, reason)
    }
  }
}
