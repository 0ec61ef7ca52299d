/** Exit codes of the command line, one per class of failure. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  badInput: 3,
  missing: 4,
  referenceMismatch: 5,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/**
 * The base of every error this library throws on purpose.
 * `message` says what was expected, what was found and where; `hint` says what to do.
 */
export class SpliceScoreError extends Error {
  readonly code: string
  readonly exitCode: ExitCode
  readonly hint: string | undefined

  constructor(code: string, exitCode: ExitCode, message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'SpliceScoreError'
    this.code = code
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** The command line or an option value makes no sense (exit 2). */
export class UsageError extends SpliceScoreError {
  constructor(message: string, hint?: string) {
    super('USAGE', EXIT.usage, message, hint)
    this.name = 'UsageError'
  }
}

/** A file exists but its content is broken (exit 3). Messages carry file and byte offset or line. */
export class InputDataError extends SpliceScoreError {
  constructor(message: string, hint?: string, cause?: unknown) {
    super('BAD_INPUT', EXIT.badInput, message, hint, cause)
    this.name = 'InputDataError'
  }
}

/** A file, index, model or provider that was asked for is not there (exit 4). */
export class MissingResourceError extends SpliceScoreError {
  constructor(message: string, hint?: string, cause?: unknown) {
    super('MISSING', EXIT.missing, message, hint, cause)
    this.name = 'MissingResourceError'
  }
}

/** Reference and alignments (or annotation) disagree (exit 5). */
export class ReferenceMismatchError extends SpliceScoreError {
  constructor(message: string, hint?: string) {
    super('REFERENCE_MISMATCH', EXIT.referenceMismatch, message, hint)
    this.name = 'ReferenceMismatchError'
  }
}

/** An output could not be written: disk full, no permission (exit 1). */
export class OutputError extends SpliceScoreError {
  constructor(message: string, hint?: string, cause?: unknown) {
    super('OUTPUT', EXIT.internal, message, hint, cause)
    this.name = 'OutputError'
  }
}

/** The user stopped the run (exit 130). */
export class InterruptedError extends SpliceScoreError {
  constructor(message = 'interrupted; no output was left behind', hint?: string) {
    super('INTERRUPTED', EXIT.interrupted, message, hint)
    this.name = 'InterruptedError'
  }
}

/** Throws `InterruptedError` once the signal is aborted; long loops call it between batches. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new InterruptedError()
  }
}
