import { UsageError } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import { parseClassMapping } from '../../curation/import/class-mapping.ts'
import { importCsv } from '../../curation/import/csv.ts'
import { importDeepBind } from '../../curation/import/deepbind.ts'
import { importExonIntronExon, type SingleSite } from '../../curation/import/exon-intron-exon.ts'
import { importLines } from '../../curation/import/lines.ts'
import { withNearMisses } from '../../curation/import/near-miss-windows.ts'
import { parseMotifs, withMotifs } from '../../curation/import/site-motif.ts'
import type { ImportLayout, SplitFile, WindowImport } from '../../curation/import/window-import.ts'
import { writeWindowDataset } from '../../curation/import/write-window-dataset.ts'
import { importYeast, type YeastWindow } from '../../curation/import/yeast.ts'
import type { SiteKind } from '../../curation/site-window.ts'
import { SPLITS, type Split } from '../../curation/window-table.ts'
import type { CommandContext } from '../context.ts'
import { VERSION } from '../version.ts'

interface DatasetOptions {
  out: string
  name?: string
  source?: string
  deduplicate?: boolean
}

interface SiteOptions {
  site?: SiteKind
  sitePosition?: number
}

/** The part of rows that nothing else is said of. */
interface PartOption {
  split: Split
}

type TableOptions = DatasetOptions & PartOption & Partial<Record<Split, string[]>>

interface NearMissOptions {
  motif?: string
  nearMiss: number
  nearDistance?: number
  seed: number
}

export interface ImportLinesOptions extends DatasetOptions, PartOption, SiteOptions, NearMissOptions {
  sequences: string[]
  labels: string[]
}

/** `splice-score dataset import lines`: sequences and labels, one per line. */
export async function runImportLines(options: ImportLinesOptions, context: CommandContext): Promise<void> {
  const { sequences, labels, site, sitePosition: position, split } = options
  if (sequences.length !== labels.length) {
    throw new UsageError(
      `expected as many --labels as --sequences, found ${labels.length} and ${sequences.length}`,
      'give them in pairs: --sequences a.txt --labels b.txt',
    )
  }
  if (site === undefined || position === undefined) {
    throw new UsageError('expected --site and --site-position, which say where the site is in the windows')
  }
  const pairs = sequences.map((path, i) => ({ sequences: path, labels: labels[i]! }))
  await write(nearMisses(importLines({ pairs, site, position, split }), options), options, context)
}

export interface ImportCsvOptions extends TableOptions, SiteOptions, NearMissOptions {
  sequenceColumn: string
  labelColumn: string
  classes: string
  targetColumn?: string[]
}

/** `splice-score dataset import csv`: tables with a header. */
export async function runImportCsv(
  tables: readonly string[],
  options: ImportCsvOptions,
  context: CommandContext,
): Promise<void> {
  const { sequenceColumn, labelColumn, targetColumn = [] } = options
  const source = importCsv({
    inputs: inputsOf(tables, options),
    sequenceColumn,
    labelColumn,
    targetColumns: targetColumn,
    classes: parseClassMapping(options.classes),
    layout: layoutOf(options),
  })
  await write(nearMisses(source, options), options, context)
}

export interface ImportDeepBindOptions extends TableOptions {
  shuffledNegatives: number
  seed: number
}

/** `splice-score dataset import deepbind`: tables of bound sequences. */
export async function runImportDeepBind(
  tables: readonly string[],
  options: ImportDeepBindOptions,
  context: CommandContext,
): Promise<void> {
  const { shuffledNegatives, seed } = options
  checkSeed(seed)
  const source = importDeepBind({ inputs: inputsOf(tables, options), shuffledNegatives, seed })
  await write(source, options, context)
}

export interface ImportEieOptions extends TableOptions, SiteOptions {
  minSupport: number
  decoys: number
  minIntron: number
  seed: number
  windowLength?: number
}

/** `splice-score dataset import eie`: introns with the exon bases beside them. */
export async function runImportEie(
  tables: readonly string[],
  options: ImportEieOptions,
  context: CommandContext,
): Promise<void> {
  const { minSupport, decoys, minIntron, seed } = options
  checkSeed(seed)
  if (minIntron < MIN_INTRON) {
    throw new UsageError(`--min-intron: expected at least ${MIN_INTRON}, found ${minIntron}`)
  }
  const single = singleSite(options)
  const source = importExonIntronExon({
    inputs: inputsOf(tables, options),
    minSupport,
    decoys,
    minIntron,
    seed,
    ...(single && { single }),
  })
  await write(source, options, context)
}

export interface ImportYeastOptions extends DatasetOptions {
  input: YeastWindow
  test: number
  validation: number
  equalise?: boolean
  seed: number
}

/** `splice-score dataset import yeast`: constructs with their splicing efficiency. */
export async function runImportYeast(
  tables: readonly string[],
  options: ImportYeastOptions,
  context: CommandContext,
): Promise<void> {
  const { input, test, validation, equalise = false, seed } = options
  checkSeed(seed)
  const source = importYeast({ tables, input, shares: { test, validation }, equalise, seed })
  await write(source, options, context)
}

/** Room for both ends of an intron. */
const MIN_INTRON = 4

function checkSeed(seed: number): void {
  if (seed >= 2 ** 32) {
    throw new UsageError(`--seed: expected a number below ${grouped(2 ** 32)}, found ${grouped(seed)}`)
  }
}

function inputsOf(tables: readonly string[], options: TableOptions): SplitFile[] {
  const inputs = [
    ...tables.map(path => ({ path, split: options.split })),
    ...SPLITS.flatMap(split => (options[split] ?? []).map(path => ({ path, split }))),
  ]
  if (inputs.length === 0) {
    throw new UsageError(
      'expected at least one table, found none',
      'name it, or give --train, --validation or --test',
    )
  }
  return inputs
}

function layoutOf({ site, sitePosition: position }: SiteOptions): ImportLayout {
  if ((site === undefined) !== (position === undefined)) {
    throw new UsageError('expected both --site and --site-position, or neither')
  }
  return site === undefined || position === undefined ? { site: 'unknown' } : { site, position }
}

/** Returns the import with the rows that the options leave out or add. */
function nearMisses(
  source: WindowImport,
  { motif, nearMiss: count, nearDistance: distance, seed }: NearMissOptions,
): WindowImport {
  checkSeed(seed)
  if (distance !== undefined && (distance === 0 || count === 0)) {
    throw new UsageError(
      `expected a --near-distance of at least 1 with --near-miss, found ${distance} with --near-miss ${count}`,
    )
  }
  if ((motif !== undefined || count > 0) && !('position' in source.layout)) {
    throw new UsageError(
      `expected --site and --site-position with ${motif === undefined ? '--near-miss' : '--motif'}, which say where the site is in the windows`,
    )
  }
  const rows = motif === undefined ? source : withMotifs(source, parseMotifs(motif))
  return count === 0
    ? rows
    : withNearMisses(rows, { count, seed, ...(distance !== undefined && { distance }) })
}

function singleSite(options: ImportEieOptions): SingleSite | undefined {
  const { site: kind, sitePosition: site, windowLength: length } = options
  if (kind === undefined && site === undefined && length === undefined) {
    return undefined
  }
  if (kind === undefined || site === undefined || length === undefined || site >= length) {
    throw new UsageError(
      `expected --site, --window-length and --site-position below the length, or none of them, found ${kind ?? 'no site'}, ${length ?? 'no length'} and ${site ?? 'no position'}`,
    )
  }
  return { kind, site, length }
}

async function write(source: WindowImport, options: DatasetOptions, context: CommandContext): Promise<void> {
  const { terminal } = context
  const { out, name, source: words, deduplicate = false } = options
  const summary = await writeWindowDataset(out, source, {
    toolVersion: VERSION,
    deduplicate,
    ...(name !== undefined && { name }),
    ...(words !== undefined && { source: words }),
    guard: unfinished => context.guard(unfinished),
  })
  for (const warning of summary.warnings) {
    terminal.warn(warning)
  }
  for (const [split, classes] of Object.entries(summary.counts.classesBySplit)) {
    const counts = Object.entries(classes).map(([className, count]) => `${className} ${grouped(count)}`)
    terminal.info(`${split}: ${counts.join(', ')}`)
  }
  terminal.info(`${out}: ${grouped(summary.counts.rows)} rows`)
}
