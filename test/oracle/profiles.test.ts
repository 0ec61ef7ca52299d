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
  profile: Profile | 'star before filters'
  library: 'RF' | 'FR' | null
}

const CASES: Case[] = [
  { profile: 'splam', library: null },
  { profile: 'splam', library: 'RF' },
  { profile: 'splam', library: 'FR' },
  { profile: 'regtools', library: null },
  { profile: 'regtools', library: 'RF' },
  { profile: 'regtools', library: 'FR' },
  { profile: 'star before filters', library: null },
  { profile: 'star', library: null },
]

const isSingleEnd = (name: string) => /sgnex|ont-simulated/.test(name)

/** The columns each tool reports. */
function profileLine(profile: Case['profile'], junction: JunctionEvidence): string {
  const { reads, leftAnchor, rightAnchor, unique, multi, maxAnchor, strand } = junction
  const key = junctionLine(junction).split(' ')[0]
  const motif = strand === '.' ? '' : junction.motif
  switch (profile) {
    case 'splam':
      return `${key} ${reads}`
    case 'regtools':
      return `${key} ${reads} ${leftAnchor}/${rightAnchor}`
    case 'star before filters':
      return `${key} ${motif} ${maxAnchor}`
    case 'star':
      return `${key} ${motif} ${unique}+${multi} ${maxAnchor}`
  }
}

describe.each(SET_NAMES)('%s', name => {
  const set = alignmentSet(name)
  const reason = set.isPresent ? pythonReason : dataReason
  describe.skipIf(!set.isPresent || python === undefined)(`junctions${reason}`, () => {
    let expected: string[][] = []
    beforeAll(() => {
      expected = askOracle('peer_profiles.py', { bam: set.bam, fasta: set.fasta, jobs: CASES })
    }, 60_000)

    for (const [i, one] of CASES.entries()) {
      const { profile, library } = one
      // regtools inverts the library strand of single-end reads; splice-score does not follow it there.
      if (profile === 'regtools' && library !== null && isSingleEnd(name)) {
        continue
      }
      const title = `${profile}${library ? `, library ${library}` : ''}`
      it(`are those of ${title}`, async () => {
        const settings = profileSettings(
          profile === 'star before filters' ? 'star' : profile,
          library ?? undefined,
        )
        const { junctions } = await extractSet(set, {
          settings: {
            ...settings,
            starFilters: profile === 'star',
          },
          withReference: profile !== 'splam',
        })
        expect(junctions.map(junction => profileLine(profile, junction))).toEqual(expected[i])
      })
    }
  })
})
