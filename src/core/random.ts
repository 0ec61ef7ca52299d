import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

const WARM_UP = 32

/** A stream of pseudo-random numbers that is the same on every machine for the same seed. */
export interface Random {
  /** Returns an integer from 0 to n - 1, each equally likely. */
  int(n: number): number
  /** Returns a number in [0, 1). */
  float(): number
  /** Puts the items in random order, in place, and returns them. */
  shuffle<T>(items: T[]): T[]
}

/**
 * Returns the random stream of a seed. Library code takes a `Random` or a seed as an argument and never uses
 * `Math.random`, so that every result can be made again.
 * Throws: RangeError for a seed that is not a 32-bit integer, and from `int` when n is not a positive integer.
 */
export function seededRandom(seed: number): Random {
  if (!Number.isInteger(seed) || seed < -(2 ** 31) || seed >= 2 ** 32) {
    throw new RangeError(`expected a seed that is a 32-bit integer, found ${seed}`)
  }
  const generator = xoroshiro128plus(seed | 0)
  // The generator's state starts as the bare seed: neighbouring seeds give alike first numbers.
  for (let i = 0; i < WARM_UP; i++) {
    generator.next()
  }
  const int = (n: number): number => {
    if (!Number.isInteger(n) || n < 1) {
      throw new RangeError(`expected a positive number of choices, found ${n}`)
    }
    return uniformInt(generator, 0, n - 1)
  }
  return {
    int,
    float: () => uniformFloat64(generator),
    shuffle: items => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = int(i + 1)
        const kept = items[i]!
        items[i] = items[j]!
        items[j] = kept
      }
      return items
    },
  }
}

/**
 * Returns groups chosen at random, whole, while their members fit into the wanted fraction of all members; the smallest
 * group when none fits, undefined when there are fewer than two groups to choose from. Training data is split this way
 * so that nothing in one part is related to the other.
 * Shape: `groupOf` has the group's number for every member.
 */
export function chooseGroups(
  groupOf: readonly number[],
  fraction: number,
  random: Random,
): Set<number> | undefined {
  const sizes = new Map<number, number>()
  for (const group of groupOf) {
    sizes.set(group, (sizes.get(group) ?? 0) + 1)
  }
  if (sizes.size < 2) {
    return undefined
  }
  const chosen = new Set<number>()
  let taken = 0
  for (const [group, size] of random.shuffle([...sizes])) {
    if (taken + size <= fraction * groupOf.length) {
      chosen.add(group)
      taken += size
    }
  }
  return chosen.size > 0
    ? chosen
    : new Set([[...sizes].reduce((best, entry) => (entry[1] < best[1] ? entry : best))[0]])
}
