import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelLayout } from '../../src/export/bundle.ts'
import { exportModel, type ModelFacts } from '../../src/export/export-model.ts'
import { importWeights } from '../../src/export/import-weights.ts'
import { readWeights } from '../../src/export/weights/read-weights.ts'
import { reverseComplement } from '../../src/genome/sequence.ts'
import { openSession } from '../../src/graph/session.ts'
import { type AnnotatedIntron, readAnnotation } from '../../src/io/annotation.ts'
import { openReference } from '../../src/io/reference.ts'
import { cutWindow, WINDOW_LENGTH } from '../../src/junctions/window.ts'
import { architecture } from '../../src/models/registry.ts'
import { hasParity, parityPath, parityReason } from '../support/parity.ts'
import { dataPath, dataReason, hasData } from '../support/real-data.ts'

const facts: ModelFacts = {
  name: 'openspliceai-400',
  description: 'published weights',
  threshold: 0.5,
  calibration: [],
  trainingData: [],
  metrics: {},
  toolVersion: '0.0.0',
  licence: 'GPL-3.0',
}

/** Returns the MANE introns inside the covered parts of chr22, and its codes. */
async function coveredIntrons(): Promise<{ introns: AnnotatedIntron[]; codes: Uint8Array }> {
  const { introns } = await readAnnotation(dataPath('human-chr22-20m/mane.refseq.chr22.gff3.gz'))
  const reference = await openReference(dataPath('human-chr22-20m/chr22.partial.fa.gz'))
  const codes = await reference.loadContig('chr22')
  const covered = [
    [20_012_478, 20_330_000],
    [20_424_000, 20_632_000],
  ] as const
  return {
    introns: introns.filter(({ start, end }) => covered.some(([from, to]) => from <= start && end <= to)),
    codes,
  }
}

async function score(
  layout: ModelLayout,
  windows: readonly Uint8Array[],
  model = 'openspliceai-400',
): Promise<Float32Array> {
  const label = parityPath('openspliceai-mane-400nt.safetensors')
  const network = architecture(model)
  const tensors = importWeights(await readWeights(label), network, { windowLength: 800, label })
  const { bytes } = await exportModel({ architecture: network, tensors, layout, facts })
  const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
  const dims = [windows.length, windows[0]!.length]
  const data = Uint8Array.from(windows.flatMap(window => [...window]))
  const { probabilities } = await session.run({ codes: { type: 'uint8', dims, data } })
  const scores = Float32Array.from(probabilities!.data as Float32Array)
  await session.close()
  return scores
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
const share = (numbers: readonly number[]) => numbers.filter(number => number > 0.5).length / numbers.length

describe.skipIf(!hasData || !hasParity)(
  `OpenSpliceAI 400 on 93 MANE introns of human chr22${dataReason}${parityReason}`,
  () => {
    let introns: AnnotatedIntron[]
    let codes: Uint8Array
    beforeAll(async () => {
      const covered = await coveredIntrons()
      introns = covered.introns
      codes = covered.codes
    })

    it('finds their sites in sequences as the published figures say', async () => {
      expect(introns).toHaveLength(93)
      const flank = 300
      const around = (base: number, strand: string) => {
        const window = codes.slice(base - flank, base + flank + 1)
        return strand === '-' ? reverseComplement(window) : window
      }
      // The last exon base and the first exon base after the intron, on the transcript's strand.
      const donors = introns.map(({ start, end, strand }) => around(strand === '-' ? end : start - 1, strand))
      const acceptors = introns.map(({ start, end, strand }) =>
        around(strand === '-' ? start - 1 : end, strand),
      )
      const scores = await score({ kind: 'sequence', marks: { donor: -1, acceptor: 0 } }, [
        ...donors,
        ...acceptors,
      ])
      const length = 2 * flank + 1
      const at = (window: number, channel: number) => scores[(window * 3 + channel) * length + flank]!
      const donorScores = introns.map((_, i) => at(i, 2))
      const acceptorScores = introns.map((_, i) => at(93 + i, 1))
      expect(mean(donorScores)).toBeCloseTo(0.8838, 3)
      expect(share(donorScores)).toBeCloseTo(0.925, 3)
      expect(mean(acceptorScores)).toBeCloseTo(0.8826, 3)
      expect(share(acceptorScores)).toBeCloseTo(0.914, 3)
    })

    const windowsOf = () =>
      introns.map(({ start, end, strand }) => {
        const window = new Uint8Array(WINDOW_LENGTH)
        cutWindow(codes, { start, end, strand: strand as '+' | '-' }, window, 0)
        return window
      })
    const layout = { kind: 'junction', window: { length: 800, donor: 200, acceptor: 600 } } as const

    it('finds most of them in windows of junctions, too', async () => {
      const scores = await score(layout, windowsOf())
      expect(share(introns.map((_, i) => scores[3 * i + 2]!))).toBeCloseTo(0.753, 3)
    })

    it('finds none when its weights are taken for those of SpliceAI', async () => {
      const scores = await score(layout, windowsOf(), 'spliceai-400')
      expect(mean(introns.map((_, i) => scores[3 * i]!))).toBeLessThan(0.06)
      expect(mean(introns.map((_, i) => scores[3 * i + 1]!))).toBeLessThan(0.06)
    })
  },
)
