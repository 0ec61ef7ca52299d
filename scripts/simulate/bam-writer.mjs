// BAM files from plain descriptions of records, for tests, fixtures and benchmarks. Never part of the package.
import { writeHeader, writeRecord } from './bam-record.mjs'
import { bgzip, DEFAULT_BLOCK_SIZE } from './bgzf.mjs'
import { ByteSink } from './byte-sink.mjs'

export { encodeBai, indexBam } from './bai.mjs'
export { BGZF_EOF, bgzip } from './bgzf.mjs'

/** @typedef {import('./bam-record.mjs').ContigSpec} ContigSpec */
/** @typedef {import('./bam-record.mjs').BamTag} BamTag */
/** @typedef {import('./bam-record.mjs').BamRecordSpec} BamRecordSpec */

/**
 * What `encodeBam` writes: records in the order given (sort them yourself if they are to be indexed).
 * `blockSize` is in uncompressed bytes per BGZF block; records run over block ends where they fall.
 * @typedef {{
 *   contigs: readonly ContigSpec[],
 *   records: readonly BamRecordSpec[],
 *   headerText?: string | undefined,
 *   blockSize?: number | undefined,
 *   eofMarker?: boolean | undefined,
 * }} BamSpec
 */

/**
 * Returns the bytes of a BAM file.
 * Throws: Error naming the record that cannot be written.
 * @param {BamSpec} spec
 * @returns {Uint8Array}
 */
export function encodeBam({
  contigs,
  records,
  headerText,
  blockSize = DEFAULT_BLOCK_SIZE,
  eofMarker = true,
}) {
  const sink = new ByteSink()
  writeHeader(sink, contigs, headerText)
  const contigIds = new Map(contigs.map((contig, id) => [contig.name, id]))
  for (const record of records) {
    writeRecord(sink, record, contigIds)
  }
  return bgzip(sink.take(), blockSize, eofMarker)
}
