import { LeftOut } from '../left-out.ts'

/** Counts what an import sees and leaves out. */
export class ImportTally {
  /** Rows read. */
  rows = 0
  /** Letters such as R or Y, which stand for several bases and became N. */
  ambiguousLetters = 0
  /** Decoys or shuffles asked for that the sequences do not have. */
  missingNegatives = 0
  readonly leftOut = new LeftOut()
}
