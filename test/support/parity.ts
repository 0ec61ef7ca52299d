import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PARITY = resolve(ROOT, process.env.SPLICE_SCORE_PARITY ?? '../shared/parity')

/** True when the folder of published weights and reference outputs is there. */
export const hasParity = existsSync(join(PARITY, 'README.md'))

/** What to add to a test's title: empty, or why it is skipped. */
export const parityReason = hasParity
  ? ''
  : ' (skipped: no folder of published weights, see SPLICE_SCORE_PARITY)'

/** Returns the path of a file of the folder. */
export const parityPath = (name: string): string => join(PARITY, name)

/** Reference outputs of OpenSpliceAI. */
export interface SequenceReference {
  tolerance: { probabilities: number; sumOfProbabilities: number }
  examples: {
    about: string
    sequence: string
    positions: { position: number; logits: number[]; probabilities: number[] }[]
    sumOfProbabilities: number[]
  }[]
}

/** Returns a file of reference outputs. */
export function readReference(name: string): SequenceReference {
  return JSON.parse(readFileSync(parityPath(`${name}.reference.json`), 'utf8')) as SequenceReference
}
