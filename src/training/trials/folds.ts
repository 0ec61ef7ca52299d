import { InputDataError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { Dataset } from '../../curation/dataset.ts'

export type FoldSource = Pick<Dataset, 'name' | 'labels' | 'genes' | 'places' | 'splits'>

/**
 * Returns the training examples in parts of about the same size, each in ascending order: whole genes where there are at least as many of them as
 * parts, else whole contigs, else single examples with as many positives in each part.
 * Throws: InputDataError when there are fewer examples than parts.
 */
export function foldsOf(dataset: FoldSource, count: number, random: Random): Uint32Array[] {
  const { train } = dataset.splits
  if (train.length < count) {
    throw new InputDataError(
      `dataset ${dataset.name}: expected at least ${count} training examples for as many parts, found ${train.length}`,
      'set trials.folds lower',
    )
  }
  const parts: number[][] = Array.from({ length: count }, () => [])
  const units = [dataset.genes, dataset.places?.contigs]
    .map(column => column && unitsBy(train, column.ids))
    .find(found => found !== undefined && found.length >= count)
  if (units === undefined) {
    dealt(train, dataset.labels, parts, random)
  } else {
    for (const unit of random.shuffle(units)) {
      parts.reduce((least, part) => (part.length < least.length ? part : least)).push(...unit)
    }
  }
  return parts.map(part => Uint32Array.from(part).sort())
}

/** Returns the examples of each unit; undefined where no two units have names. An example without one stands alone. */
function unitsBy(train: Uint32Array, ids: Int32Array): number[][] | undefined {
  const units = new Map<number, number[]>()
  for (const example of train) {
    const id = ids[example]!
    const key = id < 0 ? -1 - example : id
    const members = units.get(key)
    if (members === undefined) {
      units.set(key, [example])
    } else {
      members.push(example)
    }
  }
  const named = [...units.keys()].filter(key => key >= 0)
  return named.length > 1 ? [...units.values()] : undefined
}

/** Deals out examples in turn, those of each label for themselves. */
function dealt(train: Uint32Array, labels: Uint8Array, parts: readonly number[][], random: Random): void {
  let turn = 0
  for (const label of [0, 1]) {
    for (const example of random.shuffle([...train].filter(example => labels[example] === label))) {
      parts[turn++ % parts.length]!.push(example)
    }
  }
}
