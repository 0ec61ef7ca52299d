// The models that are scored on the same examples, and where each was trained.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readBundle } from '../../dist/export/bundle.js'
import { readModel } from '../../dist/export/default-model.js'
import { MODELS } from '../../dist/models/registry.js'
import { contextOf, openSpliceAi } from '../../dist/models/spliceai.js'
import { DATA_SETS, requirePath } from './data-sets.mjs'
import { runTool } from './tool.mjs'

/**
 * @typedef {{
 *   key: string,
 *   title: string,
 *   kind: 'windows' | 'bases' | 'sites',
 *   bundle: import('../../src/export/bundle.ts').Bundle,
 *   acceptorBundle?: import('../../src/export/bundle.ts').Bundle,
 *   context?: number,
 *   trained: Training,
 * }} Contender
 */

/** Contexts of the published networks that were imported, and the registry's name of each. */
const OPEN_SPLICE_AI = /** @type {const} */ ([
  [80, 'openspliceai-80'],
  [400, 'openspliceai-400'],
  [2000, 'openspliceai-2k'],
])

/**
 * @typedef {{ on: string, sets: Record<string, string> }} Training What a model was trained on, and of each set whether it
 * was among that.
 */

const NO_MOUSE = { 'mouse-chr9': 'no mouse', 'mouse-chr15': 'no mouse' }

/** @type {Record<'pwm' | 'openspliceai' | 'dassi', Training>} */
const TRAINED = {
  pwm: {
    on: 'introns of human chrX and chr22',
    sets: {
      'human-chr9': 'held out',
      'human-chr20': 'held out',
      'human-chr21': 'held out',
      'human-chrx': 'in training',
      ...NO_MOUSE,
    },
  },
  // Its code has a split for human, with chromosomes 1, 3, 5, 7 and 9 for testing, and a random one.
  openspliceai: {
    on: 'human MANE genes',
    sets: {
      'human-chr9': 'likely held out',
      'human-chr20': 'likely in training',
      'human-chr21': 'likely in training',
      'human-chrx': 'likely in training',
      ...NO_MOUSE,
    },
  },
  dassi: {
    on: 'sites of human, Arabidopsis, worm and fly, drawn from whole genomes',
    sets: {
      'human-chr9': 'cannot be told',
      'human-chr20': 'cannot be told',
      'human-chr21': 'cannot be told',
      'human-chrx': 'cannot be told',
      ...NO_MOUSE,
    },
  },
}

/**
 * Returns the model of the card first, then those it is compared with; what the registry does not list is named in
 * `missing`.
 * @param {{ root: string, parity: string, scratch: string, model: string | undefined, known: Record<string, string> }} where `known`: set by
 * the SHA-256 of its reference and annotation.
 */
export async function openContenders({ root, parity, scratch, model, known }) {
  const subject = await readModel(model)
  /** @type {Contender[]} */
  const contenders = [
    {
      key: 'subject',
      title: subject.metadata.name,
      kind: 'windows',
      bundle: subject,
      trained: trainingOf(subject, known),
    },
  ]
  const pwm = await readBundle(join(root, 'models/pwm-human.onnx'))
  if (pwm.sha256 !== subject.sha256) {
    contenders.push({ key: 'pwm', title: 'pwm-human', kind: 'windows', bundle: pwm, trained: TRAINED.pwm })
  }
  const folder = join(scratch, 'imported')
  mkdirSync(folder, { recursive: true })
  const weights = (/** @type {string} */ name) =>
    requirePath(join(parity, `${name}.safetensors`), 'SPLICE_SCORE_PARITY')
  for (const [size, name] of OPEN_SPLICE_AI) {
    const out = join(folder, `${name}.onnx`)
    const source = weights(`openspliceai-mane-${size}nt`)
    runTool(root, [
      'import',
      source,
      '--model',
      name,
      '--as',
      'sequence',
      '--licence',
      'GPL-3.0',
      '--out',
      out,
    ])
    contenders.push({
      key: `openspliceai-${size}`,
      title: `OpenSpliceAI ${size.toLocaleString('en')}`,
      kind: 'bases',
      bundle: await readBundle(out),
      context: contextOf(openSpliceAi(size)),
      trained: TRAINED.openspliceai,
    })
  }
  const dassi = await importDassi(root, folder, weights)
  return dassi === undefined
    ? { contenders, missing: ['DASSI (not imported)'] }
    : { contenders: [...contenders, dassi], missing: [] }
}

/**
 * Returns what a bundle says it was trained on.
 * @param {import('../../src/export/bundle.ts').Bundle} bundle
 * @param {Record<string, string>} known
 * @returns {Training}
 */
function trainingOf({ metadata }, known) {
  const seen = metadata.trainingData.map(({ sha256 }) => known[sha256])
  return {
    on: 'the files above',
    sets: Object.fromEntries(
      DATA_SETS.map(({ key }) => [key, seen.includes(key) ? 'in training' : 'not among them']),
    ),
  }
}

/** Length of the window, and index of the site in it: the first intron base, the first exon base. */
const DASSI_WINDOW = { length: 141, donor: 61, acceptor: 60 }

/**
 * Returns DASSI's two networks; undefined while the registry does not list them.
 * @param {string} root
 * @param {string} folder
 * @param {(name: string) => string} weights
 * @returns {Promise<Contender | undefined>}
 */
async function importDassi(root, folder, weights) {
  const names = MODELS.map(({ name }) => name)
  if (!['dassi-donor', 'dassi-acceptor'].every(name => names.includes(name))) {
    return undefined
  }
  const [bundle, acceptorBundle] = await Promise.all(
    /** @type {const} */ (['donor', 'acceptor']).map(kind => {
      const { length } = DASSI_WINDOW
      const out = join(folder, `dassi-${kind}.onnx`)
      const window = ['--window-length', String(length), '--site', String(DASSI_WINDOW[kind])]
      const source = weights(`dassi-${kind}-${length}`)
      runTool(root, [
        'import',
        source,
        '--model',
        `dassi-${kind}`,
        '--as',
        'site',
        ...window,
        '--licence',
        'none stated',
        '--out',
        out,
      ])
      return readBundle(out)
    }),
  )
  return bundle && acceptorBundle
    ? { key: 'dassi', title: 'DASSI', kind: 'sites', bundle, acceptorBundle, trained: TRAINED.dassi }
    : undefined
}
