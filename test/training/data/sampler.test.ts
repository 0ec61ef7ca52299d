import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError, UsageError } from '../../../src/core/errors.ts'
import { type SampledExamples, Sampler, type Sampling } from '../../../src/training/data/sampler.ts'

const CLASS_NAMES = ['positive', 'negative-1', 'negative-random']

/** Examples numbered from 1000 on, so many of each class, among others that are not for training. */
function examplesOf(...counts: number[]): SampledExamples {
  const members = counts.flatMap((count, name) => new Array<number>(count).fill(name))
  const classes = Uint8Array.from([...new Array<number>(1000).fill(0), ...members])
  return {
    indices: Uint32Array.from(members, (_, i) => 1000 + i),
    labels: classes.map(name => (name === 0 ? 1 : 0)),
    classes,
    classNames: CLASS_NAMES,
  }
}

const sampler = (examples: SampledExamples, batchSize: number, sampling: Sampling = {}, seed = 1) =>
  new Sampler({ examples, sampling, seed, batchSize })

/** Returns how often each example comes in an order. */
function tally(order: Uint32Array): Map<number, number> {
  const counts = new Map<number, number>()
  for (const index of order) {
    counts.set(index, (counts.get(index) ?? 0) + 1)
  }
  return counts
}

const byClass = (order: Uint32Array, { classes }: SampledExamples) =>
  CLASS_NAMES.map((_, name) => order.filter(index => classes[index] === name).length)

const anyCounts = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.nat(60))
const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe('an epoch in natural proportions', () => {
  it('holds each example at most once, all but the rest of the last batch', () => {
    fc.assert(
      fc.property(
        anyCounts,
        anySeed,
        fc.nat(1000),
        fc.integer({ min: 1, max: 40 }),
        (counts, seed, epoch, size) => {
          const examples = examplesOf(...counts)
          const total = examples.indices.length
          fc.pre(size <= total)
          const made = sampler(examples, size, {}, seed)
          const order = made.epochOrder(epoch)
          expect(made.batchesPerEpoch).toBe(Math.floor(total / size))
          expect(order.length).toBe(made.batchesPerEpoch * size)
          expect(tally(order).size).toBe(order.length)
          const known = new Set(examples.indices)
          expect(order.every(index => known.has(index))).toBe(true)
        },
      ),
    )
  })

  it('leaves no example out for good', () => {
    // One of 11 examples stays out of every epoch.
    const made = sampler(examplesOf(5, 6), 10)
    const left = new Map<number, number>()
    for (let epoch = 0; epoch < 1100; epoch++) {
      const present = new Set(made.epochOrder(epoch))
      const missing = examplesOf(5, 6).indices.find(index => !present.has(index))!
      left.set(missing, (left.get(missing) ?? 0) + 1)
    }
    expect(left.size).toBe(11)
    for (const count of left.values()) {
      expect(Math.abs(count - 100)).toBeLessThan(45)
    }
  })

  it('puts every example at every place equally often', () => {
    const made = sampler(examplesOf(2, 2), 4)
    const counts = new Map<string, number>()
    for (let epoch = 0; epoch < 4800; epoch++) {
      const key = made.epochOrder(epoch).join()
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    for (const count of counts.values()) {
      expect(Math.abs(count - 200)).toBeLessThan(75)
    }
  })

  it('may be shorter, still each example at most once', () => {
    const made = sampler(examplesOf(50, 50), 8, { examplesPerEpoch: 30 })
    expect(made.batchesPerEpoch).toBe(3)
    expect(tally(made.epochOrder(3)).size).toBe(24)
  })
})

describe('an order', () => {
  it('is that of seed and epoch, whatever was asked before', () => {
    fc.assert(
      fc.property(anyCounts, anySeed, fc.nat(100), (counts, seed, epoch) => {
        const sampling: Sampling = { balance: 'balanced' }
        const first = sampler(examplesOf(...counts), 2, sampling, seed)
        first.epochOrder(epoch + 1)
        const again = sampler(examplesOf(...counts), 2, sampling, seed)
        expect(first.epochOrder(epoch)).toEqual(again.epochOrder(epoch))
      }),
    )
  })

  it('is another one for the next epoch and for another seed', () => {
    const made = sampler(examplesOf(50, 50), 10)
    expect(made.epochOrder(0)).not.toEqual(made.epochOrder(1))
    expect(made.epochOrder(0)).not.toEqual(sampler(examplesOf(50, 50), 10, {}, 2).epochOrder(0))
    expect(made.epochOrder(1)).not.toEqual(sampler(examplesOf(50, 50), 10, {}, 2).epochOrder(0))
  })

  it('stays what it was: a run that is resumed by a later version goes on with the same batches', () => {
    const order = sampler(examplesOf(5, 5), 5).epochOrder(0)
    expect([...order].map(index => index - 1000)).toMatchInlineSnapshot(`
      [
        4,
        7,
        5,
        0,
        6,
        8,
        2,
        9,
        1,
        3,
      ]
    `)
  })
})

describe('a balanced epoch', () => {
  it('has each label equally often and uses examples of one label evenly', () => {
    fc.assert(
      fc.property(anyCounts, anySeed, (counts, seed) => {
        const examples = examplesOf(...counts)
        const total = examples.indices.length
        const order = sampler(examples, 1, { balance: 'balanced' }, seed).epochOrder(7)
        expect(order.length).toBe(total)
        const [positives, ...negatives] = byClass(order, examples)
        expect(positives! - negatives.reduce((sum, n) => sum + n, 0)).toBe(total % 2)
        for (const label of [1, 0]) {
          const often = [...tally(order)]
            .filter(([index]) => examples.labels[index] === label)
            .map(entry => entry[1])
          expect(Math.max(...often) - Math.min(...often)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('keeps to a limit', () => {
    const examples = examplesOf(5, 500)
    const order = sampler(examples, 10, { balance: 'balanced', examplesPerEpoch: 100 }).epochOrder(0)
    expect(byClass(order, examples)).toEqual([50, 50, 0])
  })
})

describe('negatives per positive', () => {
  it.each([
    [1, [20, 20]],
    [0.5, [20, 10]],
    // More than there are: all come, some twice.
    [4, [20, 80]],
  ])('%d of all negatives', (ratio, [positives, negatives]) => {
    const examples = examplesOf(20, 30, 30)
    const order = sampler(examples, 1, { negativesPerPositive: ratio }).epochOrder(0)
    const [found, ...others] = byClass(order, examples)
    expect([found, others[0]! + others[1]!]).toEqual([positives, negatives])
    const often = [...tally(order).values()]
    expect(Math.max(...often)).toBe(negatives! > 60 ? 2 : 1)
  })

  it('by class, without the classes not named', () => {
    const examples = examplesOf(20, 30, 30)
    const orderOf = (negativesPerPositive: Record<string, number>) =>
      byClass(sampler(examples, 1, { negativesPerPositive }).epochOrder(0), examples)
    expect(orderOf({ 'negative-1': 2, 'negative-random': 0.25 })).toEqual([20, 40, 5])
    expect(orderOf({ 'negative-random': 1 })).toEqual([20, 0, 20])
  })

  it('changes which negatives come from epoch to epoch', () => {
    const examples = examplesOf(5, 50)
    const made = sampler(examples, 10, { negativesPerPositive: 1 })
    const seen = new Set<number>()
    for (let epoch = 0; epoch < 100; epoch++) {
      for (const index of made.epochOrder(epoch)) {
        seen.add(index)
      }
    }
    expect(seen.size).toBe(55)
  })
})

describe('a sampler refuses', () => {
  it.each<[string, number[], number, Sampling, string, typeof UsageError | typeof InputDataError]>([
    [
      'epochs under one batch',
      [5, 5],
      11,
      {},
      'at least one batch of 11 examples per epoch, found 10 examples',
      InputDataError,
    ],
    [
      'limits under one batch',
      [5, 5],
      4,
      { examplesPerEpoch: 3 },
      'batch of 4 examples per epoch, found 3',
      InputDataError,
    ],
    ['a batch of nothing', [5, 5], 0, {}, 'expected a batch size of at least 1, found 0', UsageError],
    ['a limit of nothing', [5, 5], 1, { examplesPerEpoch: 0 }, 'at least 1 example per epoch', UsageError],
    [
      'balance without negatives',
      [5],
      1,
      { balance: 'balanced' },
      'expected negative examples to sample from',
      InputDataError,
    ],
    [
      'a number per positive without positives',
      [0, 5],
      1,
      { negativesPerPositive: 1 },
      'expected positive examples',
      InputDataError,
    ],
    [
      'a number of 0',
      [5, 5],
      1,
      { negativesPerPositive: 0 },
      'negatives per positive above 0, found 0',
      UsageError,
    ],
    [
      'a balance it does not know',
      [5, 5],
      1,
      { balance: 'even' } as unknown as Sampling,
      'expected natural or balanced as balance, found "even"',
      UsageError,
    ],
    [
      'numbers per positive in text',
      [5, 5],
      1,
      { negativesPerPositive: '2' } as unknown as Sampling,
      'negatives per positive above 0, found "2"',
      UsageError,
    ],
    [
      'numbers per positive in a list',
      [5, 5],
      1,
      { negativesPerPositive: [2] } as unknown as Sampling,
      'negatives per positive above 0, found [2]',
      UsageError,
    ],
    [
      'no number per positive',
      [5, 5],
      1,
      { negativesPerPositive: null } as unknown as Sampling,
      'negatives per positive above 0, found null',
      UsageError,
    ],
    [
      'text for one class',
      [5, 5],
      1,
      { negativesPerPositive: { 'negative-1': '2' } } as unknown as Sampling,
      'negatives of negative-1 per positive above 0, found "2"',
      UsageError,
    ],
    [
      'numbers for no class',
      [5, 5],
      1,
      { negativesPerPositive: {} },
      'or one for each negative class, found none',
      UsageError,
    ],
    [
      'a limit in text',
      [5, 5],
      1,
      { examplesPerEpoch: '4' } as unknown as Sampling,
      'as a whole number, found "4"',
      UsageError,
    ],
    [
      'two ways at once',
      [5, 5],
      1,
      { balance: 'balanced', negativesPerPositive: 1 },
      'found both',
      UsageError,
    ],
    [
      'classes it lacks',
      [5, 5],
      1,
      { negativesPerPositive: { 'negative-random': 1 } },
      'training examples (negative-1), found "negative-random"',
      UsageError,
    ],
    [
      'positive classes as negatives',
      [5, 5],
      1,
      { negativesPerPositive: { positive: 1 } },
      'found "positive"',
      UsageError,
    ],
  ])('%s', (_, counts, batchSize, sampling, message, kind) => {
    const make = () => sampler(examplesOf(...counts), batchSize, sampling)
    expect(make).toThrow(message)
    expect(make).toThrow(kind)
  })

  it('balance for targets', () => {
    const examples = { ...examplesOf(5, 5), hasTargets: true }
    expect(() => sampler(examples, 1, { balance: 'balanced' })).toThrow(
      'natural sampling for a dataset with targets',
    )
    expect(sampler(examples, 2).batchesPerEpoch).toBe(5)
  })
})
