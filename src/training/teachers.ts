import { InputDataError, throwIfAborted, UsageError } from '../core/errors.ts'
import type { Dataset } from '../curation/dataset.ts'
import { UNKNOWN_LABEL } from '../curation/site-labels.ts'
import type { Bundle } from '../export/bundle.ts'
import type { Architecture } from '../models/architecture.ts'
import { startBatchSource } from './data/batch-source.ts'
import { openScorer } from './evaluation-scorer.ts'

/** Donor, acceptor and pair. */
const COLUMNS = ['donor', 'acceptor', 'junction']
const BATCH = 256
/** Nearer to certainty than this, a teacher's logit says no more. */
const LEAST = 1e-6

export interface TeachingOptions {
  teachers: readonly Pick<Bundle, 'bytes' | 'metadata'>[]
  /** Of a label: how much of it is the teachers'. Where the label is not known, all of it is. */
  share: number
  signal?: AbortSignal
}

/**
 * Returns the labels of the training examples mixed with what models make of them, several by the mean of their logits: a
 * small network learns more from how sure a larger one is than from the labels alone.
 * Shape: [examples, 3] of donor, acceptor and pair, from 0 to 1; `UNKNOWN_LABEL` outside the training part.
 * Throws: UsageError for a network without the three scores; InputDataError for a teacher without them or of other windows, and
 * for windows without both sites; InterruptedError after the signal.
 * Source: Hinton et al., arXiv:1503.02531 (2015).
 */
export async function taughtLabels(
  dataset: Dataset,
  network: Architecture,
  { teachers, share, signal }: TeachingOptions,
): Promise<Float32Array> {
  const { siteLabels, splits } = dataset
  if (network.output !== 'pair') {
    throw new UsageError(
      `model ${network.name}: expected a network that scores donor, acceptor and pair to be taught, found one whose output is ${network.output}`,
      'leave out --teacher',
    )
  }
  if (siteLabels === undefined) {
    throw new InputDataError(
      `dataset ${dataset.name}: expected windows with a donor and an acceptor, found ${JSON.stringify(dataset.window)}`,
      'state both in dataset.json',
    )
  }
  const logits = new Float64Array(siteLabels.length)
  for (const teacher of teachers) {
    await addLogits(logits, dataset, teacher, signal)
  }
  const labels = new Float32Array(siteLabels.length).fill(UNKNOWN_LABEL)
  for (const example of splits.train) {
    for (let at = COLUMNS.length * example; at < COLUMNS.length * (example + 1); at++) {
      const taught = 1 / (1 + Math.exp(-logits[at]! / teachers.length))
      const known = siteLabels[at]!
      labels[at] = known === UNKNOWN_LABEL ? taught : (1 - share) * known + share * taught
    }
  }
  return labels
}

async function addLogits(
  sums: Float64Array,
  dataset: Dataset,
  teacher: Pick<Bundle, 'bytes' | 'metadata'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const scorer = await openScorer(teacher, dataset.window, { provider: 'cpu', threads: 0 })
  try {
    if (scorer.columns.join() !== COLUMNS.join()) {
      throw new InputDataError(
        `model ${teacher.metadata.name}: expected a teacher with the scores ${COLUMNS.join(', ')}, found ${scorer.columns.join(', ')}`,
      )
    }
    const source = await startBatchSource({ dataset, batchSize: BATCH })
    try {
      for await (const { codes, indices } of source.inOrder(dataset.splits.train)) {
        throwIfAborted(signal)
        const scores = await scorer.score(codes, indices.length)
        for (const [i, score] of scores.entries()) {
          const p = Math.min(Math.max(score, LEAST), 1 - LEAST)
          sums[COLUMNS.length * indices[Math.floor(i / COLUMNS.length)]! + (i % COLUMNS.length)]! += Math.log(
            p / (1 - p),
          )
        }
      }
    } finally {
      await source.close()
    }
  } finally {
    await scorer.close()
  }
}
