import { join } from 'node:path'
import { throwIfAborted } from '../core/errors.ts'
import type { OnProgress } from '../core/progress.ts'
import { intronEnds, motifOfEnds } from '../genome/motif.ts'
import { sha256File } from '../io/file-digest.ts'
import { openParquetTable, type ParquetTable } from '../io/parquet-table.ts'
import { openSink, type Sink } from '../io/sink.ts'
import type { TrainingReference } from './annotated-examples.ts'
import type { Curated } from './curate.ts'
import { type CuratedTally, tallyRows } from './curated-tally.ts'
import { EXAMPLE_CLASSES, MAKINGS } from './example-classes.ts'
import { cutExample, describedWindow, type ExampleLayout, windowLength } from './example-layout.ts'
import { type ContigExamples, placeOf } from './example-rows.ts'
import type { GeneModel } from './labels/gene-model.ts'
import type { SupportPool } from './labels/support-pool.ts'
import { PackedWindowWriter } from './packed-window-writer.ts'
import { PACKED_NAME } from './packed-windows.ts'
import { formatLine } from './table-line.ts'
import { SPLITS } from './window-table.ts'

export const DATASET_SCHEMA = 'splice-score-dataset'
export const DATASET_SCHEMA_VERSION = 1
/** Rows handed on at a time. */
const BATCH = 512

/** What a dataset says about itself beside its rows. */
export interface CuratedFacts {
  name: string
  source: string
  toolVersion: string
  /** Names of the inputs with support, in the pool's order. */
  inputNames: readonly string[]
  reference: { name: string; sha256: string }
  files: readonly { name: string; sha256: string; role: string }[]
  settings: Record<string, unknown>
  warnings: readonly string[]
  /** How closely `--exclude-sequences` was looked at; absent without any. */
  excludedSequences?: { sampledOneIn: number }
}

export interface FolderRequest {
  /** A folder that is empty. */
  folder: string
  curated: Curated
  model: GeneModel
  pool: SupportPool
  reference: TrainingReference
  layout: ExampleLayout
  /** False leaves the windows to be cut from the reference when they are needed. */
  writesWindows: boolean
  facts: CuratedFacts
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

/**
 * Writes a curated dataset into a folder (docs/datasets.md): the table twice, as text and as Parquet, the packed windows
 * and, last, `dataset.json`. Returns what was counted.
 * The same examples and facts give the same bytes.
 * Memory: a contig's codes, a row group of 100,000 rows.
 */
export async function writeCuratedFolder(request: FolderRequest): Promise<CuratedTally> {
  const { folder, curated, reference, layout, writesWindows, onProgress, signal } = request
  const stem = layout.kind === 'junction' ? 'junctions' : 'sites'
  const columns = columnsOf(request)
  const text = await openSink(join(folder, `${stem}.tsv.gz`), { gzip: true })
  const parquet = await openParquetTable(
    join(folder, `${stem}.parquet`),
    columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
  )
  const codesSink = writesWindows ? await openSink(join(folder, PACKED_NAME)) : undefined
  const writers: Writers = {
    columns,
    text,
    parquet,
    windows: codesSink && new PackedWindowWriter(codesSink, windowLength(layout)),
    motifs: new Map(),
  }
  try {
    await text.write(formatLine(columns.map(column => column.name)))
    const names = [...reference.contigs.keys()]
    for (const [i, rows] of curated.contigs.entries()) {
      throwIfAborted(signal)
      onProgress?.({ stage: 'writing', done: i, unit: 'contigs', share: i / curated.contigs.length })
      await writeContig(writers, rows, await reference.loadContig(names[rows.contig]!), layout)
    }
    await writers.windows?.finish()
    await text.close()
    await parquet.close()
    await codesSink?.close()
  } catch (error) {
    text.discard()
    parquet.discard()
    codesSink?.discard()
    throw error
  }
  const tables = [`${stem}.tsv.gz`, `${stem}.parquet`, ...(writesWindows ? [PACKED_NAME] : [])]
  return describe(request, tables, writers.motifs)
}

interface Writers {
  columns: readonly Column[]
  text: Sink
  parquet: ParquetTable
  windows: PackedWindowWriter | undefined
  /** Rows of each motif. */
  motifs: Map<string, number>
}

async function writeContig(
  { columns, text, parquet, windows, motifs }: Writers,
  rows: ContigExamples,
  codes: Uint8Array,
  layout: ExampleLayout,
): Promise<void> {
  const window = new Uint8Array(windowLength(layout))
  const motifColumn = columns.findIndex(({ name }) => name === 'motif')
  for (let from = 0; from < rows.count; from += BATCH) {
    const to = Math.min(from + BATCH, rows.count)
    const batch = columns.map(() => new Array<Value>(to - from))
    let lines = ''
    for (let row = from; row < to; row++) {
      const values = columns.map(column => column.value(rows, row, codes))
      for (const [i, value] of values.entries()) {
        batch[i]![row - from] = value
      }
      lines += formatLine(values)
      const motif = String(values[motifColumn])
      motifs.set(motif, (motifs.get(motif) ?? 0) + 1)
      if (windows) {
        cutExample(codes, placeOf(rows, row), layout, window)
        windows.add(window)
      }
    }
    await text.write(lines)
    await parquet.write(batch as (string | undefined)[][])
    await windows?.drain()
  }
}

type Value = string | number | undefined

interface Column {
  name: string
  type: 'int32' | 'text'
  nullable: boolean
  value(rows: ContigExamples, row: number, codes: Uint8Array): Value
}

function columnsOf({ model, pool, reference, layout, facts }: FolderRequest): Column[] {
  const names = [...reference.contigs.keys()]
  const poolId = (rows: ContigExamples, row: number) => {
    // What was made up is in no input.
    if (rows.makings[row]! > 0) {
      return -1
    }
    const { start, end, strand } = placeOf(rows, row)
    return pool.find(rows.contig, start, end, strand)
  }
  const support = (input: number | undefined) => (rows: ContigExamples, row: number) => {
    const id = poolId(rows, row)
    return id < 0 ? 0 : input === undefined ? pool.support(id) : pool.supportBy(input, id)
  }
  const text = (name: string, value: Column['value'], nullable = false): Column => ({
    name,
    type: 'text',
    nullable,
    value,
  })
  const number = (name: string, value: Column['value']): Column => ({
    name,
    type: 'int32',
    nullable: false,
    value,
  })
  return [
    text('contig', rows => names[rows.contig]!),
    number('start', (rows, row) => rows.starts[row]!),
    number('end', (rows, row) => rows.ends[row]!),
    text('strand', (rows, row) => (rows.strands[row]! > 0 ? '+' : '-')),
    text('class', (rows, row) => EXAMPLE_CLASSES[rows.classes[row]!]!),
    text('split', (rows, row) => SPLITS[rows.splits[row]!]!),
    number('support', support(undefined)),
    ...facts.inputNames.map((name, input) => number(`support:${name}`, support(input))),
    text(
      'transcripts',
      (rows, row) => {
        if (rows.makings[row]! > 0) {
          return undefined
        }
        const { start, end, strand } = placeOf(rows, row)
        const found = model.find(rows.contig, start, end, strand)
        return found < 0 ? undefined : model.introns[found]!.transcripts.map(listItem).join(',')
      },
      true,
    ),
    text('motif', (rows, row, codes) =>
      motifOfEnds(intronEnds(codes, rows.starts[row]!, rows.ends[row]!), rows.strands[row]! > 0 ? '+' : '-'),
    ),
    text('gene', (rows, row) => model.genes[rows.genes[row]!]?.id, true),
    text('decoy', (rows, row) => (rows.makings[row] === 0 ? undefined : MAKINGS[rows.makings[row]!]), true),
    ...(layout.kind === 'junction' ? [] : [text('site', () => layout.kind)]),
  ]
}

/** Commas separate IDs, so one inside an ID is written as in GFF3. */
const listItem = (id: string) => id.replaceAll(',', '%2C')

async function describe(
  request: FolderRequest,
  tableNames: readonly string[],
  counts: ReadonlyMap<string, number>,
): Promise<CuratedTally> {
  const { folder, curated, layout, writesWindows, facts, reference } = request
  const tally = tallyRows(curated.contigs, [...reference.contigs.keys()])
  const motifs = Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)))
  const tables = []
  for (const name of tableNames) {
    tables.push({ name, sha256: await sha256File(join(folder, name)) })
  }
  const description = {
    schema: DATASET_SCHEMA,
    schemaVersion: DATASET_SCHEMA_VERSION,
    toolVersion: facts.toolVersion,
    name: facts.name,
    source: facts.source,
    window: describedWindow(layout),
    ...(writesWindows && { windows: { file: PACKED_NAME, encoding: 'base5' } }),
    reference: facts.reference,
    files: facts.files,
    tables,
    settings: facts.settings,
    counts: { ...tally, motifs },
    decoys: curated.decoys,
    observed: curated.observed,
    leftOut: curated.leftOut.asRecord(),
    leaks: {
      comparisons: curated.leaks,
      ...(facts.excludedSequences && { excludedSequences: facts.excludedSequences }),
      units: curated.units,
    },
    warnings: [...facts.warnings, ...curated.warnings],
  }
  const json = await openSink(join(folder, 'dataset.json'))
  await json.write(`${JSON.stringify(description, null, 2)}\n`)
  await json.close()
  return { ...tally, motifs }
}
