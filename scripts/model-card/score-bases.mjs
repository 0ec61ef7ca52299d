// Scores of a model of sequences at the sites of junctions, from the true sequence around each: as much as the network sees.
import { InputDataError } from '../../dist/core/errors.js'
import { reverseComplement } from '../../dist/genome/sequence.js'
import { openSession } from '../../dist/graph/session.js'
import { distinctSites } from './sites.mjs'

/** Longest stretch that is scored at once, which bounds memory. Units: bases. */
const LONGEST = 40_000

/**
 * Returns the scores of both sites of junctions. Bases beyond a contig are unknown, as the network was trained.
 * @param {import('./contenders.mjs').Contender} contender
 * @param {import('./score.mjs').Junctions} junctions
 * @param {number} threads
 * @returns {Promise<import('./score.mjs').Scores>}
 */
export async function scoreBases(contender, { places, codesOf }, threads) {
  const session = await openSession(contender.bundle.bytes, { provider: 'cpu', threads })
  const [donor, acceptor] = await Promise.all([
    scoreSites(contender, session, places, 'donor', codesOf),
    scoreSites(contender, session, places, 'acceptor', codesOf),
  ])
  await session.close()
  return { donor, acceptor, pair: undefined }
}

/**
 * @param {import('./contenders.mjs').Contender} contender
 * @param {import('../../src/graph/session.ts').Session} session
 * @param {import('./score.mjs').Junctions['places']} places
 * @param {import('./sites.mjs').SiteKind} kind
 * @param {import('./score.mjs').Junctions['codesOf']} codesOf
 */
async function scoreSites({ bundle, context = 0 }, session, places, kind, codesOf) {
  const { metadata } = bundle
  if (metadata.kind !== 'sequence') {
    throw new InputDataError(`model ${metadata.name}: expected one of kind sequence, found ${metadata.kind}`)
  }
  const column = metadata.columns.indexOf(kind)
  const { sites, numberOf } = distinctSites(places, kind)
  const scores = new Float32Array(sites.length)
  for (const list of byContigAndStrand(sites).values()) {
    const { contig, strand } = /** @type {import('./sites.mjs').Site} */ (sites[list[0] ?? 0])
    const codes = await codesOf(contig)
    const mark = metadata.marks[kind]
    /** Where the network marks a site, counted along the transcript's strand. */
    const along = (/** @type {number} */ number) => {
      const { position } = /** @type {import('./sites.mjs').Site} */ (sites[number])
      return (strand === '+' ? position : codes.length - 1 - position) + mark
    }
    const sorted = list.map(number => ({ number, at: along(number) })).sort((a, b) => a.at - b.at)
    for (const stretch of stretches(sorted, context)) {
      const from = Math.max(stretch.from, 0)
      const to = Math.min(stretch.to, codes.length)
      const values = await basesScores(session, orient(codes, from, to, strand), metadata.columns.length)
      for (const { number, at } of stretch.sites) {
        scores[number] = values[column * (to - from) + at - from] ?? Number.NaN
      }
    }
  }
  return Float32Array.from(numberOf, number => scores[number] ?? Number.NaN)
}

/** @param {readonly import('./sites.mjs').Site[]} sites */
function byContigAndStrand(sites) {
  /** @type {Map<string, number[]>} */
  const lists = new Map()
  for (const [number, { contig, strand }] of sites.entries()) {
    const key = `${contig} ${strand}`
    lists.set(key, [...(lists.get(key) ?? []), number])
  }
  return lists
}

/**
 * Returns stretches that hold all sites with half the context on both sides. Sites near each other share one: a stretch of
 * its own costs twice the context, since the network adds as much padding.
 * @param {readonly { number: number, at: number }[]} sorted
 * @param {number} context
 */
function stretches(sorted, context) {
  /** @type {{ from: number, to: number, sites: { number: number, at: number }[] }[]} */
  const found = []
  for (const site of sorted) {
    const open = found.at(-1)
    const to = site.at + context / 2 + 1
    if (open && site.at - context / 2 - open.to <= context && to - open.from <= LONGEST) {
      open.to = to
      open.sites.push(site)
    } else {
      found.push({ from: site.at - context / 2, to, sites: [site] })
    }
  }
  return found
}

/**
 * Returns the codes [from, to) counted along the strand.
 * @param {Uint8Array} codes
 * @param {number} from
 * @param {number} to
 * @param {'+' | '-'} strand
 */
function orient(codes, from, to, strand) {
  return strand === '+'
    ? codes.slice(from, to)
    : reverseComplement(codes.subarray(codes.length - to, codes.length - from))
}

/**
 * Returns the probabilities of a sequence's bases. Shape: [columns, bases].
 * @param {import('../../src/graph/session.ts').Session} session
 * @param {Uint8Array} codes
 * @param {number} columns
 */
async function basesScores(session, codes, columns) {
  const { probabilities } = await session.run({
    codes: { type: 'uint8', dims: [1, codes.length], data: codes },
  })
  if (probabilities?.type !== 'float32' || probabilities.data.length !== columns * codes.length) {
    throw new InputDataError(`expected ${columns} probabilities for each of ${codes.length} bases`)
  }
  return probabilities.data
}
