// The results of reproductions: one JSON file each. Those of the full size are part of the repository.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputDataError } from '../../dist/core/errors.js'
import { jsonText } from '../writing/json-text.mjs'

/** @typedef {{ title: string, paper: string, data: string, needs?: readonly string[] }} About */
/** @typedef {{ columns: readonly string[], rows: readonly (readonly (string | number)[])[] }} Table */
/** @typedef {{ heading: string, paragraphs: readonly string[], table?: Table }} Section */
/** @typedef {{ sections: readonly Section[] }} Report */
/**
 * @typedef {object} Result
 * @property {string} schema
 * @property {string} name
 * @property {'full' | 'fast'} size
 * @property {string} title
 * @property {string} paper
 * @property {string} data
 * @property {string} toolVersion
 * @property {string} machine
 * @property {{ cpu: number, wall: number }} minutes
 * @property {readonly Section[]} sections
 */

export const RESULTS = fileURLToPath(new URL('../reproduce/results/', import.meta.url))
const SCHEMA = 'splice-score-reproduction'

/**
 * Returns the result that a report becomes.
 * Throws: InputDataError for a table whose rows are not as long as its columns.
 * @param {{ name: string, fast: boolean, about: About, report: Report, toolVersion: string, taken: { cpu: number, wall: number } }} finished
 * @returns {Result}
 */
export function resultOf({ name, fast, about, report, toolVersion, taken }) {
  for (const { heading, table } of report.sections) {
    const wrong = table?.rows.find(row => row.length !== table.columns.length)
    if (wrong !== undefined) {
      throw new InputDataError(
        `${name}, table of '${heading}': expected ${table?.columns.length} cells, found ${wrong.length}: ${wrong.join(', ')}`,
      )
    }
  }
  const { title, paper, data } = about
  return {
    schema: SCHEMA,
    name,
    size: fast ? 'fast' : 'full',
    title,
    paper,
    data,
    toolVersion,
    machine: `${availableParallelism()} cores (${process.arch}), Node ${process.versions.node.split('.')[0]}`,
    minutes: { cpu: minutes(taken.cpu), wall: minutes(taken.wall) },
    sections: report.sections,
  }
}

/** @param {number} seconds */
const minutes = seconds => Math.round(seconds / 6) / 10

/**
 * Writes a result as NAME.json.
 * @param {string} path
 * @param {Result} result
 */
export function writeResult(path, result) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${jsonText(result)}\n`)
}

/**
 * Returns the results of a folder, by name.
 * Throws: InputDataError for a file that is none.
 * @param {string} folder
 * @returns {Result[]}
 */
export function readResults(folder) {
  const files = existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith('.json')) : []
  return files.sort().map(file => {
    const result = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    if (result.schema !== SCHEMA) {
      throw new InputDataError(`${join(folder, file)}: expected schema ${SCHEMA}, found ${result.schema}`)
    }
    return result
  })
}
