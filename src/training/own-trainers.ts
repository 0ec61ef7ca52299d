/** Models that are no networks: each has a trainer of its own, which makes its file from a dataset. */
import type { Log } from '../core/log.ts'
import type { Dataset } from '../curation/dataset.ts'
import type { Bundle, BundleMetadata } from '../export/bundle.ts'
import { ASP_SVM_TRAINER } from './asp-svm/asp-trainer.ts'
import { PWM_TRAINER } from './pwm-dataset.ts'
import { RANDOM_FOREST_TRAINER } from './random-forest/random-forest.ts'

export interface OwnTrainingRequest {
  dataset: Dataset
  /** Over the trainer's own, not yet checked. */
  settings: Readonly<Record<string, unknown>>
  /** A model of numbers, whose columns are learnt from instead of bases; given to trainers that take one. */
  encoder?: Bundle | undefined
  seed: number
  /** Of the model, for its file. */
  name: string
  licence: string
  toolVersion: string
  log: Log
  signal?: AbortSignal | undefined
}

export interface TrainedModel {
  /** The file. */
  bundle: Uint8Array<ArrayBuffer>
  metadata: BundleMetadata
}

export interface OwnTrainer {
  /** The registry's name. */
  readonly model: string
  /** Every setting with its default. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly takesEncoder?: boolean
  /**
   * Returns the model of a dataset's training examples, with threshold, calibration and metrics on its validation examples.
   * Throws: UsageError for a setting it does not have or cannot take; InputDataError for a dataset it cannot learn from.
   */
  train(request: OwnTrainingRequest): Promise<TrainedModel>
}

export const OWN_TRAINERS: readonly OwnTrainer[] = [PWM_TRAINER, ASP_SVM_TRAINER, RANDOM_FOREST_TRAINER]

/** Returns the trainer of a model; undefined for networks and unknown names. */
export const ownTrainer = (model: string | undefined): OwnTrainer | undefined =>
  OWN_TRAINERS.find(trainer => trainer.model === model)
