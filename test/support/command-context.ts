import { PassThrough } from 'node:stream'
import type { CommandContext } from '../../src/cli/context.ts'
import { Terminal } from '../../src/cli/terminal.ts'

/** A command's surroundings in memory: what it writes can be looked at. */
export interface FakeContext extends CommandContext {
  /** Returns what was written to standard output so far. */
  output(): string
  /** Returns what was written to standard error so far. */
  messages(): string
}

/** Returns surroundings for running a command inside a test, without a process of its own. */
export function fakeContext(): FakeContext {
  const text = (stream: PassThrough) => {
    const chunks: Buffer[] = []
    stream.on('data', chunk => chunks.push(chunk))
    return () => Buffer.concat(chunks).toString()
  }
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const output = text(stdout)
  const messages = text(stderr)
  return {
    terminal: new Terminal(stderr as unknown as NodeJS.WriteStream, {}, 'normal', false),
    stdout: { label: 'standard output', stream: stdout },
    source: path => path,
    guard: output => output,
    endOnInterrupt: () => new AbortController().signal,
    output,
    messages,
  }
}
