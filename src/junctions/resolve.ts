import { compareOnContig, type JunctionEvidence, type StrandSource } from '../genome/junction.ts'
import { type IntronEnds, motifOfEnds, strandOfEnds } from '../genome/motif.ts'
import { oppositeStrand, type Strand, strandOfSign } from '../genome/strand.ts'
import type { BamHeader } from '../io/bam-header.ts'
import type { SplitFragments } from './fragment-counter.ts'
import type { IntronIndex } from './intron-index.ts'
import type { IntronMotifs } from './intron-motifs.ts'
import type { JunctionExtractor } from './junction-extractor.ts'
import { type LibraryType, libraryStrand } from './library-type.ts'
import { tagSign } from './read-strand.ts'
import type { ExtractSettings } from './settings.ts'
import { starFilter } from './star-filters.ts'
import { STRAND_CLASS } from './support-table.ts'
import { STAGE } from './tally.ts'

/** The strand of one row of support and what decided it. */
interface RowStrand {
  strand: Strand
  source: StrandSource
}

const SOURCE_RANK: readonly StrandSource[] = ['XS', 'ts', 'library', 'motif', '.']

export interface ResolveContext {
  header: BamHeader
  settings: ExtractSettings
  library: LibraryType
  motifs: IntronMotifs | undefined
  annotation: IntronIndex | undefined
}

export interface ResolvedJunctions {
  /** In header contig order, then by start, end, strand. */
  junctions: JunctionEvidence[]
  /** Junctions, and reads on them, whose tag or library strand is the opposite of what a canonical motif says. */
  strandConflicts: { junctions: number; reads: number }
  /** Junctions that a rule on the finished table removed (pooled anchors, STAR's filters). */
  removed: { minAnchor: number; starFilters: number }
}

/**
 * Returns the junctions an extractor has collected, each with one strand: support of the same intron whose reads say
 * different strands gives one junction per strand.
 */
export function resolveJunctions(extractor: JunctionExtractor, context: ResolveContext): ResolvedJunctions {
  const { introns, support } = extractor
  const merged = new MergedSupport(extractor, row => rowStrand(support.classOf(row), context, endsOf(row)))
  function endsOf(row: number): IntronEnds | undefined {
    return context.motifs?.ends(support.intronOf(row))
  }
  const byContig: JunctionEvidence[][] = context.header.contigs.map(() => [])
  const removed = { minAnchor: 0, starFilters: 0 }
  const strandConflicts = { junctions: 0, reads: 0 }
  for (const group of merged.groups) {
    const intron = support.intronOf(group.rows[0]!)
    const junction = merged.evidence(group, context)
    const { minAnchor, anchorRule } = context.settings
    if (anchorRule === 'pooled' && Math.min(junction.leftAnchor!, junction.rightAnchor!) < minAnchor) {
      removed.minAnchor++
      continue
    }
    const ends = context.motifs?.ends(intron)
    if (ends !== undefined && isConflict(junction, ends)) {
      strandConflicts.junctions++
      strandConflicts.reads += junction.reads!
    }
    byContig[introns.group(intron)]!.push(junction)
  }
  const junctions = byContig.flatMap(list => {
    list.sort(compareOnContig)
    if (!context.settings.starFilters) {
      return list
    }
    const kept = starFilter(list)
    removed.starFilters += list.length - kept.length
    return kept
  })
  return { junctions, strandConflicts, removed }
}

function isConflict(junction: JunctionEvidence, ends: IntronEnds): boolean {
  const motifStrand = strandOfEnds(ends)
  return motifStrand !== '.' && junction.strand === oppositeStrand(motifStrand)
}

/** Applies the strand rules in their order to one class of reads at one intron. */
function rowStrand(strandClass: number, context: ResolveContext, ends: IntronEnds | undefined): RowStrand {
  for (const rule of context.settings.strandRules) {
    if (rule === 'tag' && tagSign(strandClass) !== 0) {
      const isXs = strandClass === STRAND_CLASS.xsPlus || strandClass === STRAND_CLASS.xsMinus
      return { strand: strandOfSign(tagSign(strandClass)), source: isXs ? 'XS' : 'ts' }
    }
    if (rule === 'library') {
      const strand = libraryStrand(strandClass, context.library.type)
      if (strand !== '.') {
        return { strand, source: 'library' }
      }
    }
    if (rule === 'motif' && ends !== undefined && strandOfEnds(ends) !== '.') {
      return { strand: strandOfEnds(ends), source: 'motif' }
    }
  }
  return { strand: '.', source: '.' }
}

/** Rows of support that are the same junction. */
interface Group {
  rows: number[]
  strand: Strand
  source: StrandSource
  /** Fragments, and unique ones among them, that two rows of the group both counted. */
  doubleCounted: number
  uniqueCountedTwice: number
  /** Distinct alignment starts. */
  starts: number
}

class MergedSupport {
  readonly groups: Group[] = []
  private readonly extractor: JunctionExtractor
  private readonly groupOf: Int32Array

  constructor(extractor: JunctionExtractor, strandOf: (row: number) => RowStrand) {
    this.extractor = extractor
    const { support } = extractor
    this.groupOf = new Int32Array(support.size)
    const ofIntron = new Map<number, number[]>()
    for (let row = 0; row < support.size; row++) {
      const intron = support.intronOf(row)
      if (extractor.stageOf(intron) !== STAGE.passed) {
        throw new Error(`intron ${intron} has support but did not pass the filters`)
      }
      this.place(row, strandOf(row), ofIntron, intron)
    }
    for (const fragments of extractor.fragments.split.values()) {
      this.takeBack(fragments)
    }
    const starts = support.startSets.countByGroup(this.groupOf, this.groups.length)
    for (const [id, group] of this.groups.entries()) {
      group.starts = starts[id]!
    }
  }

  private place(row: number, found: RowStrand, ofIntron: Map<number, number[]>, intron: number): void {
    const siblings = ofIntron.get(intron) ?? []
    const same = siblings.find(id => this.groups[id]!.strand === found.strand)
    if (same === undefined) {
      const id = this.groups.length
      this.groups.push({
        rows: [row],
        strand: found.strand,
        source: found.source,
        doubleCounted: 0,
        uniqueCountedTwice: 0,
        starts: 0,
      })
      this.groupOf[row] = id
      ofIntron.set(intron, [...siblings, id])
      return
    }
    const group = this.groups[same]!
    group.rows.push(row)
    if (SOURCE_RANK.indexOf(found.source) < SOURCE_RANK.indexOf(group.source)) {
      group.source = found.source
    }
    this.groupOf[row] = same
  }

  /** A fragment that several rows of one group have counted is one fragment, unique if it is in any of them. */
  private takeBack({ rows, unique, fragments }: SplitFragments): void {
    for (const id of new Set(rows.map(row => this.groupOf[row]!))) {
      const own = rows.flatMap((row, i) => (this.groupOf[row] === id ? [unique[i]!] : []))
      const uniqueRows = own.filter(isUnique => isUnique).length
      this.groups[id]!.doubleCounted += fragments * (own.length - 1)
      this.groups[id]!.uniqueCountedTwice += fragments * Math.max(0, uniqueRows - 1)
    }
  }

  evidence(group: Group, context: ResolveContext): JunctionEvidence {
    const { introns, support } = this.extractor
    const sum = (column: Int32Array) => group.rows.reduce((total, row) => total + column[row]!, 0)
    const most = (column: Int32Array) => group.rows.reduce((top, row) => Math.max(top, column[row]!), 0)
    const intron = support.intronOf(group.rows[0]!)
    const ends = context.motifs?.ends(intron)
    const reads = sum(support.reads)
    const fragments = sum(support.fragments) - group.doubleCounted
    const isFragment = context.settings.countUnit === 'fragment'
    const unique = isFragment
      ? sum(support.uniqueFragments) - group.uniqueCountedTwice
      : sum(support.uniqueReads)
    const junction: JunctionEvidence = {
      contig: context.header.contigs[introns.group(intron)]!.name,
      start: introns.start(intron),
      end: introns.end(intron),
      strand: group.strand,
      strandSource: group.source,
      motif: ends === undefined ? undefined : motifOfEnds(ends, group.strand),
      fragments,
      reads,
      unique,
      multi: (isFragment ? fragments : reads) - unique,
      maxAnchor: most(support.maxAnchor),
      leftAnchor: most(support.leftAnchor),
      rightAnchor: most(support.rightAnchor),
      distinctStarts: group.starts,
      annotated: undefined,
    }
    junction.annotated = context.annotation?.has(junction)
    return junction
  }
}
