import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Interval } from '../../src/genome/interval.ts'
import type { JunctionEvidence } from '../../src/genome/junction.ts'
import { openReference } from '../../src/io/reference.ts'
import {
  type ExtractResult,
  extractJunctions,
  type LoadCodes,
  openAlignmentRegions,
  openAlignments,
} from '../../src/junctions/extract.ts'
import { DEFAULT_SETTINGS, type ExtractSettings } from '../../src/junctions/settings.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const DATA = resolve(ROOT, process.env.SPLICE_SCORE_DATA ?? '../shared/data')

/** True when the folder of public data sets is there. */
export const hasData = existsSync(join(DATA, 'README.md'))

/** What to add to a test's title: empty, or why it is skipped. */
export const dataReason = hasData ? '' : ' (skipped: no data folder, see SPLICE_SCORE_DATA)'

/** Returns the path of a file of the data folder. */
export function dataPath(name: string): string {
  return join(DATA, name)
}

/** Returns the names of all BAM files of the data folder, relative to it, sorted. */
export function dataBams(): string[] {
  return readdirSync(DATA, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.bam'))
    .sort()
}

/** An alignment file with the reference it was aligned to. */
export interface AlignmentSet {
  name: string
  bam: string
  fasta: string
  isPresent: boolean
}

export const FIXTURE = 'fixtures/sample.bam'

/** The fixture, which is always there, and every BAM of the data folder. */
export const SET_NAMES: readonly string[] = [
  FIXTURE,
  'fly-dm6-2l-2r/sample1.paired.bam',
  'fly-dm6-2l-2r/sample2.paired.bam',
  'fly-dm6-2l-2r/sample3.paired.bam',
  'fly-dm6-2l-2r/sample4.paired.bam',
  'human-chr9-0m/sgnex-a549-directrna-rep5.chr9.bam',
  'human-chrx-minigenome/geuvadis-lcl.minigenome.bam',
  'mouse-chr15-1m/e14-rep1.bam',
  'mouse-chr15-1m/e14-rep2.bam',
  'mouse-chr15-1m/e18-rep1.bam',
  'mouse-chr15-1m/e18-rep2.bam',
  'mouse-chr9-3m/illumina.chr9.bam',
  'mouse-chr9-3m/ont-simulated.chr9.bam',
  'pombe-mini/sp-log.bam',
]

/** Reference of each folder of real alignments. */
const REFERENCES: Record<string, string> = {
  'fly-dm6-2l-2r': 'dm6.2l-2r.fa.gz',
  'human-chr9-0m': 'chr9.1-1000000.fa.gz',
  'human-chrx-minigenome': 'minigenome.fa.gz',
  'mouse-chr15-1m': 'chr15.window.fa.gz',
  'mouse-chr9-3m': 'chr9.1-4000000.fa.gz',
  'pombe-mini': 'genome.fa.gz',
}

/** Returns the alignment set of that name: a BAM of the data folder, or the fixture. */
export function alignmentSet(name: string): AlignmentSet {
  if (name === FIXTURE) {
    return { name, bam: join(ROOT, FIXTURE), fasta: join(ROOT, 'fixtures/genome.fa'), isPresent: true }
  }
  const folder = dirname(name)
  return {
    name,
    bam: dataPath(name),
    fasta: dataPath(join(folder, REFERENCES[folder]!)),
    isPresent: hasData,
  }
}

export interface FileExtraction {
  settings?: Partial<ExtractSettings>
  /** Use the reference of the set, by exact contig name. */
  withReference?: boolean
  regions?: readonly Interval[]
  /** Another copy of the alignments. */
  bam?: string
}

/** Returns what extraction finds in an alignment set. */
export async function extractSet(
  set: AlignmentSet,
  { settings, withReference, regions, bam = set.bam }: FileExtraction = {},
): Promise<ExtractResult> {
  return extractJunctions({
    alignments: regions ? await openAlignmentRegions(bam, regions) : await openAlignments(bam),
    settings: { ...DEFAULT_SETTINGS, ...settings },
    loadCodes: withReference ? await referenceCodes(set.fasta) : undefined,
  })
}

/**
 * Returns base codes of contigs under the same name. Some data sets hold the first megabases of their chromosomes only,
 * which the command line refuses; here an intron beyond them simply has no motif.
 */
async function referenceCodes(fasta: string): Promise<LoadCodes> {
  const reference = await openReference(fasta)
  return async contig => (reference.contigs.has(contig) ? reference.loadContig(contig) : undefined)
}

/** Everything extraction says about a junction, as one line, so that a difference is seen at a glance. */
export function junctionLine(junction: JunctionEvidence): string {
  const { contig, start, end, strand, strandSource, motif } = junction
  const { fragments, reads, unique, multi, maxAnchor, leftAnchor, rightAnchor, distinctStarts } = junction
  return (
    `${contig}:${start}-${end}:${strand} ${strandSource} ${motif ?? 'none'} fragments=${fragments} reads=${reads} ` +
    `unique=${unique} multi=${multi} anchors=${maxAnchor}/${leftAnchor}/${rightAnchor} starts=${distinctStarts}`
  )
}

/** A Python that can import pysam, the oracle's way to read BAM; undefined when there is none. */
export const python = ['python3', '/usr/bin/python3'].find(
  command => spawnSync(command, ['-c', 'import pysam'], { stdio: 'ignore' }).status === 0,
)

export const pythonReason = python === undefined ? ' (skipped: no python3 with pysam)' : ''

/** Returns what a script of test/oracle answers to a request; both are JSON. */
export function askOracle<T>(script: string, request: object): T {
  const path = join(ROOT, 'test/oracle', script)
  const answer = execFileSync(python!, [path], {
    input: JSON.stringify(request),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return JSON.parse(answer) as T
}

export const hasSamtools = spawnSync('samtools', ['--version'], { stdio: 'ignore' }).status === 0
