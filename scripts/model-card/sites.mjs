// The distinct splice sites of junctions, and where on the transcript's strand they lie.
import { sitePosition } from '../../dist/curation/site-window.js'

/** @typedef {'donor' | 'acceptor'} SiteKind */
/** @typedef {{ contig: string, strand: '+' | '-', position: number }} Site */

/**
 * Returns the site of a junction: the first intron base of a donor, the first exon base after an acceptor.
 * @param {import('./held-out.mjs').Place & { strand: '+' | '-' }} junction
 * @param {SiteKind} kind
 * @returns {Site}
 */
export function siteOf(junction, kind) {
  const { contig, strand } = junction
  return { contig, strand, position: sitePosition(junction, kind) }
}

/** @param {Site} site */
export const siteKey = ({ contig, strand, position }) => `${contig}:${strand}:${position}`

/**
 * Returns the distinct sites of junctions, and for every junction the number of its own among them.
 * @param {readonly (import('./held-out.mjs').Place & { strand: '+' | '-' })[]} junctions
 * @param {SiteKind} kind
 */
export function distinctSites(junctions, kind) {
  /** @type {Map<string, number>} */
  const numbers = new Map()
  /** @type {Site[]} */
  const sites = []
  const numberOf = junctions.map(junction => {
    const site = siteOf(junction, kind)
    const key = siteKey(site)
    const known = numbers.get(key)
    if (known !== undefined) {
      return known
    }
    numbers.set(key, sites.length)
    return sites.push(site) - 1
  })
  return { sites, numberOf }
}
