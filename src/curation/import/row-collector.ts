import { UsageError } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import { type DatasetWindow, defaultWindow } from '../dataset-description.ts'
import { GrowingColumn, GrowingTexts, type TextColumn } from '../growing-column.ts'
import { strandlessKey } from '../window-duplicates.ts'
import { type WindowStore, WindowStoreBuilder } from '../window-store.ts'
import { SPLITS } from '../window-table.ts'
import { labelOfClass } from './class-mapping.ts'
import { siteMotif } from './site-motif.ts'
import {
  type ImportedRow,
  type ImportLayout,
  OPTIONAL_COLUMNS,
  type OptionalColumn,
} from './window-import.ts'

/** All rows of an import. The arrays have one entry per row. */
export interface CollectedRows {
  windows: WindowStore
  window: DatasetWindow
  /** The same number for the same bases, on either strand. */
  keys: Float64Array
  /** Number of the part in `SPLITS`. */
  parts: Uint8Array
  /** 1 positive, 0 negative, -1 unknown; 0 for rows with targets. */
  labels: Int8Array
  /** The class, or the targets separated by commas. */
  answers: TextColumn
  hasTargets: boolean
  known: Record<OptionalColumn, TextColumn>
  /** Rows of positives by the two intron bases at the site; empty where no one site is known. */
  sitePairs: Record<string, number>
}

export interface CollectorOptions {
  layout: ImportLayout
  scratchFolder: string
  /** Codes kept in memory. Units: bytes. */
  memoryLimit: number
}

/** Takes the rows of an import. */
export class RowCollector {
  readonly #options: CollectorOptions
  #builder: WindowStoreBuilder | undefined
  #window: DatasetWindow | undefined
  #hasTargets = false
  readonly #keys = new GrowingColumn(length => new Float64Array(length))
  readonly #parts = new GrowingColumn(length => new Uint8Array(length))
  readonly #labels = new GrowingColumn(length => new Int8Array(length))
  readonly #answers = new GrowingTexts()
  readonly #known = OPTIONAL_COLUMNS.map(() => new GrowingTexts())
  readonly #sitePairs = new Map<string, number>()

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  /** Throws: UsageError when the site is not inside the windows. */
  add({ codes, className, targets, split, known }: ImportedRow): void {
    const { layout, memoryLimit, scratchFolder } = this.#options
    const { length } = codes
    this.#window ??= windowOf(length, layout)
    this.#builder ??= new WindowStoreBuilder({ length, memoryLimit, scratchFolder })
    this.#builder.slot().set(codes)
    this.#builder.keep()
    this.#keys.push(strandlessKey(codes))
    this.#parts.push(SPLITS.indexOf(split))
    const label = className === undefined ? 0 : labelOfClass(className)
    this.#labels.push(label)
    this.#hasTargets = targets !== undefined
    this.#answers.push(className ?? targets!.join(','))
    for (const [i, name] of OPTIONAL_COLUMNS.entries()) {
      this.#known[i]!.push(known?.[name] === undefined ? undefined : String(known[name]))
    }
    if (label === 1 && 'position' in layout) {
      const pair = siteMotif(codes, layout.site, layout.position)
      this.#sitePairs.set(pair, (this.#sitePairs.get(pair) ?? 0) + 1)
    }
  }

  /** To be called between batches of rows. */
  async drain(): Promise<void> {
    await this.#builder?.drain()
  }

  /** Returns the rows; undefined when there are none. */
  async finish(): Promise<CollectedRows | undefined> {
    if (this.#builder === undefined || this.#window === undefined) {
      return undefined
    }
    return {
      windows: await this.#builder.finish(),
      window: this.#window,
      keys: this.#keys.finish(),
      parts: this.#parts.finish(),
      labels: this.#labels.finish(),
      answers: this.#answers.finish(),
      hasTargets: this.#hasTargets,
      known: Object.fromEntries(
        OPTIONAL_COLUMNS.map((name, i) => [name, this.#known[i]!.finish()]),
      ) as CollectedRows['known'],
      sitePairs: Object.fromEntries([...this.#sitePairs].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))),
    }
  }

  /** Removes the scratch file, synchronously. */
  discard(): void {
    this.#builder?.discard()
  }
}

function windowOf(length: number, layout: ImportLayout): DatasetWindow {
  if (layout.site === 'junction') {
    return defaultWindow(length)
  }
  if (layout.site === 'unknown') {
    return { length }
  }
  if (layout.position >= length) {
    throw new UsageError(
      `expected a site position inside the windows of ${grouped(length)} bases, found ${grouped(layout.position)}`,
      'it is the index of the first intron base of a donor, or of the first exon base after an acceptor',
    )
  }
  return { length, site: layout.position }
}
