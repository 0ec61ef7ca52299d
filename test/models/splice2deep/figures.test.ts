import { describe, expect, it } from 'vitest'
import { auroc } from '../../../src/core/metrics.ts'
import { Network } from '../../../src/graph/network.ts'
import { lowerToOnnx } from '../../../src/graph/onnx-lowering.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { openSession } from '../../../src/graph/session.ts'
import { logitsOf } from '../../../src/models/architecture.ts'
import { scoresOf } from '../../../src/models/scores.ts'
import { hasParity, parityReason } from '../../support/parity.ts'
import { dataReason, hasData } from '../../support/real-data.ts'
import { codesOf, readTestSet } from '../dassi/published.ts'
import { LENGTH, publishedGlobal, type Site } from './published.ts'

/** Counts, then percentages of accuracy and area under the ROC curve. */
type Figures = [tp: number, tn: number, fp: number, fn: number, accuracy: number, auc: number]

// As measured from the published weights; these windows were probably among those that they learnt from.
const FIGURES: [Site, Figures][] = [
  ['acceptor', [1368, 1390, 39, 74, 96.06, 99.3]],
  ['donor', [1478, 1422, 70, 42, 96.28, 99.24]],
]
const PLAIN_FIGURES: [Site, accuracy: number, auc: number][] = [
  ['acceptor', 93.49, 99.02],
  ['donor', 95.39, 99.1],
]

const BATCH = 16

/** Returns the probabilities of sites. */
async function probabilitiesOf(
  site: Site,
  options: Record<string, unknown>,
  sequences: readonly string[],
): Promise<number[]> {
  const { network, tensors } = await publishedGlobal(site, options)
  const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
  const logits = logitsOf(network, net, input('codes', 'uint8', ['N', LENGTH]))
  const { value } = scoresOf(network, logits, { site: 300 })
  const bytes = await lowerToOnnx('global', { value }).toBytes()
  const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
  const found: number[] = []
  for (let start = 0; start < sequences.length; start += BATCH) {
    const { value } = await session.run({ codes: codesOf(sequences.slice(start, start + BATCH)) })
    found.push(...(value!.data as Float32Array))
  }
  await session.close()
  return found
}

function figuresOf(probabilities: readonly number[], labels: readonly number[]): Figures {
  const counts = { tp: 0, tn: 0, fp: 0, fn: 0 }
  for (const [i, label] of labels.entries()) {
    const called = probabilities[i]! > 0.5
    counts[called ? (label === 1 ? 'tp' : 'fp') : label === 1 ? 'fn' : 'tn']++
  }
  const { tp, tn, fp, fn } = counts
  const percent = (share: number) => Number((100 * share).toFixed(2))
  return [tp, tn, fp, fn, percent((tp + tn) / labels.length), percent(auroc(probabilities, labels))]
}

describe.skipIf(!hasData || !hasParity)(
  `published Splice2Deep figures, D. melanogaster${dataReason}${parityReason}`,
  () => {
    const setOf = (site: Site) => readTestSet({ folder: 'dassi-dss2-602', species: 'dmelanogaster', site })

    it.each(FIGURES)(
      'of %ss are found',
      async (site, figures) => {
        const { sequences, labels } = setOf(site)
        const dinucleotide = site === 'donor' ? 'GT' : 'AG'
        expect(sequences.every(window => window.slice(300, 302) === dinucleotide)).toBe(true)
        expect(figuresOf(await probabilitiesOf(site, {}, sequences), labels)).toEqual(figures)
      },
      180_000,
    )

    it.each(PLAIN_FIGURES)(
      'of %ss are lower where G and T count as much as A and C',
      async (site, ...figures) => {
        const { sequences, labels } = setOf(site)
        const probabilities = await probabilitiesOf(site, { encoding: 'plain' }, sequences)
        expect(figuresOf(probabilities, labels).slice(4)).toEqual(figures)
      },
      180_000,
    )
  },
)
