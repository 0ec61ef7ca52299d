// Scores of models of single sites: one model for donors, one for acceptors, each in windows of its own length.
import { InputDataError } from '../../dist/core/errors.js'
import { cutSiteWindow } from '../../dist/curation/site-window.js'
import { startScoringSession } from '../../dist/graph/session-client.js'
import { distinctSites } from './sites.mjs'

const BATCH = 64

/**
 * Returns the scores of both sites of junctions.
 * @param {import('./contenders.mjs').Contender} contender
 * @param {import('./score.mjs').Junctions} junctions
 * @param {number} threads
 * @returns {Promise<import('./score.mjs').Scores>}
 */
export async function scoreSingleSites({ bundle: donor, acceptorBundle }, { places, codesOf }, threads) {
  if (acceptorBundle === undefined) {
    throw new Error(`${donor.metadata.name}: expected a model for acceptors beside it`)
  }
  return {
    donor: await scoreKind(donor, 'donor', places, codesOf, threads),
    acceptor: await scoreKind(acceptorBundle, 'acceptor', places, codesOf, threads),
    pair: undefined,
  }
}

/**
 * @param {import('../../src/export/bundle.ts').Bundle} bundle
 * @param {import('./sites.mjs').SiteKind} kind
 * @param {import('./score.mjs').Junctions['places']} places
 * @param {import('./score.mjs').Junctions['codesOf']} codesOf
 * @param {number} threads
 */
async function scoreKind({ bytes, metadata }, kind, places, codesOf, threads) {
  if (metadata.kind !== 'site') {
    throw new InputDataError(`model ${metadata.name}: expected one of kind site, found ${metadata.kind}`)
  }
  const { window: layout, columns, decisionColumn } = metadata
  const { length } = layout
  const session = await startScoringSession({ model: bytes, provider: 'cpu', threads, windowLength: length })
  const { sites, numberOf } = distinctSites(places, kind)
  const column = columns.indexOf(decisionColumn)
  const scores = new Float32Array(sites.length)
  for (let from = 0; from < sites.length; from += BATCH) {
    const batch = sites.slice(from, from + BATCH)
    const codes = new Uint8Array(batch.length * length)
    for (const [i, { contig, position, strand }] of batch.entries()) {
      cutSiteWindow(await codesOf(contig), { kind, position, strand }, layout, codes, i * length)
    }
    const values = await session.score(codes, batch.length)
    for (let i = 0; i < batch.length; i++) {
      scores[from + i] = values[i * columns.length + column] ?? Number.NaN
    }
  }
  await session.close()
  return Float32Array.from(numberOf, number => scores[number] ?? Number.NaN)
}
