import { InputDataError, throwIfAborted } from '../../core/errors.ts'
import type { Dataset } from '../../curation/dataset.ts'
import type { Bundle } from '../../export/bundle.ts'
import type { OnnxGraph } from '../../graph/onnx-writer.ts'
import { basesForestGraph, FOREST_BASES, featuresForestGraph } from '../../models/random-forest.ts'
import { type BinnedTable, binTable } from '../../trees/binned-table.ts'
import type { Forest } from '../../trees/forest.ts'
import { openScorer } from '../evaluation-scorer.ts'

/** The numbers of windows that a forest learns from. */
export interface WindowFeatures {
  /** Numbers of a window. */
  readonly columns: number
  /** Returns the numbers of examples in bins. Memory: one byte each, and four for those of an encoder while it is made. */
  table(examples: Uint32Array, bins: number): Promise<BinnedTable>
  /** Yields the numbers of examples, some windows at a time. Shape: [some, columns] row-major. */
  rows(examples: Uint32Array): AsyncGenerator<Float32Array>
  /** Returns the whole model of a forest over these numbers: codes in, what the forest tells out. */
  graph(forest: Forest): OnnxGraph
  close(): Promise<void>
}

interface Windows {
  dataset: Pick<Dataset, 'name' | 'window' | 'windows'>
  signal?: AbortSignal | undefined
}

/** Windows in memory at a time. */
const CHUNK = 512

/** Yields the codes of examples, some windows at a time. */
async function* codesOf(
  { dataset, signal }: Windows,
  examples: Uint32Array,
): AsyncGenerator<{ from: number; count: number; codes: Uint8Array<ArrayBuffer> }> {
  const { windows } = dataset
  for (let from = 0; from < examples.length; from += CHUNK) {
    throwIfAborted(signal)
    const some = examples.subarray(from, from + CHUNK)
    const codes = new Uint8Array(some.length * windows.length)
    await windows.read(some, codes)
    yield { from, count: some.length, codes }
  }
}

/** Between 0 and 1. */
const HALF = Float32Array.of(0.5)

/** Returns the bases of windows as numbers: four of each position, 1 for the base that is there; see `basesForestGraph`. */
export function baseFeatures(windows: Windows): WindowFeatures {
  const { length } = windows.dataset.windows
  const columns = length * FOREST_BASES
  return {
    columns,
    async table(examples) {
      const rows = examples.length
      const bins = new Uint8Array(rows * columns)
      for await (const { from, count, codes } of codesOf(windows, examples)) {
        for (let i = 0; i < count; i++) {
          for (let position = 0; position < length; position++) {
            const code = codes[i * length + position]!
            if (code < FOREST_BASES) {
              bins[(position * FOREST_BASES + code) * rows + from + i] = 1
            }
          }
        }
      }
      return { rows, columns, bins, edges: Array.from({ length: columns }, () => HALF) }
    },
    async *rows(examples) {
      for await (const { codes } of codesOf(windows, examples)) {
        const values = new Float32Array(codes.length * FOREST_BASES)
        for (const [i, code] of codes.entries()) {
          if (code < FOREST_BASES) {
            values[i * FOREST_BASES + code] = 1
          }
        }
        yield values
      }
    },
    graph: forest => basesForestGraph(forest, length),
    close: async () => undefined,
  }
}

/**
 * Returns the numbers that an encoder makes of windows.
 * Throws: InputDataError when it is no model of numbers, or takes windows of another length.
 */
export async function encodedFeatures(windows: Windows, encoder: Bundle): Promise<WindowFeatures> {
  const { dataset } = windows
  const { metadata } = encoder
  if (metadata.kind !== 'values') {
    throw new InputDataError(
      `--encoder ${encoder.path}: expected a model of kind values, found ${metadata.kind}`,
      'give a model that makes numbers of a window, such as the code of an autoencoder',
    )
  }
  const scorer = await openScorer(encoder, dataset.window, { provider: 'cpu', threads: 0, inProcess: true })
  const columns = metadata.columns.length
  const rows = async function* (examples: Uint32Array) {
    for await (const { from, count, codes } of codesOf(windows, examples)) {
      const numbers = await scorer.score(codes, count)
      const wrong = numbers.findIndex(number => !Number.isFinite(number))
      if (wrong >= 0) {
        throw new InputDataError(
          `--encoder ${encoder.path}: expected finite numbers, found ${numbers[wrong]} as ${metadata.columns[wrong % columns]} of window ${examples[from + Math.floor(wrong / columns)]! + 1} of ${dataset.name}`,
          'train the encoder again, at a smaller rate if it diverged',
        )
      }
      yield numbers
    }
  }
  return {
    columns,
    async table(examples, bins) {
      const values = new Float32Array(examples.length * columns)
      let at = 0
      for await (const some of rows(examples)) {
        values.set(some, at)
        at += some.length
      }
      return binTable({ values, columns, bins })
    },
    rows,
    graph(forest) {
      const graph = featuresForestGraph(forest)
      graph.follow(encoder.bytes)
      return graph
    },
    close: () => scorer.close(),
  }
}
