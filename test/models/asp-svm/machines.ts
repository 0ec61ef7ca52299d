import fc from 'fast-check'
import { type Random, seededRandom } from '../../../src/core/random.ts'
import type { AspSvm } from '../../../src/models/asp-svm/asp-svm.ts'
import { weightedDegreeKernel } from '../../../src/models/asp-svm/weighted-degree-kernel.ts'

/** Returns windows that share k-mers of all lengths, some of them wholly: a few ancestors with changed bases, N among them. */
export function relatedWindows(count: number, length: number, random: Random): Uint8Array {
  const ancestors = Array.from({ length: 3 }, () =>
    Uint8Array.from({ length }, () => (random.int(40) === 0 ? 4 : random.int(4))),
  )
  const codes = new Uint8Array(count * length)
  for (let i = 0; i < count; i++) {
    const rate = random.float() * 0.5
    for (const [at, base] of ancestors[random.int(3)]!.entries()) {
      codes[i * length + at] = random.float() < rate ? random.int(5) : base
    }
    if (i > 0 && random.int(5) === 0) {
      codes.copyWithin(i * length, 0, length)
    }
  }
  return codes
}

/** Machines of any kind. */
export const machines = fc
  .record({
    degree: fc.integer({ min: 1, max: 24 }),
    length: fc.integer({ min: 1, max: 30 }),
    count: fc.integer({ min: 0, max: 20 }),
    seed: fc.integer({ min: 1, max: 1e6 }),
  })
  .map(({ degree, length, count, seed }): AspSvm => {
    const random = seededRandom(seed)
    return {
      degree,
      length,
      supports: relatedWindows(count, length, random),
      coefficients: Float64Array.from({ length: count }, () => random.float() * 4 - 2),
      bias: random.float() - 0.5,
    }
  })

/** Returns scores by the sum over support vectors. */
export function scoresByKernel(machine: AspSvm, codes: Uint8Array): number[] {
  const { degree, length, supports, coefficients, bias } = machine
  const window = (of: Uint8Array, i: number) => of.subarray(i * length, (i + 1) * length)
  return Array.from({ length: codes.length / length }, (_, n) =>
    coefficients.reduce(
      (sum, coefficient, i) =>
        sum + coefficient * weightedDegreeKernel(window(supports, i), window(codes, n), degree),
      bias,
    ),
  )
}
