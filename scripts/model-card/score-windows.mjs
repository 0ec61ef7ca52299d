// Scores of a model of junctions, as `splice-score` computes them: in windows of 800 bases.
import { startScoringSession } from '../../dist/graph/session-client.js'
import { cutWindow, WINDOW_LENGTH } from '../../dist/junctions/window.js'
import { scoreColumns } from '../../dist/scoring/junction-scorer.js'
import { WindowQueue } from '../../dist/scoring/window-queue.js'

const BATCH = 256

/**
 * Returns the scores of junctions; NaN where a site has unknown bases. A model without a column for the pair is worth the
 * weaker site, as in the tool.
 * @param {import('./contenders.mjs').Contender} contender
 * @param {import('./score.mjs').Junctions} junctions
 * @param {number} threads
 * @returns {Promise<import('./score.mjs').Scores>}
 */
export async function scoreWindows({ bundle }, { places, codesOf }, threads) {
  const columns = scoreColumns(bundle.metadata)
  const session = await startScoringSession({
    model: bundle.bytes,
    provider: 'cpu',
    threads,
    windowLength: WINDOW_LENGTH,
  })
  const queue = new WindowQueue(session, BATCH)
  const window = new Uint8Array(WINDOW_LENGTH)
  /** @type {number[]} */
  const numbers = []
  for (const [i, place] of places.entries()) {
    const { ambiguousSite } = cutWindow(await codesOf(place.contig), place, window, 0)
    numbers.push(ambiguousSite ? -1 : queue.add(window))
    if (i % BATCH === 0) {
      await queue.room()
    }
  }
  await queue.finish()
  const read = (/** @type {number | undefined} */ column) =>
    column === undefined
      ? undefined
      : Float32Array.from(numbers, number => (number < 0 ? Number.NaN : queue.result(number, column)))
  const [donor, acceptor] = [read(columns.donor), read(columns.acceptor)]
  const pair = read(columns.junction) ?? donor?.map((score, i) => Math.min(score, acceptor?.[i] ?? score))
  await session.close()
  if (pair === undefined) {
    throw new Error(`model ${bundle.metadata.name}: expected a column for junctions or for both sites`)
  }
  return { donor, acceptor, pair }
}
