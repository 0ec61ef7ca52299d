import { derivedSeed } from '../../core/derived-seed.ts'
import { InputDataError, UsageError } from '../../core/errors.ts'
import { type Random, seededRandom } from '../../core/random.ts'
import { ORDER_STREAM } from './seeds.ts'

/** How the examples of an epoch are chosen. */
export interface Sampling {
  /**
   * `natural`: every example once per epoch. `balanced`: positives and negatives in equal numbers, in an epoch of the
   * natural size; of the rarer label some come more than once.
   */
  balance?: 'natural' | 'balanced'
  /**
   * Negatives per positive: of all negatives together, or by class, which leaves out the negative classes that are not
   * named. Every positive comes once. Where more are wanted than there are, some come more than once.
   */
  negativesPerPositive?: number | Readonly<Record<string, number>>
  /** Examples per epoch at most. */
  examplesPerEpoch?: number
}

/** Examples to choose from. */
export interface SampledExamples {
  /** Numbers of the examples of the training part. */
  indices: Uint32Array
  /** 1 positive, 0 negative, by example number. */
  labels: Uint8Array
  /** Number of the class in `classNames`, by example number. */
  classes: Uint8Array
  classNames: readonly string[]
  /** True when examples have targets instead of classes. */
  hasTargets?: boolean
}

export interface SamplerOptions {
  examples: SampledExamples
  sampling?: Sampling
  seed: number
  batchSize: number
}

/** Examples of which each epoch holds `count`. */
interface Pool {
  indices: Uint32Array
  count: number
}

/** Chooses the examples of each epoch and their order, from seed and epoch number alone. */
export class Sampler {
  readonly batchSize: number
  readonly batchesPerEpoch: number
  readonly #pools: readonly Pool[]
  readonly #seed: number

  /**
   * Throws: UsageError for settings that contradict each other or the dataset; InputDataError when a label that is
   * needed has no examples, and when an epoch is smaller than one batch.
   */
  constructor({ examples, sampling = {}, seed, batchSize }: SamplerOptions) {
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new UsageError(`expected a batch size of at least 1, found ${batchSize}`)
    }
    checkSampling(sampling, examples)
    this.#pools = poolsOf(examples, sampling)
    this.#seed = seed
    this.batchSize = batchSize
    const drawn = this.#pools.reduce((sum, pool) => sum + pool.count, 0)
    const size = Math.min(drawn, sampling.examplesPerEpoch ?? drawn)
    this.batchesPerEpoch = Math.floor(size / batchSize)
    if (this.batchesPerEpoch === 0) {
      throw new InputDataError(
        `expected at least one batch of ${batchSize} examples per epoch, found ${size} examples`,
        'make the batch smaller, or give more examples',
      )
    }
  }

  /**
   * Returns the example numbers of an epoch in order, whole batches only. The rest of the last batch is left out of this
   * epoch; as every epoch is shuffled anew, no example stays out for good.
   * Shape: [batchesPerEpoch * batchSize].
   */
  epochOrder(epoch: number): Uint32Array<ArrayBuffer> {
    const random = seededRandom(derivedSeed(this.#seed, ORDER_STREAM, epoch))
    const order = new Uint32Array(this.#pools.reduce((sum, pool) => sum + pool.count, 0))
    let at = 0
    for (const pool of this.#pools) {
      draw(pool, order.subarray(at, at + pool.count), random)
      at += pool.count
    }
    shuffleFront(order, order.length, random)
    return order.slice(0, this.batchesPerEpoch * this.batchSize)
  }
}

/** Fills `into` from the pool: each example equally often, and once more a random part of them. */
function draw({ indices }: Pool, into: Uint32Array, random: Random): void {
  let at = 0
  for (; at + indices.length <= into.length; at += indices.length) {
    into.set(indices, at)
  }
  const rest = into.length - at
  if (rest > 0) {
    const copy = indices.slice()
    shuffleFront(copy, rest, random)
    into.set(copy.subarray(0, rest), at)
  }
}

/** Puts a random choice, in random order, into the first `count` places. */
function shuffleFront(values: Uint32Array, count: number, random: Random): void {
  for (let i = 0; i < count; i++) {
    const j = i + random.int(values.length - i)
    const kept = values[i]!
    values[i] = values[j]!
    values[j] = kept
  }
}

function checkSampling(sampling: Sampling, examples: SampledExamples): void {
  const { balance = 'natural', negativesPerPositive: ratio, examplesPerEpoch: cap } = sampling
  if (balance !== 'natural' && balance !== 'balanced') {
    throw new UsageError(`expected natural or balanced as balance, found ${shown(balance)}`)
  }
  const hint = 'leave one of them out'
  if (balance === 'balanced' && ratio !== undefined) {
    throw new UsageError(
      'expected either balanced labels or a number of negatives per positive, found both',
      hint,
    )
  }
  if (examples.hasTargets && (balance === 'balanced' || ratio !== undefined)) {
    throw new UsageError(
      'expected natural sampling for a dataset with targets, which has no positives and negatives',
    )
  }
  if (cap !== undefined && (!Number.isInteger(cap) || cap < 1)) {
    throw new UsageError(`expected at least 1 example per epoch, as a whole number, found ${shown(cap)}`)
  }
  if (ratio !== undefined) {
    checkRatios(ratio)
  }
}

/** Settings may come from JSON, where a number can be text; text would be multiplied all the same. */
function checkRatios(ratio: NonNullable<Sampling['negativesPerPositive']>): void {
  const isByClass = typeof ratio === 'object' && ratio !== null && !Array.isArray(ratio)
  const ratios: [string, unknown][] = isByClass
    ? Object.entries(ratio).map(([name, value]) => [` of ${name}`, value])
    : [['', ratio]]
  if (ratios.length === 0) {
    throw new UsageError(
      'expected a number of negatives per positive, or one for each negative class, found none',
    )
  }
  for (const [which, value] of ratios) {
    if (!(Number.isFinite(value) && (value as number) > 0)) {
      throw new UsageError(
        `expected a number of negatives${which} per positive above 0, found ${shown(value)}`,
      )
    }
  }
}

const shown = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing')

function poolsOf(examples: SampledExamples, sampling: Sampling): Pool[] {
  const { indices, labels } = examples
  const { balance = 'natural', negativesPerPositive: ratio } = sampling
  if (balance === 'natural' && ratio === undefined) {
    return [{ indices, count: indices.length }]
  }
  const positives = required(
    indices.filter(index => labels[index] === 1),
    'positive examples',
  )
  if (ratio === undefined || typeof ratio === 'number') {
    const negatives = required(
      indices.filter(index => labels[index] === 0),
      'negative examples',
    )
    if (ratio !== undefined) {
      return [whole(positives), { indices: negatives, count: Math.round(ratio * positives.length) }]
    }
    const size = Math.min(indices.length, sampling.examplesPerEpoch ?? indices.length)
    return [
      { indices: positives, count: Math.ceil(size / 2) },
      { indices: negatives, count: Math.floor(size / 2) },
    ]
  }
  return [
    whole(positives),
    ...Object.entries(ratio).map(([name, value]) => ({
      indices: classMembers(examples, name),
      count: Math.round(value * positives.length),
    })),
  ]
}

function whole(indices: Uint32Array): Pool {
  return { indices, count: indices.length }
}

function classMembers({ indices, labels, classes, classNames }: SampledExamples, name: string): Uint32Array {
  const members = indices.filter(index => classNames[classes[index]!] === name)
  if (members.length > 0 && labels[members[0]!] === 0) {
    return members
  }
  const negatives = new Set(
    Array.from(
      indices.filter(index => labels[index] === 0),
      i => classNames[classes[i]!]!,
    ),
  )
  throw new UsageError(
    `expected negative classes of the training examples (${[...negatives].sort().join(', ') || 'there is none'}), found "${name}"`,
  )
}

function required(indices: Uint32Array, what: string): Uint32Array {
  if (indices.length === 0) {
    throw new InputDataError(
      `expected ${what} to sample from, found none`,
      'balanced labels and negatives per positive need both labels in the training part',
    )
  }
  return indices
}
