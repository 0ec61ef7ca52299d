// What of a reproduction is done: each step once, again only when what it is made from has changed; and the time all of it took.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A step. `from` is what it was made from; when that changes, the step is done anew.
 * @typedef {{ from: string, isDone: boolean, cpu: number, wall: number }} Step
 */

const FILE = 'steps.json'

/** The steps of one work folder, kept in its file `steps.json`. For one process at a time. */
export class Steps {
  /** @type {Record<string, Step>} */
  #steps = {}
  #earlier = 0
  #path
  #now

  /**
   * @param {string} work
   * @param {() => number} now seconds since this process began
   */
  constructor(work, now) {
    mkdirSync(work, { recursive: true })
    this.#path = join(work, FILE)
    this.#now = now
    if (existsSync(this.#path)) {
      const { elapsed, steps } = JSON.parse(readFileSync(this.#path, 'utf8'))
      this.#earlier = elapsed
      this.#steps = steps
    }
  }

  /** Seconds that passed while reproductions ran in this folder, this one and those before it. */
  get elapsed() {
    return this.#earlier + this.#now()
  }

  /** Seconds of processor time of all steps. */
  get cpu() {
    return Object.values(this.#steps).reduce((sum, { cpu }) => sum + cpu, 0)
  }

  /**
   * Returns whether a step is done, and its output there. An output made from something else is removed.
   * @param {string} name
   * @param {string} from
   * @param {string} output a file or folder
   * @param {string} [all] what is removed, if more than the output
   */
  isDone(name, from, output, all = output) {
    const step = this.#steps[name]
    if (step?.from !== from) {
      rmSync(all, { recursive: true, force: true })
      this.#steps[name] = { from, isDone: false, cpu: 0, wall: 0 }
      this.#write()
      return false
    }
    return step.isDone && existsSync(output)
  }

  /**
   * Adds time to a step.
   * @param {string} name
   * @param {import('./run-tool.mjs').Seconds} seconds
   * @param {boolean} isDone
   */
  add(name, { cpu, wall }, isDone) {
    const step = this.#steps[name] ?? { from: '', isDone: false, cpu: 0, wall: 0 }
    this.#steps[name] = { ...step, isDone, cpu: step.cpu + cpu, wall: step.wall + wall }
    this.#write()
  }

  /**
   * Returns what a step took, begun runs included.
   * @param {string} name
   * @returns {import('./run-tool.mjs').Seconds}
   */
  secondsOf(name) {
    const { cpu, wall } = this.#steps[name] ?? { cpu: 0, wall: 0 }
    return { cpu, wall }
  }

  #write() {
    const text = JSON.stringify({ elapsed: this.elapsed, steps: this.#steps }, null, 2)
    writeFileSync(`${this.#path}.tmp`, `${text}\n`)
    renameSync(`${this.#path}.tmp`, this.#path)
  }
}
