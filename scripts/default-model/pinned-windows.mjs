/** @typedef {import('../../src/core/random.ts').Random} Random */

export const WINDOW = { length: 800, donor: 200, acceptor: 600 }
const COUNT = 50
const OTHER = 4

/**
 * Returns the windows whose scores by the default model are pinned: in every other one both sites are planted, and every
 * fifth has unknown bases at its ends.
 * Shape: [50, 800], codes 0..4.
 * @param {Random} random
 */
export function pinnedWindows(random) {
  const codes = Uint8Array.from({ length: COUNT * WINDOW.length }, () => random.int(4))
  for (let i = 0; i < COUNT; i++) {
    const window = codes.subarray(i * WINDOW.length, (i + 1) * WINDOW.length)
    if (i % 2 === 0) {
      window.set(donor(random), WINDOW.donor - 3)
      const site = acceptor(random)
      window.set(site, WINDOW.acceptor + 1 - site.length)
    }
    if (i % 5 === 0) {
      window.fill(OTHER, 0, 1 + random.int(150))
      window.fill(OTHER, WINDOW.length - 1 - random.int(150))
    }
  }
  return { count: COUNT, codes }
}

/**
 * Returns MAG|GTRAGT.
 * @param {Random} random
 */
const donor = random => codesOf('MAGGTRAGT', random)

/**
 * Returns a tract of pyrimidines and CAG|G.
 * @param {Random} random
 */
const acceptor = random => codesOf(`${'Y'.repeat(14)}NCAGG`, random)

/** @type {Readonly<Record<string, string>>} */
const LETTERS = { M: 'AC', R: 'AG', Y: 'CT', N: 'ACGT' }

/**
 * @param {string} motif
 * @param {Random} random
 */
function codesOf(motif, random) {
  return Array.from(motif, letter => {
    const choice = LETTERS[letter] ?? letter
    return 'ACGT'.indexOf(choice[random.int(choice.length)] ?? 'N')
  })
}
