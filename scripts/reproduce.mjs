// Makes the comparisons of papers again: trains and measures, prints the paper's numbers beside ours, and writes docs/reproductions.md.
//   npm run reproduce -- NAME... [--fast] [--work DIR] [--jobs 1]
//   npm run reproduce -- --document        only writes the page, from the results there are
import { readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { VERSION } from '../dist/cli/version.js'
import { SpliceScoreError, UsageError } from '../dist/core/errors.js'
import { Context } from './reproduction/context.mjs'
import { documentText, resultText } from './reproduction/document.mjs'
import { dataFolder, parityFolder } from './reproduction/folders.mjs'
import { RESULTS, readResults, resultOf, writeResult } from './reproduction/results.mjs'

/** @typedef {{ about: import('./reproduction/results.mjs').About, reproduce: (context: Context) => Promise<import('./reproduction/results.mjs').Report> }} Family */

const root = fileURLToPath(new URL('..', import.meta.url))
const FAMILIES = join(root, 'scripts/reproduce')
const PAGE = join(root, 'docs/reproductions.md')

try {
  await main()
} catch (error) {
  if (!(error instanceof SpliceScoreError)) {
    console.error(`error: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
  console.error(`error: ${error.message}${error.hint === undefined ? '' : `\nhint: ${error.hint}`}`)
  process.exit(error.exitCode)
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      fast: { type: 'boolean', default: false },
      work: { type: 'string', default: join(root, 'reproductions') },
      jobs: { type: 'string', default: '1' },
      document: { type: 'boolean', default: false },
    },
  })
  const { fast, document } = values
  const names = namesOf(positionals, document)
  const jobs = jobsOf(values.jobs)
  for (const name of names) {
    await reproduce(name, { fast, jobs, work: resolve(values.work, fast ? `${name}-fast` : name) })
  }
  if (document || !fast) {
    writeFileSync(PAGE, documentText(readResults(RESULTS)))
    console.error('wrote docs/reproductions.md')
  }
}

/**
 * @param {readonly string[]} names
 * @param {boolean} document
 */
function namesOf(names, document) {
  const known = readdirSync(FAMILIES)
    .filter(file => file.endsWith('.mjs'))
    .map(file => file.slice(0, -'.mjs'.length))
  const unknown = names.find(name => !known.includes(name))
  if (unknown !== undefined || (names.length === 0 && !document)) {
    throw new UsageError(
      `expected a name of ${known.join(', ')}; found ${unknown ?? 'none'}`,
      'npm run reproduce -- NAME... [--fast] [--work DIR] [--jobs 1]',
    )
  }
  return names
}

/** @param {string} text */
function jobsOf(text) {
  const jobs = Number(text)
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new UsageError(`--jobs ${text}: expected a whole number of 1 or more`)
  }
  return jobs
}

/**
 * @param {string} name
 * @param {{ fast: boolean, jobs: number, work: string }} how
 */
async function reproduce(name, { fast, jobs, work }) {
  /** @type {Family} */
  const family = await import(pathToFileURL(join(FAMILIES, `${name}.mjs`)).href)
  const started = performance.now()
  const log = (/** @type {string} */ line) =>
    console.error(`${((performance.now() - started) / 60_000).toFixed(1).padStart(6)} min  ${line}`)
  const { about } = family
  const [data, parity] = [dataFolder(root), parityFolder(root)]
  const context = new Context({ root, data, parity, work, fast, jobs, log })
  for (const need of about.needs ?? []) {
    context.input(need)
  }
  const report = await family.reproduce(context)
  const { taken } = context
  const result = resultOf({ name, fast, about, report, toolVersion: VERSION, taken })
  writeResult(fast ? join(work, 'result.json') : join(RESULTS, `${name}.json`), result)
  console.log(resultText(result))
}
