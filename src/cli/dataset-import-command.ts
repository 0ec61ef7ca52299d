import { type Command, Option } from 'commander'
import type { MakeContext } from './model-commands.ts'
import { addTalkOptions, count, probability } from './options.ts'

/** Adds the readers of `splice-score dataset import`: one command for each kind of table. */
export function addDatasetImport(command: Command, makeContext: MakeContext): void {
  command.description('make a dataset of a labelled table that others made')
  addLines(command.command('lines'), makeContext)
  addCsv(command.command('csv'), makeContext)
  addDeepBind(command.command('deepbind'), makeContext)
  addEie(command.command('eie'), makeContext)
  addYeast(command.command('yeast'), makeContext)
}

const collect = (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value]

function addLines(command: Command, makeContext: MakeContext): void {
  command
    .description('windows around one site, one per line, and their labels 0 and 1 in a second file')
    .requiredOption('--sequences <file>', 'one sequence per line; repeatable', collect)
    .requiredOption(
      '--labels <file>',
      'the label of each; as many as --sequences, in the same order',
      collect,
    )
  addSiteOptions(command, 'what a site is')
  addNearMissOptions(command)
  addSplitOption(command)
  finish(command).action(async options => {
    const { runImportLines } = await import('./commands/dataset-import.ts')
    await runImportLines(options, makeContext(options))
  })
}

function addCsv(command: Command, makeContext: MakeContext): void {
  command
    .description('tables with a header, comma- or tab-separated, with a class or a number for each sequence')
    .option('--sequence-column <name>', 'column of the sequences', 'sequence')
    .option('--label-column <name>', 'column of the labels', 'label')
    .option('--classes <list>', 'what the labels mean: classes, or skip', '0=negative,1=positive')
    .option('--target-column <name>', 'column of numbers to learn instead of classes; repeatable', collect)
  addSiteOptions(command, 'what the windows are centred on, if they are')
  addNearMissOptions(command)
  addTables(command)
  finish(command).action(async (tables, options) => {
    const { runImportCsv } = await import('./commands/dataset-import.ts')
    await runImportCsv(tables, options, makeContext(options))
  })
}

function addDeepBind(command: Command, makeContext: MakeContext): void {
  command
    .description('tables of bound sequences: FoldID EventID seq Bound')
    .option(
      '--shuffled-negatives <n>',
      'dinucleotide shuffles of each positive, for tables without negatives',
      count,
      0,
    )
    .option('--seed <n>', 'of the shuffles', count, 1)
  addTables(command)
  finish(command).action(async (tables, options) => {
    const { runImportDeepBind } = await import('./commands/dataset-import.ts')
    await runImportDeepBind(tables, options, makeContext(options))
  })
}

function addEie(command: Command, makeContext: MakeContext): void {
  command
    .description('lines of exon, intron, exon, read count and gene')
    .option('--min-support <n>', 'reads from which an intron is a positive, else unknown', count, 100)
    .option('--decoys <n>', 'false pairs, or false sites, of each positive', count, 0)
    .option('--min-intron <bases>', 'shortest intron of a decoy', count, 20)
    .option('--seed <n>', 'of the choice of decoys', count, 1)
    .option('--window-length <n>', 'with --site: bases of a window', count)
  addSiteOptions(command, 'windows around one site instead of both')
  addTables(command)
  finish(command).action(async (tables, options) => {
    const { runImportEie } = await import('./commands/dataset-import.ts')
    await runImportEie(tables, options, makeContext(options))
  })
}

function addYeast(command: Command, makeContext: MakeContext): void {
  command
    .description(
      'tables of the yeast splicing library: constructs, the places of three sites, and the efficiency',
    )
    .argument('<tables...>', 'tables of constructs; a row that repeats one of another is left out')
    .addOption(
      new Option('--input <part>', '40 bases around each site; 145 of the intron; the whole construct')
        .choices(['window', 'intron', 'full'])
        .default('window'),
    )
    .option('--test <share>', 'share of each library for testing', probability, 0.05)
    .option('--validation <share>', 'share of each library for validation', probability, 0.05)
    .option('--equalise', 'draw rows of efficiency 0.1 and more with replacement, as many as there are below')
    .option('--seed <n>', 'of the parts and of that draw', count, 1)
  addFolderOptions(command).action(async (tables, options) => {
    const { runImportYeast } = await import('./commands/dataset-import.ts')
    await runImportYeast(tables, options, makeContext(options))
  })
}

function addSiteOptions(command: Command, what: string): void {
  command
    .addOption(new Option('--site <kind>', what).choices(['donor', 'acceptor']))
    .option(
      '--site-position <n>',
      'index in the window of the first intron base of donors, of the first exon base after acceptors',
      count,
    )
}

/** What is made of windows around one site. */
function addNearMissOptions(command: Command): void {
  command
    .option('--motif <list>', 'leave out rows with other intron bases at the site, e.g. GT')
    .option('--near-miss <n>', 'other GT (AG) of each positive, at the site and as negatives', count, 0)
    .option(
      '--near-distance <bases>',
      'how far they are at most (default: 100, less in short windows)',
      count,
    )
    .option('--seed <n>', 'of their choice', count, 1)
}

function addSplitOption(command: Command): void {
  command.addOption(
    new Option('--split <part>', 'part of the rows')
      .choices(['train', 'validation', 'test'])
      .default('train'),
  )
}

/** Tables of one part as arguments, or of several parts as options. */
function addTables(command: Command): void {
  command.argument('[tables...]', 'tables whose rows go to the part of --split')
  addSplitOption(command)
  for (const split of ['train', 'validation', 'test']) {
    command.option(`--${split} <table>`, `a table for the ${split} part; repeatable`, collect)
  }
}

function finish(command: Command): Command {
  addFolderOptions(command)
  return command.option(
    '--deduplicate',
    'keep one of the rows of a part with the same bases and the same label',
  )
}

function addFolderOptions(command: Command): Command {
  command
    .requiredOption('-o, --out <dir>', 'the folder to write')
    .option('--name <text>', "the dataset's name (default: the folder's)")
    .option('--source <text>', 'where the data comes from (default: what the reader knows)')
  return addTalkOptions(command)
}
