import type { SpliceScoreError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { grouped } from '../core/number-text.ts'
import type { OnProgress, Progress } from '../core/progress.ts'

/** How much a run says on standard error. */
export type Verbosity = 'quiet' | 'normal' | 'debug'

const REDRAW_MS = 200

/**
 * Everything a run writes to standard error: messages, warnings, one progress line, one summary.
 * The progress line is drawn on terminals only; colours follow NO_COLOR and the stream, never standard output.
 */
export class Terminal implements Log {
  private readonly stream: NodeJS.WriteStream
  private readonly verbosity: Verbosity
  private readonly draws: boolean
  private readonly colour: boolean
  private lastDraw = 0
  private started = performance.now()
  private stage = ''
  private drawn = false

  constructor(
    stream: NodeJS.WriteStream,
    environment: NodeJS.ProcessEnv,
    verbosity: Verbosity,
    progress: boolean,
  ) {
    this.stream = stream
    this.verbosity = verbosity
    this.draws = progress && verbosity !== 'quiet' && stream.isTTY === true
    this.colour = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
  }

  info(message: string): void {
    if (this.verbosity !== 'quiet') {
      this.line(message)
    }
  }

  warn(message: string): void {
    this.line(`${this.paint('33', 'warning:')} ${message}`)
  }

  debug(message: string): void {
    if (this.verbosity === 'debug') {
      this.line(this.paint('2', message))
    }
  }

  /** Prints an error as `error: what was expected, found and where`, then what to do about it. */
  error(error: SpliceScoreError): void {
    this.line(`${this.paint('31', 'error:')} ${error.message}`)
    if (error.hint) {
      this.line(`  ${error.hint}`)
    }
  }

  readonly progress: OnProgress = progress =>
    this.status(now => {
      if (progress.stage !== this.stage) {
        this.stage = progress.stage
        this.started = now
      }
      return describeProgress(progress, (now - this.started) / 1000)
    })

  /** Draws the progress line anew, unless that was just done; `describe` is given the time in milliseconds. */
  status(describe: (now: number) => string): void {
    const now = performance.now()
    if (!this.draws || now - this.lastDraw < REDRAW_MS) {
      return
    }
    this.lastDraw = now
    this.drawn = true
    this.stream.write(`\r\x1b[K${describe(now)}`)
  }

  /** Removes the progress line. */
  clear(): void {
    if (this.drawn) {
      this.stream.write('\r\x1b[K')
      this.drawn = false
    }
  }

  private line(text: string): void {
    this.clear()
    this.stream.write(`${text}\n`)
  }

  private paint(code: string, text: string): string {
    return this.colour ? `\x1b[${code}m${text}\x1b[0m` : text
  }
}

function describeProgress({ stage, done, share, unit }: Progress, seconds: number): string {
  const part = share === undefined ? '' : ` (${Math.floor(100 * share)} %)`
  const rate = seconds > 0.5 ? `, ${grouped(done / seconds)}/s` : ''
  return `${stage}: ${grouped(done)} ${unit}${part}${rate}`
}
