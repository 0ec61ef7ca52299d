import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { InterruptedError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { sharedKmers } from '../../../src/models/asp-svm/shared-kmers.ts'
import { weightedDegreeKernel } from '../../../src/models/asp-svm/weighted-degree-kernel.ts'
import { SupportVectorMachine } from '../../../src/training/asp-svm/dual-coordinate-descent.ts'
import { relatedWindows } from '../../models/asp-svm/machines.ts'
import { type ToySites, toySites } from './toy-sites.ts'

const DEGREE = 6

/** Windows, the kernel between any two of them, and labels of 1 and -1. */
interface Problem {
  kernel: number[][]
  labels: Int8Array
  machine: SupportVectorMachine
}

function problemOf({ length, codes, labels }: ToySites): Problem {
  const window = (i: number) => codes.subarray(i * length, (i + 1) * length)
  const kernel = Array.from(labels, (_, i) =>
    Array.from(labels, (_, j) => weightedDegreeKernel(window(i), window(j), DEGREE)),
  )
  const signs = Int8Array.from(labels, label => 2 * label - 1)
  const kmers = sharedKmers({ codes, count: labels.length, length }, DEGREE)
  return { kernel, labels: signs, machine: new SupportVectorMachine({ kmers, labels: signs }) }
}

function settings(tolerance: number, maxIterations = 5000) {
  return { tolerance, maxIterations, random: seededRandom(1) }
}

/** Returns the scores by the kernel, and what the machine costs: half the squared weights, half the squared bias, C times the hinges. */
function costs({ kernel, labels, machine }: Problem, limits: Float64Array) {
  const coefficients = machine.multipliers.map((multiplier, i) => multiplier * labels[i]!)
  const sums = kernel.map(row => row.reduce((sum, value, j) => sum + value * coefficients[j]!, 0))
  const bias = coefficients.reduce((sum, value) => sum + value, 0)
  const scores = sums.map(sum => sum + bias)
  const weights = sums.reduce((sum, value, i) => sum + value * coefficients[i]!, 0) / 2
  const hinges = scores.reduce((sum, score, i) => sum + limits[i]! * Math.max(0, 1 - labels[i]! * score), 0)
  return { scores, bias, weights, biasCost: bias ** 2 / 2, hinges }
}

/** Each multiplier is where no small change of it alone would help: the condition of the optimum of a convex problem. */
function worstViolation(
  { labels, machine }: Problem,
  scores: readonly number[],
  limits: Float64Array,
): number {
  return scores.reduce((worst, score, i) => {
    const slope = labels[i]! * score - 1
    const multiplier = machine.multipliers[i]!
    const fromZero = multiplier === 0 ? Math.max(-slope, 0) : Math.abs(slope)
    return Math.max(worst, multiplier === limits[i] ? Math.max(slope, 0) : fromZero)
  }, 0)
}

describe('dual coordinate descent', () => {
  const withUnknown: ToySites = {
    length: 12,
    codes: relatedWindows(60, 12, seededRandom(4)),
    labels: Uint8Array.from({ length: 60 }, (_, i) => i % 2),
  }

  it.each([
    { what: 'toy sites', C: 0.1, sites: toySites(120) },
    { what: 'toy sites', C: 5, sites: toySites(120) },
    { what: 'windows with N, some of them twice with both labels,', C: 1, sites: withUnknown },
  ])('finds the best multipliers of $what under $C', async ({ C, sites }) => {
    const problem = problemOf(sites)
    const limits = new Float64Array(problem.labels.length).fill(C)
    const descent = await problem.machine.descend(limits, settings(1e-6))
    const { scores, bias, weights, biasCost, hinges } = costs(problem, limits)
    expect(descent.converged).toBe(true)
    expect(problem.machine.bias).toBeCloseTo(bias, 9)
    for (const [i, score] of scores.entries()) {
      expect(problem.machine.score(i)).toBeCloseTo(score, 9)
    }
    expect(worstViolation(problem, scores, limits)).toBeLessThan(1e-5)
    // At the optimum, and only there, the cost is the dual's value.
    expect(weights + biasCost + hinges).toBeCloseTo(-descent.objective, 4)
    expect(problem.machine.multipliers.some(multiplier => multiplier === C)).toBe(C < 5)
  })

  it('comes to the same when it goes on from a lower limit', async () => {
    const [fresh, going] = [problemOf(toySites(80)), problemOf(toySites(80))]
    const limits = (C: number) => new Float64Array(80).fill(C)
    await going.machine.descend(limits(0.1), settings(1e-6))
    const [a, b] = [
      await fresh.machine.descend(limits(0.5), settings(1e-6)),
      await going.machine.descend(limits(0.5), settings(1e-6)),
    ]
    expect(a.objective).toBeCloseTo(b.objective, 6)
  })

  it('leaves windows that may cost nothing out', async () => {
    const { machine } = problemOf(toySites(40))
    await machine.descend(new Float64Array(40).fill(1).fill(0, 10, 20), settings(1e-3))
    expect(machine.multipliers.subarray(10, 20).every(multiplier => multiplier === 0)).toBe(true)
    expect(machine.multipliers.some(multiplier => multiplier > 0)).toBe(true)
  })

  it('says when the rounds were too few', async () => {
    const { machine } = problemOf(toySites(80))
    const descent = await machine.descend(new Float64Array(80).fill(1), settings(1e-9, 2))
    expect(descent).toMatchObject({ converged: false, rounds: 2 })
    expect(descent.violation).toBeGreaterThan(1e-9)
  })

  it('stops when it is told to', async () => {
    const { machine } = problemOf(toySites(20))
    const stopped = { ...settings(1e-3), signal: AbortSignal.abort() }
    await expect(machine.descend(new Float64Array(20).fill(1), stopped)).rejects.toThrow(InterruptedError)
  })
})

const ORACLE = fileURLToPath(new URL('../../oracle/support_vectors.py', import.meta.url))
const python = ['python3', '/usr/bin/python3'].find(
  command => spawnSync(command, ['-c', 'import sklearn'], { stdio: 'ignore' }).status === 0,
)
const reason = python === undefined ? ' (skipped: no python3 with scikit-learn)' : ''

interface Answer {
  freeBias: { objective: number; bias: number }
  smallBias: { scores: number[] }
}

describe.skipIf(python === undefined)(`beside scikit-learn${reason}`, () => {
  it.each([0.1, 0.5, 2])('with C %d, comes to the same scores and cost', async C => {
    const problem = problemOf(toySites(150, 11))
    const { kernel, labels, machine } = problem
    const limits = new Float64Array(150).fill(C)
    await machine.descend(limits, settings(1e-7))
    const { scores, weights, biasCost, hinges } = costs(problem, limits)
    const input = JSON.stringify({ kernel, labels: Array.from(labels), C })
    const answer = JSON.parse(execFileSync(python!, [ORACLE], { input, encoding: 'utf8' })) as Answer
    const worst = Math.max(...scores.map((score, i) => Math.abs(score - answer.smallBias.scores[i]!)))
    expect(worst).toBeLessThan(1e-4)
    // A bias that costs nothing can only be better, and by no more than its own square would have cost.
    const { objective, bias } = answer.freeBias
    expect(weights + hinges).toBeGreaterThan(objective - 1e-5)
    expect(weights + biasCost + hinges).toBeLessThan(objective + bias ** 2 / 2 + 1e-5)
  })
})
