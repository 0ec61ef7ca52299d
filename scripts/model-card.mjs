// Evaluates a model on the held-out sets beside others and writes its card: docs/model-card.md, the numbers as JSON beside it, and
// charts. The same model and data give the same bytes; scores are kept in the scratch folder.
//   npm run model-card -- [--model FILE] [--out docs/model-card.md] [--scratch DIR] [--resamples 1000] [--threads 2]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SpliceScoreError } from '../dist/core/errors.js'
import { cardText } from './model-card/card-text.mjs'
import { charts } from './model-card/charts.mjs'
import { compareJunctions, compareLengths, compareMotifs, compareSites } from './model-card/comparisons.mjs'
import { openContenders } from './model-card/contenders.mjs'
import { inputFolder, knownFiles } from './model-card/data-sets.mjs'
import { curateHeldOut } from './model-card/held-out.mjs'
import { storedNumbers } from './model-card/model-facts.mjs'
import { judgeReads } from './model-card/on-reads.mjs'
import { scorePool } from './model-card/pool.mjs'
import { calibrationOf, callsAt } from './model-card/probabilities.mjs'
import { resultsOf } from './model-card/results.mjs'
import { verdicts } from './model-card/verdict.mjs'
import { jsonText } from './writing/json-text.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    out: { type: 'string', default: join(root, 'docs/model-card.md') },
    scratch: { type: 'string', default: join(tmpdir(), 'splice-score-model-card') },
    resamples: { type: 'string', default: '1000' },
    threads: { type: 'string', default: '2' },
  },
})

try {
  await main()
} catch (error) {
  if (!(error instanceof SpliceScoreError)) {
    throw error
  }
  console.error(`error: ${error.message}${error.hint === undefined ? '' : `\nhint: ${error.hint}`}`)
  process.exitCode = error.exitCode
}

async function main() {
  const started = performance.now()
  const log = (/** @type {string} */ line) =>
    console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`)
  const data = inputFolder(root, 'SPLICE_SCORE_DATA')
  const parity = inputFolder(root, 'SPLICE_SCORE_PARITY')
  const scratch = resolve(values.scratch)
  const threads = Number(values.threads)
  const resamples = Number(values.resamples)
  mkdirSync(scratch, { recursive: true })
  const { contenders, missing } = await openContenders({
    root,
    parity,
    scratch,
    model: values.model,
    known: await knownFiles(data),
  })
  log(`models: ${[...contenders.map(({ title }) => title), ...missing].join(', ')}`)
  const { rows, options } = curateHeldOut({ root, data, scratch })
  log(`examples: ${rows.length}`)
  const pool = await scorePool(rows, contenders, { data, scratch, threads, log })
  const junctions = compareJunctions(pool, resamples)
  log('junctions compared')
  const sites = compareSites(pool, resamples)
  log('single sites compared')
  const motifs = compareMotifs(pool, resamples)
  const lengths = compareLengths(pool, resamples)
  log('motifs and lengths compared')
  const reads = await judgeReads(pool, { root, data, scratch, threads })
  log('reads judged')
  const subject = /** @type {import('./model-card/contenders.mjs').Contender} */ (contenders[0])
  const { bytes, metadata } = subject.bundle
  const calibration = calibrationOf(pool)
  const results = resultsOf(pool, {
    missing,
    curation: options,
    resamples,
    facts: { bytes: bytes.length, numbers: await storedNumbers(bytes) },
    verdicts: verdicts(pool, junctions, calibration, resamples),
    junctions,
    sites,
    motifs,
    lengths,
    calls: callsAt(pool, /** @type {number} */ (metadata.threshold)),
    calibration,
    reads,
  })
  write(results, charts(pool, calibration, reads), notesOn(metadata.name))
  log(`wrote ${values.out}`)
}

/**
 * Returns what was written by hand about how a model was made, which no script can know: scripts/model-card/NAME.md.
 * @param {string} name
 */
function notesOn(name) {
  try {
    return readFileSync(join(root, 'scripts/model-card', `${name}.md`), 'utf8').trim()
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') {
      return undefined
    }
    throw error
  }
}

/**
 * @param {import('./model-card/results.mjs').Results} results
 * @param {Record<string, string>} images
 * @param {string | undefined} notes
 */
function write(results, images, notes) {
  const out = resolve(values.out)
  const folder = out.replace(/\.md$/, '')
  mkdirSync(folder, { recursive: true })
  mkdirSync(dirname(out), { recursive: true })
  for (const [name, svg] of Object.entries(images)) {
    writeFileSync(join(folder, name), svg)
  }
  writeFileSync(`${folder}.json`, `${jsonText(results)}\n`)
  writeFileSync(out, cardText(results, basename(folder), notes))
}
