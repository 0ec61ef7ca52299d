// Runs the command line of this checkout and says what it took.
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** @typedef {{ wall: number, cpu: number }} Seconds what something took; `cpu` of all threads together */

const CPU_TIME = new URL('cpu-time.mjs', import.meta.url).href
/** Of what a command said, the lines that go into the error when it fails. */
const LAST_LINES = 12

/**
 * Returns what a command took. The command and what it says go to the file `log`.
 * Throws: Error with the last lines it said, unless it ends with 0.
 * @param {string} root
 * @param {readonly string[]} args
 * @param {string} log
 * @returns {Promise<Seconds>}
 */
export async function runTool(root, args, log) {
  mkdirSync(dirname(log), { recursive: true })
  const started = performance.now()
  const said = openSync(log, 'w')
  writeSync(said, `$ splice-score ${args.join(' ')}\n`)
  const program = join(root, 'bin/splice-score.js')
  const child = spawn(process.execPath, ['--import', CPU_TIME, program, ...args], {
    stdio: ['ignore', said, said, 'pipe'],
  })
  closeSync(said)
  let usage = ''
  child.stdio[3]?.on('data', piece => {
    usage += piece
  })
  const ending = await new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code, signal) => done(code ?? signal))
  })
  const wall = (performance.now() - started) / 1000
  if (ending !== 0) {
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(1).slice(-LAST_LINES)
    throw new Error(
      `splice-score ${args.join(' ')}\nexpected to end with 0, ended with ${ending}; it said\n${lines.join('\n')}`,
    )
  }
  const { user, system } = usage === '' ? { user: wall * 1e6, system: 0 } : JSON.parse(usage)
  return { wall, cpu: (user + system) / 1e6 }
}
