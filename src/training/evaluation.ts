import { InputDataError, throwIfAborted } from '../core/errors.ts'
import { grouped } from '../core/number-text.ts'
import type { OnProgress } from '../core/progress.ts'
import type { Dataset } from '../curation/dataset.ts'
import type { TextColumn } from '../curation/growing-column.ts'
import type { Bundle, BundleMetadata } from '../export/bundle.ts'
import type { Provider } from '../graph/providers.ts'
import { startBatchSource } from './data/batch-source.ts'
import { openScorer, type ScorerOptions, sitesKnown, type WindowScorer } from './evaluation-scorer.ts'
import { knownPairs } from './judged-examples.ts'
import { labelsOfColumn, type ScoredColumn, scoredColumn } from './scored-column.ts'
import { areLabels, type TruthKind } from './truth.ts'

/** What of a dataset is evaluated on. */
export const EVALUATION_SPLITS = ['test', 'validation', 'train', 'all'] as const
export type EvaluationSplit = (typeof EVALUATION_SPLITS)[number]

export interface EvaluationRequest extends ScorerOptions {
  bundle: Pick<Bundle, 'bytes' | 'metadata'>
  /** To be read without drawing a validation part, so that `validation` is what the table calls so. */
  dataset: Dataset
  /** Left out: the first of `test` and `validation` that has examples, else `all`. */
  split?: EvaluationSplit | undefined
  batchSize: number
  onProgress?: OnProgress
  signal?: AbortSignal
}

/** Examples of a part with their scores. Arrays have one entry per example, in the order of the dataset. */
export interface ScoredExamples {
  split: EvaluationSplit
  provider: Provider
  /** What the scores are held against. */
  truth: TruthKind
  /** Numbers in the dataset. */
  indices: Uint32Array
  /** The one that decides comes first; with targets, as many as those and in their order; of bases what they are counted in. */
  columns: ScoredColumn[]
  labels: Uint8Array
  classes: string[]
  motifs: (string | undefined)[] | undefined
  sites: (string | undefined)[] | undefined
  /** The gene's number, one of its own for an example without; undefined in a dataset without genes. */
  clusters: Int32Array | undefined
  /** By column. */
  targets: Float32Array[] | undefined
  /** What makes the figures doubtful. */
  warnings: string[]
}

/**
 * Returns the examples of a part of a dataset with a model's scores.
 * Memory: the scores, and 40 bytes per example; a few batches of windows.
 * Throws: InputDataError when the part is empty or, in a dataset with classes, has one of them only, when the windows are
 * not those the model takes, and when a score is no probability; InterruptedError after the signal.
 */
export async function scoreDataset(request: EvaluationRequest): Promise<ScoredExamples> {
  const { bundle, dataset } = request
  requireTargets(bundle.metadata, dataset)
  const truth = truthOf(bundle.metadata, dataset)
  const { split, indices: all } = chooseSplit(dataset, request.split)
  const indices = truth === 'classes' ? knownPairs(dataset, all) : all
  if (truth === 'classes') {
    requireBothLabels(dataset, split, indices)
  }
  const scorer = await openScorer(bundle, dataset.window, request)
  try {
    const chosen = truth === 'bases' ? scorer.columns : chosenColumns(bundle.metadata, scorer, dataset)
    const values = await scoreAll(scorer, indices, request, truth === 'classes')
    return {
      split,
      truth,
      provider: scorer.provider,
      indices,
      columns: chosen
        .map(column =>
          scoredColumn(column, values, scorer, bundle.metadata, labelsOfColumn(column, dataset, indices)),
        )
        .filter(
          ({ level, labels }) =>
            truth !== 'classes' || level !== 'site' || (labels.includes(0) && labels.includes(1)),
        ),
      ...examplesOf(dataset, indices),
      warnings: [
        ...dataset.warnings,
        ...unpairedWarning(all.length - indices.length),
        ...fitWarnings(bundle.metadata, dataset, split),
      ],
    }
  } finally {
    await scorer.close()
  }
}

/** Returns what a model's scores are held against. */
function truthOf(metadata: BundleMetadata, { targets }: Dataset): TruthKind {
  if (metadata.kind === 'bases') {
    return 'bases'
  }
  if (targets === undefined) {
    return 'classes'
  }
  const isLabelled = metadata.kind === 'values' && metadata.labels === 'independent'
  return isLabelled && areLabels(targets.values) ? 'labels' : 'numbers'
}

/** Numbers say nothing of classes. */
function requireTargets({ kind, name }: BundleMetadata, { name: datasetName, targets }: Dataset): void {
  if (kind === 'values' && targets === undefined) {
    throw new InputDataError(
      `model ${name} tells numbers: expected a dataset with targets, found ${datasetName} with classes`,
      'give a table with the column target, or a model of junctions or sites',
    )
  }
}

function unpairedWarning(count: number): string[] {
  return count === 0
    ? []
    : [
        `${grouped(count)} windows of one site, or of a donor and an acceptor that do not belong together, were left out`,
      ]
}

function chooseSplit(
  { name, splits, windows }: Dataset,
  wanted: EvaluationSplit | undefined,
): { split: EvaluationSplit; indices: Uint32Array } {
  const split =
    wanted ?? (splits.test.length > 0 ? 'test' : splits.validation.length > 0 ? 'validation' : 'all')
  if (split === 'all') {
    return { split, indices: Uint32Array.from({ length: windows.count }, (_, i) => i) }
  }
  if (splits[split].length === 0) {
    const found = (['train', 'validation', 'test'] as const).map(part => `${part} ${splits[part].length}`)
    throw new InputDataError(
      `dataset ${name}: expected windows in its part ${split}, found none (${found.join(', ')})`,
      'the column split names the parts; choose another with --split, or all',
    )
  }
  return { split, indices: splits[split] }
}

function requireBothLabels({ name, labels }: Dataset, split: EvaluationSplit, indices: Uint32Array): void {
  const positives = indices.reduce((sum, index) => sum + labels[index]!, 0)
  if (positives === 0 || positives === indices.length) {
    throw new InputDataError(
      `dataset ${name}: expected positive and negative windows to tell apart in ${split === 'all' ? 'it' : `its part ${split}`}, ` +
        `found ${positives} positive and ${indices.length - positives} negative`,
      'add windows of the other class, or choose another part with --split',
    )
  }
}

/** Returns the columns to report on. Throws: InputDataError when their number is not that of the dataset's targets. */
function chosenColumns(
  { name }: BundleMetadata,
  { columns, decision }: WindowScorer,
  { name: datasetName, targets }: Dataset,
): string[] {
  if (targets === undefined) {
    return [decision!, ...['donor', 'acceptor'].filter(site => site !== decision && columns.includes(site))]
  }
  if (targets.columns !== columns.length) {
    throw new InputDataError(
      `dataset ${datasetName}: expected ${columns.length} numbers as target, one for each column of model ${name} ` +
        `(${columns.join(', ')}), found ${targets.columns}`,
      'give a dataset with a class column to a model that tells junctions or sites',
    )
  }
  return [...columns]
}

/** Batches that are being scored while the next are fetched. */
const IN_FLIGHT = 3

/** Returns all columns of all examples. Shape: [indices.length, columns]. */
async function scoreAll(
  scorer: WindowScorer,
  indices: Uint32Array,
  { bundle, dataset, batchSize, inProcess, onProgress, signal }: EvaluationRequest,
  isClasses: boolean,
): Promise<Float32Array> {
  const width = scorer.columns.length
  const values = new Float32Array(indices.length * width)
  const source = await startBatchSource({
    dataset,
    batchSize,
    ...(inProcess === undefined ? {} : { inProcess }),
  })
  const waiting: { from: number; result: Promise<Float32Array> }[] = []
  const takeFirst = async () => {
    const { from, result } = waiting.shift()!
    const scores = await result
    requireScores(scores, { from, indices, scorer, name: bundle.metadata.name, isClasses })
    values.set(scores, from * width)
    const done = from + scores.length / width
    onProgress?.({ stage: 'scoring', done, share: done / indices.length, unit: 'windows' })
  }
  try {
    let from = 0
    for await (const { codes, indices: batch } of source.inOrder(indices)) {
      throwIfAborted(signal)
      const result = scorer.score(codes, batch.length)
      // A failure is thrown when the batch's turn comes; of one whose turn never comes nobody need know.
      result.catch(() => undefined)
      waiting.push({ from, result })
      from += batch.length
      if (waiting.length >= IN_FLIGHT) {
        await takeFirst()
      }
    }
    while (waiting.length > 0) {
      await takeFirst()
    }
  } finally {
    await source.close()
  }
  return values
}

interface ScoresAt {
  /** Place of the batch's first example. */
  from: number
  indices: Uint32Array
  scorer: WindowScorer
  name: string
  /** Scores of classes are probabilities; those of targets may be any numbers. */
  isClasses: boolean
}

function requireScores(scores: Float32Array, { from, indices, scorer, name, isClasses }: ScoresAt): void {
  const bad = scores.findIndex(score => !(isClasses ? score >= 0 && score <= 1 : Number.isFinite(score)))
  if (bad >= 0) {
    const width = scorer.columns.length
    const example = indices[from + Math.floor(bad / width)]!
    throw new InputDataError(
      `model ${name}: expected ${isClasses ? 'probabilities' : 'finite numbers'}, found ${scores[bad]} ` +
        `in column ${scorer.columns[bad % width]} for example ${example} of the dataset (from 0, without rows of class unknown)`,
      isClasses ? 'a model that predicts numbers is evaluated on a dataset with targets' : undefined,
    )
  }
}

type ExampleColumns = Pick<ScoredExamples, 'labels' | 'classes' | 'motifs' | 'sites' | 'clusters' | 'targets'>

function examplesOf(dataset: Dataset, indices: Uint32Array): ExampleColumns {
  const { labels, classes, classNames, motifs, sites, genes, targets } = dataset
  const texts = (column: TextColumn | undefined) =>
    column?.ids.some(id => id >= 0) ? Array.from(indices, i => column.texts[column.ids[i]!]) : undefined
  const hasGenes = genes?.ids.some(id => id >= 0) ?? false
  return {
    labels: Uint8Array.from(indices, i => labels[i]!),
    classes: Array.from(indices, i => classNames[classes[i]!] ?? ''),
    motifs: texts(motifs),
    sites: texts(sites),
    clusters: hasGenes
      ? Int32Array.from(indices, i => (genes!.ids[i]! < 0 ? -1 - i : genes!.ids[i]!))
      : undefined,
    targets:
      targets &&
      Array.from({ length: targets.columns }, (_, k) =>
        Float32Array.from(indices, i => targets.values[i * targets.columns + k]!),
      ),
  }
}

/** Returns what is doubtful about this model on this part: windows it has learned from, sites at unknown places. */
function fitWarnings(metadata: BundleMetadata, dataset: Dataset, split: EvaluationSplit): string[] {
  const warnings: string[] = []
  if ((metadata.kind === 'junction' || metadata.kind === 'site') && !sitesKnown(dataset.window)) {
    warnings.push(
      'nothing says where the sites of the windows are: they are taken to be where the model has them',
    )
  }
  const learned = new Set(metadata.trainingData.map(file => file.sha256))
  const shared = dataset.files.filter(file => learned.has(file.sha256))
  if (shared.some(file => file.role === 'windows')) {
    if (split === 'train' || split === 'all') {
      warnings.push(
        'the model was trained on this table of windows: figures on its training part are too good',
      )
    } else if (split === 'validation') {
      warnings.push(
        'the model was trained beside this validation part, which may have chosen its epoch, threshold and calibration: figures on it flatter',
      )
    }
  } else if (shared.some(file => file.role === 'source')) {
    const names = shared.filter(file => file.role === 'source').map(file => file.name)
    warnings.push(
      `the model was trained on ${names.join(', ')}, from which this dataset was made, too: it may have seen some of these windows`,
    )
  }
  return warnings
}
