/** An exon, or a part of one. Coordinates: 0-based half-open. */
export interface Exon {
  start: number
  end: number
}

/** Where a row lies that exons name as their parent. */
export interface ParentSpan extends Exon {
  /** True when it spans one transcript: no intron is too long inside it. */
  isWholeTranscript: boolean
}

/**
 * Longest gap between exons taken as an intron where no row spans the whole transcript; a wider gap separates two
 * copies that share an ID. It is also how far a region query looks around a region, which is why both ways agree.
 */
export const MAX_UNSPANNED_INTRON = 1_000_000

/** True when the two share a base. */
export function spansOverlap(a: Exon, b: Exon): boolean {
  return a.start < b.end && b.start < a.end
}

/** True when an exon overlaps one before it; a row given twice says nothing new. */
export function someOverlap(sorted: readonly Exon[]): boolean {
  let end = 0
  return sorted.some((exon, i) => {
    const last = sorted[i - 1]
    const overlap = exon.start < end && !(last && last.start === exon.start && last.end === exon.end)
    end = Math.max(end, exon.end)
    return overlap
  })
}

/** Returns sorted exons merged where at most `gap` bases lie between them; they are used up. */
export function mergeExons(exons: readonly Exon[], gap: number): Exon[] {
  const merged: Exon[] = []
  for (const exon of exons) {
    const last = merged.at(-1)
    if (last && exon.start - last.end <= gap) {
      last.end = Math.max(last.end, exon.end)
    } else {
      merged.push(exon)
    }
  }
  return merged
}

/** Returns the exons cut into copies: at gaps between different parent rows, and at gaps too wide for an intron. */
export function splitCopies(exons: Exon[], rows: readonly ParentSpan[]): Exon[][] {
  const copies: Exon[][] = [[exons[0]!]]
  for (let i = 1; i < exons.length; i++) {
    if (sameCopy(exons[i - 1]!, exons[i]!, rows)) {
      copies.at(-1)!.push(exons[i]!)
    } else {
      copies.push([exons[i]!])
    }
  }
  return copies
}

function sameCopy(left: Exon, right: Exon, rows: readonly ParentSpan[]): boolean {
  const ofLeft = rows.filter(row => spansOverlap(row, left))
  const ofRight = rows.filter(row => spansOverlap(row, right))
  const common = ofLeft.filter(row => ofRight.includes(row))
  if (common.length === 0 && ofLeft.length > 0 && ofRight.length > 0) {
    return false
  }
  return right.start - left.end <= MAX_UNSPANNED_INTRON || common.some(row => row.isWholeTranscript)
}
