import { readFile } from 'node:fs/promises'
import { BgzipIndexedFasta, IndexedFasta } from '@gmod/indexedfasta'
import { BlobFile, LocalFile } from 'generic-filehandle2'
import { EXIT, InputDataError, MissingResourceError, SpliceScoreError } from '../core/errors.ts'
import { encodeText } from '../genome/sequence.ts'
import { requireEndMarker } from './bgzf-blocks.ts'
import { readBgzf } from './bgzf-stream.ts'
import { openError, readBytes } from './byte-source.ts'
import { endProblem, lastProblem, startProblem } from './fasta-check.ts'
import { type FaiEntry, FastaIndexer, notFasta, parseFai } from './fasta-index.ts'
import { buildGzi, detectPacking, GziBuilder, gziProblem } from './gzip-index.ts'

/** A reference genome, read one contig at a time. */
export interface ReferenceGenome {
  readonly path: string
  /** Name to length in bases, in file order. */
  readonly contigs: ReadonlyMap<string, number>
  /**
   * Returns a contig's base codes. The array is shared: callers must not write to it.
   * Shape: one code (0..4) per base.
   * Throws: MissingResourceError for an unknown name; InputDataError when the index does not fit the file.
   * Memory: the contig; only the last loaded one is kept.
   */
  loadContig(name: string): Promise<Uint8Array>
  /** Lets the loaded contig go; files are opened per read, so none is left open. */
  close(): Promise<void>
}

/** Bases read at once, so that a chromosome never exists as one string. */
const WINDOW = 1 << 22
const NAMES_SHOWN = 5

/**
 * Returns a reference genome from a FASTA file, plain or bgzip. A `.fai` or `.gzi` beside it is used; what is
 * absent is made in memory in one pass over the file. Nothing is written.
 * Throws: MissingResourceError when the file is absent; InputDataError for plain gzip, text that is not FASTA,
 * uneven lines, repeated names, truncated data, or an index that does not fit.
 * Memory: the index, and about 1 MB while it is made.
 */
export async function openReference(path: string): Promise<ReferenceGenome> {
  const packing = await detectPacking(path)
  if (packing === 'gzip') {
    throw new InputDataError(
      `${path}: expected plain text or bgzip, found plain gzip, which cannot be read at any position`,
      `decompress it with \`gunzip\`, or repack it: \`gunzip -c ${path} | bgzip > reference.fa.gz\``,
    )
  }
  const index = packing === 'plain' ? await plainIndex(path) : await bgzipIndex(path)
  // Records are handed over under their number: the index reader keeps names as object keys.
  const fai = blobFile(index.entries.map(faiRow).join(''))
  const fasta = new LocalFile(path)
  const indexed = index.gzi
    ? new BgzipIndexedFasta({ fasta, fai, gzi: blobFile(index.gzi) })
    : new IndexedFasta({ fasta, fai })
  const reference = new IndexedReference(path, index, indexed)
  if (index.files.length > 0) {
    await reference.checkIndex()
  }
  return reference
}

interface ReferenceIndex {
  entries: FaiEntry[]
  gzi?: Uint8Array<ArrayBuffer>
  /** The index files on disk that were used. */
  files: string[]
}

async function plainIndex(path: string): Promise<ReferenceIndex> {
  const fai = await readIfPresent(`${path}.fai`)
  if (fai) {
    return { entries: parseFai(fai.toString('utf8'), `${path}.fai`), files: [`${path}.fai`] }
  }
  const indexer = new FastaIndexer(path)
  for await (const chunk of readBytes(path)) {
    indexer.push(chunk)
  }
  return { entries: indexer.finish(), files: [] }
}

async function bgzipIndex(path: string): Promise<ReferenceIndex> {
  const fai = await readIfPresent(`${path}.fai`)
  if (!fai) {
    const indexer = new FastaIndexer(path)
    const builder = new GziBuilder()
    for await (const window of readBgzf(path)) {
      indexer.push(window.bytes)
      builder.addWindow(window)
    }
    return { entries: indexer.finish(), gzi: builder.finish(), files: [] }
  }
  await requireEndMarker(path)
  const entries = parseFai(fai.toString('utf8'), `${path}.fai`)
  const gzi = await readIfPresent(`${path}.gzi`)
  if (!gzi) {
    return { entries, gzi: await buildGzi(path), files: [`${path}.fai`] }
  }
  const problem = await gziProblem(gzi, path)
  if (problem !== undefined) {
    throw staleIndex(path, [`${path}.gzi`], problem)
  }
  return { entries, gzi, files: [`${path}.fai`, `${path}.gzi`] }
}

class IndexedReference implements ReferenceGenome {
  readonly path: string
  readonly contigs: ReadonlyMap<string, number>
  readonly #entries: readonly FaiEntry[]
  readonly #numberOf: ReadonlyMap<string, number>
  readonly #indexFiles: readonly string[]
  readonly #fasta: IndexedFasta
  #loaded: { name: string; codes: Promise<Uint8Array> } | undefined
  #closed = false

  constructor(path: string, index: ReferenceIndex, fasta: IndexedFasta) {
    this.path = path
    this.contigs = new Map(index.entries.map(entry => [entry.name, entry.length]))
    this.#entries = index.entries
    this.#numberOf = new Map(index.entries.map((entry, i) => [entry.name, i]))
    this.#indexFiles = index.files
    this.#fasta = fasta
  }

  /** Checks an index from disk against the first byte and the end of the text. */
  async checkIndex(): Promise<void> {
    const first = await this.#readText(1, 0)
    if (first.length === 1 && first[0] !== 0x3e) {
      throw notFasta(this.path, first)
    }
    const last = this.#entries.at(-1)
    const problem = last ? await lastProblem(last, this.#readText) : 'the index lists no contig'
    if (problem !== undefined) {
      throw staleIndex(this.path, this.#indexFiles, problem)
    }
  }

  async loadContig(name: string): Promise<Uint8Array> {
    if (this.#closed) {
      throw new SpliceScoreError(
        'CLOSED',
        EXIT.internal,
        `${this.path}: contig ${name} was asked for after close`,
      )
    }
    if (this.#loaded?.name === name) {
      return this.#loaded.codes
    }
    const number = this.#numberOf.get(name)
    if (number === undefined) {
      throw this.#unknown(name)
    }
    // The one before is let go first, so that two contigs are never held for the time of a read.
    this.#loaded = undefined
    const codes = this.#read(number)
    this.#loaded = { name, codes }
    try {
      return await codes
    } catch (error) {
      if (this.#loaded?.codes === codes) {
        this.#loaded = undefined
      }
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#loaded = undefined
  }

  async #read(number: number): Promise<Uint8Array> {
    const entry = this.#entries[number]!
    const codes = new Uint8Array(entry.length)
    if (entry.length === 0) {
      return codes
    }
    this.#requireFit(await startProblem(entry, this.#readText))
    for (let start = 0; start < entry.length; start += WINDOW) {
      const end = Math.min(start + WINDOW, entry.length)
      const text = await this.#readWindow(number, start, end)
      if (text.length !== end - start || text.includes('>')) {
        const found = text.includes('>') ? 'a header line' : `${text.length}`
        this.#requireFit(
          `expected ${end - start} bases of ${entry.name} from position ${start}, found ${found}`,
        )
      }
      codes.set(encodeText(text), start)
    }
    this.#requireFit(await endProblem(entry, this.#readText))
    return codes
  }

  async #readWindow(number: number, start: number, end: number): Promise<string> {
    try {
      return (await this.#fasta.getSequence(String(number), start, end)) ?? ''
    } catch (error) {
      throw this.#readError(error)
    }
  }

  #readText = async (length: number, position: number): Promise<Uint8Array> => {
    try {
      return await this.#fasta.fasta.read(length, position)
    } catch (error) {
      throw this.#readError(error)
    }
  }

  #requireFit(problem: string | undefined): void {
    if (problem !== undefined) {
      throw staleIndex(this.path, this.#indexFiles, problem)
    }
  }

  #readError(error: unknown): Error {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') {
      return openError(this.path, error)
    }
    const message = error instanceof Error ? error.message : String(error)
    return staleIndex(this.path, this.#indexFiles, `reading failed (${message})`, error)
  }

  #unknown(name: string): MissingResourceError {
    const known = [...this.contigs.keys()]
    const more = known.length > NAMES_SHOWN ? ` and ${known.length - NAMES_SHOWN} more` : ''
    return new MissingResourceError(
      `${this.path}: no contig ${name}; the file has ${known.slice(0, NAMES_SHOWN).join(', ')}${more}`,
      'check that the reference is the one the reads were aligned to',
    )
  }
}

function staleIndex(
  path: string,
  files: readonly string[],
  problem: string,
  cause?: unknown,
): InputDataError {
  if (files.length === 0) {
    return new InputDataError(
      `${path}: the file does not fit the index made from it at the start: ${problem}`,
      'the file was changed during the run, or is damaged; run again',
      cause,
    )
  }
  return new InputDataError(
    `${files.join(' and ')}: the index does not fit ${path}: ${problem}`,
    `the file was changed after it was indexed: delete the index and run \`samtools faidx ${path}\``,
    cause,
  )
}

function faiRow(entry: FaiEntry, number: number): string {
  return `${number}\t${entry.length}\t${entry.offset}\t${entry.lineBases}\t${entry.lineBytes}\n`
}

function blobFile(content: string | Uint8Array<ArrayBuffer>): BlobFile {
  return new BlobFile(new Blob([content]))
}

async function readIfPresent(path: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return (await readFile(path)) as Buffer<ArrayBuffer>
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') {
      return undefined
    }
    throw openError(path, error)
  }
}
