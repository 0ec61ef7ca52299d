import { InputDataError } from '../core/errors.ts'
import type { Interval } from '../genome/interval.ts'
import { type CigarSpan, IntronScan, locateCigar } from '../io/bam-cigar.ts'
import type { BamContig, BamHeader } from '../io/bam-header.ts'
import { type BamBatch, describeOffset, FLAG, RECORD, recordEnd, recordName } from '../io/bam-records.ts'
import { SpliceTags } from '../io/bam-tags.ts'
import { FragmentCounter } from './fragment-counter.ts'
import { IntervalTable } from './interval-table.ts'
import type { IntronIndex } from './intron-index.ts'
import { type MateOrientation, placement, placementClass, strandClass, tagSign } from './read-strand.ts'
import { RegionIndex } from './region-index.ts'
import type { ExtractSettings } from './settings.ts'
import { STRAND_CLASSES, type Support, SupportTable } from './support-table.ts'
import { newTally, STAGE, STAGES } from './tally.ts'

/** MAPQ value for "not available", which STAR gives to uniquely mapped reads. */
const MAPQ_UNAVAILABLE = 255
/** Without NH, reads from this mapping quality on count as unique, as portcullis has it. */
const UNIQUE_MAPQ = 30
/** Largest position BAM can hold. */
const MAX_POSITION = 0x7fffffff

/**
 * Collects splice-junction support from batches of BAM records. Synchronous; one pass; any record order.
 * Memory: one entry per distinct intron plus its support; paired reads only as long as their mates may come, see
 * FragmentLedger.
 */
export class JunctionExtractor {
  readonly introns = new IntervalTable()
  readonly support = new SupportTable()
  readonly tally = newTally()
  readonly fragments: FragmentCounter
  /** True while the records have come in coordinate order. */
  isSorted = true

  private readonly label: string
  private readonly contigs: readonly BamContig[]
  private readonly annotation: IntronIndex | undefined
  private readonly settings: ExtractSettings
  private readonly regions: RegionIndex | undefined
  private readonly scan: IntronScan
  private readonly tags = new SpliceTags()
  private readonly cigar: CigarSpan = { at: 0, count: 0, queryLength: 0, hasIntron: false }
  private readonly one: Support = { weight: 1, unique: true, leftAnchor: 0, rightAnchor: 0, distance: 0 }
  private readonly supported: number[] = []
  private readonly supportedRows: number[] = []
  private stages = new Uint8Array(1024)
  /** Reads by placement class and sign of their tag's strand. */
  private readonly tagCounts = new Float64Array(2 * STRAND_CLASSES)
  private readonly passed: number[] = []
  private lastRefId = 0
  private lastStart = -1

  constructor(
    label: string,
    header: BamHeader,
    settings: ExtractSettings,
    regions: readonly Interval[] | undefined,
    annotation?: IntronIndex | undefined,
  ) {
    this.annotation = annotation
    this.label = label
    this.contigs = header.contigs
    this.settings = settings
    this.regions = regions && new RegionIndex(regions, header)
    const others = FLAG.secondary | FLAG.supplementary
    const countsOthers = (settings.excludeFlags & others) !== others
    this.fragments = new FragmentCounter(this.support, countsOthers, header.isGrouped)
    this.scan = new IntronScan(settings.mismatchEndsAnchor)
  }

  /** Returns the furthest filter stage any read of the intron reached; `STAGE.passed` for junctions kept. */
  stageOf(intron: number): number {
    return this.stages[intron]!
  }

  /**
   * Counts a batch of records.
   * Throws: InputDataError naming record and place when a CIGAR or tag cannot be right.
   */
  add(batch: BamBatch): void {
    let i = 0
    try {
      for (; i < batch.count; i++) {
        this.addRecord(batch.view, batch.offsets[i]!, recordEnd(batch, i))
      }
    } catch (error) {
      if (error instanceof InputDataError) {
        throw new InputDataError(
          `${describeOffset(this.label, batch.offsetOf(i))}: record ${recordName(batch, i)}: ${error.message}`,
          error.hint ?? 'the file is damaged there or its writer is at fault; make it again',
          error,
        )
      }
      throw error
    }
  }

  /** Returns how reads whose strand XS or ts tells lie to it. */
  tagOrientation(): { first: MateOrientation; second: MateOrientation } {
    const found = { first: { sense: 0, antisense: 0 }, second: { sense: 0, antisense: 0 } }
    for (const [at, reads] of this.tagCounts.entries()) {
      const placed = placement(at >> 1)
      if (placed) {
        found[placed.mate][placed.sign > 0 === (at & 1) > 0 ? 'sense' : 'antisense'] += reads
      }
    }
    return found
  }

  /** Returns the introns that have passed all filters since the last call, each once. */
  takePassed(): number[] {
    return this.passed.splice(0)
  }

  /** Fills the tally's junction counts; call once, after the last batch. */
  closeTally(): void {
    const { removedJunctions } = this.tally
    for (let id = 0; id < this.introns.size; id++) {
      const stage = STAGES[this.stages[id]!]!
      if (stage !== 'passed') {
        removedJunctions[stage]++
      }
    }
  }

  private addRecord(view: DataView, start: number, end: number): void {
    const flag = view.getUint16(start + RECORD.flag, true)
    this.count(view, start, end, flag)
    this.notePassing(view, start, flag)
  }

  private count(view: DataView, start: number, end: number, flag: number): void {
    const refId = view.getInt32(start + RECORD.refId, true)
    const position = view.getInt32(start + RECORD.start, true)
    locateCigar(view, start, end, this.cigar)
    if (this.regions && !this.touchesRegion(view, refId, position)) {
      return
    }
    this.tally.records++
    if ((flag & FLAG.unmapped) !== 0 || refId < 0 || position < 0) {
      this.tally.unmapped++
      return
    }
    this.checkAlignment(view, start, refId, position)
    this.noteOrder(refId, position)
    const mapq = view.getUint8(start + RECORD.mapq)
    const failed =
      (flag & this.settings.excludeFlags) !== 0
        ? STAGE.flags
        : mapq < this.settings.minMapq && mapq !== MAPQ_UNAVAILABLE
          ? STAGE.mapq
          : undefined
    if (failed !== undefined) {
      this.tally.removedReads[STAGES[failed] as 'flags' | 'mapq']++
    }
    if (!this.cigar.hasIntron) {
      if (failed === undefined) {
        this.tally.unspliced++
      }
      return
    }
    this.scan.scan(view, this.cigar, position)
    if (this.scan.alignmentEnd > MAX_POSITION) {
      throw new InputDataError(
        `its CIGAR overruns the last possible position: it ends at ${this.scan.alignmentEnd}`,
      )
    }
    if (failed !== undefined) {
      this.reach(refId, failed)
      return
    }
    this.addSpliced(view, start, end, refId, position, flag, mapq)
  }

  private addSpliced(
    view: DataView,
    start: number,
    end: number,
    refId: number,
    position: number,
    flag: number,
    mapq: number,
  ): void {
    const { scan, supported, supportedRows, one } = this
    supported.length = 0
    supportedRows.length = 0
    let best: number = STAGE.flags
    for (let k = 0; k < scan.count; k++) {
      if (this.regions && !this.regions.overlaps(refId, scan.starts[k]!, scan.ends[k]!)) {
        continue
      }
      const stage = this.intronStage(refId, k)
      const intron = this.markStage(refId, scan.starts[k]!, scan.ends[k]!, stage)
      best = Math.max(best, stage)
      if (stage === STAGE.passed) {
        supported.push(intron, k)
      }
    }
    if (supported.length === 0) {
      if (best !== STAGE.flags) {
        this.tally.removedReads[STAGES[best] as 'minIntron' | 'maxIntron' | 'minAnchor']++
      } else {
        this.tally.unspliced++ // spliced, but with no intron inside the regions
      }
      return
    }
    this.tally.supporting++
    this.tags.read(view, start, end)
    const { tags } = this
    const strand = strandClass(flag, tags, this.settings.tagRule, this.settings.matesMustFace)
    this.noteOrientation(strand, flag)
    one.weight = this.settings.weighCollapsed ? tags.yc : 1
    one.unique = tags.nh > 0 ? tags.nh === 1 : mapq >= UNIQUE_MAPQ
    for (let j = 0; j < supported.length; j += 2) {
      const k = supported[j + 1]!
      one.leftAnchor = scan.leftAnchors[k]!
      one.rightAnchor = scan.rightAnchors[k]!
      one.distance = scan.starts[k]! - position
      supportedRows.push(this.support.addRead(supported[j]!, strand, one))
    }
    this.countFragments(view, start, refId, flag)
  }

  /** Returns the stage at which the read's intron k fails, or `passed`. */
  private intronStage(refId: number, k: number): number {
    const { minIntron, maxIntron, minAnchor, minAnchorAnnotated, anchorRule } = this.settings
    const length = this.scan.ends[k]! - this.scan.starts[k]!
    if (length < minIntron) {
      return STAGE.minIntron
    }
    if (length > maxIntron) {
      return STAGE.maxIntron
    }
    const smaller = Math.min(this.scan.leftAnchors[k]!, this.scan.rightAnchors[k]!)
    const isAnchored =
      anchorRule === 'pooled' ||
      smaller >= minAnchor ||
      (smaller >= minAnchorAnnotated && this.isAnnotated(refId, k))
    return isAnchored ? STAGE.passed : STAGE.minAnchor
  }

  private isAnnotated(refId: number, k: number): boolean {
    const { name } = this.contigs[refId]!
    const place = { contig: name, start: this.scan.starts[k]!, end: this.scan.ends[k]!, strand: '.' as const }
    return this.annotation?.has(place) === true
  }

  private markStage(refId: number, start: number, end: number, stage: number): number {
    const intron = this.introns.intern(refId, start, end)
    if (intron >= this.stages.length) {
      const larger = new Uint8Array(this.stages.length * 2)
      larger.set(this.stages)
      this.stages = larger
    }
    if (stage > this.stages[intron]!) {
      this.stages[intron] = stage
      if (stage === STAGE.passed) {
        this.passed.push(intron)
      }
    }
    return intron
  }

  /** Notes for every intron of the scanned read that it was seen up to a stage. */
  private reach(refId: number, stage: number): void {
    for (let k = 0; k < this.scan.count; k++) {
      const start = this.scan.starts[k]!
      const end = this.scan.ends[k]!
      if (!this.regions || this.regions.overlaps(refId, start, end)) {
        this.markStage(refId, start, end, stage)
      }
    }
  }

  private countFragments(view: DataView, start: number, refId: number, flag: number): void {
    if (this.fragments.isAlone(flag)) {
      // Making the objects below for every such read cost a tenth of the time.
      for (const row of this.supportedRows) {
        this.support.addFragment(row, this.one.weight, this.one.unique)
      }
      return
    }
    const crossings = this.supportedRows.map((row, j) => {
      const intron = this.supported[2 * j]!
      return { intron, intronStart: this.introns.start(intron), row }
    })
    this.fragments.count(view, start, crossings, refId, flag, this.one, this.isSorted)
    if (this.isSorted) {
      this.fragments.advance(refId, this.lastStart)
    }
  }

  /** In unsorted input every primary record of a pair is noted, so that its mate is not waited for in vain. */
  private notePassing(view: DataView, start: number, flag: number): void {
    if (!this.isSorted && (flag & (FLAG.paired | FLAG.secondary | FLAG.supplementary)) === FLAG.paired) {
      this.fragments.pass(view, start, flag)
    }
  }

  private noteOrder(refId: number, position: number): void {
    if (refId < this.lastRefId || (refId === this.lastRefId && position < this.lastStart)) {
      this.isSorted = false
    }
    this.lastRefId = refId
    this.lastStart = position
  }

  private noteOrientation(strand: number, flag: number): void {
    const sign = tagSign(strand)
    if (sign !== 0) {
      this.tagCounts[2 * placementClass(flag) + (sign > 0 ? 1 : 0)]!++
    }
  }

  private touchesRegion(view: DataView, refId: number, position: number): boolean {
    if (refId < 0 || position < 0) {
      return false
    }
    this.scan.scan(view, this.cigar, position)
    return this.regions!.overlaps(refId, position, Math.max(this.scan.alignmentEnd, position + 1))
  }

  /**
   * Throws unless the alignment starts on its contig and its CIGAR takes as many bases as the sequence has. That it ends
   * past the contig is let through: files cut to a part of a chromosome have such reads, and their junctions a status.
   */
  private checkAlignment(view: DataView, start: number, refId: number, position: number): void {
    const contig = this.contigs[refId]!
    if (position >= contig.length) {
      throw new InputDataError(
        `it starts at base ${position + 1}, past the end of ${contig.name} (${contig.length} bases)`,
      )
    }
    const sequenceLength = view.getInt32(start + RECORD.sequenceLength, true)
    if (sequenceLength === 0 || this.cigar.count === 0) {
      return
    }
    if (this.cigar.queryLength !== sequenceLength) {
      throw new InputDataError(
        `its CIGAR takes ${this.cigar.queryLength} bases, but the sequence has ${sequenceLength}`,
      )
    }
  }
}
