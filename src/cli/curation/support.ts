import { basename } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { grouped } from '../../core/number-text.ts'
import type { GeneModel } from '../../curation/labels/gene-model.ts'
import { type SupportMeasure, type SupportPool, supportOf } from '../../curation/labels/support-pool.ts'
import type { JunctionEvidence } from '../../genome/junction.ts'
import type { Strand } from '../../genome/strand.ts'
import { detectInput } from '../../io/input-kind.ts'
import { completeTable } from '../../junctions/complete-table.ts'
import { checkFit } from '../check-fit.ts'
import type { CurateOptions } from '../commands/curate.ts'
import type { CommandContext } from '../context.ts'
import { type OpenedInput, openInput } from '../inputs.ts'
import type { InputOptions } from '../options.ts'
import { readJunctions } from '../read-junctions.ts'
import { contigNumbers } from './contig-numbers.ts'
import type { EvidenceInput } from './evidence.ts'

/** Rows of a table whose motifs tell whether it fits the reference. */
const FIT_SAMPLE = 20_000

export interface SupportInput extends EvidenceInput {
  pool: SupportPool
  /** Length of each contig as the headers of alignments read before have it, and the first of those. */
  lengths: Map<string, { length: number; path: string }>
}

/** Adds the support of one file to the pool. Throws: what reading it throws; UsageError for a table among alignments, and the reverse. */
export async function addSupport(
  input: number,
  { path, role }: { path: string; role: string },
  { options, reference, model, pool, lengths, warnings, context }: SupportInput,
): Promise<void> {
  const { terminal } = context
  const { support: measure } = options
  const isTable = role === 'junctions'
  // A table has no reads to choose from.
  const inputOptions: InputOptions = isTable
    ? { ref: options.ref }
    : { ...readOptions(options), countUnit: measure === 'reads' ? 'read' : 'fragment' }
  const { kind, source } = await detectInput(context.source(path))
  if (isTable !== (kind === 'table')) {
    throw new UsageError(
      `${path}: expected ${isTable ? 'a junction table after --junctions, found alignments' : 'alignments after --bam, found a junction table'}`,
      `give it after ${isTable ? '--bam' : '--junctions'}`,
    )
  }
  const opened = await openInput(source, inputOptions, warnings, reference)
  compareLengths(path, opened, lengths, warnings)
  const junctions = await supportedJunctions(opened, inputOptions, warnings, context)
  terminal.clear()
  const numbers = contigNumbers(reference)
  let lost = 0
  const counted = new Set<SupportMeasure>()
  for (const junction of junctions) {
    const contig = numbers.get(opened.contigs.get(junction.contig)?.reference ?? '')
    if (contig === undefined) {
      lost++
      continue
    }
    const support = supportOf(junction, measure, path)
    counted.add(support.counted)
    const { start, end } = junction
    pool.add(input, contig, start, end, certainStrand(junction, contig, model), support.count)
  }
  for (const other of counted) {
    if (other !== measure) {
      warnings.warn(`${basename(path)}: counts ${other}, which are taken for the ${measure} asked for`)
    }
  }
  if (lost > 0) {
    warnings.warn(
      `${basename(path)}: ${grouped(lost)} junctions on contigs the reference lacks were left out`,
    )
  }
  terminal.info(`${path}: ${grouped(junctions.length - lost)} junctions`)
}

/** Warns of alignments whose headers give a contig another length than those of alignments before them. */
function compareLengths(
  path: string,
  { contigs }: OpenedInput,
  lengths: SupportInput['lengths'],
  warnings: Log,
): void {
  for (const { name, length } of contigs.values()) {
    if (length === undefined) {
      continue
    }
    const known = lengths.get(name)
    if (known === undefined) {
      lengths.set(name, { length, path })
    } else if (known.length !== length) {
      warnings.warn(
        `${basename(path)}: contig ${name} has ${grouped(length)} bases in its header, and ${grouped(known.length)} in that of ${basename(known.path)}: they may be aligned to different assemblies`,
      )
      return
    }
  }
}

/** Returns the options about reads that were given. */
export function readOptions(options: CurateOptions): InputOptions {
  const { profile, excludeFlags, minMapq, minIntron, maxIntron, minAnchor, strandness } = options
  return {
    ref: options.ref,
    ...(profile && { profile }),
    ...(excludeFlags !== undefined && { excludeFlags }),
    ...(minMapq !== undefined && { minMapq }),
    ...(minIntron !== undefined && { minIntron }),
    ...(maxIntron !== undefined && { maxIntron }),
    ...(minAnchor !== undefined && { minAnchor }),
    ...(strandness && { strandness }),
  }
}

/** Returns a junction's strand; without one, that of the annotated intron at its place, if only one strand has it. */
function certainStrand(junction: JunctionEvidence, contig: number, model: GeneModel): Strand {
  if (junction.strand !== '.') {
    return junction.strand
  }
  const strands = (['+', '-'] as const).filter(
    strand => model.find(contig, junction.start, junction.end, strand) >= 0,
  )
  return strands.length === 1 ? strands[0]! : '.'
}

/**
 * Returns the junctions of an input, after checking them against the reference. Of a table only what needs it is looked up
 * in the sequence: rows without a strand, and a sample for the check.
 */
async function supportedJunctions(
  opened: OpenedInput,
  options: InputOptions,
  log: Log,
  context: CommandContext,
): Promise<readonly JunctionEvidence[]> {
  const { table, contigOrder, loadCodes } = opened
  if (table === undefined) {
    const { junctions } = await readJunctions(opened, options, context)
    checkFit(opened, junctions, log)
    return junctions
  }
  const every = Math.ceil(table.length / FIT_SAMPLE)
  const sample = table.filter((_, row) => row % every === 0)
  checkFit(opened, await completeTable(sample, contigOrder, loadCodes, undefined), log)
  const strandless = table.filter(row => row.strand === '.')
  return strandless.length === 0
    ? table
    : [
        ...table.filter(row => row.strand !== '.'),
        ...(await completeTable(strandless, contigOrder, loadCodes, undefined)),
      ]
}
