// Scores junctions with every kind of model. Scores are kept in the scratch folder under the SHA-256 of model and junctions,
// so that another run computes only what is new.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openReference } from '../../dist/io/reference.js'
import { scoreBases } from './score-bases.mjs'
import { scoreSingleSites } from './score-single-sites.mjs'
import { scoreWindows } from './score-windows.mjs'

/** Changes when these files compute other scores from the same model and junctions. */
const VERSION = 1

/**
 * @typedef {import('./held-out.mjs').Place & { strand: '+' | '-' }} StrandedPlace
 * @typedef {{ places: readonly StrandedPlace[], codesOf: (contig: string) => Promise<Uint8Array> }} Junctions
 * @typedef {{
 *   donor: Float32Array | undefined,
 *   acceptor: Float32Array | undefined,
 *   pair: Float32Array | undefined,
 * }} Scores Entries are NaN where a site has unknown bases or lies beyond its contig. Models that know sites only have no `pair`.
 */

const SCORERS = { windows: scoreWindows, bases: scoreBases, sites: scoreSingleSites }
const PARTS = /** @type {const} */ (['donor', 'acceptor', 'pair'])

/**
 * Returns the scores of junctions of one reference.
 * @param {import('./contenders.mjs').Contender} contender
 * @param {string} fasta
 * @param {readonly StrandedPlace[]} places
 * @param {{ scratch: string, threads: number }} settings
 * @returns {Promise<Scores>}
 */
export async function scoreJunctions(contender, fasta, places, { scratch, threads }) {
  const folder = join(scratch, 'scores')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${keyOf(contender, fasta, places)}.f32`)
  if (existsSync(path)) {
    return unpack(readFileSync(path), places.length)
  }
  const reference = await openReference(fasta)
  const codesOf = (/** @type {string} */ contig) => reference.loadContig(contig)
  // As in the tool, what reaches past the end of its contig has no scores.
  const inside = places.filter(({ contig, end }) => end <= (reference.contigs.get(contig) ?? 0))
  const found = await SCORERS[contender.kind](contender, { places: inside, codesOf }, threads)
  await reference.close()
  const scores = withOutside(found, places, inside)
  // Whole or not at all: a run may be stopped.
  writeFileSync(`${path}.part`, pack(scores, places.length))
  renameSync(`${path}.part`, path)
  return scores
}

/**
 * Returns the scores with NaN for the places that were not scored.
 * @param {Scores} found
 * @param {readonly StrandedPlace[]} places
 * @param {readonly StrandedPlace[]} inside
 * @returns {Scores}
 */
function withOutside(found, places, inside) {
  const numbers = new Map(inside.map((place, i) => [place, i]))
  const spread = (/** @type {Float32Array | undefined} */ part) =>
    part && Float32Array.from(places, place => part[numbers.get(place) ?? -1] ?? Number.NaN)
  return { donor: spread(found.donor), acceptor: spread(found.acceptor), pair: spread(found.pair) }
}

/**
 * @param {import('./contenders.mjs').Contender} contender
 * @param {string} fasta
 * @param {readonly StrandedPlace[]} places
 */
function keyOf({ bundle, acceptorBundle, context }, fasta, places) {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([VERSION, bundle.sha256, acceptorBundle?.sha256 ?? null, context ?? null]))
  hash.update(createHash('sha256').update(readFileSync(fasta)).digest())
  for (const { contig, start, end, strand } of places) {
    hash.update(`${contig}:${start}-${end}:${strand}\n`)
  }
  return hash.digest('hex')
}

/**
 * Returns the arrays one after the other; an absent one is all NaN.
 * @param {Scores} scores
 * @param {number} count
 */
function pack(scores, count) {
  const all = new Float32Array(PARTS.length * count).fill(Number.NaN)
  for (const [i, part] of PARTS.entries()) {
    all.set(scores[part] ?? [], i * count)
  }
  return new Uint8Array(all.buffer)
}

/**
 * @param {Buffer} bytes
 * @param {number} count
 * @returns {Scores}
 */
function unpack(bytes, count) {
  const all = new Float32Array(new Uint8Array(bytes).buffer)
  const [donor, acceptor, pair] = PARTS.map((_, i) => {
    const part = all.slice(i * count, (i + 1) * count)
    return part.every(Number.isNaN) ? undefined : part
  })
  return { donor, acceptor, pair }
}
