import { describe, expect, it } from 'vitest'
import { InputDataError, ReferenceMismatchError } from '../../src/core/errors.ts'
import { type Random, seededRandom } from '../../src/core/random.ts'
import type { TranscriptIntron } from '../../src/curation/opposite-strand-decoys.ts'
import { parseBundle } from '../../src/export/bundle.ts'
import { encodeText, reverseComplement } from '../../src/genome/sequence.ts'
import { startScoringSession } from '../../src/graph/session-client.ts'
import { cutWindow, WindowList } from '../../src/junctions/window.ts'
import { pwmForward } from '../../src/models/pwm.ts'
import { fitPwm, type TrainingSet, type TrainPwmOptions, trainPwm } from '../../src/training/pwm-fit.ts'

/** Writes an intron with the consensus of real sites, each base kept with probability 0.85 (GT and AG always). */
function writeIntron(
  contig: Uint8Array,
  start: number,
  end: number,
  strand: '+' | '-',
  random: Random,
): void {
  const noisy = (text: string) => encodeText(text).map(code => (random.float() < 0.85 ? code : random.int(4)))
  const donor = Uint8Array.of(...noisy('CAG'), ...encodeText('GT'), ...noisy('AAGT'))
  const acceptor = Uint8Array.of(...noisy('TTTCTTTTCTTTCTTTTC'), ...encodeText('AG'), ...noisy('GTC'))
  if (strand === '+') {
    contig.set(donor, start - 3)
    contig.set(acceptor, end - 20)
  } else {
    contig.set(reverseComplement(acceptor), start - 3)
    contig.set(reverseComplement(donor), end - 6)
  }
}

/** A genome of genes with three introns each, on both strands, every tenth with an intron more in unknown sequence. */
function genome(seed: number, genes: number, name = 'toy'): TrainingSet {
  const random = seededRandom(seed)
  const contigs = new Map<string, Uint8Array>()
  const introns: TranscriptIntron[] = []
  for (const contig of ['one', 'two']) {
    const codes = Uint8Array.from({ length: (genes / 2) * 4000 + 1000 }, () => random.int(4))
    for (let gene = 0; gene < genes / 2; gene++) {
      const strand = random.int(2) === 0 ? '+' : '-'
      let start = 500 + gene * 4000
      const count = gene % 10 === 0 ? 4 : 3
      for (let i = 0; i < count; i++) {
        const end = start + 80 + random.int(500)
        writeIntron(codes, start, end, strand, random)
        if (i === 3) {
          codes.fill(4, start, end)
        }
        introns.push({ contig, start, end, strand, transcripts: [`${contig}${gene}`] })
        start = end + 100 + random.int(200)
      }
    }
    contigs.set(contig, codes)
  }
  return {
    name,
    reference: {
      contigs: new Map([...contigs].map(([contig, codes]) => [contig, codes.length])),
      loadContig: async contig => contigs.get(contig)!,
    },
    introns,
    files: [{ name: 'genome.fa', sha256: '0'.repeat(64), role: 'reference' }],
  }
}

const set = genome(1, 200)
const options: TrainPwmOptions = { sets: [set], seed: 7, toolVersion: '0.1.0', licence: 'MIT' }
const trained = await trainPwm(options)

describe('fitting a weight-matrix model', () => {
  it('finds the consensus it was shown', () => {
    const { donor, acceptor } = trained.parameters
    const best = (matrix: readonly number[]) =>
      Array.from({ length: matrix.length / 4 }, (_, row) => {
        const weights = matrix.slice(row * 4, row * 4 + 4)
        return 'ACGT'[weights.indexOf(Math.max(...weights))]
      }).join('')
    expect(best(donor)).toBe('CAGGTAAGT')
    expect(best(acceptor)).toBe('TTTCTTTTCTTTCTTTTCAGGTC')
    // GT is certain: two bits against an even background.
    expect(donor[3 * 4 + 2]).toBeCloseTo(2, 1)
    expect(trained.parameters.donorLogit.slope).toBeGreaterThan(0)
    expect(trained.parameters.junctionLogit.donorSlope).toBeGreaterThan(0)
    expect(trained.parameters.junctionLogit.acceptorSlope).toBeGreaterThan(0)
  })

  it('holds only float32 numbers, as the ONNX file does', () => {
    const { donor, acceptor, donorLogit, acceptorLogit, junctionLogit } = trained.parameters
    const numbers = [donorLogit, acceptorLogit, junctionLogit].flatMap(Object.values)
    for (const value of [...donor, ...acceptor, ...numbers]) {
      expect(Math.fround(value)).toBe(value)
    }
  })

  it('takes the matrices from the positives and, where given, the regressions from the validation examples', () => {
    const windows = (start: number) => {
      const list = new WindowList()
      const codes = seededRandom(start)
      const contig = Uint8Array.from({ length: 3000 }, () => codes.int(4))
      for (let i = 0; i < 40; i++) {
        list.add(contig, { start: 300 + i * 50, end: 700 + i * 50, strand: '+' }, 0)
      }
      return list.split(new Set([0])).chosen
    }
    const [positives, negatives, others] = [windows(1), windows(2), windows(3)]
    const own = fitPwm({ positives, negatives })
    const validated = fitPwm({ positives, negatives, validation: { positives: others, negatives } })
    expect(validated.donor).toEqual(own.donor)
    expect(validated.acceptor).toEqual(own.acceptor)
    expect(validated.donorLogit).not.toEqual(own.donorLogit)
  })

  it('needs positives and negatives', () => {
    const some = new Uint8Array(800)
    expect(() => fitPwm({ positives: new Uint8Array(0), negatives: some })).toThrow(InputDataError)
    expect(() => fitPwm({ positives: some, negatives: new Uint8Array(0) })).toThrow(
      '1 positive and 0 negative',
    )
  })
})

describe('training', () => {
  it('tells held-out introns from decoys', () => {
    const { donor, acceptor, junction, examples } = trained.metrics
    expect(donor!.auroc).toBeGreaterThan(0.95)
    expect(acceptor!.auroc).toBeGreaterThan(0.98)
    expect(junction!.auroc).toBeGreaterThan(0.995)
    expect(junction!.auprc).toBeGreaterThan(0.995)
    expect(junction!.sensitivity).toBeGreaterThanOrEqual(0.97)
    expect(junction!.specificity).toBeGreaterThan(0.95)
    // 200 genes of 3 introns; the fourth intron of every tenth gene has no known bases.
    expect(examples!.fitPositives! + examples!.heldOutPositives!).toBe(600)
    expect(examples!.fitDecoys! + examples!.heldOutDecoys!).toBe(600)
    expect(examples).toMatchObject({ heldOutPositives: 120, loci: 200, heldOutLoci: 40, seed: 7 })
  })

  it('writes a bundle that holds all of it', async () => {
    const metadata = await parseBundle(trained.bundle, 'pwm')
    expect(metadata).toEqual(trained.metadata)
    expect(metadata.columns).toEqual(['donor', 'acceptor', 'junction'])
    expect(metadata.decisionColumn).toBe('junction')
    expect(metadata.metrics).toEqual(trained.metrics)
    expect(metadata.trainingData).toEqual([
      { name: 'toy/genome.fa', sha256: '0'.repeat(64), role: 'reference' },
    ])
    const table = metadata.calibration
    expect(table.reduce((sum, bin) => sum + bin.count, 0)).toBe(
      trained.metrics.examples!.heldOutPositives! + trained.metrics.examples!.heldOutDecoys!,
    )
    expect(table.length).toBeGreaterThan(5)
    expect(table[0]!.observed).toBe(0)
    expect(table.at(-1)!.observed).toBe(1)
  })

  it('gives a model that the scorer runs to the same probabilities', async () => {
    const session = await startScoringSession({
      model: trained.bundle,
      provider: 'cpu',
      threads: 1,
      windowLength: 800,
      inProcess: true,
    })
    const contig = await set.reference.loadContig('one')
    const codes = new Uint8Array(50 * 800)
    for (const [i, { start, end, strand }] of set.introns.slice(0, 50).entries()) {
      cutWindow(contig, { start, end, strand: strand as '+' | '-' }, codes, i * 800)
    }
    const scores = await session.score(codes.slice(), 50)
    await session.close()
    for (const [i, expected] of pwmForward(trained.parameters, codes).entries()) {
      expect(Math.abs(scores[i]! - expected)).toBeLessThan(1e-6)
    }
  })

  it('gives the same bytes for the same seed, whatever the order of the introns', async () => {
    const again = await trainPwm(options)
    expect(again.bundle).toEqual(trained.bundle)
    const introns = seededRandom(3).shuffle([...set.introns])
    const shuffled = await trainPwm({ ...options, sets: [{ ...set, introns }] })
    expect(shuffled.bundle).toEqual(trained.bundle)
    const other = await trainPwm({ ...options, seed: 8 })
    expect(other.bundle).not.toEqual(trained.bundle)
  })

  it('learns from several sets, with the options given', async () => {
    const { metrics, metadata } = await trainPwm({
      ...options,
      sets: [set, genome(2, 40, 'second')],
      holdOutFraction: 0.5,
      decoysPerIntron: 2,
      sensitivity: 0.8,
      name: 'both',
    })
    expect(metadata.name).toBe('both')
    expect(metadata.trainingData.map(file => file.name)).toEqual(['toy/genome.fa', 'second/genome.fa'])
    expect(metrics.examples).toMatchObject({ loci: 240, heldOutPositives: 360 })
    expect(metrics.examples!.fitDecoys! + metrics.examples!.heldOutDecoys!).toBe(1440)
    expect(metrics.junction!.sensitivity).toBeGreaterThanOrEqual(0.8)
    expect(metrics.junction!.sensitivity).toBeLessThan(0.81)
  })

  it('leaves out introns without a strand or a contig, and says how many it used', async () => {
    const lines: string[] = []
    const log = { info: (line: string) => lines.push(line), warn() {}, debug() {} }
    const introns = set.introns.concat(
      { contig: 'three', start: 10, end: 90, strand: '+', transcripts: [] },
      { contig: 'one', start: 600, end: 690, strand: '.', transcripts: [] },
    )
    const { metrics } = await trainPwm({ ...options, sets: [{ ...set, introns }], log })
    expect(metrics.examples).toMatchObject({ loci: 200 })
    expect(lines).toEqual(['toy: 600 of 622 introns used, 600 decoys'])
  })

  it('refuses an annotation of another reference and too little to learn from', async () => {
    const beyond = { contig: 'one', start: 10, end: 10_000_000, strand: '+' as const, transcripts: [] }
    const wrong = trainPwm({ ...options, sets: [{ ...set, introns: [beyond] }] })
    await expect(wrong).rejects.toThrow(ReferenceMismatchError)
    await expect(wrong).rejects.toThrow(
      /toy: expected introns inside contig one of \d+ bases, found one ending at 10000000/,
    )
    const little = trainPwm({ ...options, sets: [{ ...set, introns: set.introns.slice(0, 3) }] })
    await expect(little).rejects.toThrow(InputDataError)
    await expect(little).rejects.toThrow('at least two loci, to train and to evaluate on')
  })
})
