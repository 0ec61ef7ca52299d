// DASSI's networks beside the baselines and ASP, on the windows of its test sets.
//   npm run reproduce -- dassi [--fast]
import { join } from 'node:path'
import { together } from './dassi/measured.mjs'
import { IN_TURN, SIZES } from './dassi/plan.mjs'
import { OTHER, OWN, readWindows, SITES, SPECIES, someOf, without, writeDataset } from './dassi/pools.mjs'
import { sectionsOf } from './dassi/sections.mjs'

/** @typedef {import('../reproduction/context.mjs').Context} Context */
/** @typedef {import('../reproduction/context.mjs').Evaluation} Evaluation */
/** @typedef {import('./dassi/pools.mjs').Site} Site */
/** @typedef {import('./dassi/measured.mjs').Measured} Measured */
/** @typedef {Record<string, string>} TestSets folders of datasets, by species */
/** @typedef {{ site: Site, fold: number, train: string, examples: number, own: TestSets, other: TestSets }} Fold */
/**
 * `seconds` of processor time, of training.
 * @typedef {{ key: string, site: Site, seconds: number, evaluations: Record<'own' | 'other', Record<string, Evaluation>> }} Run
 */
/** @typedef {{ key: string, site: Site, seconds: number, figures: Record<'own' | 'other', Record<string, Measured>> }} Found by species */

/** @type {import('../reproduction/results.mjs').About} */
export const about = {
  title: 'DASSI beside baselines and ASP',
  paper:
    'Moosa et al., Differential architecture search for splice site identification, BioData Mining 14:15, 2021, Tables 5, 6 and 8',
  data: 'the test sets of the paper: github.com/shabirmoosa/DASSI, commit e7e0c71, `data/asp` and `data/splice2deep_asp`',
  needs: [OWN, OTHER],
}

/** Windows are called sites at this probability, as by the larger of two logits. */
const CALLED = ['--threshold', '0.5', '--split', 'test']

/**
 * @param {Context} context
 * @returns {Promise<import('../reproduction/results.mjs').Report>}
 */
export async function reproduce(context) {
  const folds = SITES.flatMap(site => foldsOf(context, site))
  const size = context.fast ? SIZES.fast : SIZES.full
  const contenders = IN_TURN.filter(({ model }) => context.hasModel(model('acceptor')))
  // All models of a fold before those of the next; what is quick first.
  const tasks = Array.from({ length: size.trained }, (_, number) =>
    contenders.flatMap(contender =>
      folds
        .filter(({ site, fold }) => fold === number && contender.sites.includes(site))
        .map(fold => () => trained(context, contender, fold)),
    ),
  ).flat()
  const runs = await context.all(tasks)
  const weights =
    context.parity === undefined
      ? []
      : await context.all(SITES.map(site => () => published(context, site, folds)))
  return { sections: sectionsOf(byModel([...runs, ...weights.flat()]), folds, size, context.fast) }
}

/**
 * @param {Context} context
 * @param {Site} site
 * @returns {Fold[]}
 */
function foldsOf(context, site) {
  const { folds, trained: count, trainMost, testMost } = context.fast ? SIZES.fast : SIZES.full
  const own = readWindows(context, OWN, site, folds)
  const other = without(readWindows(context, OTHER, site, folds), own)
  const testSets = (/** @type {string} */ name, /** @type {typeof own} */ windows) =>
    Object.fromEntries(
      SPECIES.map(({ key }) => {
        const those = windows.filter(({ species }) => species === key)
        const dataset = { name: `${name}-${key}`, site, windows: someOf(those, testMost) }
        return [key, writeDataset(context, { ...dataset, split: 'test' })]
      }),
    )
  const otherSets = testSets(`${site}-other`, other)
  return Array.from({ length: count }, (_, fold) => {
    const train = someOf(
      own.filter(window => window.fold !== fold),
      trainMost,
    )
    const tested = own.filter(window => window.fold === fold)
    return {
      site,
      fold,
      train: writeDataset(context, { name: `${site}-${fold}-train`, site, split: 'train', windows: train }),
      examples: train.length,
      own: testSets(`${site}-${fold}`, tested),
      other: otherSets,
    }
  })
}

/**
 * Returns how a model trained for a fold does.
 * @param {Context} context
 * @param {import('./dassi/plan.mjs').Contender} contender
 * @param {Fold} fold
 * @returns {Promise<Run>}
 */
async function trained(context, { key, model, args }, fold) {
  const { site, train } = fold
  const name = `${key}-${site}-${fold.fold}`
  const run = await context.train({ name, data: train, model: model(site), args: args(context.fast) })
  const own = await measured(context, `${name}-own`, run, fold.own)
  const other = await measured(context, `${name}-other`, run, fold.other)
  return { key, site, seconds: context.trainingTime(name).cpu, evaluations: { own, other } }
}

/**
 * Returns how the published weights do on the windows of every fold.
 * @param {Context} context
 * @param {Site} site
 * @param {readonly Fold[]} folds
 * @returns {Promise<Run[]>}
 */
async function published(context, site, folds) {
  const weights = join(/** @type {string} */ (context.parity), `dassi-${site}-141.safetensors`)
  const args = ['import', weights, '--model', `dassi-${site}`, '--as', 'site']
  const name = `published-${site}`
  const model = await context.model({ name, args })
  /** @type {Run[]} */
  const runs = []
  for (const fold of folds.filter(fold => fold.site === site)) {
    const own = await measured(context, `${name}-${fold.fold}-own`, model, fold.own)
    const other = await measured(context, `${name}-other`, model, fold.other)
    runs.push({ key: 'published', site, seconds: 0, evaluations: { own, other } })
  }
  return runs
}

/**
 * Returns how a model does on the windows of each species.
 * @param {Context} context
 * @param {string} name
 * @param {string} model
 * @param {TestSets} sets
 */
async function measured(context, name, model, sets) {
  /** @type {Record<string, Evaluation>} */
  const found = {}
  for (const [species, data] of Object.entries(sets)) {
    found[species] = await context.evaluate({ name: `${name}-${species}`, model, data, args: CALLED })
  }
  return found
}

/**
 * Returns what the folds of a model say together, for each model and site.
 * @param {readonly Run[]} runs
 * @returns {Found[]}
 */
function byModel(runs) {
  const keys = [...new Set(runs.map(({ key, site }) => `${key} ${site}`))]
  return keys.map(name => {
    const group = runs.filter(({ key, site }) => `${key} ${site}` === name)
    const { key, site } = /** @type {Run} */ (group[0])
    const figures = (/** @type {'own' | 'other'} */ set) =>
      Object.fromEntries(
        SPECIES.map(({ key: species }) => [
          species,
          together(group.flatMap(({ evaluations }) => evaluations[set][species] ?? [])),
        ]),
      )
    const seconds = group.reduce((sum, run) => sum + run.seconds, 0) / group.length
    return { key, site, seconds, figures: { own: figures('own'), other: figures('other') } }
  })
}
