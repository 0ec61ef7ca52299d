import { encodeText } from '../../../src/genome/sequence.ts'
import type {
  DatasetExamples,
  ExampleLayout,
  ExampleTexts,
  Part,
} from '../../../src/report/dataset/examples.ts'

/** A row of a made dataset. */
export interface MadeRow {
  className: string
  part?: Part
  sequence?: string
  contig?: string
  start?: number
  end?: number
  strand?: '+' | '-'
  motif?: string
  gene?: string
  site?: 'donor' | 'acceptor'
  support?: number
  decoy?: string
}

/** Returns a column of texts; undefined when no row has one. */
function textsOf(values: readonly (string | undefined)[]): ExampleTexts | undefined {
  const texts = [...new Set(values.filter(value => value !== undefined))]
  return texts.length === 0
    ? undefined
    : { texts, ids: Int32Array.from(values, value => (value === undefined ? -1 : texts.indexOf(value))) }
}

/** Returns a dataset of rows, as reports see it. */
export function madeExamples(rows: readonly MadeRow[], window: ExampleLayout): DatasetExamples {
  const classNames = [...new Set(rows.map(row => row.className))]
  const windows = rows.map(row => encodeText(row.sequence ?? 'N'.repeat(window.length)))
  const numbersOf = (part: Part) =>
    Uint32Array.from(Array.from(rows.keys()).filter(row => (rows[row]!.part ?? 'train') === part))
  const contigs = textsOf(rows.map(row => row.contig))
  return {
    name: 'made',
    window,
    windows: {
      count: rows.length,
      length: window.length,
      async read(indices, into) {
        indices.forEach((index, i) => {
          into.set(windows[index]!, i * window.length)
        })
      },
    },
    classes: Uint8Array.from(rows, row => classNames.indexOf(row.className)),
    classNames,
    targets: undefined,
    genes: textsOf(rows.map(row => row.gene)),
    motifs: textsOf(rows.map(row => row.motif)),
    sites: textsOf(rows.map(row => row.site)),
    places: contigs && {
      contigs,
      starts: Int32Array.from(rows, row => row.start ?? -1),
      ends: Int32Array.from(rows, row => row.end ?? -1),
      strands: Int8Array.from(rows, row => (row.strand === '-' ? -1 : 1)),
    },
    supports: rows.some(row => row.support !== undefined)
      ? Int32Array.from(rows, row => row.support ?? -1)
      : undefined,
    decoys: textsOf(rows.map(row => row.decoy)),
    splits: { train: numbersOf('train'), validation: numbersOf('validation'), test: numbersOf('test') },
    warnings: [],
  }
}
