import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auprc, auroc } from '../../../src/core/metrics.ts'
import { foldBatchNorm } from '../../../src/export/fold-batch-norm.ts'
import { Network } from '../../../src/graph/network.ts'
import { lowerToOnnx } from '../../../src/graph/onnx-lowering.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { openSession, type Session } from '../../../src/graph/session.ts'
import { logitsOf } from '../../../src/models/architecture.ts'
import { hasParity, parityReason } from '../../support/parity.ts'
import { dataReason, hasData } from '../../support/real-data.ts'
import { codesOf, PUBLISHED, publishedNetwork, readTestSet, type TestSet } from './published.ts'

/** Counts, then percentages of accuracy, area under the ROC curve and average precision. */
type Figures = [tp: number, tn: number, fp: number, fn: number, accuracy: number, auc: number, ap: number]

const [DSS1, DSS2, LONG] = ['dassi-dss1', 'dassi-dss2-141', 'dassi-dss2-602']

// Percentages as measured from the published weights, rounded; the paper prints the same, some of them cut off.
const FIGURES: Record<'acceptor' | 'donor', [folder: string, species: string, Figures][]> = {
  acceptor: [
    [DSS1, 'hs', [7442, 7520, 290, 570, 94.56, 98.22, 98.56]],
    [DSS1, 'athaliana', [3796, 3687, 126, 79, 97.33, 99.57, 99.58]],
    [DSS1, 'celegans', [3224, 3142, 76, 42, 98.18, 99.73, 99.65]],
    [DSS1, 'dmelanogaster', [1417, 1433, 56, 45, 96.58, 99.12, 99.24]],
    [DSS2, 'hs', [11769, 11757, 598, 691, 94.81, 98.53, 98.6]],
    [DSS2, 'athaliana', [5329, 5267, 242, 395, 94.33, 97.96, 98.32]],
    [DSS2, 'celegans', [3744, 3800, 73, 160, 97.0, 99.16, 99.33]],
    [DSS2, 'dmelanogaster', [1355, 1359, 70, 87, 94.53, 98.34, 98.32]],
    [LONG, 'dmelanogaster', [1325, 1357, 72, 117, 93.42, 97.78, 97.82]],
  ],
  donor: [
    [DSS1, 'hs', [7518, 7870, 226, 447, 95.81, 98.7, 98.94]],
    [DSS1, 'athaliana', [3797, 3734, 94, 41, 98.24, 99.76, 99.78]],
    [DSS1, 'celegans', [3224, 3147, 78, 36, 98.24, 99.8, 99.79]],
    [DSS1, 'dmelanogaster', [1441, 1443, 40, 55, 96.81, 99.44, 99.51]],
    [DSS2, 'hs', [12071, 11701, 853, 415, 94.94, 98.65, 98.51]],
    [DSS2, 'athaliana', [5147, 5292, 332, 260, 94.63, 98.01, 98.11]],
    [DSS2, 'celegans', [3720, 3821, 81, 117, 97.44, 99.51, 99.54]],
    [DSS2, 'dmelanogaster', [1449, 1392, 100, 71, 94.32, 98.52, 98.47]],
    [LONG, 'dmelanogaster', [1356, 1322, 170, 164, 88.91, 95.03, 94.61]],
  ],
}

// The other species take minutes: 148,000 windows.
const isAsked = (species: string) =>
  species === 'dmelanogaster' || process.env.SPLICE_SCORE_DASSI_SETS === 'all'

/** Bases of a run, more or less. Larger batches leave the processor's cache. */
const BATCH_BASES = 4800

async function classLogits(session: Session, sequences: readonly string[]): Promise<Float32Array> {
  const logits = new Float32Array(2 * sequences.length)
  const batch = Math.ceil(BATCH_BASES / sequences[0]!.length)
  for (let start = 0; start < sequences.length; start += batch) {
    const found = await session.run({ codes: codesOf(sequences.slice(start, start + batch)) })
    logits.set(found.logits!.data as Float32Array, 2 * start)
  }
  return logits
}

/** A window is called by the larger logit and ranked by that of the class 1. */
function figuresOf(logits: Float32Array, labels: readonly number[]): Figures {
  const counts = { tp: 0, tn: 0, fp: 0, fn: 0 }
  for (const [i, label] of labels.entries()) {
    const called = logits[2 * i + 1]! > logits[2 * i]!
    counts[called ? (label === 1 ? 'tp' : 'fp') : label === 1 ? 'fn' : 'tn']++
  }
  const { tp, tn, fp, fn } = counts
  const scores = labels.map((_, i) => logits[2 * i + 1]!)
  const percent = (share: number) => Number((100 * share).toFixed(2))
  const ranking = [auroc(scores, labels), auprc(scores, labels)].map(percent) as [number, number]
  return [tp, tn, fp, fn, percent((tp + tn) / labels.length), ...ranking]
}

describe.skipIf(!hasData || !hasParity).each(PUBLISHED)(
  `published DASSI figures, $site, windows of $length${dataReason}${parityReason}`,
  ({ site, length, position }) => {
    let session: Session
    beforeAll(async () => {
      const { network, tensors } = await publishedNetwork(site, length)
      const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
      const logits = foldBatchNorm(logitsOf(network, net, input('codes', 'uint8', ['N', length])))
      const bytes = await lowerToOnnx(network.name, { logits }).toBytes()
      session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    })
    afterAll(() => session?.close())

    const rows = FIGURES[site].filter(([folder]) => (folder === LONG) === (length === 602))
    it.each(rows.filter(([, species]) => isAsked(species)))(
      'are found in %s, %s',
      async (folder, species, figures) => {
        const set: TestSet = { folder, species, site }
        const { sequences, labels } = readTestSet(set)
        const start = site === 'donor' ? position : position - 2
        const motifs = new Set(
          sequences.filter((_, i) => labels[i] === 1).map(window => window.slice(start, start + 2)),
        )
        expect(motifs).toEqual(
          new Set(site === 'acceptor' ? ['AG'] : folder === DSS1 ? ['GT', 'GC'] : ['GT']),
        )
        expect(figuresOf(await classLogits(session, sequences), labels)).toEqual(figures)
      },
      180_000,
    )
  },
)
