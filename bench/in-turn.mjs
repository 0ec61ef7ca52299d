// Whole processes in turn, so that a change in the machine's load hits all of them.
import { spawnSync } from 'node:child_process'

/** @typedef {{name: string, command: string, args: string[], units?: number}} Contender */
/** Wall times, times by the program's own clock (after start-up) and peak memory as it said. Units: seconds. */
/** @typedef {{seconds: number[], own: number[], peak: string}} Result */

/**
 * Returns what every contender took. The first round is not counted: it fills the page cache.
 * @param {readonly Contender[]} contenders
 * @param {number} rounds
 * @returns {Result[]}
 */
export function runInTurn(contenders, rounds) {
  /** @type {Result[]} */
  const results = contenders.map(() => ({ seconds: [], own: [], peak: 'not measured' }))
  for (let round = -1; round < rounds; round++) {
    for (const [i, { command, args }] of contenders.entries()) {
      const started = performance.now()
      // Tables go nowhere: pysam's loop prints none, and a pipe would measure its reader.
      const child = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
      const seconds = (performance.now() - started) / 1000
      if (child.status !== 0) {
        throw new Error(`${command} ${args.join(' ')} failed: ${child.error ?? child.stderr}`)
      }
      const result = /** @type {Result} */ (results[i])
      result.peak = /peak memory (\d+ MB)/.exec(child.stderr)?.[1] ?? result.peak
      if (round >= 0) {
        result.seconds.push(seconds)
        const own = /([\d.]+) s, (?:CPU|peak)/.exec(child.stderr)?.[1]
        if (own) {
          result.own.push(Number(own))
        }
      }
    }
  }
  return results
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** Returns a Python that can import the module, or undefined. @param {string} module */
export function pythonWith(module) {
  return ['python3', '/usr/bin/python3'].find(
    name => spawnSync(name, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0,
  )
}
