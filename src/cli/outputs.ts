import { UsageError } from '../core/errors.ts'
import type { JunctionEvidence } from '../genome/junction.ts'
import { openSink, requireFolder, type Sink, type SinkTarget } from '../io/sink.ts'
import { writeJunctions } from '../report/junction-tables.ts'
import { TABLE_FORMATS, type TableFormat } from '../report/table-formats.ts'
import type { ScoredJunction } from '../scoring/scored-junction.ts'
import type { OutputOptions } from './options.ts'

/** Where the results of a run go: standard output in one format, or files that start with a prefix. */
export interface OutputPlan {
  prefix: string | undefined
  formats: TableFormat[]
}

/** Other names users know the formats by. */
const ALIASES: Record<string, TableFormat> = {
  bed: 'bed6',
  regtools: 'bed12',
  sj: 'star',
  'sj.out.tab': 'star',
}

/**
 * Returns the plan.
 * Throws: UsageError for an unknown format, and for several formats on standard output; MissingResourceError when the folder to
 * write to does not exist.
 */
export async function planOutput(options: OutputOptions, filesByDefault: TableFormat[]): Promise<OutputPlan> {
  const prefix = options.output
  if (prefix === '' || prefix?.endsWith('/')) {
    throw new UsageError(
      `-o: expected a prefix for file names, found ${prefix === '' ? 'nothing' : `the folder ${prefix}`}`,
      'such as -o results/sample',
    )
  }
  const named = options.format?.split(',').map(text => formatNamed(text.trim()))
  const formats = named ?? (prefix === undefined ? ['tsv'] : filesByDefault)
  if (prefix === undefined && formats.length > 1) {
    throw new UsageError(
      `--format ${options.format}: standard output holds one format`,
      'name one, or give -o PREFIX',
    )
  }
  if (prefix !== undefined) {
    await requireFolder(prefix)
  }
  return { prefix, formats: [...new Set(formats)] }
}

function formatNamed(text: string): TableFormat {
  const name = text.toLowerCase()
  if (name in TABLE_FORMATS) {
    return name as TableFormat
  }
  const alias = ALIASES[name]
  if (alias === undefined) {
    throw new UsageError(`--format ${text}: expected ${Object.keys(TABLE_FORMATS).join(', ')}`)
  }
  return alias
}

/** The outputs of one run, which appear together or not at all. */
export class Outputs {
  private readonly stdout: SinkTarget
  private readonly sinks: Sink[] = []

  constructor(stdout: SinkTarget) {
    this.stdout = stdout
  }

  /** Writes the junctions as planned, without giving files their names yet. */
  async write(
    plan: OutputPlan,
    junctions: readonly (JunctionEvidence | ScoredJunction)[],
    scored: boolean,
  ): Promise<void> {
    for (const format of plan.formats) {
      const { suffix, gzip } = TABLE_FORMATS[format]
      const sink =
        plan.prefix === undefined
          ? await this.open(this.stdout, false)
          : await this.open(`${plan.prefix}${suffix}`, gzip)
      await writeJunctions(sink, junctions, format, scored)
    }
  }

  async writeText(path: string, text: string): Promise<void> {
    await (await this.open(path, false)).write(text)
  }

  /** Finishes all outputs; returns the names of the files. */
  async commit(): Promise<string[]> {
    for (const sink of this.sinks) {
      await sink.settle()
    }
    for (const sink of this.sinks) {
      await sink.close()
    }
    return this.sinks.map(sink => sink.label)
  }

  /** Removes unfinished files; synchronous, for signal handlers. */
  discard(): void {
    for (const sink of this.sinks) {
      sink.discard()
    }
  }

  private async open(target: SinkTarget, gzip: boolean): Promise<Sink> {
    const sink = await openSink(target, { gzip })
    this.sinks.push(sink)
    return sink
  }
}
