import { util } from '@gmod/gff'
import type { RowPlace } from './text-lines.ts'
import type { AnnotationRow } from './transcript-table.ts'

// The only attributes read. Cutting the rest first is three times as fast, and keeps free text (Note=100% identity)
// away from the parser's URI decoding, which throws on it.
const WANTED =
  /(?:^|;)\s*(ID|Parent|gene_biotype|gene_type|biotype|transcript_biotype|transcript_type)=([^;]*)/g

/** Returns the wanted attributes as a ninth column the parser reads as meant. */
function wantedAttributes(column: string): string {
  let kept = ''
  for (const [, key, value] of column.matchAll(WANTED)) {
    // The parser cuts a value at a second `=`, and fails on a `%` that escapes nothing.
    kept += `${key}=${value!.replaceAll('=', '%3D').replace(/%(?![0-9A-Fa-f]{2})/g, '%25')};`
  }
  return kept
}

/** The tag among others, as GENCODE and Ensembl (MANE_Select) or RefSeq (MANE Select) write it. */
const MANE_SELECT = /(?:^|;)\s*tag=(?:[^;]*,)?\s*MANE(?:_| |%20)Select\s*(?:[,;]|$)/i

const CDS_TYPE = /^cds$/i
const PART_TYPES = /^(cds|utr|5utr|3utr|five_prime_utr|three_prime_utr)$/i
const PROTEIN_TYPES = /^(protein|polypeptide)$/i
const GENE_TYPES = /gene$/i
const TRANSCRIPT_TYPES = /rna|transcript/i
// Rows that carry an ID but are nobody's parent, and are many.
const LEAF_TYPES = /^(intron|start_codon|stop_codon|region|chromosome|biological_region)$|match/i

function rowKind(type: string): AnnotationRow['kind'] {
  return type === 'exon'
    ? 'exon'
    : PART_TYPES.test(type)
      ? 'part'
      : PROTEIN_TYPES.test(type)
        ? 'protein'
        : 'transcript'
}

/**
 * Returns what the nine columns of a GFF3 row say about transcripts, or undefined for rows that are neither parts
 * nor parents. Genes come as `transcript` rows too: in prokaryote files CDS rows hang on the gene itself.
 * Throws: InputDataError for broken URL escapes.
 */
export function parseGff3Row(columns: readonly string[], place: RowPlace): AnnotationRow | undefined {
  const type = columns[2]!
  const kind = rowKind(type)
  if (LEAF_TYPES.test(type) || (kind === 'transcript' && !columns[8]!.includes('ID='))) {
    return undefined
  }
  const { contig, attributes } = parseFields(columns, place)
  const own = attributes.ID?.[0]
  const parents = attributes.Parent
  const isChild = kind === 'exon' || kind === 'part'
  // CDS rows without a parent (gene finders write them) are held together by their own ID.
  const ids = isChild
    ? (parents ?? (kind === 'part' && own !== undefined ? [own] : []))
    : own === undefined
      ? []
      : [own]
  return {
    kind,
    contig,
    ids,
    gene: isChild ? undefined : (parents?.[0] ?? (GENE_TYPES.test(type) ? own : undefined)),
    isWholeTranscript: kind === 'transcript' && (parents !== undefined || TRANSCRIPT_TYPES.test(type)),
    geneBiotype: attributes.gene_biotype?.[0] ?? attributes.gene_type?.[0],
    biotype: attributes.biotype?.[0] ?? attributes.transcript_biotype?.[0] ?? attributes.transcript_type?.[0],
    isCds: kind === 'part' && CDS_TYPE.test(type),
    // Few rows have the word, and looking for it is far cheaper than the pattern.
    maneSelect: columns[8]!.includes('MANE') && MANE_SELECT.test(columns[8]!),
  }
}

function parseFields(
  columns: readonly string[],
  place: RowPlace,
): { contig: string; attributes: Record<string, string[] | undefined> } {
  // Free text of the source column would be decoded as well.
  const line = [columns[0], '.', ...columns.slice(2, 8), wantedAttributes(columns[8]!)].join('\t')
  try {
    const feature = util.parseFeature(line)
    return { contig: feature.seq_id ?? columns[0]!, attributes: feature.attributes ?? {} }
  } catch (error) {
    if (error instanceof URIError) {
      throw place.error(
        'expected URL escapes of UTF-8 (such as %3B) in the name or attributes, found broken ones',
      )
    }
    throw error
  }
}
