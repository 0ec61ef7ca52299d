/** A report of work done so far, made between batches. */
export interface Progress {
  /** What is being done, e.g. `reading`. */
  stage: string
  /** Units done. */
  done: number
  /** Units in all where known. */
  total?: number
  /** The unit's name in the plural, e.g. `reads`. */
  unit: string
}

export type OnProgress = (progress: Progress) => void
