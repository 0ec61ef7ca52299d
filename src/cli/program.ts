import { setFlagsFromString } from 'node:v8'
import { Command } from 'commander'
import { UsageError } from '../core/errors.ts'
import { addCurate } from './curate-command.ts'
import { addDataset } from './dataset-commands.ts'
import { addDatasetImport } from './dataset-import-command.ts'
import { addEvaluate, addExport, addImport, addModels, addTrain, type MakeContext } from './model-commands.ts'
import { addInputOptions, addModelOptions, addOutputOptions, addTalkOptions, FORMAT_HELP } from './options.ts'
import { VERSION } from './version.ts'

const EXAMPLES = `
Examples:
  splice-score sample.bam --ref genome.fa > junctions.tsv
  splice-score sample.bam --ref genome.fa --annotation genes.gff3 -o sample
  samtools view -u sample.bam chr21 | splice-score - --ref genome.fa
  splice-score SJ.out.tab --ref genome.fa
  splice-score extract sample.bam --format bed12
  splice-score curate --ref genome.fa --annotation genes.gff3 --bam sample.bam -o set

Exit status: 0 done, 1 internal error or output not written, 2 usage, 3 bad input data,
4 missing file, folder, index, model or provider, 5 reference and input disagree, 130 interrupted.`

/** Returns the command line: what commands and options there are. `onHelp` gets the text of --help and --version. */
export function buildProgram(makeContext: MakeContext, onHelp: (text: string) => void): Command {
  const program = new Command('splice-score')
    .description('Finds the splice junctions of RNA-seq alignments and scores each donor-acceptor pair.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(run with --help for the options)')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: onHelp,
    })
  addScore(program, makeContext)
  addScore(program.command('score', { hidden: true }), makeContext)
  addExtract(program.command('extract'), makeContext)
  addCurate(program.command('curate'), makeContext)
  const dataset = program.command('dataset')
  addDataset(dataset, makeContext)
  addDatasetImport(dataset.command('import'), makeContext)
  addTrain(program.command('train'), makeContext)
  addEvaluate(program.command('evaluate'), makeContext)
  addExport(program.command('export'), makeContext)
  addImport(program.command('import'), makeContext)
  addModels(program.command('models'), makeContext)
  program
    .command('doctor')
    .description('print versions, what can run models here, the default model and memory')
    .action(async () => {
      const { runDoctor } = await import('./commands/doctor.ts')
      await runDoctor(makeContext({ quiet: true, progress: false }))
    })
  refuseExcess(program)
  return program
}

/** Commands that say themselves what is wrong with several inputs. */
const OWN_CHECK: ReadonlySet<string> = new Set(['splice-score', 'score', 'extract'])

/** Words that no command looks at are an error: of `--set a=1 b=2`, the second would do nothing. */
function refuseExcess(command: Command): void {
  if (!OWN_CHECK.has(command.name())) {
    command.allowExcessArguments(false)
  }
  command.commands.forEach(refuseExcess)
}

const INPUT_HELP =
  'BAM (- for standard input), or junctions as TSV, BED6, BED12, STAR SJ.out.tab or GFF3 with counted introns'

/** Throws UsageError for several inputs, which a mistyped command looks like, too. */
function requireOneInput(command: Command): void {
  const { args } = command
  if (args.length > 1) {
    throw new UsageError(
      `expected one input, found ${args.length}: ${args.join(' ')}`,
      `the commands are ${commandNames(command.parent ?? command)}; several BAM files are joined with samtools merge`,
    )
  }
}

/** Returns the commands that --help lists. */
function commandNames(program: Command): string {
  const names = program
    .createHelp()
    .visibleCommands(program)
    .map(command => command.name())
    .filter(name => name !== 'help')
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
}

/** Below it a run may end before V8 is done with compiling. Units: bytes. */
const SHORT_INPUT = 8 << 20

/**
 * The inflater is compiled on another thread while the command's modules load. For a short input at once and in full: V8's usual way, a
 * quick compilation first and a better one of busy functions later, leaves work on other threads when a short run ends, and Node
 * has been seen to lock up while it waits for them (one run of extract in some hundred, on a busy machine).
 */
async function startInflater(input: string): Promise<void> {
  const { sizeOfFile } = await import('../io/whole-file.ts')
  const size = input === '-' ? undefined : await sizeOfFile(input)
  if (size === undefined || size < SHORT_INPUT) {
    setFlagsFromString('--no-liftoff')
    setFlagsFromString('--no-wasm-tier-up')
  }
  const { prepareInflating } = await import('../io/bgzf-inflate.ts')
  prepareInflating()
}

/** Commands are imported when they run, so that --version and --help load nothing heavy. */
function addScore(command: Command, makeContext: MakeContext): void {
  command
    .argument('<input>', INPUT_HELP)
    .allowExcessArguments()
    .option('-r, --ref <fasta>', 'reference genome, plain or bgzip (required)')
  addInputOptions(command)
  addModelOptions(command)
  addOutputOptions(command, `${FORMAT_HELP} (default: tsv; with -o tsv,bed6 and a summary)`)
  addTalkOptions(command).action(async (input, options) => {
    requireOneInput(command)
    await startInflater(input)
    const { runScore } = await import('./commands/score.ts')
    await runScore(input, options, makeContext(options))
  })
}

function addExtract(command: Command, makeContext: MakeContext): void {
  command
    .description('print the junction table without scores')
    .argument('<input>', INPUT_HELP)
    .option(
      '-r, --ref <fasta>',
      'reference genome; fills the motif, and the strand where reads do not tell it',
    )
  addInputOptions(command)
  addOutputOptions(command, `${FORMAT_HELP} (default: tsv; with -o also a summary)`)
  addTalkOptions(command).action(async (input, options) => {
    requireOneInput(command)
    await startInflater(input)
    const { runExtract } = await import('./commands/extract.ts')
    await runExtract(input, options, makeContext(options))
  })
}
