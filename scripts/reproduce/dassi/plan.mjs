// What is trained, on how much, for how long.

/** @typedef {import('./pools.mjs').Site} Site */
/**
 * `key` names a model in files, `model` in the registry; `sites` are those it is trained for.
 * @typedef {{ key: string, title: string, model: (site: Site) => string, sites: readonly Site[], args: (fast: boolean) => readonly string[] }} Contender
 */
/**
 * `trained`: folds that are tested, each by models trained on all others.
 * @typedef {{ folds: number, trained: number, trainMost: number, testMost: number }} Size
 */

/** @type {Record<'full' | 'fast', Size>} */
export const SIZES = {
  full: { folds: 2, trained: 2, trainMost: Number.POSITIVE_INFINITY, testMost: Number.POSITIVE_INFINITY },
  fast: { folds: 2, trained: 1, trainMost: 6000, testMost: 400 },
}

/** Examples that a DASSI network sees: what fits in the time. */
export const DASSI_STEPS = {
  full: { epochs: 6, examples: 5000 },
  fast: { epochs: 1, examples: 1000 },
}

/** In the order of training: what is quick first. */
const BASELINES = [
  ['lstm-emb', 'LSTM (emb)'],
  ['hybrid', 'Hybrid'],
  ['lstm', 'LSTM'],
  ['cnn', 'CNN'],
  ['cnn-emb', 'CNN (emb)'],
]

/** @type {readonly Site[]} */
const BOTH = ['acceptor', 'donor']

const set = (/** @type {Record<string, string | number>} */ settings) =>
  Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])

/** @type {readonly Contender[]} */
export const CONTENDERS = [
  {
    key: 'dassi',
    title: 'DASSI',
    model: site => `dassi-${site}`,
    sites: BOTH,
    args(fast) {
      const { epochs, examples } = DASSI_STEPS[fast ? 'fast' : 'full']
      const settings = {
        batchSize: 20,
        learningRate: 0.003,
        optimiser: 'adamw',
        schedule: 'warmup-cosine',
        'schedule.warmupSteps': fast ? 10 : 100,
        'sampling.examplesPerEpoch': examples,
      }
      return ['--epochs', String(epochs), ...set(settings)]
    },
  },
  {
    key: 'asp',
    title: 'ASP',
    model: () => 'asp-svm',
    sites: BOTH,
    args: () => set({ degree: 20, C: 'auto' }),
  },
  ...BASELINES.map(([key, title]) => ({
    key: /** @type {string} */ (key),
    title: /** @type {string} */ (title),
    model: () => /** @type {string} */ (key),
    sites: /** @type {readonly Site[]} */ (['acceptor']),
    args: (/** @type {boolean} */ fast) => ['--epochs', fast ? '2' : '12'],
  })),
]

/** Order in which they are trained in each fold. */
export const IN_TURN = [...CONTENDERS.slice(2), ...CONTENDERS.slice(0, 2).reverse()]
