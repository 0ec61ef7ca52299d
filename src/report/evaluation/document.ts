import type { LabelMeans, LabelReport } from './labels.ts'
import type { LevelReport } from './levels.ts'
import type { ReconstructionReport } from './reconstruction.ts'
import type { RegressionReport, regressionMeans } from './regression.ts'

/** Raised when a field changes its meaning or goes. */
export const EVALUATION_VERSION = 1

/** What `prefix.evaluation.json` holds; no times, no paths: the same run gives the same bytes. docs/evaluate.md explains it. */
export interface EvaluationDocument {
  schema: 'splice-score-evaluation'
  schemaVersion: typeof EVALUATION_VERSION
  toolVersion: string
  model: { file: string; name: string; sha256: string; kind: string; toolVersion: string }
  dataset: {
    name: string
    files: readonly { name: string; sha256: string; role: string }[]
    /** Examples in all parts, and rows of class `unknown`, which are none. */
    examples: number
    leftOut: number
  }
  /** The part that was evaluated, and the examples in it. */
  split: string
  examples: number
  /** Examples by class; undefined in a dataset with targets. */
  classes: Record<string, number> | undefined
  settings: EvaluationSettings
  /** The column that decides comes first; undefined in a dataset with targets. */
  levels: LevelReport[] | undefined
  regression: RegressionReport[] | undefined
  /** Where there are several columns of targets. */
  regressionMeans?: ReturnType<typeof regressionMeans> | undefined
  /** Of a model of labels that exclude none of the others, with means over them. */
  labels?: LabelReport[] | undefined
  labelMeans?: LabelMeans | undefined
  /** Of a model that gives back the bases it has read. */
  reconstruction?: ReconstructionReport | undefined
  warnings: readonly string[]
}

export interface EvaluationSettings {
  provider: string
  /** At which examples are called positive, in every column; undefined in a dataset with targets. */
  threshold: number | undefined
  resamples: number
  confidence: number
  seed: number
  /** What the intervals draw: whole genes, or single examples; how many there are. */
  drawn: { unit: 'gene' | 'example'; count: number }
}

/** Returns the document as JSON text; numbers that do not exist are left out. */
export function formatEvaluation(document: EvaluationDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
