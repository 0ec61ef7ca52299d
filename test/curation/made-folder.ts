import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CurateRules } from '../../src/curation/curate.ts'
import { writeCuratedFolder } from '../../src/curation/curated-folder.ts'
import type { CuratedTally } from '../../src/curation/curated-tally.ts'
import { fastaOf } from './curated-folder.ts'
import { folderOf } from './dataset-folder.ts'
import { curateMade, type MadeCuration, type MadeGenome } from './made-genome.ts'

/** A dataset folder as the command writes it, and what it was made from. */
export interface WrittenFolder extends MadeCuration {
  folder: string
  /** The reference as FASTA. */
  fasta: string
  tally: CuratedTally
}

/** Returns the folder of a made genome's examples. */
export async function writtenFolder(
  made: MadeGenome,
  change: Partial<CurateRules> = {},
  writesWindows = true,
): Promise<WrittenFolder> {
  const { request, curated } = await curateMade(made, change)
  const folder = folderOf({})
  const text = fastaOf(made.genome)
  const fasta = join(folderOf({}), 'made.fa')
  writeFileSync(fasta, text)
  const { reference, model, pool, rules } = request
  const hash = { name: 'made.fa', sha256: createHash('sha256').update(text).digest('hex') }
  const tally = await writeCuratedFolder({
    folder,
    curated,
    model,
    pool,
    reference,
    layout: rules.layout,
    writesWindows,
    facts: {
      name: 'made',
      source: 'random bases',
      toolVersion: '0.0.0',
      inputNames: ['a.bed'],
      reference: hash,
      files: [{ ...hash, role: 'reference' }],
      settings: { seed: rules.seed },
      warnings: ['a warning'],
    },
  })
  return { request, curated, folder, fasta, tally }
}
