import { basename, dirname, resolve } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import { type CurateRules, curate } from '../../curation/curate.ts'
import { type CuratedFacts, writeCuratedFolder } from '../../curation/curated-folder.ts'
import type { ExampleLayout } from '../../curation/example-layout.ts'
import type { SupportMeasure } from '../../curation/labels/support-pool.ts'
import type { SiteKind } from '../../curation/site-window.ts'
import { sha256File } from '../../io/file-digest.ts'
import { openReference } from '../../io/reference.ts'
import { requireFolder } from '../../io/sink.ts'
import { createWholeFolder } from '../../io/whole-folder.ts'
import type { CommandContext } from '../context.ts'
import { readEvidence } from '../curation/evidence.ts'
import { excludedRegions, excludedSequences } from '../curation/exclusions.ts'
import { describeCuration } from '../curation/messages.ts'
import { splitSettings } from '../curation/split-settings.ts'
import { readOptions } from '../curation/support.ts'
import { extractSettings, type InputOptions, type TalkOptions } from '../options.ts'
import { VERSION } from '../version.ts'

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
  test: number
  validation: number
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
  await requireFolder(resolve(options.out))
  const folder = context.guard(await createWholeFolder(options.out))
  const reference = await openReference(options.ref)
  const evidence = await readEvidence(options, reference, context)
  const { model, pool } = evidence
  const settings = extractSettings(readOptions(options))
  const scratchFolder = dirname(resolve(options.out))
  const sequences = await excludedSequences(options, scratchFolder, context)
  const curated = await curate({
    reference,
    model,
    pool,
    rules: {
      ...exampleRules(options, settings),
      splits: await splitSettings(options, reference, model, terminal),
      layout,
    },
    excluded: await excludedRegions(options.exclude ?? [], reference, terminal),
    excludedSequences: sequences?.index,
    onProgress: terminal.progress,
  })
  const files = await inputFiles(options, evidence.files, sequences?.files ?? [])
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
      inputNames: evidence.inputNames,
      reference: {
        name: basename(options.ref),
        sha256: files.find(file => file.role === 'reference')!.sha256,
      },
      files,
      settings: recordedSettings(options, settings),
      warnings: evidence.warnings,
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
  terminal.info(`${options.out}: ${grouped(tally.rows)} examples`)
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

/** Returns the inputs with their hashes; regions to exclude by name, since their order means nothing. */
async function inputFiles(
  { exclude = [], testGenes, validationGenes }: CurateOptions,
  evidence: readonly InputFile[],
  sequences: readonly InputFile[],
): Promise<CuratedFacts['files']> {
  const genes = [
    ...(testGenes === undefined ? [] : [{ path: testGenes, role: 'test-genes' }]),
    ...(validationGenes === undefined ? [] : [{ path: validationGenes, role: 'validation-genes' }]),
  ]
  const regions = await Promise.all(exclude.map(path => hashedFile({ path, role: 'exclude' })))
  regions.sort((a, b) => compareText(a.name, b.name) || compareText(a.sha256, b.sha256))
  const files = []
  for (const file of [...evidence, ...genes]) {
    files.push(await hashedFile(file))
  }
  files.push(...regions)
  for (const file of sequences) {
    files.push(await hashedFile(file))
  }
  return files
}

interface InputFile {
  path: string
  role: string
}

async function hashedFile({ path, role }: InputFile): Promise<CuratedFacts['files'][number]> {
  return { name: basename(path), sha256: await sha256File(path), role }
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Throws UsageError for a support that nothing can give, and for an input that cannot be read again for its hash. */
function requireSupport({ bam = [], junctions = [], minSupport }: CurateOptions): void {
  if ([...bam, ...junctions].includes('-')) {
    throw new UsageError(
      'expected files after --bam and --junctions, found -, the standard input',
      'the dataset records the hash of every input: write it to a file first',
    )
  }
  if (bam.length + junctions.length === 0 && minSupport > 0) {
    throw new UsageError(
      `expected --bam or --junctions, which say what has a support of ${minSupport}, found neither`,
      'with --min-support 0 all annotated introns are positives',
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
    test: options.test,
    validation: options.validation,
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
