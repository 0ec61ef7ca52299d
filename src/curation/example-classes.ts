/** Classes of curated examples, in the order of their numbers. */
export const EXAMPLE_CLASSES = [
  'positive-mane',
  'positive-alt',
  'positive',
  'negative-1',
  'negative-random',
  'negative-near-miss',
  'negative-noncanonical',
  'unknown',
] as const
export type ExampleClass = (typeof EXAMPLE_CLASSES)[number]

/** How a decoy was made, in the order of their numbers; the first is for what is no decoy. */
export const MAKINGS = [
  '.',
  'random',
  'near-donor',
  'near-acceptor',
  'gene-donor',
  'gene-acceptor',
  'shifted',
] as const
export type Making = (typeof MAKINGS)[number]

/** Returns the number of a class. */
export function classNumber(name: ExampleClass): number {
  return EXAMPLE_CLASSES.indexOf(name)
}

const POSITIVE = EXAMPLE_CLASSES.map(name => name.startsWith('positive'))
const NEGATIVE = EXAMPLE_CLASSES.map(name => name.startsWith('negative'))

/** True for the number of a positive class. */
export function isPositiveClass(number: number): boolean {
  return POSITIVE[number]!
}

/** True for the number of a negative class. */
export function isNegativeClass(number: number): boolean {
  return NEGATIVE[number]!
}
