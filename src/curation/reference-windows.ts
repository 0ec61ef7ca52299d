import { InputDataError, ReferenceMismatchError, throwIfAborted } from '../core/errors.ts'
import { strandOfSign } from '../genome/strand.ts'
import { sha256File } from '../io/file-digest.ts'
import { openReference } from '../io/reference.ts'
import {
  ACCEPTOR_INDEX,
  cutWindow,
  DONOR_INDEX,
  type StrandedIntron,
  WINDOW_LENGTH,
} from '../junctions/window.ts'
import type { DatasetWindow, SourceFile } from './dataset-description.ts'
import { cutSiteWindow, type SiteKind, sitePosition } from './site-window.ts'
import type { ReadColumns } from './table-columns.ts'
import { strandlessKey } from './window-duplicates.ts'
import type { WindowStoreBuilder } from './window-store.ts'

/** Windows cut between two looks at the signal and at the memory. */
const BATCH = 1024

export interface ReferenceWindowsOptions {
  /** FASTA. */
  reference: string
  window: DatasetWindow
  columns: ReadColumns
  /** Gets the windows, in the order of the examples. */
  into: WindowStoreBuilder
  signal?: AbortSignal
}

/** Throws: ReferenceMismatchError when the file is not the one that a dataset was made from. */
export async function requireReference(path: string, expected: SourceFile): Promise<void> {
  const sha256 = await sha256File(path)
  if (sha256 !== expected.sha256) {
    throw new ReferenceMismatchError(
      `${path}: expected the reference that the dataset was made from, ${expected.name} with SHA-256 ${expected.sha256}, found SHA-256 ${sha256}`,
      'give the same file; the same sequences packed in another way do not count as the same',
    )
  }
}

/**
 * Returns the key of every example's window (see `strandlessKey`), after cutting the windows from a reference.
 * Memory: one contig. The examples of a contig should stand together: each change of contig loads one.
 * Throws: InputDataError for a window layout that windows are not cut in and for an intron beyond its contig's end;
 * MissingResourceError for a contig that the reference lacks.
 */
export async function cutReferenceWindows(options: ReferenceWindowsOptions): Promise<Float64Array> {
  const { columns, into, signal } = options
  const cut = cutterOf(options)
  const { contigs, starts, ends, strands } = columns.places!
  const keys = new Float64Array(starts.length)
  const reference = await openReference(options.reference)
  try {
    let loaded = -1
    let codes: Uint8Array = new Uint8Array(0)
    for (let i = 0; i < keys.length; i++) {
      const id = contigs.ids[i]!
      const contig = contigs.texts[id]!
      if (id !== loaded) {
        codes = await reference.loadContig(contig)
        loaded = id
      }
      const intron = { start: starts[i]!, end: ends[i]!, strand: strandOfSign(strands[i]!) as '+' | '-' }
      if (intron.end > codes.length) {
        throw new InputDataError(
          `example ${i + 1}: expected an intron inside contig ${contig} of ${codes.length} bases, found one ending at ${intron.end}`,
          'the table was changed after the dataset was made',
        )
      }
      const slot = into.slot()
      cut(codes, intron, slot, i)
      into.keep()
      keys[i] = strandlessKey(slot)
      if (i % BATCH === BATCH - 1) {
        throwIfAborted(signal)
        await into.drain()
      }
    }
  } finally {
    await reference.close()
  }
  return keys
}

type Cut = (contig: Uint8Array, intron: StrandedIntron, out: Uint8Array, example: number) => void

function cutterOf({ window, columns }: ReferenceWindowsOptions): Cut {
  if ('site' in window) {
    const { texts, ids } = columns.sites!
    return (contig, intron, out, example) => {
      const kind = texts[ids[example]!] as SiteKind
      const position = sitePosition(intron, kind)
      cutSiteWindow(contig, { kind, position, strand: intron.strand }, window, out, 0)
    }
  }
  const isKnown =
    'donor' in window &&
    window.length === WINDOW_LENGTH &&
    window.donor === DONOR_INDEX &&
    window.acceptor === ACCEPTOR_INDEX
  if (!isKnown) {
    throw new InputDataError(
      `expected windows of ${WINDOW_LENGTH} bases with the donor at ${DONOR_INDEX} and the acceptor at ${ACCEPTOR_INDEX}, to cut them from a reference, found ${JSON.stringify(window)}`,
      'windows of junctions are cut in this layout only',
    )
  }
  return (contig, intron, out) => cutWindow(contig, intron, out, 0)
}
