import { type Evaluation, evaluateColumns } from '../../core/metrics.ts'
import { grouped } from '../../core/number-text.ts'
import type { Dataset } from '../../curation/dataset.ts'
import {
  type BundleMetadata,
  bundleBytes,
  type CommonFacts,
  type ModelLayout,
  type ProbabilityLayout,
} from '../../export/bundle.ts'
import { type Forest, forestValues, type GrownForest, growForest } from '../../trees/forest.ts'
import { balancedWeights } from '../../trees/targets.ts'
import { judgedByPairs } from '../judged-examples.ts'
import type { OwnTrainer, OwnTrainingRequest, TrainedModel } from '../own-trainers.ts'
import { forestMetrics } from './forest-metrics.ts'
import { type ForestTruth, forestTruth, hasUnknownLabels } from './forest-truth.ts'
import { forestSettings, RANDOM_FOREST, type RandomForestSettings } from './settings.ts'
import { baseFeatures, encodedFeatures, type WindowFeatures } from './window-features.ts'

/** Share of the validation positives that the default threshold lets pass. */
const SENSITIVITY = 0.97
const CALIBRATION_BINS = 10

/** The trainer of random forests. */
export const RANDOM_FOREST_TRAINER: OwnTrainer = {
  model: 'random-forest',
  settings: { ...RANDOM_FOREST },
  takesEncoder: true,
  train: trainRandomForest,
}

/**
 * Returns the forest of a dataset's training examples. With an encoder the file holds both, so that it reads windows as any other.
 * Memory: one byte for each number of each training window (four per base), and of an encoder's numbers four more for a while.
 * Throws: as `OwnTrainer.train`; InputDataError for an encoder that does not take the windows.
 */
async function trainRandomForest(request: OwnTrainingRequest): Promise<TrainedModel> {
  const { encoder, signal, log } = request
  const settings = forestSettings(request.settings)
  const dataset = judgedByPairs(request.dataset)
  const truth = forestTruth(dataset)
  if (hasUnknownLabels(dataset)) {
    log.warn(
      `dataset ${dataset.name}: targets of 0, 1 and 2 are learnt as numbers: a forest has no way to leave out labels that are not known`,
    )
  }
  const windows = { dataset, signal }
  const features = encoder === undefined ? baseFeatures(windows) : await encodedFeatures(windows, encoder)
  try {
    const grown = await grow(request, { dataset, truth, features, settings })
    const told = await tellAll(grown.forest, features, dataset.splits.validation)
    const metadata = describe(request, { dataset, truth, settings, grown, told })
    return { bundle: await bundleBytes(features.graph(grown.forest), metadata), metadata }
  } finally {
    await features.close()
  }
}

interface Lesson {
  dataset: Dataset
  truth: ForestTruth
  settings: RandomForestSettings
}

async function grow(
  { seed, log, signal }: OwnTrainingRequest,
  { dataset, truth, features, settings }: Lesson & { features: WindowFeatures },
): Promise<GrownForest> {
  const { train } = dataset.splits
  const balance = settings.classWeights === 'balanced' && truth.kind === 'classes'
  const classWeights = balance ? balancedWeights(truth.of(train)) : undefined
  const weights = Float64Array.from(
    train,
    (example, i) => dataset.weights[example]! * (classWeights?.[i] ?? 1),
  )
  const table = await features.table(train, settings.bins)
  log.info(`${grouped(train.length)} windows of ${grouped(table.columns)} numbers to learn from`)
  const onTree = (done: number) => {
    if (done % Math.ceil(settings.trees / 4) === 0) {
      log.info(`${done} of ${settings.trees} trees`)
    }
  }
  return growForest({ table, targets: truth.table(train), weights, settings, seed, onTree, signal })
}

/** Returns what the forest tells of examples, as the file does: in float32. Shape: [examples, targets]. */
async function tellAll(
  forest: Forest,
  features: WindowFeatures,
  examples: Uint32Array,
): Promise<Float32Array> {
  const told = new Float32Array(examples.length * forest.targets)
  let at = 0
  for await (const some of features.rows(examples)) {
    const values = forestValues(forest, some)
    told.set(values, at)
    at += values.length
  }
  return told
}

function describe(
  { name, licence, toolVersion, seed, encoder }: OwnTrainingRequest,
  { dataset, truth, settings, grown, told }: Lesson & { grown: GrownForest; told: Float32Array },
): BundleMetadata {
  const { train, validation, test } = dataset.splits
  const { trees, maxDepth, minLeaf, bins } = settings
  const nodes = grown.forest.trees.reduce((sum, tree) => sum + tree.left.length, 0)
  const metrics: CommonFacts['metrics'] = {
    validation: forestMetrics(truth, told, truth.of(validation)),
    outOfBag: outOfBagMetrics(grown, truth, train),
    examples: { train: train.length, validation: validation.length, test: test.length, seed },
    forest: { trees, maxDepth, minLeaf, bins, features: grown.forest.features, nodes },
  }
  const source = encoder === undefined ? 'bases' : `the numbers of ${encoder.metadata.name}`
  const common = {
    name,
    description: `Random forest of ${trees} trees over ${source}; on ${dataset.name}`,
    trainingData: [
      ...dataset.files.map(({ name, sha256, role }) => ({ name, sha256, role })),
      ...(encoder ? [{ name: encoder.metadata.name, sha256: encoder.sha256, role: 'encoder' }] : []),
    ],
    toolVersion,
    licence,
  }
  if (truth.kind !== 'classes') {
    const columns = Array.from({ length: truth.columns }, (_, i) => `value${i + 1}`)
    const labels = truth.kind === 'labels' ? ({ labels: 'independent' } as const) : {}
    const layout: ModelLayout = { kind: 'values', window: { length: dataset.window.length }, ...labels }
    return { ...common, ...layout, columns, metrics, calibration: [] }
  }
  const layout = layoutOf(dataset.window)
  const column = layout.kind
  const judged = judge(column, told, truth.of(validation))
  return {
    ...common,
    ...layout,
    columns: [column],
    decisionColumn: column,
    ...judged,
    metrics: { ...judged.metrics, ...metrics },
  }
}

function judge(column: string, told: Float32Array, labels: Float32Array): Evaluation {
  return evaluateColumns({
    scores: told,
    columns: [column],
    labels,
    decision: column,
    sensitivity: SENSITIVITY,
    calibrationBins: CALIBRATION_BINS,
  })
}

/** Returns what windows with these sites are asked. */
function layoutOf(window: Dataset['window']): Exclude<ProbabilityLayout, { kind: 'sequence' }> {
  if ('donor' in window) {
    return { kind: 'junction', window }
  }
  return 'site' in window ? { kind: 'site', window } : { kind: 'window', window: { length: window.length } }
}

/** Returns the metrics of the training examples, each told by the trees alone that did not learn from it. */
function outOfBagMetrics(
  { outOfBag, forest }: GrownForest,
  truth: ForestTruth,
  train: Uint32Array,
): Record<string, number> {
  const left = Uint32Array.from(train.keys()).filter(row => outOfBag.trees[row]! > 0)
  if (left.length === 0) {
    return {}
  }
  const told = Float32Array.from(
    { length: left.length * forest.targets },
    (_, i) => outOfBag.values[left[Math.floor(i / forest.targets)]! * forest.targets + (i % forest.targets)]!,
  )
  const examples = left.map(row => train[row]!)
  return { ...forestMetrics(truth, told, truth.of(examples)), examples: left.length }
}
