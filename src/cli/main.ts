import { CommanderError } from 'commander'
import { EXIT, SpliceScoreError } from '../core/errors.ts'
import type { SinkTarget } from '../io/sink.ts'
import type { CommandContext, Discardable } from './context.ts'
import type { TalkOptions } from './options.ts'
import { buildProgram } from './program.ts'
import { Terminal } from './terminal.ts'
import { VERSION } from './version.ts'

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
    process.stderr.write(state.interruption ? 'interrupted\n' : 'interrupted; no output was left behind\n')
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
    await buildProgram(
      options => context(state, options),
      text => {
        state.help += text
      },
    ).parseAsync(args, { from: 'user' })
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
