import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { extractJunctions, openAlignments } from '../../src/junctions/extract.ts'
import { DEFAULT_SETTINGS } from '../../src/junctions/settings.ts'
import { alignmentSet, dataReason, hasSamtools, junctionLine, SET_NAMES } from '../support/real-data.ts'

const folder = mkdtempSync(join(tmpdir(), 'splice-score-order-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function lines(path: string): Promise<string[]> {
  const { junctions } = await extractJunctions({
    alignments: await openAlignments(path),
    settings: DEFAULT_SETTINGS,
  })
  return junctions.map(junctionLine)
}

const reason = hasSamtools ? '' : ' (skipped: samtools is not installed)'

describe.each(SET_NAMES)('%s', name => {
  const set = alignmentSet(name)
  it.skipIf(!set.isPresent || !hasSamtools)(
    `gives the same junctions sorted by name${set.isPresent ? reason : dataReason}`,
    async () => {
      const byName = join(folder, 'by-name.bam')
      execFileSync('samtools', ['sort', '-n', '-o', byName, set.bam], { stdio: 'ignore' })
      expect(await lines(byName)).toEqual(await lines(set.bam))
    },
  )
})
