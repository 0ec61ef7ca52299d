import { ReferenceMismatchError, UsageError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { type ContigMatch, describeMismatch, matchContigs } from '../genome/contig-names.ts'
import type { Interval } from '../genome/interval.ts'
import type { JunctionEvidence } from '../genome/junction.ts'
import { type ByteSource, sourceLabel } from '../io/byte-source.ts'
import { detectInput } from '../io/input-kind.ts'
import type { ReferenceGenome } from '../io/reference.ts'
import {
  type AlignmentInput,
  type LoadCodes,
  openAlignmentRegions,
  openAlignments,
} from '../junctions/extract.ts'
import { IntronIndex } from '../junctions/intron-index.ts'
import type { InputOptions } from './options.ts'
import { type Contig, regionsOf, underNamesOf } from './regions.ts'

/** Everything a command reads, opened and checked against each other before any work. */
export interface OpenedInput {
  label: string
  /** Alignments, or the rows of a junction table. */
  alignments: AlignmentInput | undefined
  table: JunctionEvidence[] | undefined
  /** The input's contigs in its own order, and what each is called in the reference. */
  contigOrder: string[]
  contigs: ReadonlyMap<string, ContigMatch>
  reference: ReferenceGenome | undefined
  /** Loads a contig by the input's name for it; undefined without a reference. */
  loadCodes: LoadCodes | undefined
  annotation: IntronIndex | undefined
}

/**
 * Returns the opened input; `opened` is the reference of `options.ref` where the caller has it open already.
 * Throws: ReferenceMismatchError when no contig of the input is in the reference or the annotation; what is missing
 * from them otherwise is a warning.
 */
export async function openInput(
  source: ByteSource,
  options: InputOptions,
  log: Log,
  opened?: ReferenceGenome,
): Promise<OpenedInput> {
  const label = sourceLabel(source)
  const reference = opened ?? (options.ref === undefined ? undefined : await openGenome(options.ref))
  const detected = await detectInput(source)
  const junctions =
    detected.kind === 'bam'
      ? await openBam(detected.source, options)
      : await openTable(detected.source, options, reference, log)
  const matches = reference && checkReference(junctions.contigs, reference, label, log)
  const contigs = new Map((matches ?? []).map(match => [match.name, match]))
  return {
    label,
    alignments: junctions.alignments,
    table: junctions.table,
    contigOrder: matches
      ? inReferenceOrder(matches, reference!, junctions)
      : junctions.contigs.map(c => c.name),
    contigs,
    reference,
    loadCodes: reference && (async contig => loadContig(reference, contigs.get(contig))),
    annotation: options.annotation
      ? await openAnnotation(options.annotation, junctions, reference, label, log)
      : undefined,
  }
}

/** Readers of formats that a run may not need are loaded when it does: together they cost 40 ms at start. */
async function openGenome(path: string): Promise<ReferenceGenome> {
  const { openReference } = await import('../io/reference.ts')
  return openReference(path)
}

interface OpenedJunctions {
  alignments: AlignmentInput | undefined
  table: JunctionEvidence[] | undefined
  contigs: Contig[]
  regions: Interval[] | undefined
}

async function openBam(source: ByteSource, options: InputOptions): Promise<OpenedJunctions> {
  const whole = await openAlignments(source)
  const { contigs } = whole.reader.header
  const regions = await regionsOf(options, contigs)
  if (!regions) {
    return { alignments: whole, table: undefined, contigs, regions }
  }
  if (typeof source !== 'string') {
    throw new UsageError(
      `--region and --regions need an indexed file, and ${sourceLabel(source)} is a stream`,
      'give the path of an indexed BAM, or pipe only the region in: samtools view -b sample.bam chr1:1-1000 | ...',
    )
  }
  await whole.reader.close()
  return { alignments: await openAlignmentRegions(source, regions), table: undefined, contigs, regions }
}

/** Options about reads, of which a junction table has none. */
const READ_OPTIONS = [
  'profile',
  'excludeFlags',
  'minMapq',
  'minIntron',
  'maxIntron',
  'minAnchor',
  'countUnit',
  'strandness',
] as const

async function openTable(
  source: ByteSource,
  options: InputOptions,
  reference: ReferenceGenome | undefined,
  log: Log,
): Promise<OpenedJunctions> {
  const unused = READ_OPTIONS.filter(name => options[name] !== undefined)
  if (unused.length > 0) {
    const flags = unused.map(name => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`)
    log.warn(
      `${sourceLabel(source)} is a junction table, where ${flags.join(', ')} say nothing: every row is kept`,
    )
  }
  const regions = reference && (await regionsOf(options, referenceContigs(reference)))
  if (!reference && (options.region || options.regions)) {
    throw new UsageError('--region and --regions on a junction table need --ref, which knows the contigs')
  }
  const { readJunctionTable } = await import('../io/junction-table.ts')
  const { junctions } = await readJunctionTable(
    source,
    regions ? { regions: names => underNamesOf(names, regions) } : {},
  )
  const names = new Set(junctions.map(junction => junction.contig))
  return { alignments: undefined, table: junctions, contigs: [...names].map(name => ({ name })), regions }
}

function referenceContigs(reference: ReferenceGenome): Contig[] {
  return [...reference.contigs].map(([name, length]) => ({ name, length }))
}

function checkReference(
  contigs: readonly Contig[],
  reference: ReferenceGenome,
  label: string,
  log: Log,
): ContigMatch[] {
  const matches = matchContigs(contigs, reference.contigs)
  const report = describeMismatch(matches, label, reference.path)
  if (report === undefined) {
    return matches
  }
  if (!matches.some(match => match.reference !== undefined)) {
    throw new ReferenceMismatchError(
      report,
      'give the FASTA the reads were aligned to; its contig names and lengths must be those of the alignments',
    )
  }
  log.warn(report)
  return matches
}

/** Contigs in the order of the input's header; a table has none, so there the reference's order rules. */
function inReferenceOrder(
  matches: readonly ContigMatch[],
  reference: ReferenceGenome,
  opened: OpenedJunctions,
): string[] {
  if (opened.alignments) {
    return matches.map(match => match.name)
  }
  const rank = new Map([...reference.contigs.keys()].map((name, i) => [name, i]))
  const place = (match: ContigMatch) => rank.get(match.reference ?? '') ?? reference.contigs.size
  return [...matches].sort((a, b) => place(a) - place(b)).map(match => match.name)
}

async function loadContig(
  reference: ReferenceGenome,
  match: ContigMatch | undefined,
): Promise<Uint8Array | undefined> {
  return match?.reference === undefined ? undefined : reference.loadContig(match.reference)
}

/**
 * A BAM's header names all contigs that were aligned to, so an annotation with none of them is another assembly's. A
 * table only has the contigs of its rows: there it is enough that the reference knows the annotation's.
 */
async function openAnnotation(
  path: string,
  opened: OpenedJunctions,
  reference: ReferenceGenome | undefined,
  label: string,
  log: Log,
): Promise<IntronIndex> {
  const { contigs, regions } = opened
  const { intronsUnderNames, readAnnotation } = await import('../io/annotation.ts')
  const { introns, transcripts, warnings } = await readAnnotation(
    path,
    regions ? { regions: names => underNamesOf(names, regions) } : {},
  )
  for (const warning of warnings) {
    log.warn(warning)
  }
  const names = contigs.map(contig => contig.name)
  const own = intronsUnderNames(introns, names)
  const known = opened.alignments ? [] : [...(reference?.contigs.keys() ?? [])]
  if (introns.length > 0 && own.length === 0 && intronsUnderNames(introns, known).length === 0) {
    throw new ReferenceMismatchError(
      `no contig of ${path} (${some(introns.map(intron => intron.contig))}) is among those of ${label} (${some(names)})`,
      'give the annotation of the same assembly; chr1 and 1 are taken as the same name',
    )
  }
  log.debug(`${path}: ${transcripts.length} transcripts, ${own.length} introns on the input's contigs`)
  return new IntronIndex(own)
}

function some(names: readonly string[]): string {
  const distinct = [...new Set(names)]
  return distinct.slice(0, 5).join(', ') + (distinct.length > 5 ? ', ...' : '')
}
