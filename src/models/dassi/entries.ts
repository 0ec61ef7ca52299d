import { aCount, aShare, oneOf } from '../model-options.ts'
import { type NetworkEntry, network } from '../network-entry.ts'
import { type DassiSite, SITES } from './genotypes.ts'
import { DASSI, type DassiOptions, dassi } from './network.ts'

function dassiEntry(site: DassiSite): NetworkEntry {
  return network<DassiOptions>({
    name: `dassi-${site}`,
    title: `DASSI, ${site}s: three cells that an architecture search found`,
    source: 'Moosa et al. (DASSI), BioData Mining 14:15, 2021',
    input: `141 or 602 bases around one ${site}`,
    windowLength: DASSI.windowLength,
    output: 'classes',
    defaults: DASSI,
    rules: { windowLength: aCount, lastBase: oneOf('drop', 'keep'), channels: aCount, dropPath: aShare },
    misfit: ({ windowLength, lastBase }) =>
      windowLength === 1 && lastBase === 'drop'
        ? 'option windowLength: expected at least 2 bases, of which the last is dropped, found 1'
        : undefined,
    build: options => dassi(site, options),
  })
}

/** The networks of DASSI, as the registry lists them. */
export const DASSI_ENTRIES: readonly NetworkEntry[] = SITES.map(dassiEntry)
