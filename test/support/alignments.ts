import { type BamRecordSpec, encodeBam } from '../../scripts/simulate/bam-writer.mjs'
import { encodeText } from '../../src/genome/sequence.ts'
import type { ReadableSource } from '../../src/io/byte-source.ts'
import { type ExtractResult, extractJunctions, openAlignments } from '../../src/junctions/extract.ts'
import { DEFAULT_SETTINGS, type ExtractSettings } from '../../src/junctions/settings.ts'

/** Returns a stream over bytes, in pieces of `pieceSize`, as standard input would give them. */
export function bytesSource(bytes: Uint8Array, pieceSize = 1 << 16): ReadableSource {
  return {
    label: 'in-memory.bam',
    async *stream() {
      for (let at = 0; at < bytes.length; at += pieceSize) {
        yield bytes.slice(at, at + pieceSize)
      }
    },
  }
}

/** The contig most tests align to. */
export const CHR1 = { name: 'chr1', length: 2_000_000 }

/** Returns a primary single-end record on chr1; every field can be overridden. */
export function read(overrides: Partial<BamRecordSpec>): BamRecordSpec {
  return { name: 'r1', flag: 0, contig: 'chr1', start: 1000, mapq: 60, cigar: '20M100N20M', ...overrides }
}

export interface ExtractOptions {
  settings?: Partial<ExtractSettings>
  contigs?: { name: string; length: number }[]
  headerText?: string
  /** Reference sequence by contig, as letters. */
  reference?: Record<string, string>
  blockSize?: number
}

/** Returns what extraction finds in a BAM of these records. */
export async function extract(
  records: BamRecordSpec[],
  options: ExtractOptions = {},
): Promise<ExtractResult> {
  const bytes = encodeBam({
    contigs: options.contigs ?? [CHR1],
    records,
    headerText: options.headerText,
    blockSize: options.blockSize,
  })
  const { reference } = options
  return extractJunctions({
    alignments: await openAlignments(bytesSource(bytes)),
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    loadCodes: reference && (async contig => encodeText(reference[contig] ?? '')),
  })
}

/** Returns junctions as `start-end:strand` with the counts asked for, for short expectations. */
export function brief(
  result: ExtractResult,
  ...fields: ('fragments' | 'reads' | 'unique' | 'multi' | 'maxAnchor')[]
): string[] {
  return result.junctions.map(junction =>
    [`${junction.start}-${junction.end}:${junction.strand}`, ...fields.map(field => junction[field])].join(
      ' ',
    ),
  )
}
