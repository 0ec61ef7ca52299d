/** Strand of a transcript on the reference: forward, reverse, or not known. */
export type Strand = '+' | '-' | '.'

/** Strand as stored in typed arrays: 1, -1, 0. */
export type StrandSign = 1 | -1 | 0

/** Returns the strand's sign: `+` 1, `-` -1, `.` 0. */
export function strandSign(strand: Strand): StrandSign {
  return strand === '+' ? 1 : strand === '-' ? -1 : 0
}

/** Returns the strand of a sign. */
export function strandOfSign(sign: number): Strand {
  return sign > 0 ? '+' : sign < 0 ? '-' : '.'
}

/** Returns the other strand; unknown stays unknown. */
export function oppositeStrand(strand: Strand): Strand {
  return strand === '+' ? '-' : strand === '-' ? '+' : '.'
}

/** Sort rank of a strand: `+` before `-` before `.`. */
export function strandRank(strand: Strand): number {
  return strand === '+' ? 0 : strand === '-' ? 1 : 2
}
