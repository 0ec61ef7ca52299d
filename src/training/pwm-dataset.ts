import { InputDataError } from '../core/errors.ts'
import { evaluateColumns } from '../core/metrics.ts'
import type { Dataset } from '../curation/dataset.ts'
import { type BundleMetadata, bundleBytes } from '../export/bundle.ts'
import { ACCEPTOR_INDEX, DONOR_INDEX, WINDOW_LENGTH } from '../junctions/window.ts'
import { PWM_COLUMNS, pwmForward, pwmGraph } from '../models/pwm.ts'
import type { OwnTrainer } from './own-trainers.ts'
import { fitPwm, type PwmExamples, type TrainedPwm } from './pwm-fit.ts'
import { requireBothLabels, requireTrainingPart } from './suitability.ts'

export interface PwmDatasetOptions {
  dataset: Dataset
  name: string
  licence: string
  toolVersion: string
  /** The default threshold lets this share of the validation positives pass. */
  sensitivity?: number
}

/**
 * Returns the weight-matrix model of a dataset's training examples, with its threshold, calibration and metrics on the validation
 * examples.
 * Memory: 800 bytes per example.
 * Throws: InputDataError when the windows are not those the matrices are laid over, no row is to be trained on, or a part
 * lacks a label.
 */
export async function trainPwmOnDataset(options: PwmDatasetOptions): Promise<TrainedPwm> {
  const { dataset, sensitivity = 0.97 } = options
  const { window } = dataset
  if (
    !('donor' in window) ||
    window.length !== WINDOW_LENGTH ||
    window.donor !== DONOR_INDEX ||
    window.acceptor !== ACCEPTOR_INDEX
  ) {
    throw new InputDataError(
      `dataset ${dataset.name}: expected windows of ${WINDOW_LENGTH} with a donor at ${DONOR_INDEX} and an acceptor at ${ACCEPTOR_INDEX}, found ${JSON.stringify(window)}`,
      'the weight matrices lie over these; networks take other windows',
    )
  }
  if (dataset.targets !== undefined) {
    throw new InputDataError(
      `model pwm: expected a dataset with classes, found ${dataset.name} with targets`,
      'networks whose output is values learn targets',
    )
  }
  requireTrainingPart(dataset)
  requireBothLabels(dataset, 'train')
  requireBothLabels(dataset, 'validation')
  const train = await examplesOf(dataset, dataset.splits.train)
  const validation = await examplesOf(dataset, dataset.splits.validation)
  const parameters = fitPwm(train)
  const count = (codes: Uint8Array) => codes.length / WINDOW_LENGTH
  const positives = count(validation.positives)
  const negatives = count(validation.negatives)
  const evaluation = evaluateColumns({
    scores: [
      ...pwmForward(parameters, validation.positives),
      ...pwmForward(parameters, validation.negatives),
    ],
    columns: PWM_COLUMNS,
    labels: new Uint8Array(positives + negatives).fill(1, 0, positives),
    decision: 'junction',
    sensitivity,
    calibrationBins: 10,
  })
  const metadata: BundleMetadata = {
    kind: 'junction',
    name: options.name,
    description: `Position weight matrices of donor and acceptor, joined by logistic regression; on ${dataset.name}`,
    window: { length: WINDOW_LENGTH, donor: DONOR_INDEX, acceptor: ACCEPTOR_INDEX },
    columns: [...PWM_COLUMNS],
    decisionColumn: 'junction',
    ...evaluation,
    trainingData: dataset.files.map(({ name, sha256, role }) => ({ name, sha256, role })),
    toolVersion: options.toolVersion,
    licence: options.licence,
  }
  metadata.metrics.examples = {
    fitPositives: count(train.positives),
    fitNegatives: count(train.negatives),
    validationPositives: positives,
    validationNegatives: negatives,
  }
  return {
    bundle: await bundleBytes(pwmGraph(parameters), metadata),
    metrics: metadata.metrics,
    metadata,
    parameters,
  }
}

/** The trainer of weight matrices; it has no settings. */
export const PWM_TRAINER: OwnTrainer = {
  model: 'pwm',
  settings: {},
  train: ({ dataset, name, licence, toolVersion }) =>
    trainPwmOnDataset({ dataset, name, licence, toolVersion }),
}

/** Returns the windows of examples, the labels apart. */
async function examplesOf({ labels, windows }: Dataset, examples: Uint32Array): Promise<PwmExamples> {
  const read = async (label: number) => {
    const chosen = examples.filter(example => labels[example] === label)
    const codes = new Uint8Array(chosen.length * WINDOW_LENGTH)
    await windows.read(chosen, codes)
    return codes
  }
  return { positives: await read(1), negatives: await read(0) }
}
