import type { DatasetWindow } from './dataset-description.ts'
import type { TextColumn } from './growing-column.ts'
import type { ReadColumns } from './table-columns.ts'

/** Stands for a label that is not known. */
export const UNKNOWN_LABEL = 2

/** Labels of one example: donor, acceptor, pair. */
const PER_EXAMPLE = 3

/** Which of a decoy's sites are true, by how it was made; of others neither is known to be. */
const TRUE_SITES: Readonly<Record<string, readonly [donor: number, acceptor: number]>> = {
  'near-donor': [0, 1],
  'gene-donor': [0, 1],
  'near-acceptor': [1, 0],
  'gene-acceptor': [1, 0],
  random: [0, 0],
}

export interface SiteLabelInput
  extends Pick<
    ReadColumns,
    'labels' | 'classes' | 'classNames' | 'targets' | 'sites' | 'decoys' | 'statedSites'
  > {
  window: DatasetWindow
}

/**
 * Returns what is known of the donor, the acceptor and the pair of each example: of each site what the columns `donor` and
 * `acceptor` state; where they do not, a positive has true sites, of a decoy one may be, and an example of one site tells
 * nothing of the other. A pair is known of junctions only. Undefined where windows do not have both sites, and with targets.
 * Shape: [examples, 3], each 1, 0 or `UNKNOWN_LABEL`.
 */
export function siteLabelsOf(input: SiteLabelInput): Uint8Array | undefined {
  const { window, labels, classes, classNames, targets, sites, decoys, statedSites } = input
  if (!('donor' in window) || targets !== undefined) {
    return undefined
  }
  const known = new Uint8Array(PER_EXAMPLE * labels.length).fill(UNKNOWN_LABEL)
  for (const [i, label] of labels.entries()) {
    if (classNames[classes[i]!] !== 'unknown') {
      known.set(derivedLabels(label, textOf(sites, i), textOf(decoys, i)), PER_EXAMPLE * i)
    }
    for (const [site, stated] of [statedSites?.donors, statedSites?.acceptors].entries()) {
      if (stated !== undefined && stated[i] !== UNKNOWN_LABEL) {
        known[PER_EXAMPLE * i + site] = stated[i]!
      }
    }
  }
  return known
}

/** Returns donor, acceptor and pair as the label, and how the example was made, tell them. */
function derivedLabels(label: number, site: string | undefined, making: string | undefined): number[] {
  if (site === 'donor') {
    return [label, UNKNOWN_LABEL, UNKNOWN_LABEL]
  }
  if (site === 'acceptor') {
    return [UNKNOWN_LABEL, label, UNKNOWN_LABEL]
  }
  const [donor, acceptor] =
    label === 1 ? [1, 1] : (TRUE_SITES[making ?? ''] ?? [UNKNOWN_LABEL, UNKNOWN_LABEL])
  return [donor, acceptor, site === 'both' ? UNKNOWN_LABEL : label]
}

function textOf(column: TextColumn | undefined, row: number): string | undefined {
  return column?.texts[column.ids[row]!]
}
