/** A report of work done so far, made between batches. */
export interface Progress {
  /** What is being done, e.g. `reading`. */
  stage: string
  /** Units done. */
  done: number
  /** Share of the input that has been read, where its size is known. Units: 0 to 1. */
  share?: number | undefined
  /** The unit's name in the plural, e.g. `reads`. */
  unit: string
}

export type OnProgress = (progress: Progress) => void
