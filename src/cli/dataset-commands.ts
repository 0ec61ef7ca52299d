import type { Command } from 'commander'
import { addDatasetMerge } from './dataset-merge-command.ts'
import { aboveZero, KMER, kmer } from './dataset-options.ts'
import type { MakeContext } from './model-commands.ts'
import { addTalkOptions } from './options.ts'

/** Adds the commands that look at a dataset, show and check, and the one that makes one of several. */
export function addDataset(command: Command, makeContext: MakeContext): void {
  command.description('show what a dataset holds, check it, or make one')
  addShow(command.command('show'), makeContext)
  addCheck(command.command('check'), makeContext)
  addDatasetMerge(command.command('merge'), makeContext)
}

function addShow(command: Command, makeContext: MakeContext): void {
  command
    .description('print what a dataset holds: classes, splits, lengths, motifs, contigs')
    .argument('<dir>', 'the folder of the dataset (docs/datasets.md)')
    .option('-r, --ref <fasta>', 'reference to cut the windows from, for a dataset without windows')
    .option(
      '-o, --output <prefix>',
      'also write prefix.dataset-report.json and charts, such as prefix.logos.svg',
    )
    .option('--json', 'print the report as JSON')
  addTalkOptions(command).action(async (dir, options) => {
    const { runDatasetShow } = await import('./commands/dataset-show.ts')
    await runDatasetShow(dir, options, makeContext(options))
  })
}

function addCheck(command: Command, makeContext: MakeContext): void {
  command
    .description('check that a dataset is what its dataset.json says, and that its splits share nothing')
    .argument('<dir>', 'the folder of the dataset (docs/datasets.md)')
    .argument('[files...]', 'inputs the dataset was made from, to compare with the hashes on record')
    .option(
      '-r, --ref <fasta>',
      'the reference, to compare with the hash on record, and for a dataset without windows to cut them from',
    )
    .option(
      '--max-identity <share>',
      'identity from which on windows are alike (default: as the dataset was made, else 0.9)',
      aboveZero,
    )
    .option(
      '--kmer <n>',
      `bases of the k-mers they are compared by, odd, ${KMER.least} to ${KMER.most} (default: as the dataset was made, else 31)`,
      kmer,
    )
    .optionsGroup('Messages:')
    .option('-q, --quiet', 'print only what does not hold')
    .option('--debug', 'more messages, and a stack trace with an error')
    .option('--no-progress', 'no progress line on terminals')
    .action(async (dir, files, options) => {
      const { runDatasetCheck } = await import('./commands/dataset-check.ts')
      await runDatasetCheck(dir, files, options, makeContext(options))
    })
}
