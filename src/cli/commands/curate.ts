import { basename, resolve } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import { type CurateRules, curate } from '../../curation/curate.ts'
import { writeCuratedFolder } from '../../curation/curated-folder.ts'
import type { ExampleLayout } from '../../curation/example-layout.ts'
import type { SupportMeasure } from '../../curation/labels/support-pool.ts'
import type { SiteKind } from '../../curation/site-window.ts'
import { openReference } from '../../io/reference.ts'
import { requireFolder } from '../../io/sink.ts'
import { createWholeFolder } from '../../io/whole-folder.ts'
import type { CommandContext } from '../context.ts'
import { hashedFiles, InputHashes, inputPaths, requireInputFiles } from '../curation/input-files.ts'
import { KeptWarnings } from '../curation/kept-warnings.ts'
import { describeCuration } from '../curation/messages.ts'
import { readInputs } from '../curation/read-inputs.ts'
import { hasSeveralParts, requireShares, shareOf } from '../curation/split-settings.ts'
import { readOptions } from '../curation/support.ts'
import { extractSettings, type InputOptions, type TalkOptions } from '../options.ts'
import { VERSION } from '../version.ts'

const SHORTEST_KMER = 15

export interface CurateOptions
  extends TalkOptions,
    Pick<
      InputOptions,
      'profile' | 'excludeFlags' | 'minMapq' | 'minIntron' | 'maxIntron' | 'minAnchor' | 'strandness'
    > {
  ref: string
  annotation: string[]
  bam?: string[]
  junctions?: string[]
  /** A file; `false` for no primary set; without it tags decide. */
  primary?: string | false
  out: string
  minSupport: number
  support: SupportMeasure
  noiseSupport: number
  strandNoise: number
  biotypes: string
  random: number
  nearMiss: number
  noncanonical: number
  unknown: boolean
  /** Shares; without them the defaults, where no contigs or genes are named. */
  test?: number
  validation?: number
  testContigs?: string
  validationContigs?: string
  testGenes?: string
  validationGenes?: string
  maxIdentity: number
  kmer: number
  exclude?: string[]
  excludeSequences?: string[]
  site?: SiteKind
  windowLength?: number
  sitePosition?: number
  windows: boolean
  name?: string
  seed: number
}

/** `splice-score curate`: a labelled dataset from a reference, annotations and alignments. */
export async function runCurate(options: CurateOptions, context: CommandContext): Promise<void> {
  const { terminal } = context
  const layout = exampleLayout(options)
  requireSupport(options)
  requireNoiseBelowSupport(options)
  requireShares(options)
  requireComparable(options, layout)
  const settings = extractSettings(readOptions(options))
  const hashes = new InputHashes()
  await requireInputFiles(options, hashes)
  await requireFolder(resolve(options.out))
  const folder = context.guard(await createWholeFolder(options.out))
  const reference = await openReference(options.ref)
  const warnings = new KeptWarnings(terminal, inputPaths(options))
  const read = await readInputs({ options, layout, reference, hashes, warnings, context })
  const { model, pool, splits, excluded, sequences } = read
  const curated = await curate({
    reference,
    model,
    pool,
    rules: { ...exampleRules(options, settings), splits, layout },
    excluded,
    excludedSequences: sequences?.index,
    onProgress: terminal.progress,
  })
  const files = await hashedFiles(read.files, hashes)
  const tally = await writeCuratedFolder({
    folder: folder.path,
    curated,
    model,
    pool,
    reference,
    layout,
    writesWindows: options.windows,
    facts: {
      name: options.name ?? basename(resolve(options.out)),
      source: sourceText(options),
      toolVersion: VERSION,
      inputNames: read.inputNames,
      reference: {
        name: basename(options.ref),
        sha256: files.find(file => file.role === 'reference')!.sha256,
      },
      files,
      settings: recordedSettings(options, settings),
      warnings: warnings.all,
      ...(sequences && { excludedSequences: { sampledOneIn: sequences.sampledOneIn } }),
    },
    onProgress: terminal.progress,
  })
  await reference.close()
  terminal.clear()
  for (const warning of curated.warnings) {
    terminal.warn(warning)
  }
  await folder.commit()
  for (const line of describeCuration(curated, tally)) {
    terminal.info(line)
  }
  const unknown = tally.classes.unknown ?? 0
  terminal.info(
    `${options.out}: ${grouped(tally.rows - unknown)} examples${unknown > 0 ? `, ${grouped(unknown)} rows of class unknown` : ''}`,
  )
}

function exampleRules(
  options: CurateOptions,
  { minIntron, maxIntron }: ReturnType<typeof extractSettings>,
): Omit<CurateRules, 'splits' | 'layout'> {
  const { minSupport, noiseSupport, strandNoise, unknown: keepUnknown } = options
  const { random, nearMiss, noncanonical, maxIdentity, kmer, seed } = options
  return {
    labels: { minSupport, noiseSupport, strandNoise, minIntron, maxIntron, keepUnknown },
    decoys: { random, nearMiss, noncanonical },
    likeness: { maxIdentity, kmer },
    seed,
  }
}

/** Throws: UsageError for a support that nothing can give. */
function requireSupport({ bam = [], junctions = [], minSupport }: CurateOptions): void {
  if (bam.length + junctions.length === 0 && minSupport > 0) {
    throw new UsageError(
      `expected --bam or --junctions, which say what has a support of ${minSupport}, found neither`,
      'with --min-support 0 all annotated introns are positives',
    )
  }
}

/** Throws: UsageError for noise that has the support of a positive. */
function requireNoiseBelowSupport({ minSupport, noiseSupport }: CurateOptions): void {
  if (minSupport > 0 && noiseSupport >= minSupport) {
    throw new UsageError(
      `expected noise with less support than positives, found --noise-support ${noiseSupport} and --min-support ${minSupport}`,
      'raise --min-support, or make no negative-1: --noise-support 0',
    )
  }
}

function exampleLayout({ site, windowLength, sitePosition }: CurateOptions): ExampleLayout {
  if (site === undefined) {
    if (windowLength !== undefined || sitePosition !== undefined) {
      throw new UsageError(
        'expected --site donor or --site acceptor with --window-length and --site-position',
        'windows of both sites have 800 bases, 400 around each',
      )
    }
    return { kind: 'junction' }
  }
  if (windowLength === undefined || sitePosition === undefined) {
    throw new UsageError(`expected --window-length and --site-position with --site ${site}`)
  }
  if (windowLength < 4 || windowLength > 100_000 || sitePosition >= windowLength) {
    throw new UsageError(
      `expected a window of 4 to 100000 bases with the site inside, found --window-length ${windowLength} and --site-position ${sitePosition}`,
    )
  }
  return { kind: site, length: windowLength, site: sitePosition }
}

/** Throws: UsageError for windows too short to hold a k-mer, where some are to be compared. */
function requireComparable(options: CurateOptions, layout: ExampleLayout): void {
  const { kmer, excludeSequences = [] } = options
  if (layout.kind === 'junction' || layout.length >= kmer) {
    return
  }
  if (hasSeveralParts(options) || excludeSequences.length > 0) {
    const longest = layout.length - (layout.length % 2 === 0 ? 1 : 0)
    throw new UsageError(
      `expected windows of at least ${kmer} bases, whose ${kmer}-mers tell what is alike in two parts or in --exclude-sequences, found --window-length ${layout.length}`,
      longest >= SHORTEST_KMER
        ? `give --kmer ${longest} or less (odd, ${SHORTEST_KMER} at least), or longer windows`
        : `give windows of ${SHORTEST_KMER} bases or more with --kmer ${SHORTEST_KMER}, or make one part: --validation 0`,
    )
  }
}

function sourceText({ minSupport, support, bam = [], junctions = [] }: CurateOptions): string {
  return bam.length + junctions.length === 0
    ? 'annotated introns, with no alignments asked for; negatives as the settings say'
    : `annotated introns with a support of ${minSupport} ${support} or more; negatives as the settings say`
}

/** Returns every setting that decides what is in the dataset, under the names of the options. */
function recordedSettings(
  options: CurateOptions,
  settings: ReturnType<typeof extractSettings>,
): Record<string, unknown> {
  const { excludeFlags, minMapq, minIntron, maxIntron, minAnchor, strandness } = settings
  const [test, validation] = [shareOf(options, 'test'), shareOf(options, 'validation')]
  return {
    minSupport: options.minSupport,
    support: options.support,
    noiseSupport: options.noiseSupport,
    strandNoise: options.strandNoise,
    biotypes: options.biotypes,
    primary:
      options.primary === undefined ? 'tag' : options.primary === false ? 'none' : basename(options.primary),
    random: options.random,
    nearMiss: options.nearMiss,
    noncanonical: options.noncanonical,
    unknown: options.unknown,
    ...(options.profile && { profile: options.profile }),
    excludeFlags,
    minMapq,
    minIntron,
    maxIntron,
    minAnchor,
    strandness,
    ...(test !== undefined && { test }),
    ...(validation !== undefined && { validation }),
    ...(options.testContigs && { testContigs: options.testContigs }),
    ...(options.validationContigs && { validationContigs: options.validationContigs }),
    ...(options.testGenes && { testGenes: basename(options.testGenes) }),
    ...(options.validationGenes && { validationGenes: basename(options.validationGenes) }),
    maxIdentity: options.maxIdentity,
    kmer: options.kmer,
    ...(options.site && {
      site: options.site,
      windowLength: options.windowLength,
      sitePosition: options.sitePosition,
    }),
    seed: options.seed,
  }
}
