import { expect } from 'vitest'
import { InputDataError, type SpliceScoreError } from '../../src/core/errors.ts'
import type { Dataset } from '../../src/curation/dataset.ts'
import { type Bundle, parseBundle } from '../../src/export/bundle.ts'
import { type EvaluationRequest, type ScoredExamples, scoreDataset } from '../../src/training/evaluation.ts'

export type Model = Pick<Bundle, 'bytes' | 'metadata'>

/** Returns the model of a bundle's bytes. */
export async function modelOf(bytes: Uint8Array<ArrayBuffer>): Promise<Model> {
  return { bytes, metadata: await parseBundle(bytes, 'model') }
}

/** Returns a dataset with a model's scores, computed on this thread; the dataset is closed. */
export async function scored(
  dataset: Dataset,
  bundle: Model,
  rest: Partial<EvaluationRequest> = {},
): Promise<ScoredExamples> {
  try {
    return await scoreDataset({
      bundle,
      dataset,
      batchSize: 4,
      provider: 'cpu',
      threads: 1,
      inProcess: true,
      ...rest,
    })
  } finally {
    await dataset.close()
  }
}

/** Returns the error a promise fails with. */
export async function failure(promise: Promise<unknown>): Promise<SpliceScoreError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(InputDataError)
  return error as SpliceScoreError
}
