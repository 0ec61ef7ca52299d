import { Command, CommanderError, Option } from 'commander'
import { EXIT, SpliceScoreError, UsageError } from '../core/errors.ts'
import type { SinkTarget } from '../io/sink.ts'
import type { CommandContext, Discardable } from './context.ts'
import {
  addInputOptions,
  addModelOptions,
  addOutputOptions,
  addTalkOptions,
  count,
  FORMAT_HELP,
  type TalkOptions,
} from './options.ts'
import { Terminal } from './terminal.ts'
import { VERSION } from './version.ts'

const EXAMPLES = `
Examples:
  splice-score sample.bam --ref genome.fa > junctions.tsv
  splice-score sample.bam --ref genome.fa --annotation genes.gff3 -o sample
  samtools view -u sample.bam chr21 | splice-score - --ref genome.fa
  splice-score SJ.out.tab --ref genome.fa
  splice-score extract sample.bam --format bed12

Exit status: 0 done, 1 internal error or output not written, 2 usage, 3 bad input data,
4 missing file, folder, index, model or provider, 5 reference and input disagree, 130 interrupted.`

/**
 * Runs the command line and returns its exit status. Results go to standard output or files, everything else to
 * standard error.
 */
export async function main(args: readonly string[]): Promise<number> {
  const state: RunState = {
    outputs: [],
    terminal: undefined,
    usedStdin: false,
    debug: false,
    interruption: undefined,
    help: '',
  }
  const started = performance.now()
  ignoreClosedStderr()
  const onSignal = () => {
    if (state.interruption && !state.interruption.signal.aborted) {
      process.stderr.write('ending after the step being computed; once more to end at once\n')
      state.interruption.abort()
      return
    }
    discardAll(state)
    process.stderr.write('interrupted; no output was left behind\n')
    process.exit(EXIT.interrupted)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    await runProgram(args, state)
    state.terminal?.info(describeRun(performance.now() - started))
    return EXIT.ok
  } catch (error) {
    discardAll(state)
    return report(error, state)
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    if (state.usedStdin) {
      // An open pipe would keep the process alive after an error.
      process.stdin.destroy()
    }
  }
}

/** What the process must know to end a run cleanly. */
interface RunState {
  outputs: Discardable[]
  terminal: Terminal | undefined
  usedStdin: boolean
  debug: boolean
  /** Set by a command that ends by itself when it is interrupted. */
  interruption: AbortController | undefined
  /** Text of --help or --version, held back from commander, which does not survive a closed standard output. */
  help: string
}

/** Help and version come from commander as errors of status 0; their text leaves the way results do. */
async function runProgram(args: readonly string[], state: RunState): Promise<void> {
  try {
    await buildProgram(state).parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) {
      throw error
    }
    const { openSink } = await import('../io/sink.ts')
    const sink = await openSink(standardOutput())
    await sink.write(state.help)
    await sink.close()
  }
}

function standardOutput(): SinkTarget {
  return { label: 'standard output', stream: process.stdout }
}

function buildProgram(state: RunState): Command {
  const program = new Command('splice-score')
    .description('Finds the splice junctions of RNA-seq alignments and scores each donor-acceptor pair.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(run with --help for the options)')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: text => {
        state.help += text
      },
    })
  addScore(program, state)
  addScore(program.command('score', { hidden: true }), state)
  addExtract(program.command('extract'), state)
  addTrain(program.command('train'), state)
  program
    .command('doctor')
    .description('print versions, what can run models here, the default model and memory')
    .action(async () => {
      const { runDoctor } = await import('./commands/doctor.ts')
      await runDoctor(context(state, { quiet: true, progress: false }))
    })
  return program
}

const INPUT_HELP = 'BAM (- for standard input), or junctions as TSV, BED6, BED12 or STAR SJ.out.tab'

/** Throws UsageError for several inputs, which a mistyped command looks like, too. */
function requireOneInput(inputs: readonly string[]): void {
  if (inputs.length > 1) {
    throw new UsageError(
      `expected one input, found ${inputs.length}: ${inputs.join(' ')}`,
      'the commands are extract, train and doctor; several BAM files are joined with samtools merge',
    )
  }
}

/** The inflater is compiled on another thread while the command's modules load. */
async function startInflater(): Promise<void> {
  const { prepareInflating } = await import('../io/bgzf-inflate.ts')
  prepareInflating()
}

/** Commands are imported when they run, so that --version and --help load nothing heavy. */
function addScore(command: Command, state: RunState): void {
  command
    .argument('<input>', INPUT_HELP)
    .allowExcessArguments()
    .option('-r, --ref <fasta>', 'reference genome, plain or bgzip (required)')
  addInputOptions(command)
  addModelOptions(command)
  addOutputOptions(command, `${FORMAT_HELP} (default: tsv; with -o tsv,bed6 and a summary)`)
  addTalkOptions(command).action(async (input, options) => {
    requireOneInput(command.args)
    await startInflater()
    const { runScore } = await import('./commands/score.ts')
    await runScore(input, options, context(state, options))
  })
}

function addExtract(command: Command, state: RunState): void {
  command
    .description('print the junction table without scores')
    .argument('<input>', 'BAM (- for standard input), or junctions as TSV, BED6, BED12 or STAR SJ.out.tab')
    .option(
      '-r, --ref <fasta>',
      'reference genome; fills the motif, and the strand where reads do not tell it',
    )
  addInputOptions(command)
  addOutputOptions(command, `${FORMAT_HELP} (default: tsv; with -o also a summary)`)
  addTalkOptions(command).action(async (input, options) => {
    requireOneInput(command.args)
    await startInflater()
    const { runExtract } = await import('./commands/extract.ts')
    await runExtract(input, options, context(state, options))
  })
}

function addTrain(command: Command, state: RunState): void {
  const collect = (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value]
  command
    .description('train a model on a dataset; or pwm from a reference and an annotation')
    .option('--model <name>', 'one of those that splice-score models lists')
    .option('--data <dir>', 'dataset: a folder with windows.tsv (docs/datasets.md)')
    .requiredOption('--out <path>', 'the folder of the run; with --ref the ONNX file')
    .option('--resume', 'go on with the run in the folder, with its settings')
    .option('--config <json>', 'settings, over those the model was published with (docs/training.md)')
    .option(
      '--set <name=value>',
      'one setting, e.g. learningRate=0.001 or options.channels=16; repeatable',
      collect,
    )
    .option('--epochs <n>', 'passes over the training examples', count)
    .option('--batch-size <n>', 'examples of a step', count)
    .addOption(new Option('--engine <name>', 'what computes the steps').choices(['ort', 'tfjs']))
    .addOption(
      new Option('--provider <name>', 'where ONNX Runtime computes').choices([
        'cpu',
        'cuda',
        'webgpu',
        'auto',
      ]),
    )
    .option('--seed <n>', 'seed of everything drawn at random (default: 1)', count)
    .option('-r, --ref <fasta>', 'pwm: reference genome; repeat for several data sets', collect)
    .option(
      '--annotation <gff>',
      'pwm: GFF3 or GTF of that reference; as many as --ref, in the same order',
      collect,
    )
    .option('--name <text>', "pwm: the model's name (default: pwm)")
    .option('--licence <text>', 'pwm: licence of the model (default: MIT)')
  addTalkOptions(command).action(async options => {
    const { runTrain } = await import('./commands/train.ts')
    await runTrain(options, context(state, options))
  })
}

function context(state: RunState, options: TalkOptions): CommandContext {
  state.debug = options.debug === true
  const verbosity = options.quiet ? 'quiet' : options.debug ? 'debug' : 'normal'
  const terminal = new Terminal(process.stderr, process.env, verbosity, options.progress)
  state.terminal = terminal
  return {
    terminal,
    stdout: standardOutput(),
    source(path) {
      if (path !== '-') {
        return path
      }
      state.usedStdin = true
      return { label: 'standard input', stream: () => process.stdin }
    },
    guard(output) {
      state.outputs.push(output)
      return output
    },
    endOnInterrupt() {
      state.interruption = new AbortController()
      return state.interruption.signal
    },
  }
}

/** Returns the last line of a run: what ran, for how long, and the memory it took. */
function describeRun(milliseconds: number): string {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const cpu = (userCPUTime + systemCPUTime) / 1e6
  return `splice-score ${VERSION}: ${(milliseconds / 1000).toFixed(2)} s, CPU ${cpu.toFixed(2)} s, peak memory ${Math.round(maxRSS / 1024)} MB`
}

function discardAll(state: RunState): void {
  state.terminal?.clear()
  for (const outputs of state.outputs) {
    outputs.discard()
  }
}

function report(error: unknown, state: RunState): number {
  if (error instanceof CommanderError) {
    // Commander has printed the message already.
    return EXIT.usage
  }
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE') {
    // The reader of standard output (head, say) has all it wants.
    return EXIT.ok
  }
  const terminal = state.terminal ?? new Terminal(process.stderr, process.env, 'normal', false)
  if (error instanceof SpliceScoreError) {
    terminal.error(error)
  } else {
    const text = error instanceof Error ? error.message : String(error)
    terminal.error(
      new SpliceScoreError(
        'INTERNAL',
        EXIT.internal,
        `internal error: ${text}`,
        'run again with --debug and report it',
      ),
    )
  }
  if (state.debug && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`)
  }
  return error instanceof SpliceScoreError ? error.exitCode : EXIT.internal
}

/** Messages to a closed standard error are lost on purpose; without a listener they would end the process. */
function ignoreClosedStderr(): void {
  process.stderr.on('error', () => undefined)
}
