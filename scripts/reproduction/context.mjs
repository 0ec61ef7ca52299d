// What a reproduction is given: where things are, and the commands of the tool, each run once however often it is asked for.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { MissingResourceError } from '../../dist/core/errors.js'
import { sha256File } from '../../dist/io/file-digest.js'
import { MODELS } from '../../dist/models/registry.js'
import { runTool } from './run-tool.mjs'
import { Steps } from './steps.mjs'

/** @typedef {import('../../src/report/evaluation/document.ts').EvaluationDocument} Evaluation */
/** @typedef {{ name: string, data: string, model: string, args?: readonly string[] }} Training */
/** @typedef {{ name: string, model: string, data: string, args?: readonly string[] }} Measurement */

/**
 * `data` is the folder of the public data sets, `parity` that of the published weights (undefined without), `work` is for datasets,
 * runs and scratch, `jobs` says how many commands may run at once.
 * @typedef {object} Settings
 * @property {string} root of the checkout
 * @property {string} data
 * @property {string | undefined} parity
 * @property {string} work
 * @property {boolean} fast
 * @property {number} jobs
 * @property {(line: string) => void} log
 * @property {typeof runTool} [tool] runs the command line
 * @property {readonly { name: string, kind: string }[]} [models] of the registry
 */

/** Training on one thread gives the same bytes whatever else the machine does. */
const ONE_THREAD = ['--set', 'threads=1', '--set', 'shards=1']
const MODEL = 'model.onnx'
/** Options that a run that is resumed is given again. */
const GIVEN_AGAIN = ['--ref', '--teacher']

export class Context {
  #settings
  #steps
  #tool
  #models
  #started = performance.now()

  /** @param {Settings} settings */
  constructor(settings) {
    this.#settings = settings
    this.#tool = settings.tool ?? runTool
    this.#models = settings.models ?? MODELS
    this.#steps = new Steps(settings.work, () => this.seconds())
  }

  /** Whether the small form is wanted, which takes minutes. */
  get fast() {
    return this.#settings.fast
  }

  /** Folder of the public data sets. */
  get data() {
    return this.#settings.data
  }

  /** Folder of the published weights; undefined where there is none. */
  get parity() {
    return this.#settings.parity
  }

  /** Folder for datasets and runs. */
  get work() {
    return this.#settings.work
  }

  /** Seconds since this process began. */
  seconds() {
    return (performance.now() - this.#started) / 1000
  }

  /** Seconds that the whole reproduction took so far, begun runs included: `wall` as time passed, `cpu` of the commands. */
  get taken() {
    return { wall: this.#steps.elapsed, cpu: this.#steps.cpu }
  }

  /** @param {string} line */
  log(line) {
    this.#settings.log(line)
  }

  /**
   * Returns the path of a file or folder of the public data sets.
   * Throws: MissingResourceError.
   * @param {string} path
   */
  input(path) {
    const full = join(this.data, path)
    if (!existsSync(full)) {
      throw new MissingResourceError(
        `${full}: no such file or folder; expected the data set ${path.split('/')[0]}`,
        'set SPLICE_SCORE_DATA to the folder that holds the public data sets',
      )
    }
    return full
  }

  /**
   * Returns whether a model can be trained.
   * @param {string} name
   */
  hasModel(name) {
    return this.#models.some(model => model.name === name)
  }

  /**
   * Runs the command line.
   * Throws: Error with what it said last, unless it ends with 0.
   * @param {readonly string[]} args
   */
  async splice(args) {
    const name = `command ${createHash('sha256').update(args.join('\n')).digest('hex').slice(0, 8)}`
    await this.#run(name, args, `splice-score ${args.join(' ')}`)
  }

  /**
   * Returns the folder of a dataset that `splice-score ARGS --out FOLDER` makes; made once.
   * @param {{ name: string, args: readonly string[] }} dataset
   */
  async dataset({ name, args }) {
    return this.#made(`dataset ${name}`, join(this.work, 'datasets', name), args)
  }

  /**
   * Returns the model file that `splice-score ARGS --out FILE` makes, e.g. of published weights; made once.
   * @param {{ name: string, args: readonly string[] }} model
   */
  async model({ name, args }) {
    return this.#made(`model ${name}`, join(this.work, 'models', `${name}.onnx`), args)
  }

  /**
   * Returns the folder of a finished run of `splice-score train --model MODEL --data DATA ARGS`, on one thread unless ARGS say
   * otherwise; a run that was begun goes on. The folder of a model that is no network holds its file, model.onnx.
   * @param {Training} training
   */
  async train({ name, data, model, args = [] }) {
    const folder = join(this.work, 'runs', name)
    const step = `train ${name}`
    const isNetwork = this.#models.find(known => known.name === model)?.kind === 'network'
    const isDone = this.#steps.isDone(
      step,
      this.#portable([model, await digest(data), ...args]),
      join(folder, isNetwork ? 'result.json' : MODEL),
      folder,
    )
    if (isDone) {
      return folder
    }
    const isBegun = isNetwork && existsSync(join(folder, 'checkpoint.safetensors'))
    if (!isBegun) {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(isNetwork ? join(this.work, 'runs') : folder, { recursive: true })
    }
    const how = isBegun ? ['--resume', ...givenAgain(args)] : ['--model', model, ...args]
    const threads = isNetwork && !isBegun ? ONE_THREAD : []
    const out = isNetwork ? folder : join(folder, MODEL)
    await this.#run(step, ['train', ...threads, ...how, '--data', data, '--out', out, '--no-progress'])
    return folder
  }

  /**
   * Returns what `splice-score evaluate --model MODEL --data DATA ARGS` measures, without intervals unless ARGS ask for them. `model` is a file, or the folder of a run.
   * @param {Measurement} measurement
   * @returns {Promise<Evaluation>}
   */
  async evaluate({ name, model, data, args = [] }) {
    const file = await this.modelFile(model)
    const prefix = join(this.work, 'evaluations', name)
    const output = `${prefix}.evaluation.json`
    const step = `evaluate ${name}`
    if (
      !this.#steps.isDone(step, this.#portable([await sha256File(file), await digest(data), ...args]), output)
    ) {
      mkdirSync(join(this.work, 'evaluations'), { recursive: true })
      const threads = args.includes('--threads') ? [] : ['--threads', '1']
      const intervals = args.includes('--resamples') ? [] : ['--resamples', '0']
      const given = [...threads, ...intervals, ...args]
      await this.#run(step, [
        ...['evaluate', '--model', file, '--data', data, ...given],
        ...['-o', prefix, '--no-progress'],
      ])
    }
    return JSON.parse(readFileSync(output, 'utf8'))
  }

  /**
   * Returns the model file of a run, which is exported into its folder unless it is there.
   * @param {string} model a run's folder, or a file, which is returned as it is
   */
  async modelFile(model) {
    if (!existsSync(join(model, 'result.json'))) {
      return existsSync(join(model, MODEL)) ? join(model, MODEL) : model
    }
    const file = join(model, MODEL)
    const step = `export ${basename(model)}`
    if (!this.#steps.isDone(step, await sha256File(join(model, 'result.json')), file)) {
      await this.#run(step, ['export', model, '-o', file, '--no-progress'])
    }
    return file
  }

  /**
   * Returns what training took, begun runs included.
   * @param {string} name of the training
   */
  trainingTime(name) {
    return this.#steps.secondsOf(`train ${name}`)
  }

  /**
   * Returns the results of tasks, in their order; as many run at once as there are jobs. The first to fail ends the rest.
   * @template T
   * @param {readonly (() => Promise<T>)[]} tasks
   * @returns {Promise<T[]>}
   */
  async all(tasks) {
    /** @type {T[]} */
    const results = []
    const waiting = [...tasks.entries()]
    const next = async () => {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
        try {
          results[task[0]] = await task[1]()
        } catch (error) {
          waiting.length = 0
          throw error
        }
      }
    }
    await Promise.all(Array.from({ length: this.#settings.jobs }, next))
    return results
  }

  /**
   * @param {string} step
   * @param {string} output
   * @param {readonly string[]} args
   */
  async #made(step, output, args) {
    if (!this.#steps.isDone(step, this.#portable(args), output)) {
      rmSync(output, { recursive: true, force: true })
      mkdirSync(dirname(output), { recursive: true })
      await this.#run(step, [...args, '--out', output])
    }
    return output
  }

  /**
   * @param {string} step
   * @param {readonly string[]} args
   * @param {string} [shown] what the log says; the file of the step in `logs` begins with the command
   */
  async #run(step, args, shown = step) {
    const { root, work } = this.#settings
    this.log(shown)
    const log = join(work, 'logs', `${step.replaceAll(/[^\w.-]+/g, '-')}.log`)
    const started = performance.now()
    try {
      this.#steps.add(step, await this.#tool(root, args, log), true)
    } catch (error) {
      const wall = (performance.now() - started) / 1000
      this.#steps.add(step, { wall, cpu: wall }, false)
      throw error
    }
  }

  /**
   * Returns arguments as one text in which folders of this machine are not named.
   * @param {readonly string[]} args
   */
  #portable(args) {
    return args
      .map(arg => {
        const folders = [this.work, this.data, ...(this.parity === undefined ? [] : [this.parity])]
        const inside = folders.find(folder => isAbsolute(arg) && arg.startsWith(folder))
        return inside === undefined ? arg : relative(inside, arg)
      })
      .join(' ')
  }
}

/** @param {readonly string[]} args */
function givenAgain(args) {
  return args.flatMap((arg, i) =>
    GIVEN_AGAIN.includes(arg) ? [arg, /** @type {string} */ (args[i + 1])] : [],
  )
}

/** What of a dataset's folder tells whether it is the same. */
const DATASET_FILES = ['dataset.json', 'windows.tsv', 'windows.tsv.gz']

/** @param {string} data */
async function digest(data) {
  const files = DATASET_FILES.map(name => join(data, name)).filter(path => existsSync(path))
  const digests = await Promise.all(files.map(path => sha256File(path)))
  return createHash('sha256').update(digests.join('\n')).digest('hex').slice(0, 16)
}
