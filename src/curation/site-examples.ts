import type { KnownSites } from './decoys/known-sites.ts'
import { classNumber, type ExampleClass, type Making } from './example-classes.ts'
import type { LeftOut } from './left-out.ts'
import { type SiteKind, sitePosition } from './site-window.ts'

/** An example junction that may give its site. */
export interface SiteDraft {
  start: number
  end: number
  strand: '+' | '-'
  className: ExampleClass
  making: Making
  gene: number
}

/**
 * Returns one junction per distinct donor (or acceptor) of a contig's junctions, to stand for the site: a site of a
 * positive junction is positive, else one of an `unknown` junction is unknown, else it is negative, unless it is known,
 * by annotation or by support. Of several junctions of the class the best supported one is returned, of equals the first.
 */
export function siteExamples(
  junctions: readonly SiteDraft[],
  kind: SiteKind,
  known: KnownSites,
  supportOf: (start: number, end: number, strand: '+' | '-') => number,
  leftOut: LeftOut,
): SiteDraft[] {
  const best = new Map<string, SiteDraft>()
  for (const junction of junctions) {
    const key = `${sitePosition(junction, kind)}${junction.strand}`
    const other = best.get(key)
    if (other === undefined || isBetter(junction, other, supportOf)) {
      best.set(key, junction)
    }
  }
  return [...best.values()].filter(({ start, end, strand, className }) => {
    const dinucleotide = (kind === 'donor') === (strand === '+') ? start : end - 2
    const isMislabelled = className.startsWith('negative') && known.has(strand, dinucleotide)
    if (isMislabelled) {
      leftOut.add('site-known', className)
    }
    return !isMislabelled
  })
}

/** Rank of a class when junctions share a site: what is known to splice decides. */
function rank(className: ExampleClass): number {
  return className === 'unknown' ? 0.5 + classNumber('positive') : classNumber(className)
}

function isBetter(
  a: SiteDraft,
  b: SiteDraft,
  supportOf: (start: number, end: number, strand: '+' | '-') => number,
): boolean {
  if (a.className !== b.className) {
    return rank(a.className) < rank(b.className)
  }
  return supportOf(a.start, a.end, a.strand) > supportOf(b.start, b.end, b.strand)
}
