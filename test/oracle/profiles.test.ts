import { beforeAll, describe, expect, it } from 'vitest'
import type { JunctionEvidence } from '../../src/genome/junction.ts'
import { type Profile, profileSettings } from '../../src/junctions/settings.ts'
import {
  alignmentSet,
  askOracle,
  dataReason,
  extractSet,
  junctionLine,
  python,
  pythonReason,
  SET_NAMES,
} from '../support/real-data.ts'

interface Case {
  profile: Profile
  library: 'RF' | 'FR' | null
}

const CASES: Case[] = [
  { profile: 'splam', library: null },
  { profile: 'splam', library: 'RF' },
  { profile: 'splam', library: 'FR' },
  { profile: 'regtools', library: null },
  { profile: 'regtools', library: 'RF' },
  { profile: 'regtools', library: 'FR' },
  { profile: 'star', library: null },
]

/** The columns each tool reports. */
function profileLine(profile: Profile, junction: JunctionEvidence): string {
  const key = junctionLine(junction).split(' ')[0]
  const { reads, leftAnchor, rightAnchor, motif, unique, multi, maxAnchor } = junction
  switch (profile) {
    case 'splam':
      return `${key} ${reads}`
    case 'regtools':
      return `${key} ${reads} ${leftAnchor}/${rightAnchor}`
    case 'star':
      return `${key} ${junction.strand === '.' ? '' : motif} ${unique}+${multi} ${maxAnchor}`
  }
}

describe.each(SET_NAMES)('%s', name => {
  const set = alignmentSet(name)
  describe.skipIf(!set.isPresent || python === undefined)(
    `junctions${set.isPresent ? pythonReason : dataReason}`,
    () => {
      let expected: string[][] = []
      beforeAll(() => {
        expected = askOracle('peer_profiles.py', { bam: set.bam, fasta: set.fasta, jobs: CASES })
      }, 60_000)

      it.each(CASES.map((c, i) => ({ ...c, i })))(
        'of profile $profile with library $library are those of the rules written out',
        async ({ profile, library, i }) => {
          const settings = profileSettings(profile)
          const strandness = library ?? settings.strandness
          const { junctions } = await extractSet(set, {
            settings: { ...settings, strandness },
            withReference: profile !== 'splam',
          })
          expect(junctions.map(junction => profileLine(profile, junction))).toEqual(expected[i])
        },
      )
    },
  )
})
