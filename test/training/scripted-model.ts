import { type BundleFacts, bundleBytes, type ModelLayout } from '../../src/export/bundle.ts'
import { int, OnnxGraph } from '../../src/graph/onnx-writer.ts'

/** Bases that spell a score: digits of base 4 behind the point. */
const DIGITS = 8
/** Scores are multiples of this, and exact in float32. */
export const SCORE_STEP = 4 ** -DIGITS

/** Window length of models with so many columns. */
export const scriptedLength = (columns: number): number => columns * DIGITS

/** Returns the window to which a scripted model answers these scores, each from 0 to below 1. */
export function scriptedWindow(scores: readonly number[]): string {
  return scores
    .map(score => {
      const digits = Math.round(score / SCORE_STEP)
        .toString(4)
        .padStart(DIGITS, '0')
      return Array.from(digits, digit => 'ACGT'[Number(digit)]).join('')
    })
    .join('')
}

/** Returns a bundle that reads its scores off the window; `scale` multiplies them. */
export async function scriptedModel(
  layout: Extract<ModelLayout, { kind: 'junction' | 'site' }>,
  facts: Partial<BundleFacts> & { columns: string[]; scale?: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const { scale = 1, ...rest } = facts
  const { columns } = rest
  const length = scriptedLength(columns.length)
  const weights = new Float32Array(length * columns.length)
  for (let i = 0; i < length; i++) {
    const column = Math.floor(i / DIGITS)
    weights[i * columns.length + column] = scale * 4 ** -((i % DIGITS) + 1)
  }
  const graph = new OnnxGraph('scripted')
  const codes = graph.input('codes', 'uint8', ['N', length])
  const numbers = graph.node('Cast', [codes], 'numbers', { to: int(1) })
  const matrix = graph.constant('matrix', { type: 'float32', dims: [length, columns.length], data: weights })
  graph.node('MatMul', [numbers, matrix], 'probabilities')
  graph.output('probabilities', 'float32', ['N', columns.length])
  return bundleBytes(graph, {
    name: 'scripted',
    description: 'reads its scores off the window',
    decisionColumn: columns.at(-1)!,
    threshold: 0.5,
    calibration: [],
    trainingData: [],
    metrics: {},
    toolVersion: '0.0.0',
    licence: 'MIT',
    ...rest,
    ...layout,
  })
}
