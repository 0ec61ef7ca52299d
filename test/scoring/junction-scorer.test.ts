import { describe, expect, it } from 'vitest'
import type { ContigMatch } from '../../src/genome/contig-names.ts'
import type { JunctionEvidence } from '../../src/genome/junction.ts'
import { encodeText } from '../../src/genome/sequence.ts'
import { tableJunction } from '../../src/io/junction-row.ts'
import { RowPlace } from '../../src/io/text-lines.ts'
import { IntronIndex } from '../../src/junctions/intron-index.ts'
import { ACCEPTOR_INDEX, DONOR_INDEX, WINDOW_LENGTH } from '../../src/junctions/window.ts'
import { JunctionScorer, type ScoringModel, scoreColumns } from '../../src/scoring/junction-scorer.ts'
import { WindowQueue, type WindowScorer } from '../../src/scoring/window-queue.ts'

/** Scores a window by its donor: 0.9 for GT, 0.2 for anything else; counts what it is given. */
class FakeScorer implements WindowScorer {
  readonly columns = ['donor', 'acceptor', 'junction']
  readonly batches: number[] = []

  async score(codes: Uint8Array, count: number): Promise<Float32Array> {
    this.batches.push(count)
    const out = new Float32Array(count * 3)
    for (let i = 0; i < count; i++) {
      const at = i * WINDOW_LENGTH + DONOR_INDEX
      const score = codes[at] === 2 && codes[at + 1] === 3 ? 0.9 : 0.2
      out.set([score, score - 0.1, score], i * 3)
    }
    return out
  }
}

const model: ScoringModel = {
  name: 'fake',
  kind: 'junction',
  window: { length: WINDOW_LENGTH, donor: DONOR_INDEX, acceptor: ACCEPTOR_INDEX },
  columns: ['donor', 'acceptor', 'junction'],
  decisionColumn: 'junction',
}

// GT..AG at [500, 800) on +, and CT..AC (GT..AG on -) at [1200, 1300).
const bases = [...'A'.repeat(2000)]
for (const [at, letters] of [
  [500, 'GT'],
  [798, 'AG'],
  [1200, 'CT'],
  [1298, 'AC'],
] as const) {
  bases.splice(at, 2, ...letters)
}
const codes = encodeText(bases.join(''))

function junction(start: number, end: number, strand: '+' | '-' | '.', contig = 'chr1'): JunctionEvidence {
  return tableJunction(contig, start, end, strand, new RowPlace('test', 1))
}

async function score(
  junctions: JunctionEvidence[],
  annotation?: IntronIndex,
  batchSize = 2,
  columns = scoreColumns(model),
) {
  const fake = new FakeScorer()
  const queue = new WindowQueue(fake, batchSize)
  const contigs = new Map<string, ContigMatch>([
    ['chr1', { name: 'chr1', reference: 'chr1', how: 'same' }],
    ['chr2', { name: 'chr2', reference: undefined, how: 'missing' }],
    ['chr3', { name: 'chr3', reference: undefined, how: 'length-differs' }],
  ])
  const scorer = new JunctionScorer(queue, columns, 0.5, contigs, annotation)
  const scored = await scorer.score(junctions, async contig => (contig === 'chr1' ? codes : undefined))
  return { scored, queue, fake }
}

describe('a junction', () => {
  it('has the scores of its strand, and passes from the threshold on', async () => {
    const { scored } = await score([junction(500, 800, '+'), junction(500, 800, '-')])
    expect(scored).toMatchObject([
      {
        strand: '+',
        donorScore: expect.closeTo(0.9),
        acceptorScore: expect.closeTo(0.8),
        call: 'pass',
        status: 'scored',
      },
      { strand: '-', score: expect.closeTo(0.2), call: 'fail', status: 'scored' },
    ])
  })

  it('without a strand takes the better one, its motif and its annotation', async () => {
    const forward = new IntronIndex([{ contig: 'chr1', start: 1200, end: 1300, strand: '+' }])
    const unknown = { ...junction(1200, 1300, '.'), motif: 'CT-AC', annotated: true }
    const { scored } = await score([unknown], forward)
    expect(scored).toMatchObject([
      { strand: '-', strandSource: 'both', motif: 'GT-AG', call: 'pass', annotated: false },
    ])
  })

  it.each<[JunctionEvidence, string]>([
    [junction(500, 800, '+'), 'scored'],
    [junction(100, 400, '+'), 'padded'],
    [junction(1900, 2001, '+'), 'outside_contig'],
    [junction(500, 501, '+'), 'site_n'],
    [junction(500, 800, '+', 'chr2'), 'contig_missing'],
    [junction(500, 800, '+', 'chr3'), 'contig_differs'],
  ])('%j has status %s', async (one, status) => {
    const { scored } = await score([one])
    expect(scored[0]!.status).toBe(status)
    expect(scored[0]!.score === undefined).toBe(status !== 'scored' && status !== 'padded')
    expect(scored[0]!.call === undefined).toBe(scored[0]!.score === undefined)
  })

  it('is never lost, whatever the batch size, and identical windows are scored once', async () => {
    const all = Array.from({ length: 25 }, (_, i) => junction(300 + 10 * i, 900, '+')).concat(
      Array.from({ length: 25 }, () => junction(500, 800, '+')),
    )
    for (const batchSize of [1, 7, 26, 1000]) {
      const { scored, queue, fake } = await score(all, undefined, batchSize)
      expect(scored.map(({ start, end }) => [start, end])).toEqual(all.map(({ start, end }) => [start, end]))
      expect(queue.distinct).toBe(fake.batches.reduce((a, b) => a + b, 0))
      expect(Math.max(...fake.batches)).toBeLessThanOrEqual(batchSize)
      expect(scored.slice(25).every(one => one.score === scored[25]!.score)).toBe(true)
    }
  })
})

describe('a model', () => {
  it('is read by its decision column, or by its weaker site when that is a site', () => {
    const columns = ['donor', 'acceptor', 'pair']
    expect(scoreColumns({ ...model, columns, decisionColumn: 'pair' })).toEqual({
      donor: 0,
      acceptor: 1,
      junction: 2,
    })
    expect(scoreColumns({ ...model, columns, decisionColumn: 'donor' }).junction).toBeUndefined()
  })

  it('of one column, junction, scores the pair and no sites', async () => {
    const pair = { ...model, columns: ['junction'] }
    expect(scoreColumns(pair)).toEqual({ donor: undefined, acceptor: undefined, junction: 0 })
    const { scored } = await score([junction(500, 800, '+')], undefined, 2, scoreColumns(pair))
    expect(scored).toMatchObject([
      {
        donorScore: undefined,
        acceptorScore: undefined,
        score: expect.closeTo(0.9),
        call: 'pass',
        status: 'scored',
      },
    ])
  })

  it.each<[string, Partial<ScoringModel>, RegExp]>([
    [
      'without sites or junction',
      { columns: ['acceptor', 'pair'], decisionColumn: 'pair' },
      /expected output columns donor and acceptor, or junction, found acceptor, pair/,
    ],
    [
      'of single sites',
      { kind: 'site', window: { length: 141, site: 60 } },
      /model fake: expected a model of junctions, found one of kind site, which scores windows of 141 bases/,
    ],
    [
      'of whole windows',
      { kind: 'window', window: { length: 101 }, columns: ['window'], decisionColumn: 'window' },
      /found one of kind window, which scores windows of 101 bases as a whole/,
    ],
    [
      'of sequences',
      { kind: 'sequence', marks: { donor: 0, acceptor: 0 } },
      /found one of kind sequence, which scores every base of a sequence/,
    ],
    [
      'of numbers',
      { kind: 'values', window: { length: 120 }, columns: ['efficiency'] },
      /found one of kind values, which tells efficiency of windows of 120 bases/,
    ],
    ['of another length', { window: { length: 1000, donor: 200, acceptor: 600 } }, /expected windows of 800/],
    [
      'with other sites',
      { window: { length: 800, donor: 100, acceptor: 700 } },
      /found 800 with 100 and 700/,
    ],
  ])('%s is refused', (_what, change, message) => {
    expect(() => scoreColumns({ ...model, ...change } as ScoringModel)).toThrow(message)
  })
})

describe('a scorer that fails', () => {
  it('fails the run with its own error', async () => {
    const queue = new WindowQueue({ columns: ['a'], score: () => Promise.reject(new Error('no memory')) }, 1)
    queue.add(new Uint8Array(WINDOW_LENGTH))
    await expect(queue.finish()).rejects.toThrow('no memory')
  })
})
