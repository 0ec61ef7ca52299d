import { strandOfEnds } from '../genome/motif.ts'
import { strandSign } from '../genome/strand.ts'
import type { IntronMotifs } from './intron-motifs.ts'
import type { JunctionExtractor } from './junction-extractor.ts'
import type { Strandness } from './settings.ts'
import { STRAND_CLASS } from './support-table.ts'

/** The library type used for reads without a strand tag, and what it rests on. */
export interface LibraryType {
  type: 'RF' | 'FR' | 'unstranded'
  inferred: boolean
  /** Reads whose strand, known by tag or canonical motif, is what an RF or an FR library would give. */
  rfReads: number
  frReads: number
}

/** Fewer spliced reads than this decide nothing. */
const MIN_EVIDENCE = 20
/** Share of the reads that must agree; stranded kits reach 0.9 and more, unstranded ones about 0.5. */
const MIN_SHARE = 0.8

/**
 * Returns the library type: the one given, or for `auto` the one that the spliced reads' own strands (XS, ts or a
 * canonical motif in the reference) agree with.
 */
export function libraryType(
  strandness: Strandness,
  extractor: JunctionExtractor,
  motifs: IntronMotifs | undefined,
): LibraryType {
  let { rf, fr } = extractor.tagAgreement
  const { support } = extractor
  for (let row = 0; motifs && row < support.size; row++) {
    const strandClass = support.classOf(row)
    const ends = motifs.ends(support.intronOf(row))
    const motifSign = ends === undefined ? 0 : strandSign(strandOfEnds(ends))
    const rfSign = strandClass === STRAND_CLASS.rfPlus ? 1 : strandClass === STRAND_CLASS.rfMinus ? -1 : 0
    if (motifSign * rfSign > 0) {
      rf += support.reads[row]!
    } else if (motifSign * rfSign < 0) {
      fr += support.reads[row]!
    }
  }
  const evidence = { rfReads: rf, frReads: fr }
  if (strandness !== 'auto') {
    return { type: strandness, inferred: false, ...evidence }
  }
  const total = rf + fr
  if (total >= MIN_EVIDENCE && rf >= MIN_SHARE * total) {
    return { type: 'RF', inferred: true, ...evidence }
  }
  if (total >= MIN_EVIDENCE && fr >= MIN_SHARE * total) {
    return { type: 'FR', inferred: true, ...evidence }
  }
  return { type: 'unstranded', inferred: true, ...evidence }
}
