import { InputDataError } from '../core/errors.ts'
import type { BundleMetadata, ModelLayout } from '../export/bundle.ts'
import type { ContigMatch } from '../genome/contig-names.ts'
import { groupByContig } from '../genome/interval.ts'
import type { JunctionEvidence } from '../genome/junction.ts'
import { reverseMotifText, strandOfEnds } from '../genome/motif.ts'
import type { Strand } from '../genome/strand.ts'
import type { IntronNews, LoadCodes } from '../junctions/extract.ts'
import { IntervalTable } from '../junctions/interval-table.ts'
import type { IntronIndex } from '../junctions/intron-index.ts'
import { tagSign } from '../junctions/read-strand.ts'
import { STRAND_CLASSES } from '../junctions/support-table.ts'
import { ACCEPTOR_INDEX, cutWindow, DONOR_INDEX, WINDOW_LENGTH } from '../junctions/window.ts'
import type { ScoredJunction } from './scored-junction.ts'
import { isScored, type Status } from './status.ts'
import type { WindowQueue } from './window-queue.ts'

type KnownStrand = '+' | '-'

/**
 * Which output columns hold what. `junction` is absent when the model scores sites only; `donor` and `acceptor` are when
 * it scores the pair as a whole.
 */
export interface ScoreColumns {
  donor: number | undefined
  acceptor: number | undefined
  junction: number | undefined
}

/** What of a model decides how its output is read. */
export type ScoringModel = Pick<BundleMetadata, 'name' | 'columns' | 'decisionColumn'> & ModelLayout

/**
 * Returns the columns of a model's output: the pair's score is the decision column, unless that is one of the sites.
 * Throws: InputDataError when the model is not one of junctions, wants windows of another layout, or has neither a
 * column for each site nor one named junction.
 */
export function scoreColumns(model: ScoringModel): ScoreColumns {
  checkLayout(model)
  const column = (name: string) => {
    const index = model.columns.indexOf(name)
    return index < 0 ? undefined : index
  }
  const donor = column('donor')
  const acceptor = column('acceptor')
  if (donor !== undefined && acceptor !== undefined) {
    const decision = column(model.decisionColumn!)
    return { donor, acceptor, junction: decision === donor || decision === acceptor ? undefined : decision }
  }
  const junction = column('junction')
  if (junction === undefined) {
    throw new InputDataError(
      `model ${model.name}: expected output columns donor and acceptor, or junction, found ${model.columns.join(', ')}`,
      'this model does not score junctions',
    )
  }
  return { donor: undefined, acceptor: undefined, junction }
}

function checkLayout(model: ScoringModel): void {
  switch (model.kind) {
    case 'sequence':
      throw new InputDataError(
        `model ${model.name}: expected a model of junctions, found one of kind sequence, which scores every base of a sequence`,
        'import its weights with --as junction, or choose another --model',
      )
    case 'site':
      throw new InputDataError(
        `model ${model.name}: expected a model of junctions, found one of kind site, which scores windows of ${model.window.length} bases with one site`,
        'choose another --model, or train one on windows of junctions',
      )
    case 'window':
      throw new InputDataError(
        `model ${model.name}: expected a model of junctions, found one of kind window, which scores windows of ${model.window.length} bases as a whole`,
        'choose another --model, or train one on windows of junctions',
      )
    case 'values':
      throw new InputDataError(
        `model ${model.name}: expected a model of junctions, found one of kind values, which tells ${model.columns.join(', ')} of windows of ${model.window.length} bases`,
        'choose another --model; `splice-score evaluate` takes models of numbers',
      )
    case 'bases':
      throw new InputDataError(
        `model ${model.name}: expected a model of junctions, found one of kind bases, which gives back windows of ${model.window.length} bases`,
        'choose another --model; `splice-score evaluate` says how well it does',
      )
    case 'junction': {
      const { length, donor, acceptor } = model.window
      if (length !== WINDOW_LENGTH || donor !== DONOR_INDEX || acceptor !== ACCEPTOR_INDEX) {
        throw new InputDataError(
          `model ${model.name}: expected windows of ${WINDOW_LENGTH} with sites at ${DONOR_INDEX} and ${ACCEPTOR_INDEX}, ` +
            `found ${length} with ${donor} and ${acceptor}`,
          'this version cuts no other windows',
        )
      }
    }
  }
}

interface Candidate {
  status: Status
  /** Number in the queue, where the status is a scored one. */
  window: number
}

/** Windows cut between two looks at the queue's backlog. */
const CHECK_EVERY = 256

/**
 * Scores junctions contig by contig. While alignments are still being read, `follow` cuts the windows of introns that
 * have passed the filters, so that the scorer works beside the reader; `score` adds what is missing and puts the results
 * beside the evidence.
 */
export class JunctionScorer {
  private readonly queue: WindowQueue
  private readonly columns: ScoreColumns
  private readonly threshold: number
  private readonly contigs: ReadonlyMap<string, ContigMatch>
  private readonly contigNumbers = new Map<string, number>()
  private readonly table = new IntervalTable()
  private readonly candidates: Candidate[] = []
  private readonly window = new Uint8Array(WINDOW_LENGTH)

  private readonly annotation: IntronIndex | undefined

  /** `contigs`: every contig name of the input, matched against the reference. */
  constructor(
    queue: WindowQueue,
    columns: ScoreColumns,
    threshold: number,
    contigs: ReadonlyMap<string, ContigMatch>,
    annotation?: IntronIndex,
  ) {
    this.annotation = annotation
    this.queue = queue
    this.columns = columns
    this.threshold = threshold
    this.contigs = contigs
  }

  /**
   * Cuts windows for introns that reading has just found. Only a head start: strands are those of the reads' tags, or of
   * the motif for reads without; what turns out otherwise is cut by `score`.
   */
  async follow(news: IntronNews): Promise<void> {
    const { extractor, contig, codes } = news
    for (const [i, intron] of news.introns.entries()) {
      const start = extractor.introns.start(intron)
      const end = extractor.introns.end(intron)
      for (const strand of likelyStrands(news, intron)) {
        this.cut(contig, codes, start, end, strand)
      }
      if (i % CHECK_EVERY === 0) {
        await this.queue.room()
      }
    }
  }

  /** Cuts windows for junctions of one contig whose codes are in memory. */
  async prepare(contig: string, codes: Uint8Array, junctions: readonly JunctionEvidence[]): Promise<void> {
    for (const [i, { start, end, strand }] of junctions.entries()) {
      for (const known of strandsToScore(strand)) {
        this.cut(contig, codes, start, end, known)
      }
      if (i % CHECK_EVERY === 0) {
        await this.queue.room()
      }
    }
  }

  /** Returns the junctions, in the same order, with scores and statuses. */
  async score(junctions: readonly JunctionEvidence[], loadCodes: LoadCodes): Promise<ScoredJunction[]> {
    for (const [contig, list] of groupByContig(junctions)) {
      const missing = list.filter(junction => !this.isReady(junction))
      const codes = missing.length > 0 ? await loadCodes(contig) : undefined
      if (codes) {
        await this.prepare(contig, codes, missing)
      }
    }
    await this.queue.finish()
    return junctions.map(junction => this.scored(junction))
  }

  private cut(contig: string, codes: Uint8Array, start: number, end: number, strand: KnownStrand): void {
    const id = this.table.intern(this.group(contig, strand), start, end)
    if (id < this.candidates.length) {
      return
    }
    if (end > codes.length) {
      this.candidates.push({ status: 'outside_contig', window: -1 })
      return
    }
    const facts = cutWindow(codes, { start, end, strand }, this.window, 0)
    if (facts.ambiguousSite) {
      this.candidates.push({ status: 'site_n', window: -1 })
      return
    }
    this.candidates.push({ status: facts.padded ? 'padded' : 'scored', window: this.queue.add(this.window) })
  }

  private group(contig: string, strand: KnownStrand): number {
    let number = this.contigNumbers.get(contig)
    if (number === undefined) {
      number = this.contigNumbers.size
      this.contigNumbers.set(contig, number)
    }
    return number * 2 + (strand === '-' ? 1 : 0)
  }

  private find(junction: JunctionEvidence, strand: KnownStrand): Candidate | undefined {
    const id = this.table.find(this.group(junction.contig, strand), junction.start, junction.end)
    return id < 0 ? undefined : this.candidates[id]
  }

  private isReady(junction: JunctionEvidence): boolean {
    return strandsToScore(junction.strand).every(strand => this.find(junction, strand) !== undefined)
  }

  private scored(junction: JunctionEvidence): ScoredJunction {
    const blank = {
      donorScore: undefined,
      acceptorScore: undefined,
      score: undefined,
      call: undefined,
    }
    const match = this.contigs.get(junction.contig)
    if (match?.reference === undefined) {
      const status = match?.how === 'length-differs' ? 'contig_differs' : 'contig_missing'
      return { ...junction, ...blank, status }
    }
    const options = strandsToScore(junction.strand).map(strand => {
      const candidate = this.find(junction, strand)!
      return { strand, candidate, score: isScored(candidate.status) ? this.pairScore(candidate.window) : -1 }
    })
    const best = options.reduce((a, b) => (b.score > a.score ? b : a))
    const { status, window } = best.candidate
    if (!isScored(status)) {
      return { ...junction, ...blank, status }
    }
    return {
      ...(junction.strand === '.' ? this.takeStrand(junction, best.strand) : junction),
      donorScore: this.columnScore(window, this.columns.donor),
      acceptorScore: this.columnScore(window, this.columns.acceptor),
      score: best.score,
      call: best.score >= this.threshold ? 'pass' : 'fail',
      status,
    }
  }

  /** A junction of unknown strand takes the one that scores better, marked as such. */
  private takeStrand(junction: JunctionEvidence, strand: KnownStrand): JunctionEvidence {
    const motif = strand === '-' && junction.motif ? reverseMotifText(junction.motif) : junction.motif
    const taken = { ...junction, strand, strandSource: 'both' as const, motif }
    return this.annotation ? { ...taken, annotated: this.annotation.has(taken) } : taken
  }

  /** The model's own pair probability, or the weaker site where it has none. */
  private pairScore(window: number): number {
    const { donor, acceptor, junction } = this.columns
    return junction === undefined
      ? Math.min(this.queue.result(window, donor!), this.queue.result(window, acceptor!))
      : this.queue.result(window, junction)
  }

  private columnScore(window: number, column: number | undefined): number | undefined {
    return column === undefined ? undefined : this.queue.result(window, column)
  }
}

function strandsToScore(strand: Strand): readonly KnownStrand[] {
  return strand === '.' ? ['+', '-'] : [strand]
}

function likelyStrands({ extractor, motifs }: IntronNews, intron: number): readonly KnownStrand[] {
  const strands = new Set<KnownStrand>()
  for (let strandClass = 0; strandClass < STRAND_CLASSES; strandClass++) {
    if (extractor.support.find(intron, strandClass) < 0) {
      continue
    }
    const sign = tagSign(strandClass)
    const ends = motifs.ends(intron)
    const strand = sign > 0 ? '+' : sign < 0 ? '-' : ends === undefined ? '.' : strandOfEnds(ends)
    for (const known of strandsToScore(strand)) {
      strands.add(known)
    }
  }
  return [...strands]
}
