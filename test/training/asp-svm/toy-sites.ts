import { type Random, seededRandom } from '../../../src/core/random.ts'
import { encodeText } from '../../../src/genome/sequence.ts'

export interface ToySites {
  length: number
  /** Shape: [count, length]. */
  codes: Uint8Array
  /** 1 and 0 in turn. */
  labels: Uint8Array
}

/** Returns windows with an AG in the middle: the true ones have pyrimidines before it and mostly a G behind it. */
export function toySites(count: number, seed = 7, length = 24): ToySites {
  const random = seededRandom(seed)
  const codes = new Uint8Array(count * length)
  const labels = Uint8Array.from({ length: count }, (_, i) => (i + 1) % 2)
  for (let i = 0; i < count; i++) {
    codes.set(window(labels[i] === 1, length, random), i * length)
  }
  return { length, codes, labels }
}

function window(isTrue: boolean, length: number, random: Random): Uint8Array {
  const codes = Uint8Array.from({ length }, () => random.int(4))
  const middle = length / 2
  codes.set(encodeText('AG'), middle - 2)
  if (isTrue) {
    for (let at = middle - 10; at < middle - 3; at++) {
      codes[at] = random.float() < 0.75 ? [1, 3][random.int(2)]! : codes[at]!
    }
    codes[middle] = random.float() < 0.7 ? 2 : codes[middle]!
  }
  return codes
}
