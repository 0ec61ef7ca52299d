import { InputDataError, MissingResourceError, SpliceScoreError } from '../errors.ts'

/** An error as data: messages between threads keep no classes. */
export interface PlainError {
  name: string
  message: string
  stack: string | undefined
  typed: Pick<SpliceScoreError, 'code' | 'exitCode' | 'hint'> | undefined
}

/** Returns the error that was sent as data, in its own class. */
export function revivedError({ name, message, stack, typed }: PlainError): Error {
  const error =
    typed === undefined
      ? new Error(message)
      : name === 'InputDataError'
        ? new InputDataError(message, typed.hint)
        : name === 'MissingResourceError'
          ? new MissingResourceError(message, typed.hint)
          : new SpliceScoreError(typed.code, typed.exitCode, message, typed.hint)
  error.name = name
  if (stack !== undefined) {
    error.stack = stack
  }
  return error
}

/** Returns the error as data. */
export function plainError(error: unknown): PlainError {
  const known = error instanceof Error ? error : new Error(String(error))
  const typed =
    known instanceof SpliceScoreError
      ? { code: known.code, exitCode: known.exitCode, hint: known.hint }
      : undefined
  return { name: known.name, message: known.message, stack: known.stack, typed }
}
