import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { seededRandom } from '../../src/core/random.ts'
import { openSession } from '../../src/graph/session.ts'
import {
  ACCEPTOR_SPAN,
  backgroundOf,
  DONOR_SPAN,
  logOdds,
  type PwmParameters,
  pwmForward,
  pwmGraph,
  sigmoid,
  siteScore,
} from '../../src/models/pwm.ts'

const random = seededRandom(11)

/** Random matrices as a fit gives them: float32 values, strong at GT and AG, mild elsewhere. */
function parameters(): PwmParameters {
  const matrix = (rows: number, strong: number[]) =>
    Array.from({ length: rows * 4 }, (_, i) =>
      Math.fround((random.float() - 0.6) * (strong.includes(Math.trunc(i / 4)) ? 10 : 1.5)),
    )
  return {
    donor: matrix(9, [3, 4]),
    acceptor: matrix(23, [18, 19]),
    donorLogit: { intercept: Math.fround(-1.7), slope: Math.fround(0.9) },
    acceptorLogit: { intercept: Math.fround(0.4), slope: Math.fround(0.7) },
    junctionLogit: {
      intercept: Math.fround(-0.8),
      donorSlope: Math.fround(0.85),
      acceptorSlope: Math.fround(0.65),
    },
  }
}

describe('the weight-matrix model', () => {
  it('gives the same probabilities in ONNX Runtime as in double precision, within 1e-6', async () => {
    const model = parameters()
    const count = 1000
    const codes = Uint8Array.from({ length: count * 800 }, () => random.int(5))
    const session = await openSession(await pwmGraph(model).toBytes(), { provider: 'cpu', threads: 1 })
    const { probabilities } = await session.run({ codes: { type: 'uint8', dims: [count, 800], data: codes } })
    await session.close()
    const expected = pwmForward(model, codes)
    expect(probabilities!.dims).toEqual([count, 3])
    let worst = 0
    for (const [i, value] of (probabilities!.data as Float32Array).entries()) {
      worst = Math.max(worst, Math.abs(value - expected[i]!))
    }
    expect(worst).toBeLessThan(1e-6)
    // The comparison means something: the outputs spread over the whole range.
    expect(Math.min(...expected)).toBeLessThan(0.01)
    expect(Math.max(...expected)).toBeGreaterThan(0.9)
  })

  it('reads 3 exon and 6 intron bases at the donor, 20 intron and 3 exon bases at the acceptor', () => {
    expect([DONOR_SPAN.start, DONOR_SPAN.end]).toEqual([197, 206])
    expect([ACCEPTOR_SPAN.start, ACCEPTOR_SPAN.end]).toEqual([580, 603])
    const model = parameters()
    const base = new Uint8Array(800)
    const before = pwmForward(model, base)
    for (let i = 0; i < 800; i++) {
      const changed = base.slice()
      changed[i] = 3
      const after = pwmForward(model, changed)
      const [donor, acceptor, junction] = [0, 1, 2].map(k => after[k] !== before[k])
      expect([i, donor]).toEqual([i, i >= 197 && i < 206])
      expect([i, acceptor]).toEqual([i, i >= 580 && i < 603])
      expect([i, junction]).toEqual([i, donor || acceptor])
    }
  })

  it('counts an unknown base as no evidence', () => {
    const model = parameters()
    const unknown = new Uint8Array(800).fill(4)
    expect(siteScore(model.donor, DONOR_SPAN, unknown, 0)).toBe(0)
    expect([...pwmForward(model, unknown)]).toEqual([
      sigmoid(model.donorLogit.intercept),
      sigmoid(model.acceptorLogit.intercept),
      sigmoid(model.junctionLogit.intercept),
    ])
    expect(() => pwmForward(model, new Uint8Array(801))).toThrow(InputDataError)
  })

  it('has the same file for the same parameters', async () => {
    const model = parameters()
    expect(await pwmGraph(model).toBytes()).toEqual(await pwmGraph(model).toBytes())
  })
})

describe('counting', () => {
  it('takes the background from outside the sites, without unknown bases', () => {
    const window = new Uint8Array(800).fill(4)
    window.fill(3, 197, 206).fill(3, 580, 603)
    window.fill(0, 0, 3).fill(2, 300, 302)
    // 3 A, 0 C, 2 G, 0 T and one imaginary base of each.
    expect(backgroundOf(window)).toEqual([4 / 9, 1 / 9, 3 / 9, 1 / 9])
  })

  it('gives the log of frequency over background, with imaginary sites spread like the background', () => {
    const windows = new Uint8Array(1600)
    windows.fill(2, 200, 201).fill(2, 1000, 1001)
    windows[1001] = 4
    const background = [0.25, 0.25, 0.125, 0.375]
    const matrix = logOdds(windows, DONOR_SPAN, background, 2)
    expect(matrix.length).toBe(36)
    const row = (position: number) => matrix.slice((position - 197) * 4, (position - 196) * 4)
    expect(row(200)).toEqual([-1, -1, Math.log2((2 + 0.25) / 4 / 0.125), -1].map(Math.fround))
    // One of the two sites is unknown at the next position: A has 1 of 1.
    expect(row(201)).toEqual(
      [Math.log2((1 + 0.5) / 3 / 0.25), ...[0.25, 0.125, 0.375].map(b => Math.log2((2 * b) / 3 / b))].map(
        Math.fround,
      ),
    )
  })
})

describe('the logistic function', () => {
  it.each([
    [0, 0.5],
    [1000, 1],
    [-1000, 0],
    [2, 1 / (1 + Math.exp(-2))],
  ])('of %f is %f', (x, expected) => {
    expect(sigmoid(x)).toBeCloseTo(expected, 15)
  })
})
