// Runs the command line of this checkout, as a user would.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * Returns the standard output of `splice-score`.
 * @param {string} root
 * @param {readonly string[]} args
 */
export function runTool(root, args) {
  const program = join(root, 'bin/splice-score.js')
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (error !== undefined || status !== 0) {
    throw new Error(`splice-score ${args.join(' ')} failed: ${error?.message ?? stderr}`)
  }
  return stdout
}

/**
 * Returns the rows of a table of tab-separated columns, by the names of its first line.
 * @param {string} text
 */
export function tableRows(text) {
  const [head, ...lines] = text.split('\n').filter(line => line !== '')
  const names = head?.split('\t') ?? []
  return lines.map(line => {
    const fields = line.split('\t')
    return Object.fromEntries(names.map((name, i) => [name, fields[i] ?? '.']))
  })
}
