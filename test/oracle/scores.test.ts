import { describe, expect, it } from 'vitest'
import { readBundle } from '../../src/export/bundle.ts'
import { DEFAULT_MODEL } from '../../src/export/default-model.ts'
import { matchContigs } from '../../src/genome/contig-names.ts'
import { startScoringSession } from '../../src/graph/session-client.ts'
import { readAnnotation } from '../../src/io/annotation.ts'
import { openReference } from '../../src/io/reference.ts'
import { extractJunctions, openAlignments } from '../../src/junctions/extract.ts'
import { IntronIndex } from '../../src/junctions/intron-index.ts'
import { DEFAULT_SETTINGS } from '../../src/junctions/settings.ts'
import { WINDOW_LENGTH } from '../../src/junctions/window.ts'
import { JunctionScorer, scoreColumns } from '../../src/scoring/junction-scorer.ts'
import type { ScoredJunction } from '../../src/scoring/scored-junction.ts'
import { WindowQueue } from '../../src/scoring/window-queue.ts'
import { alignmentSet, dataPath, dataReason, hasData } from '../support/real-data.ts'

/** Returns the junctions of the human chrX set, scored with the shipped model at its own threshold. */
async function scoreMinigenome(): Promise<ScoredJunction[]> {
  const set = alignmentSet('human-chrx-minigenome/geuvadis-lcl.minigenome.bam')
  const annotation = await readAnnotation(dataPath('human-chrx-minigenome/refgene-hg38.minigenome.gtf.gz'))
  const reference = await openReference(set.fasta)
  const alignments = await openAlignments(set.bam)
  const { contigs } = alignments.reader.header
  const matches = new Map(matchContigs(contigs, reference.contigs).map(match => [match.name, match]))
  const loadCodes = (contig: string) => reference.loadContig(contig)
  const { bytes, metadata } = await readBundle(DEFAULT_MODEL)
  const session = await startScoringSession({
    model: bytes,
    provider: 'cpu',
    threads: 1,
    windowLength: WINDOW_LENGTH,
    inProcess: true,
  })
  try {
    const queue = new WindowQueue(session, 256)
    const scorer = new JunctionScorer(queue, scoreColumns(metadata), metadata.threshold!, matches)
    const { junctions } = await extractJunctions({
      alignments,
      settings: DEFAULT_SETTINGS,
      loadCodes,
      annotation: new IntronIndex(annotation.introns),
      onIntrons: news => scorer.follow(news),
    })
    return await scorer.score(junctions, loadCodes)
  } finally {
    await session.close()
  }
}

describe.skipIf(!hasData)(`the shipped model on human-chrx-minigenome${dataReason}`, () => {
  it('passes all 238 annotated GT-AG junctions with 10 reads or more (at least 95 % wanted)', async () => {
    const scored = await scoreMinigenome()
    const known = scored.filter(
      junction => junction.annotated === true && junction.motif === 'GT-AG' && junction.reads! >= 10,
    )
    const passed = known.filter(junction => junction.call === 'pass')
    expect(passed.length / known.length).toBeGreaterThanOrEqual(0.95)
    expect([passed.length, known.length]).toEqual([238, 238])
    expect([scored.length, scored.filter(j => j.annotated).length]).toEqual([913, 765])
  })
})
