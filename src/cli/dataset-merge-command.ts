import type { Command } from 'commander'
import { aboveZero, KMER, kmer, seed } from './dataset-options.ts'
import type { MakeContext } from './model-commands.ts'
import { addTalkOptions } from './options.ts'

const collect = (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value]

/** Adds `splice-score dataset merge`. */
export function addDatasetMerge(command: Command, makeContext: MakeContext): void {
  command
    .description('make one dataset of several, of junctions and of single sites')
    .argument('<dirs...>', 'folders of datasets (docs/datasets.md)')
    .requiredOption('-o, --out <dir>', 'the folder to write')
    .option('--limit <dir=n>', 'take n rows of a folder at most, evenly spread; repeatable', collect)
    .option('--exclude-sequences <path...>', 'dataset folder or FASTA: nothing may be alike to its sequences')
    .option(
      '--max-identity <share>',
      'rows at least this much alike to an excluded sequence, or to a held-out row of another folder, are left out',
      aboveZero,
      0.9,
    )
    .option(
      '--kmer <n>',
      `bases of the k-mers they are compared by, odd, ${KMER.least} to ${KMER.most}`,
      kmer,
      31,
    )
    .option('--seed <n>', 'of the order in which donors and acceptors are joined', seed, 1)
    .option('--name <text>', "the dataset's name (default: the folder's)")
    .option('--source <text>', 'where the data comes from (default: the names of the folders)')
  addTalkOptions(command).action(async (folders, options) => {
    const { runDatasetMerge } = await import('./commands/dataset-merge.ts')
    await runDatasetMerge(folders, options, makeContext(options))
  })
}
