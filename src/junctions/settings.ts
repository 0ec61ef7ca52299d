import { FLAG } from '../io/bam-records.ts'

/** What a count of support means: fragments count the mates of a pair once, reads count alignments. */
export type CountUnit = 'fragment' | 'read'

/** Where a read's transcript strand is looked for, in order. */
export type StrandRule = 'tag' | 'library' | 'motif'

/** Tags that tell a read's transcript strand. */
export type TagRule = 'XS,ts' | 'XS' | 'none'

/**
 * Library type: how first and second mates lie to the transcript. RF = fr-firststrand (dUTP), FR = fr-secondstrand,
 * FF = both along it, RR = both against it.
 */
export const STRANDNESS = ['auto', 'unstranded', 'RF', 'FR', 'FF', 'RR'] as const
export type Strandness = (typeof STRANDNESS)[number]

/** Every rule of junction extraction. Units: bases for lengths and anchors. */
export interface ExtractSettings {
  /** Records with any of these flag bits are not counted; unmapped records never are. */
  excludeFlags: number
  /** Smallest mapping quality; 255 means "not available" (STAR: unique) and always passes. */
  minMapq: number
  minIntron: number
  maxIntron: number
  minAnchor: number
  /** The same for introns of the annotation, where that is less. */
  minAnchorAnnotated: number
  /** `read`: both anchors in the same read. `pooled`: each side by some read, as regtools does. */
  anchorRule: 'read' | 'pooled'
  mismatchEndsAnchor: boolean
  countUnit: CountUnit
  /** Count a record as many times as its YC tag says (TieBrush). */
  weighCollapsed: boolean
  strandRules: readonly StrandRule[]
  tagRule: TagRule
  strandness: Strandness
  /** A pair whose mates lie on the same strand gives no library strand (regtools). */
  matesMustFace: boolean
  /** STAR's filters on the finished table (outSJfilter*). */
  starFilters: boolean
}

/** Leaves the primary mapped records that passed quality control: 0xB04. Duplicates stay in, as STAR and regtools have it. */
export const DEFAULT_EXCLUDE_FLAGS = FLAG.unmapped | FLAG.secondary | FLAG.qcFail | FLAG.supplementary

export const DEFAULT_SETTINGS: ExtractSettings = {
  excludeFlags: DEFAULT_EXCLUDE_FLAGS,
  minMapq: 0,
  minIntron: 20,
  maxIntron: 1_000_000,
  minAnchor: 8,
  minAnchorAnnotated: 8,
  anchorRule: 'read',
  mismatchEndsAnchor: false,
  countUnit: 'fragment',
  weighCollapsed: false,
  strandRules: ['tag', 'library', 'motif'],
  tagRule: 'XS,ts',
  strandness: 'auto',
  matesMustFace: false,
  starFilters: false,
}

export const PROFILES = ['splam', 'regtools', 'star'] as const
export type Profile = (typeof PROFILES)[number]

/**
 * Returns the settings that reproduce another tool's filters, counting and strand rules, for the library type that
 * tool would be given.
 * Source: the tools' own code and manuals as summed up in docs/profiles.md.
 */
export function profileSettings(profile: Profile, strandness: Strandness = 'unstranded'): ExtractSettings {
  switch (profile) {
    case 'splam':
      return {
        ...DEFAULT_SETTINGS,
        excludeFlags: FLAG.unmapped,
        minIntron: 0,
        // Splam tests length + 2 against 100,000.
        maxIntron: 99_998,
        minAnchor: 0,
        minAnchorAnnotated: 0,
        countUnit: 'read',
        weighCollapsed: true,
        strandRules: ['tag', 'library'],
        strandness,
      }
    case 'regtools':
      return {
        ...DEFAULT_SETTINGS,
        excludeFlags: FLAG.unmapped,
        minIntron: 70,
        maxIntron: 500_000,
        anchorRule: 'pooled',
        mismatchEndsAnchor: true,
        countUnit: 'read',
        strandRules: ['motif', 'tag', 'library'],
        // regtools takes the flags instead of the tag when it is told the library type.
        tagRule: strandness === 'unstranded' ? 'XS' : 'none',
        strandness,
        matesMustFace: true,
      }
    case 'star':
      return {
        ...DEFAULT_SETTINGS,
        excludeFlags: FLAG.unmapped | FLAG.qcFail | FLAG.supplementary,
        minIntron: 21,
        // alignIntronMax 0: winBinNbits 16 and winAnchorDistNbins 9 bound the intron at 2^16 * 9.
        maxIntron: 589_824,
        minAnchor: 5,
        minAnchorAnnotated: 3,
        strandRules: ['motif'],
        tagRule: 'none',
        strandness,
        starFilters: true,
      }
  }
}
