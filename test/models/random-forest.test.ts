import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { describeOnnx } from '../../src/graph/onnx-writer.ts'
import { openSession, type TensorLike } from '../../src/graph/session.ts'
import { basesForestGraph, featuresForestGraph } from '../../src/models/random-forest.ts'
import { binTable } from '../../src/trees/binned-table.ts'
import { type Forest, type ForestSettings, forestValues, growForest } from '../../src/trees/forest.ts'
import { targetTable } from '../../src/trees/targets.ts'

const LENGTH = 20

/** Returns random windows, one code in ten unknown, and their bases as numbers. */
function windows(count: number, seed: number) {
  const random = seededRandom(seed)
  const codes = Uint8Array.from({ length: count * LENGTH }, () => (random.int(10) === 0 ? 4 : random.int(4)))
  const values = new Float32Array(codes.length * 4)
  for (const [i, code] of codes.entries()) {
    if (code < 4) {
      values[i * 4 + code] = 1
    }
  }
  return { codes, values }
}

/** Targets of each window: whether it has a G at 5, whether no T at 9, never, and a share of A. */
function targetsOf(codes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const window = codes.subarray(i * LENGTH, (i + 1) * LENGTH)
    const share = window.filter(code => code === 0).length / LENGTH
    return [window[5] === 2 ? 1 : 0, window[9] === 3 ? 0 : 1, 0, share]
  }).flat()
}

async function grow(
  values: Float32Array,
  targets: number[],
  columns: number,
  settings: Partial<ForestSettings> = {},
) {
  const rows = targets.length / columns
  const table = binTable({ values, columns: values.length / rows })
  const { forest } = await growForest({
    table,
    targets: targetTable(targets, columns),
    seed: 1,
    settings: { trees: 25, ...settings },
  })
  return forest
}

/** Returns what a model answers, batch by batch. */
async function answers(bytes: Uint8Array, name: string, input: TensorLike, batch: number): Promise<number[]> {
  const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
  try {
    const [count, width] = input.dims as [number, number]
    const found: number[] = []
    for (let from = 0; from < count; from += batch) {
      const size = Math.min(batch, count - from)
      const data = input.data.slice(from * width, (from + size) * width)
      const outputs = await session.run({ [name]: { ...input, dims: [size, width], data } as TensorLike })
      found.push(...(outputs.probabilities!.data as Float32Array))
    }
    return found
  } finally {
    await session.close()
  }
}

const float32 = (forest: Forest, values: Float32Array) => [...Float32Array.from(forestValues(forest, values))]

describe('the ONNX form of a forest', () => {
  it.each([
    [1, 'one label', 1],
    [4, 'four targets, one of them always 0', 0],
  ])('of bases tells of 1,000 windows what the forest does: %i, %s', async columns => {
    const learnt = windows(300, 1)
    const all = targetsOf(learnt.codes, 300)
    const targets = columns === 4 ? all : all.filter((_, i) => i % 4 === 0)
    const forest = await grow(learnt.values, targets, columns)
    const { codes, values } = windows(1000, 2)
    const bytes = await basesForestGraph(forest, LENGTH).toBytes()
    const input = { type: 'uint8', dims: [1000, LENGTH], data: codes } as const
    const expected = float32(forest, values)
    expect(new Set(expected).size).toBeGreaterThan(10)
    expect(await answers(bytes, 'codes', input, 1000)).toEqual(expected)
    // Whatever the batch: the runtime adds trees up in other orders for one window and for many.
    expect(
      await answers(bytes, 'codes', { ...input, dims: [120, LENGTH], data: codes.slice(0, 120 * LENGTH) }, 1),
    ).toEqual(expected.slice(0, 120 * columns))
  })

  it('of numbers takes the same branch at a threshold and right beside it', async () => {
    const random = seededRandom(3)
    const values = Float32Array.from({ length: 200 * 3 }, () => random.float() * 1e-3 - 1e3 * random.int(2))
    const forest = await grow(
      values,
      Array.from({ length: 200 }, () => random.int(2)),
      1,
    )
    const thresholds = forest.trees.flatMap(({ threshold, feature }) => [
      ...threshold.filter((_, n) => feature[n]! >= 0),
    ])
    const bits = new Int32Array(1)
    const float = new Float32Array(bits.buffer)
    const near = thresholds.flatMap(threshold =>
      [-1, 0, 1].map(step => {
        float[0] = threshold
        bits[0]! += step
        return float[0]!
      }),
    )
    const rows = Float32Array.from(
      near
        .slice(0, 3000)
        .flatMap((value, i) => [value, near[(i * 7) % near.length]!, near[(i * 31) % near.length]!]),
    )
    const bytes = await featuresForestGraph(forest).toBytes()
    const input = { type: 'float32', dims: [rows.length / 3, 3], data: rows } as const
    expect(await answers(bytes, 'forest_features', input, 512)).toEqual(float32(forest, rows))
  })

  it('can be one leaf, even of zeros', async () => {
    for (const target of [0, 0.75]) {
      const forest = await grow(Float32Array.of(1, 2, 3), [target, target, target], 1)
      const input = { type: 'float32', dims: [2, 1], data: Float32Array.of(0, 5) } as const
      const bytes = await featuresForestGraph(forest).toBytes()
      expect(await answers(bytes, 'forest_features', input, 2)).toEqual([target, target])
    }
  })

  it('says what it takes and gives', async () => {
    const { values, codes } = windows(50, 1)
    const forest = await grow(values, targetsOf(codes, 50), 4, { trees: 2 })
    const { inputs, outputs } = await describeOnnx(await basesForestGraph(forest, LENGTH).toBytes())
    expect(inputs).toEqual([{ name: 'codes', type: 'uint8', dims: ['N', LENGTH] }])
    expect(outputs).toEqual([{ name: 'probabilities', type: 'float32', dims: ['N', 4] }])
  })
})
