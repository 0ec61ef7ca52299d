// The public data the model card is made from: where each set lies, and what is in it.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MissingResourceError } from '../../dist/core/errors.js'
import { sha256File } from '../../dist/io/file-digest.js'

/**
 * @typedef {{
 *   key: string,
 *   title: string,
 *   species: 'human' | 'mouse',
 *   isHeldOut: boolean,
 *   about: string,
 *   folder: string,
 *   reference: string,
 *   annotation: string,
 *   alignments: string[],
 *   reads?: string,
 * }} DataSet
 */

/** @type {readonly DataSet[]} */
export const DATA_SETS = [
  {
    key: 'human-chr9',
    title: 'human chr9',
    species: 'human',
    isHeldOut: true,
    about: 'GRCh38 chr9:1-1,000,000, Ensembl 91',
    folder: 'human-chr9-0m',
    reference: 'chr9.1-1000000.fa.gz',
    annotation: 'ensembl91.chr9.1-1000000.gtf.gz',
    alignments: ['sgnex-a549-directrna-rep5.chr9.bam'],
    reads: 'SG-NEx Nanopore direct RNA, A549',
  },
  {
    key: 'human-chr20',
    title: 'human chr20',
    species: 'human',
    isHeldOut: true,
    about: 'NCBI33 chr20:30,249,935-31,254,640, Ensembl',
    folder: 'human-chr20-30m',
    reference: 'chr20.ncbi33.partial.fa.gz',
    annotation: 'ensembl.chr20.ncbi33.gff3.gz',
    alignments: [],
  },
  {
    key: 'human-chr21',
    title: 'human chr21',
    species: 'human',
    isHeldOut: true,
    about: 'GRCh38 chr21, 1.2 Mb, mostly 24,985,581-26,023,859, Ensembl',
    folder: 'human-chr21-25m',
    reference: 'chr21.partial.fa.gz',
    annotation: 'ensembl.chr21.gff3.gz',
    alignments: [],
  },
  {
    key: 'mouse-chr9',
    title: 'mouse chr9',
    species: 'mouse',
    isHeldOut: true,
    about: 'chr9:3,000,001-4,000,000, GENCODE',
    folder: 'mouse-chr9-3m',
    reference: 'chr9.1-4000000.fa.gz',
    annotation: 'gencode.chr9.1-4000000.gtf.gz',
    alignments: ['illumina.chr9.bam', 'ont-simulated.chr9.bam'],
    reads: 'LRGASP simulations, Illumina pairs and Nanopore cDNA',
  },
  {
    key: 'mouse-chr15',
    title: 'mouse chr15',
    species: 'mouse',
    isHeldOut: true,
    about: '1 Mb of chr15 around Oxr1, Ensembl',
    folder: 'mouse-chr15-1m',
    reference: 'chr15.window.fa.gz',
    annotation: 'ensembl.chr15.window.gtf.gz',
    alignments: ['e14-rep1.bam', 'e14-rep2.bam', 'e18-rep1.bam', 'e18-rep2.bam'],
    reads: 'paired RNA-seq of embryos, E14 and E18, two replicates each',
  },
  {
    key: 'human-chrx',
    title: 'human chrX',
    species: 'human',
    isHeldOut: false,
    about: 'hg38 RefSeq genes of chrX laid end to end',
    folder: 'human-chrx-minigenome',
    reference: 'minigenome.fa.gz',
    annotation: 'refgene-hg38.minigenome.gtf.gz',
    alignments: ['geuvadis-lcl.minigenome.bam'],
    reads: 'GEUVADIS RNA-seq pairs of six people',
  },
]

export const HELD_OUT = DATA_SETS.filter(set => set.isHeldOut)

/** Sets that are looked at together, then each alone. */
export const GROUPS = [
  { key: 'human', title: 'human', sets: ['human-chr9', 'human-chr20', 'human-chr21'] },
  { key: 'mouse', title: 'mouse', sets: ['mouse-chr9', 'mouse-chr15'] },
  ...HELD_OUT.map(({ key, title }) => ({ key, title, sets: [key] })),
]

/**
 * Returns the full paths of a set's files.
 * @param {string} data
 * @param {DataSet} set
 */
export function pathsOf(data, { folder, reference, annotation, alignments }) {
  const path = (/** @type {string} */ name) => requirePath(join(data, folder, name), 'SPLICE_SCORE_DATA')
  return { reference: path(reference), annotation: path(annotation), alignments: alignments.map(path) }
}

/**
 * Returns the folder that an environment variable names, else its usual place beside the repository.
 * @param {string} root
 * @param {'SPLICE_SCORE_DATA' | 'SPLICE_SCORE_PARITY'} variable
 */
export function inputFolder(root, variable) {
  const usual = { SPLICE_SCORE_DATA: '../shared/data', SPLICE_SCORE_PARITY: '../shared/parity' }[variable]
  return requirePath(resolve(root, process.env[variable] ?? usual), variable)
}

/**
 * Returns the path.
 * @param {string} path
 * @param {string} variable
 */
export function requirePath(path, variable) {
  if (!existsSync(path)) {
    const what = variable === 'SPLICE_SCORE_DATA' ? 'the public data sets' : 'the published weights'
    throw new MissingResourceError(
      `${path}: no such file or folder; the model card needs ${what}`,
      `set ${variable} to the folder that holds them`,
    )
  }
  return path
}

/**
 * Returns the set that a reference or annotation belongs to, by the SHA-256 of the file.
 * @param {string} data
 */
export async function knownFiles(data) {
  /** @type {Record<string, string>} */
  const known = {}
  for (const set of DATA_SETS) {
    const { reference, annotation } = pathsOf(data, set)
    known[await sha256File(reference)] = set.key
    known[await sha256File(annotation)] = set.key
  }
  return known
}
