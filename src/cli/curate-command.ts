import { setFlagsFromString } from 'node:v8'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { SUPPORT_MEASURES } from '../curation/labels/support-pool.ts'
import { kmer, seed } from './dataset-options.ts'
import type { MakeContext } from './model-commands.ts'
import { addReadOptions, addTalkOptions, count, probability } from './options.ts'

/** Adds the options and the action of `splice-score curate`. */
export function addCurate(command: Command, makeContext: MakeContext): void {
  command
    .description('make a labelled dataset from a reference, annotations and alignments')
    .requiredOption('-r, --ref <fasta>', 'reference genome, plain or bgzip')
    .requiredOption('--annotation <gff...>', 'GFF3 or GTF, one or several')
    .option('--bam <bam...>', 'alignments, one or several; their support is added up')
    .option(
      '--junctions <table...>',
      'the same as STAR SJ.out.tab, BED12, BED6, TSV, or GFF3 with intron rows whose score is a count',
    )
    .option(
      '--primary <file>',
      'MANE, say: GFF3 or GTF, or a list of transcripts; its introns are positive-mane, others positive-alt (default: transcripts tagged MANE Select)',
    )
    .option('--no-primary', 'look at no tags: all positives are of one class')
    .requiredOption('-o, --out <dir>', 'folder to write; must not hold anything')
    .optionsGroup('Labels:')
    .option('--min-support <n>', 'least support of a positive; 0 needs no alignments', count, 100)
    .addOption(
      new Option('--support <measure>', 'what support is').choices(SUPPORT_MEASURES).default('fragments'),
    )
    .option('--noise-support <n>', 'support of a negative-1, exactly; 0 = none of that class', count, 1)
    .option(
      '--strand-noise <share>',
      'largest share of support on the other strand that leaves the strand certain',
      probability,
      0.05,
    )
    .option('--biotypes <list>', 'genes to take, separated by commas, or any', 'protein_coding')
    .option('--random <n>', 'negative-random for each positive: GT-AG opposite a gene', ratio, 1)
    .option('--near-miss <n>', 'negative-near-miss for each positive: one site true, one wrong', ratio, 0)
    .option('--noncanonical <n>', 'negative-noncanonical for each positive: ends shifted', ratio, 0)
    .option('--no-unknown', 'leave out supported junctions that are not annotated')
  addReadOptions(command, 'Reads and introns:')
    .optionsGroup('Splits:')
    .option(
      '--test <share>',
      'share of the positives for the test part, in whole genes (default: 0)',
      probability,
    )
    .option(
      '--validation <share>',
      'the same for the validation part (default: 0.1 where nothing is named for it)',
      probability,
    )
    .option('--test-contigs <list>', 'contigs of the test part, separated by commas')
    .option('--validation-contigs <list>', 'the same for the validation part')
    .option('--test-genes <file>', 'genes of the test part, one a line')
    .option('--validation-genes <file>', 'the same for the validation part')
    .option(
      '--max-identity <p>',
      'training examples at least this much alike to a held-out one are left out; 1 = only the same',
      identity,
      0.9,
    )
    .option('--kmer <n>', 'bases of the k-mers likeness is judged by', kmer, 31)
    .option('--exclude <bed...>', 'regions that no window may show a base of')
    .option('--exclude-sequences <path...>', 'dataset folder or FASTA: nothing may be alike to its sequences')
    .optionsGroup('Windows:')
    .addOption(
      new Option('--site <kind>', 'windows around one site, not both').choices(['donor', 'acceptor']),
    )
    .option('--window-length <n>', 'with --site: bases of a window', count)
    .option(
      '--site-position <n>',
      'with --site: index of the first intron base (donor) or first exon base (acceptor)',
      count,
    )
    .option('--no-windows', 'write no windows: train and evaluate cut them from --ref')
    .optionsGroup('Output:')
    .option('--name <text>', 'name of the dataset (default: that of the folder)')
    .option('--seed <n>', 'seed of everything drawn at random, below 2^32', seed, 1)
  addTalkOptions(command).action(async options => {
    limitHeapGrowth()
    const { runCurate } = await import('./commands/curate.ts')
    await runCurate(options, makeContext(options))
  })
}

/**
 * Lets V8 collect garbage when its heap has grown by a twentieth, not when it has doubled: of the memory a large curation takes, a
 * hundred megabytes were garbage.
 */
function limitHeapGrowth(): void {
  setFlagsFromString('--heap-growing-percent=5')
}

/** Parses how many decoys to make for each positive. */
function ratio(text: string): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value > 10_000) {
    throw new InvalidArgumentError('expected a number from 0 to 10000.')
  }
  return value
}

function identity(text: string): number {
  const value = probability(text)
  if (value < 0.5) {
    throw new InvalidArgumentError('expected a number from 0.5 to 1.')
  }
  return value
}
