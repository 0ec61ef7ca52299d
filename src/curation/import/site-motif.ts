import { UsageError } from '../../core/errors.ts'
import { decodeText, OTHER } from '../../genome/sequence.ts'
import type { SiteKind } from '../site-window.ts'
import type { ImportedRow, WindowImport } from './window-import.ts'

const MOTIF = /^[ACGT]{2}$/

/**
 * Returns the motifs of a text like `GT,GC`, in capitals.
 * Throws: UsageError for what are no two letters A, C, G, T.
 */
export function parseMotifs(text: string): string[] {
  const motifs = text.split(',').map(motif => motif.trim().toUpperCase())
  const wrong = motifs.find(motif => !MOTIF.test(motif))
  if (wrong !== undefined) {
    throw new UsageError(
      `expected the two intron bases at a site, such as GT, or several separated by commas, found "${wrong}" in ${text}`,
    )
  }
  return motifs
}

/** Returns the two intron bases at a site as letters, `N` for those outside the window. */
export function siteMotif(codes: Uint8Array, kind: SiteKind, position: number): string {
  const at = kind === 'donor' ? position : position - 2
  return decodeText(Uint8Array.of(codes[at] ?? OTHER, codes[at + 1] ?? OTHER))
}

/**
 * Returns the import without the rows whose site has other intron bases than these, which it counts as left out.
 * Throws: UsageError for an import of windows that are not around one site.
 */
export function withMotifs(source: WindowImport, motifs: readonly string[]): WindowImport {
  const { layout } = source
  if (!('position' in layout)) {
    throw new UsageError('expected windows around one site, to look at its motif, found others')
  }
  const { site, position } = layout
  const isWanted = ({ codes }: ImportedRow) => motifs.includes(siteMotif(codes, site, position))
  return {
    ...source,
    settings: { ...source.settings, motif: motifs },
    async *rows(tally) {
      for await (const rows of source.rows(tally)) {
        for (const { className } of rows.filter(row => !isWanted(row))) {
          tally.leftOut.add('other-motif', className ?? 'target')
        }
        yield rows.filter(isWanted)
      }
    },
  }
}
