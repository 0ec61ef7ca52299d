import type { ByteSource } from '../io/byte-source.ts'
import type { SinkTarget } from '../io/sink.ts'
import type { Terminal } from './terminal.ts'

/** An output that can be given up, synchronously. */
export interface Discardable {
  discard(): void
}

/** What a command gets from the process it runs in. */
export interface CommandContext {
  terminal: Terminal
  stdout: SinkTarget
  /** Returns the input: `-` is standard input. */
  source(path: string): ByteSource
  /** Registers an output so that an error or interruption removes what is unfinished. */
  guard<T extends Discardable>(output: T): T
  /** Returns a signal given at the first interruption, after which the command ends by itself; the second ends it at once. */
  endOnInterrupt(): AbortSignal
}
