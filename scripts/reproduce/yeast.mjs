// The networks of splicing efficiency in yeast beside the rule of natural introns, on the constructs that can be had.
//   npm run reproduce -- yeast [--fast]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CONTENDERS, FOLDER, SIZES, TABLES, WEIGHTS } from './yeast/plan.mjs'
import { measureRule } from './yeast/rule.mjs'
import { sectionsOf } from './yeast/sections.mjs'

/** @typedef {import('../reproduction/context.mjs').Context} Context */
/** @typedef {import('../reproduction/context.mjs').Evaluation} Evaluation */
/** @typedef {import('./yeast/plan.mjs').Contender} Contender */
/** @typedef {import('./yeast/plan.mjs').Head} Head */
/** @typedef {import('./yeast/plan.mjs').Input} Input */
/** @typedef {Record<'mse' | 'pearson' | 'spearman', { value: number | undefined, low: number | undefined, high: number | undefined }>} Estimates */
/** @typedef {{ natural: string, equalised: string }} Sets folders of datasets */
/**
 * The best of several beginnings by its validation error; `errors` are those of all, `seconds` the processor time of all.
 * @typedef {{ contender: Contender, head: Head, errors: readonly number[], epochs: number, seconds: number, natural: Estimates, equalised: Estimates }} Found
 */

/** @type {import('../reproduction/results.mjs').About} */
export const about = {
  title: 'Yeast splicing efficiency: convolutions, recurrent network and the rule of natural introns',
  paper: 'the report of github.com/ramyarangan/cs230_project, 2021, Table 1',
  data: 'the same repository, commit a8bb41d, `data/train_dev_test/dev.csv` and `data/train_dev_test_nonatural/{dev,test}.csv`: 6,877 different rows of 1,954 constructs, where the report had 16,268 constructs',
  needs: TABLES.map(table => `${FOLDER}/${table}.csv.gz`),
}

/** Seed of the split and of what is drawn to make both kinds of rows equal in number. */
const SEED = 1

/**
 * @param {Context} context
 * @returns {Promise<import('../reproduction/results.mjs').Report>}
 */
export async function reproduce(context) {
  const size = context.fast ? SIZES.fast : SIZES.full
  const sets = await importedSets(context)
  const references = {
    natural: await measureRule(context.input(INTRONS), sets.full.natural, SEED),
    equalised: await measureRule(context.input(INTRONS), sets.full.equalised, SEED),
  }
  /** @type {readonly Head[]} */
  const heads = ['sigmoid', 'relu']
  const found = await context.all(
    heads.flatMap(head =>
      CONTENDERS.filter(({ isSlow }) => size[head][isSlow ? 'slow' : 'quick'] > 0).map(
        contender => () =>
          best(
            context,
            contender,
            head,
            size[head][contender.isSlow ? 'slow' : 'quick'],
            sets[contender.input],
          ),
      ),
    ),
  )
  const weights = context.parity === undefined ? [] : await published(context, context.parity)
  return { sections: sectionsOf({ found, references, weights }) }
}

const INTRONS = `${FOLDER}/wildtype-introns.csv.gz`

/**
 * Returns the datasets of each input: one split, with the rows as they are and made equal in number.
 * @param {Context} context
 * @returns {Promise<Record<Input, Sets>>}
 */
async function importedSets(context) {
  const tables = TABLES.map(table => context.input(`${FOLDER}/${table}.csv.gz`))
  /** @param {Input} input @param {boolean} equalise */
  const imported = (input, equalise) => {
    const how = ['--input', input, '--test', '0.1', '--validation', '0.1', '--seed', String(SEED)]
    return context.dataset({
      name: `${input}-${equalise ? 'equalised' : 'natural'}`,
      args: ['dataset', 'import', 'yeast', ...tables, ...how, ...(equalise ? ['--equalise'] : [])],
    })
  }
  /** @param {Input} input */
  const both = async input => ({
    natural: await imported(input, false),
    equalised: await imported(input, true),
  })
  return { window: await both('window'), intron: await both('intron'), full: await both('full') }
}

/**
 * @param {Context} context
 * @param {Contender} contender
 * @param {Head} head
 * @param {number} beginnings
 * @param {Sets} sets
 * @returns {Promise<Found>}
 */
async function best(context, contender, head, beginnings, sets) {
  const { key, model, input, variant } = contender
  const options = { input, head, ...(variant !== undefined && { variant }) }
  const runs = []
  for (let seed = 1; seed <= beginnings; seed++) {
    const name = `${key}-${head}-${seed}`
    const args = ['--seed', String(seed), '--set', `options=${JSON.stringify(options)}`]
    const folder = await context.train({ name, data: sets.equalised, model, args })
    const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))
    runs.push({ name, folder, epochs: result.epochs, error: result.metrics.mse })
  }
  const [first] = [...runs].sort((a, b) => a.error - b.error)
  if (first === undefined) {
    throw new Error(`${key}: expected at least one beginning, found none`)
  }
  /** @param {'natural' | 'equalised'} kind */
  const measured = async kind =>
    estimatesOf(
      await context.evaluate({
        name: `${first.name}-${kind}`,
        model: first.folder,
        data: sets[kind],
        args: ['--split', 'test', '--resamples', '1000'],
      }),
    )
  return {
    contender,
    head,
    errors: runs.map(({ error }) => error),
    epochs: first.epochs,
    seconds: runs.reduce((sum, { name }) => sum + context.trainingTime(name).cpu, 0),
    natural: await measured('natural'),
    equalised: await measured('equalised'),
  }
}

/**
 * Returns how the published weights do on the whole of each table.
 * @param {Context} context
 * @param {string} parity
 */
async function published(context, parity) {
  const found = []
  for (const { file, title, options } of WEIGHTS) {
    const model = join(context.work, `${file}.onnx`)
    await context.splice([
      ...['import', join(parity, `${file}.safetensors`), '--model', 'yeast-cnn'],
      ...['--options', JSON.stringify(options), '-o', model],
    ])
    /** @type {Estimates[]} */
    const onTables = []
    for (const table of TABLES) {
      const input = options.input ?? 'window'
      const data = await context.dataset({
        name: `${table}-${input}`,
        args: [
          ...['dataset', 'import', 'yeast', context.input(`${FOLDER}/${table}.csv.gz`), '--input', input],
          ...['--test', '1', '--validation', '0'],
        ],
      })
      onTables.push(estimatesOf(await context.evaluate({ name: `${file}-${table}`, model, data })))
    }
    found.push({ title, onTables })
  }
  return found
}

/**
 * @param {Evaluation} evaluation
 * @returns {Estimates}
 */
function estimatesOf({ regression, model }) {
  const [report] = regression ?? []
  if (report === undefined) {
    throw new Error(`${model.name}: expected an evaluation of numbers, found none`)
  }
  return report.estimates
}
