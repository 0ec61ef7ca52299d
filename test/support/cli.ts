import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type BamRecordSpec, encodeBam } from '../../scripts/simulate/bam-writer.mjs'
import { ROOT, requireBuild } from './build.ts'

requireBuild()

export const BIN = join(ROOT, 'bin/splice-score.js')

/** The bundled fixtures, by absolute path: runs happen in scratch folders. */
export const FIXTURE = {
  bam: join(ROOT, 'fixtures/sample.bam'),
  ref: join(ROOT, 'fixtures/genome.fa'),
  gff: join(ROOT, 'fixtures/annotation.gff3'),
  gtf: join(ROOT, 'fixtures/annotation.gtf'),
  truth: join(ROOT, 'fixtures/sample.junctions.truth.tsv'),
  readme: join(ROOT, 'fixtures/README.md'),
}

/** The options most runs share. */
export const REF = ['--ref', FIXTURE.ref]

export interface CliRun {
  /** Exit status; null when a signal ended the process. */
  code: number | null
  stdout: string
  stderr: string
}

export interface CliOptions {
  cwd?: string
  stdin?: string | Uint8Array
  env?: Record<string, string>
}

/** Long enough for a busy machine; a run that hangs fails as one ended by a signal. */
const LIMIT_MS = 40_000

/** Returns how a run of the built command line ended. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const child = startCli(args, options)
  // A run that ends before it has read everything closes the pipe; how it ended is what counts.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.stdin ?? '')
  return finished(child)
}

/** Returns a running command line whose standard input the caller feeds. */
export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcessWithoutNullStreams {
  return start(process.execPath, [BIN, ...args], options)
}

/** Returns how a bash script ended, with pipefail set; `$SPLICE_SCORE` in it runs the command line. */
export function shell(script: string, options: CliOptions = {}): Promise<CliRun> {
  const prelude = `SPLICE_SCORE() { '${process.execPath}' '${BIN}' "$@"; }\n`
  const text = prelude + script.replaceAll('$SPLICE_SCORE', 'SPLICE_SCORE')
  const child = start('bash', ['-o', 'pipefail', '-c', text], options)
  child.stdin.end()
  return finished(child)
}

function start(command: string, args: string[], options: CliOptions): ChildProcessWithoutNullStreams {
  // What the test runner sets for itself must not reach the tool.
  const { NO_COLOR, FORCE_COLOR, NODE_OPTIONS, ...inherited } = process.env
  return spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...inherited, ...options.env },
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  })
}

/** Settles when the process has ended. */
export function finished(child: ChildProcessWithoutNullStreams): Promise<CliRun> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', chunk => stdout.push(chunk))
  child.stderr.on('data', chunk => stderr.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => {
      resolve({
        code,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      })
    })
  })
}

/** Returns the run without the line on the time and memory it took, which differs from run to run. */
export function lasting(run: CliRun): CliRun {
  return { ...run, stderr: run.stderr.replace(/^splice-score [^\n]* peak memory [^\n]*\n/m, '') }
}

/** Settles when the process has written the text to standard error; rejects when it ends without. */
export function saysOnStderr(child: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  let seen = ''
  return new Promise((resolve, reject) => {
    child.stderr.on('data', chunk => {
      seen += chunk
      if (seen.includes(text)) {
        resolve()
      }
    })
    child.on('close', () => reject(new Error(`the run ended without saying "${text}", but: ${seen}`)))
  })
}

/** A folder that goes with the test file that made it. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), 'splice-score-cli-'))

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }))
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Writes a file and returns its path. */
  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content)
    return this.path(name)
  }

  /** Writes a BAM of these records and returns its path. */
  writeBam(
    name: string,
    contigs: readonly { name: string; length: number }[],
    records: BamRecordSpec[],
  ): string {
    return this.write(name, encodeBam({ contigs, records }))
  }

  /** Makes an empty folder inside this one and returns its path. */
  subfolder(): string {
    return mkdtempSync(join(this.folder, 'run-'))
  }
}

export type Row = Record<string, string>

/** Returns the rows of a table with a header line, each field under its column's name. */
export function parseTable(text: string): Row[] {
  const [header, ...lines] = text.trimEnd().split('\n')
  const names = header!.split('\t')
  return lines.map(line => Object.fromEntries(line.split('\t').map((field, i) => [names[i]!, field])))
}

/** Returns where a row lies, `contig:start-end` (0-based half-open). */
export function place({ contig, start, end }: Row): string {
  return `${contig}:${start}-${end}`
}

/** Returns sequences by contig name from FASTA text. */
export function parseFasta(text: string): Record<string, string> {
  const records = text.split('>').slice(1)
  return Object.fromEntries(
    records.map(record => {
      const [header, ...lines] = record.split('\n')
      return [header!.split(/\s/)[0]!, lines.join('')]
    }),
  )
}

/** Returns FASTA text with lines of 60 bases. */
export function formatFasta(sequences: Record<string, string>): string {
  return Object.entries(sequences)
    .map(([name, bases]) => `>${name}\n${bases.replace(/.{1,60}/g, '$&\n')}`)
    .join('')
}

/** Returns the file offsets of a BGZF file's blocks, from the size each states. */
export function bgzfBlockOffsets(path: string): number[] {
  const bytes = readFileSync(path)
  const offsets: number[] = []
  for (let at = 0; at < bytes.length; at += bytes.readUInt16LE(at + 16) + 1) {
    offsets.push(at)
  }
  return offsets
}
