/** Prefixes that GFF3 files of Ensembl, WormBase and RefSeq put before IDs. */
const PREFIX = /^(transcript:|Transcript:|rna-|gene:|Gene:|gene-)/
/** IDs whose last part is a version; in others, such as AT1G01010.1, it is the isoform. */
const VERSIONED = /^((?:ENS[A-Z]*[TG]\d+|[NX][MR]_\d+))\.\d+$/

/**
 * Returns a test whether an annotation's ID is one of the names: as it stands, without the prefix that GFF3 files add, and
 * for Ensembl and RefSeq IDs without their version.
 */
export function transcriptMatcher(names: Iterable<string>): (id: string) => boolean {
  const known = new Set<string>()
  for (const name of names) {
    known.add(name)
    known.add(plainName(name))
  }
  return id => known.has(id) || known.has(plainName(id))
}

function plainName(id: string): string {
  const bare = id.replace(PREFIX, '')
  return VERSIONED.exec(bare)?.[1] ?? bare
}
