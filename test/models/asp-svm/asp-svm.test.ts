import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { openSession } from '../../../src/graph/session.ts'
import { aspGraph } from '../../../src/models/asp-svm/asp-graph.ts'
import {
  type AspSvm,
  aspScores,
  kmerTables,
  positionalImportance,
} from '../../../src/models/asp-svm/asp-svm.ts'
import { degreeWeights, selfValue } from '../../../src/models/asp-svm/weighted-degree-kernel.ts'
import { sigmoid } from '../../../src/models/pwm.ts'
import { machines, relatedWindows, scoresByKernel } from './machines.ts'

/** Windows to score with a machine: relatives of its support vectors, those themselves, and one of N alone. */
function windowsFor({ length, supports }: AspSvm, count: number): Uint8Array {
  const others = relatedWindows(count, length, seededRandom(5))
  return Uint8Array.of(...supports, ...others, ...new Uint8Array(length).fill(4))
}

async function onnxProbabilities(machine: AspSvm, codes: Uint8Array, batch: number): Promise<number[]> {
  const { length } = machine
  const bytes = await aspGraph(kmerTables(machine), { slope: 1.5, intercept: -0.25 }).toBytes()
  const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
  const found: number[] = []
  for (let at = 0; at < codes.length; at += batch * length) {
    const data = codes.slice(at, at + batch * length)
    const dims = [data.length / length, length]
    const { probabilities } = await session.run({ codes: { type: 'uint8', dims, data } })
    expect(probabilities!.dims).toEqual([dims[0], 1])
    found.push(...(probabilities!.data as Float32Array))
  }
  await session.close()
  return found
}

/** A machine as large as a small trained one. */
function largeMachine(): AspSvm {
  const random = seededRandom(3)
  const [length, count] = [141, 300]
  return {
    degree: 20,
    length,
    supports: relatedWindows(count, length, random),
    coefficients: Float64Array.from({ length: count }, () => random.float() - 0.5),
    bias: 0.1,
  }
}

describe('the weights of k-mers', () => {
  it('give the scores of the support vectors, for any machine and windows', () => {
    fc.assert(
      fc.property(machines, machine => {
        const codes = windowsFor(machine, 5)
        const expected = scoresByKernel(machine, codes)
        for (const [n, score] of aspScores(kmerTables(machine), codes).entries()) {
          expect(score).toBeCloseTo(expected[n]!, 10)
        }
      }),
    )
  })

  it('give the bias to a window that has nothing in common with any support vector', () => {
    const machine = largeMachine()
    expect([...aspScores(kmerTables(machine), new Uint8Array(141).fill(4))]).toEqual([0.1])
  })

  it('are refused codes that are not whole windows', () => {
    const tables = kmerTables(largeMachine())
    expect(() => aspScores(tables, new Uint8Array(142))).toThrow(InputDataError)
  })
})

describe('the graph', () => {
  it('gives the probabilities of the scores, within 1e-6, whatever the batch', async () => {
    const machine = largeMachine()
    const codes = windowsFor(machine, 200)
    const expected = Array.from(aspScores(kmerTables(machine), codes), score => sigmoid(1.5 * score - 0.25))
    const found = await onnxProbabilities(machine, codes, 64)
    expect(found).toHaveLength(501)
    const worst = Math.max(...found.map((value, n) => Math.abs(value - expected[n]!)))
    expect(worst).toBeLessThan(1e-6)
    // The comparison means something: the outputs spread.
    expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(0.3)
    expect(await onnxProbabilities(machine, codes, 7)).toEqual(found)
  })

  it.each([
    { degree: 1, length: 5, count: 4 },
    { degree: 30, length: 6, count: 9 },
    { degree: 3, length: 1, count: 2 },
    { degree: 4, length: 12, count: 0 },
  ])('is right for degree $degree, windows of $length and $count support vectors', async shape => {
    const random = seededRandom(9)
    const machine: AspSvm = {
      degree: shape.degree,
      length: shape.length,
      supports: relatedWindows(shape.count, shape.length, random),
      coefficients: Float64Array.from({ length: shape.count }, () => random.float() * 6 - 3),
      bias: -0.3,
    }
    const codes = windowsFor(machine, 20)
    const expected = scoresByKernel(machine, codes).map(score => sigmoid(1.5 * score - 0.25))
    for (const [n, value] of (await onnxProbabilities(machine, codes, 8)).entries()) {
      expect(value).toBeCloseTo(expected[n]!, 5)
    }
  })
})

describe('the importance of places', () => {
  it('is the sum of absolute weights of the k-mers that start there, for any machine', () => {
    fc.assert(
      fc.property(machines, machine => {
        const { degree, length } = machine
        const found = positionalImportance(machine)
        expect(found).toHaveLength(length * degree)
        for (const [at, expected] of importanceByDefinition(machine).entries()) {
          expect(found[at]).toBeCloseTo(expected, 10)
        }
      }),
      { numRuns: 40 },
    )
  })
})

function importanceByDefinition({ degree, length, supports, coefficients }: AspSvm): number[] {
  return Array.from({ length: length * degree }, (_, at) => {
    const [place, d] = [Math.trunc(at / degree), (at % degree) + 1]
    const sums = new Map<string, number>()
    for (const [i, coefficient] of coefficients.entries()) {
      const kmer = supports.subarray(i * length + place, i * length + place + d)
      if (place + d <= length && !kmer.includes(4)) {
        sums.set(kmer.join(), (sums.get(kmer.join()) ?? 0) + coefficient)
      }
    }
    const total = [...sums.values()].reduce((sum, value) => sum + Math.abs(value), 0)
    return (degreeWeights(degree)[d]! * total) / selfValue(degree, length)
  })
}
