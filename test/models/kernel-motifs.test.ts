import { expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { encodeText } from '../../src/genome/sequence.ts'
import { kernelMotifs, motifShares } from '../../src/models/kernel-motifs.ts'

/** Channels A, G, C, T. */
const CHANNELS = [0, 2, 1, 3]
const WIDTH = 7
const LENGTH = 40

/** Returns a kernel that answers to a motif at its second position: 1 for each base that is right. */
function kernelOf(motif: string): Float32Array {
  const weights = new Float32Array(CHANNELS.length * WIDTH)
  for (const [p, code] of encodeText(motif).entries()) {
    weights[CHANNELS.indexOf(code) * WIDTH + p + 1] = 1
  }
  return weights
}

/** Returns random windows, every second with the motif somewhere. */
function windowsWith(motif: string, count: number): Uint8Array {
  const random = seededRandom(4)
  const codes = Uint8Array.from({ length: count * LENGTH }, () => random.int(4))
  for (let i = 0; i < count; i += 2) {
    codes.set(encodeText(motif), i * LENGTH + 1 + random.int(LENGTH - WIDTH))
  }
  return codes
}

const MOTIF = 'GATCA'
const codes = windowsWith(MOTIF, 400)
const silent = new Float32Array(CHANNELS.length * WIDTH)
const layer = {
  weights: Float32Array.of(...kernelOf(MOTIF), ...silent),
  // Of five bases that are right 4 are left; above half of that are windows with more than three.
  bias: Float32Array.of(-1, -1),
  channels: CHANNELS,
}

it('finds the motif that was planted, at its place in the kernel, and nothing for a kernel that stays silent', () => {
  const motifs = kernelMotifs(layer, codes, LENGTH)
  expect(motifs.map(({ filter }) => filter)).toEqual([0])
  const [motif] = motifs
  expect(motif!.sites).toBeGreaterThanOrEqual(200)
  const shares = motifShares(motif!)
  const letters = shares.map(row => 'ACGT'[row.indexOf(Math.max(...row))]).join('')
  expect(letters.slice(1, 6)).toBe(MOTIF)
  expect(Math.min(...shares.slice(1, 6).map(row => Math.max(...row)))).toBeGreaterThan(0.8)
  // Beside the motif the windows are random.
  expect(Math.max(...shares[0]!, ...shares[6]!)).toBeLessThan(0.45)
})

it('counts windows above half the maximum alone, and each once', () => {
  const windows = ['GATCAAAAAA', 'AGATCAAGATCAA'.slice(0, 10), 'TTGATCGTTT', 'TTTTTTTTTT', 'AGATNATTTT']
  const [motif] = kernelMotifs(layer, encodeText(windows.join('')), 10)
  // The first has it at its very start, where the kernel does not reach: three bases are right elsewhere at most.
  expect(motif!.sites).toBe(3)
  expect(motif!.counts[1]).toEqual([0, 0, 3, 0])
  // An unknown base is counted nowhere.
  expect(motif!.counts[4]!.reduce((a, b) => a + b)).toBe(2)
  expect(motifShares({ counts: [[0, 0, 0, 0]] })).toEqual([[0.25, 0.25, 0.25, 0.25]])
})
