import type { Calibrator } from '../../core/calibration.ts'
import { InputDataError } from '../../core/errors.ts'
import { tallyScores } from '../../core/metrics/score-tally.ts'
import type { Dataset } from '../../curation/dataset.ts'
import type { DatasetWindow } from '../../curation/dataset-description.ts'
import {
  type BundleFacts,
  type BundleMetadata,
  bundleBytes,
  type ProbabilityLayout,
} from '../../export/bundle.ts'
import { aspGraph, type ScoreLine } from '../../models/asp-svm/asp-graph.ts'
import { ASP_SVM_ENTRY } from '../../models/asp-svm/entry.ts'
import { sigmoid } from '../../models/pwm.ts'
import { decide } from '../decision.ts'
import { tellMemory } from '../memory-need.ts'
import type { OwnTrainer, OwnTrainingRequest, TrainedModel } from '../own-trainers.ts'
import { requireBothLabels, requireTrainingPart } from '../suitability.ts'
import { labelsOf } from '../trainer.ts'
import { classMetrics } from '../validation.ts'
import { ASP_DEFAULTS, type AspSettings, aspSettings } from './asp-settings.ts'
import { type AspFit, fitAspSvm, type LabelledWindows } from './fit-asp-svm.ts'

/** As networks decide by default. */
const DECISION = {
  calibration: 'platt',
  classRatio: 0,
  operatingPoint: { kind: 'sensitivity', value: 0.97 },
} as const

/** Of the training windows, at the busiest; measured with 28,000 windows of 141. */
const BYTES_PER_BASE = 60

/** The trainer of support vector machines over the weighted degree kernel. */
export const ASP_SVM_TRAINER: OwnTrainer = {
  model: ASP_SVM_ENTRY.name,
  settings: { ...ASP_DEFAULTS },
  train: trainAspSvm,
}

/** Memory: about 60 bytes per base of the training windows, and the validation windows. */
async function trainAspSvm(request: OwnTrainingRequest): Promise<TrainedModel> {
  const { dataset, seed, log, signal } = request
  const settings = aspSettings(request.settings)
  requireClasses(dataset)
  const { train, validation } = dataset.splits
  tellMemory(ASP_SVM_ENTRY.name, BYTES_PER_BASE * train.length * dataset.window.length, undefined, log)
  const fit = await fitAspSvm({
    length: dataset.window.length,
    train: await windowsOf(dataset, train),
    weights: Float32Array.from(train, example => dataset.weights[example]!),
    validation: await windowsOf(dataset, validation),
    settings,
    seed,
    log,
    signal,
  })
  return asBundle(fit, settings, request)
}

function requireClasses(dataset: Dataset): void {
  if (dataset.targets !== undefined) {
    throw new InputDataError(
      `model ${ASP_SVM_ENTRY.name}: expected a dataset with classes, found ${dataset.name} with targets`,
      'networks whose output is values learn targets',
    )
  }
  requireTrainingPart(dataset)
  requireBothLabels(dataset, 'train')
  requireBothLabels(dataset, 'validation')
}

async function windowsOf(dataset: Dataset, examples: Uint32Array): Promise<LabelledWindows> {
  const codes = new Uint8Array(examples.length * dataset.window.length)
  await dataset.windows.read(examples, codes)
  return { codes, labels: labelsOf(dataset, examples) }
}

async function asBundle(
  fit: AspFit,
  settings: AspSettings,
  { dataset, name, licence, toolVersion, seed }: OwnTrainingRequest,
): Promise<TrainedModel> {
  const { train, validation, test } = dataset.splits
  const labels = labelsOf(dataset, validation)
  const raw = fit.scores.map(sigmoid)
  const decision = decide(DECISION, raw, labels)
  const { slope, intercept } = lineOf(decision.calibrator)
  const layout = layoutOf(dataset.window)
  const { before, after } = decision.reliability
  const facts: BundleFacts = {
    name,
    description: `${ASP_SVM_ENTRY.title}; degree ${settings.degree}, C ${fit.C}, on ${dataset.name}`,
    columns: [layout.kind],
    decisionColumn: layout.kind,
    threshold: decision.threshold,
    calibration: decision.bins,
    calibrators: { [layout.kind]: { method: 'platt', slope, intercept } },
    trainingData: dataset.files.map(({ name, sha256, role }) => ({ name, sha256, role })),
    metrics: {
      validation: { ...classMetrics(tallyScores(raw, labels)) },
      reliabilityBefore: { ...before },
      ...(after ? { reliabilityAfter: { ...after } } : {}),
      examples: { train: train.length, validation: validation.length, test: test.length, seed },
      machine: {
        degree: settings.degree,
        C: fit.C,
        supportVectors: fit.machine.coefficients.length,
        bias: fit.machine.bias,
        rounds: fit.descent.rounds,
        violation: fit.descent.violation,
        objective: fit.descent.objective,
      },
      settings: {
        tolerance: settings.tolerance,
        maxIterations: settings.maxIterations,
        thresholdSensitivity: DECISION.operatingPoint.value,
      },
    },
    toolVersion,
    licence,
  }
  const metadata: BundleMetadata = { ...facts, ...layout }
  return { bundle: await bundleBytes(aspGraph(fit.tables, { slope, intercept }), metadata), metadata }
}

/** What windows of this layout are asked. */
type AspLayout = Extract<ProbabilityLayout, { kind: 'junction' | 'site' | 'window' }>

function layoutOf(window: DatasetWindow): AspLayout {
  if ('donor' in window) {
    return { kind: 'junction', window }
  }
  return 'site' in window ? { kind: 'site', window } : { kind: 'window', window }
}

/** Returns the line that makes a score a probability: of sigmoid(score), whose logit the score is. */
function lineOf(calibrator: Calibrator | undefined): ScoreLine {
  return calibrator?.method === 'platt' ? calibrator : { slope: 1, intercept: 0 }
}
