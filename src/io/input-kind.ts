import { constants, gunzipSync } from 'node:zlib'
import { InputDataError } from '../core/errors.ts'
import { type ByteSource, fileSize, joinBytes, readAt, readBytes, sourceLabel } from './byte-source.ts'

/** What kind of junction input a file holds; the table's format is told later, by its rows. */
export type InputKind = 'bam' | 'table'

const HEAD_BYTES = 4096

/**
 * A GFF3 may hold intron rows with counts, which the reader of tables looks for; a GTF does not. Its attributes are asked for
 * as they stand, key "value": the head ends anywhere, and a GFF3 row cut before its first = has none of either kind.
 */
const GTF_ROW = /^[^\n]*\t(exon|transcript|gene|CDS)\t\d+\t\d+(\t[^\t\n]*){3}\t *[\w.-]+ +"/m

/**
 * Returns what the source holds, by content, and a source that still yields all of it (a stream's first bytes have
 * been taken off to look at them).
 * Throws: InputDataError for SAM, CRAM and empty input, MissingResourceError when the file is absent.
 */
export async function detectInput(source: ByteSource): Promise<{ kind: InputKind; source: ByteSource }> {
  const label = sourceLabel(source)
  if (typeof source === 'string' && (await fileSize(source)) !== undefined) {
    return { kind: kindOf(await readAt(source, 0, HEAD_BYTES), label), source }
  }
  // Opening a pipe a second time would find the rest of it, or nothing: what has been looked at is played again.
  const bytes = readBytes(source)
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < HEAD_BYTES) {
    const next = await bytes.next()
    if (next.done) {
      break
    }
    head = joinBytes(head, next.value)
  }
  return { kind: kindOf(head, label), source: { label, stream: () => replay(head, bytes) } }
}

async function* replay(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head
  yield* rest
}

function kindOf(head: Uint8Array, label: string): InputKind {
  if (head.length === 0) {
    throw new InputDataError(`${label}: expected a BAM or a junction table, found an empty file`)
  }
  const content = Buffer.from(inflateHead(head)).toString('latin1')
  if (content.startsWith('BAM\x01')) {
    return 'bam'
  }
  if (content.startsWith('CRAM')) {
    throw new InputDataError(
      `${label}: expected BAM, found CRAM`,
      'convert it: samtools view -b -T ref.fa in.cram, piped into splice-score -',
    )
  }
  if (/^@(HD|SQ|RG|PG|CO)\t/.test(content)) {
    throw new InputDataError(
      `${label}: expected BAM, found SAM text`,
      'convert it: samtools view -b in.sam, piped into splice-score -',
    )
  }
  if (content.startsWith('\x1f\x8b')) {
    throw new InputDataError(
      `${label}: expected a BAM or a junction table, found data compressed twice`,
      'gunzip it once',
    )
  }
  if (content.includes('\0')) {
    throw new InputDataError(`${label}: expected a BAM or a junction table, found other binary data`)
  }
  if (GTF_ROW.test(content)) {
    throw new InputDataError(
      `${label}: expected a BAM or a junction table, found GTF rows`,
      'the annotation goes after --annotation',
    )
  }
  if (content.startsWith('>')) {
    throw new InputDataError(
      `${label}: expected a BAM or a junction table, found FASTA`,
      'the reference goes after --ref',
    )
  }
  return 'table'
}

/** Returns the front of gzip data inflated; other data, and what does not inflate, as it is. */
function inflateHead(head: Uint8Array): Uint8Array {
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    return head
  }
  try {
    // The front of a compressed file ends in the middle of a block, which a sync flush accepts.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    // Damaged or cut within its first block: the BAM reader says where.
    return Buffer.from('BAM\x01')
  }
}
