import type { ByteSource } from '../io/byte-source.ts'
import type { SinkTarget } from '../io/sink.ts'
import type { Outputs } from './outputs.ts'
import type { Terminal } from './terminal.ts'

/** What a command gets from the process it runs in. */
export interface CommandContext {
  terminal: Terminal
  stdout: SinkTarget
  /** Returns the input: `-` is standard input. */
  source(path: string): ByteSource
  /** Registers outputs so that an interruption removes what is unfinished. */
  guard(outputs: Outputs): Outputs
}
