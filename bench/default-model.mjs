// What the default model costs: scoring beside OpenSpliceAI in PyTorch (eager, CPU) where python3 has it, start-up, and size.
// Prints the table of docs/performance.md. Whole processes in turn; quote the ratios.
//   npm run bench:default-model -- [--junctions 20000] [--rounds 5] [--threads 2] [--model FILE] [--python COMMAND]
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DEFAULT_MODEL } from '../dist/export/default-model.js'
import { median, pythonWith, runInTurn } from './in-turn.mjs'
import { benchmarkGenome, randomIntrons } from './inputs.mjs'

/** @typedef {import('./in-turn.mjs').Contender} Contender */

const { values } = parseArgs({
  options: {
    junctions: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    model: { type: 'string', default: DEFAULT_MODEL },
    python: { type: 'string', default: pythonWith('torch') },
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const tool = join(root, 'bin/splice-score.js')
const { model, threads } = values
const junctions = Number(values.junctions)
const rounds = Number(values.rounds)
/** A start-up is short: more rounds cost little. */
const START_UP_ROUNDS = 5 * rounds
const TARGETS = { rate: 3000, startUp: 1, bundle: 5 }

measureScoring()
measureStartUp()
const megabytes = statSync(model).size / 1e6
console.log(`bundle: ${megabytes.toFixed(2)} MB (target: below ${TARGETS.bundle})`)

function measureScoring() {
  const bed = randomIntrons(junctions)
  const genome = benchmarkGenome()
  console.log(`${junctions} junctions of a BED, ${threads} threads, ${rounds} rounds, medians`)
  const contenders = [
    scorer('splice-score, default model', [bed, '--ref', genome, '--threads', threads]),
    ...openSpliceAi(bed, genome),
  ]
  const results = runInTurn(contenders, rounds)
  const rates = results.map(({ seconds, own }) => ({
    whole: junctions / median(seconds),
    own: junctions / median(own),
  }))
  const first = /** @type {{whole: number, own: number}} */ (rates[0])
  console.log('| | junctions/s, whole process | after start-up | splice-score is faster | peak memory |')
  console.log('|---|---|---|---|---|')
  for (const [i, { name }] of contenders.entries()) {
    const { whole, own } = /** @type {{whole: number, own: number}} */ (rates[i])
    const ratio =
      i > 0 ? `**${(first.whole / whole).toFixed(2)}** times (${(first.own / own).toFixed(2)})` : ''
    console.log(
      `| ${name} | ${whole.toFixed(0)} | ${own.toFixed(0)} | ${ratio} | ${results[i]?.peak ?? ''} |`,
    )
  }
  console.log(`target: ${TARGETS.rate} junctions/s`)
}

/**
 * Returns the other network in its two smaller sizes, or none where there is no PyTorch.
 * @param {string} bed
 * @param {string} genome
 * @returns {Contender[]}
 */
function openSpliceAi(bed, genome) {
  const { python } = values
  const version = python && spawnSync(python, ['-c', 'import torch; print(torch.__version__)'])
  if (!python || !version || version.status !== 0) {
    console.log('PyTorch: not installed, no comparison')
    return []
  }
  const script = join(root, 'bench/torch-openspliceai.py')
  return ['80', '400'].map(context => ({
    name: `OpenSpliceAI ${context}, PyTorch ${version.stdout.toString().trim()}`,
    command: python,
    args: [script, context, bed, genome, threads],
  }))
}

function measureStartUp() {
  const fixture = (/** @type {string} */ name) => join(root, 'fixtures', name)
  const contenders = [
    scorer('splice-score sample.bam --ref genome.fa', [
      fixture('sample.bam'),
      '--ref',
      fixture('genome.fa'),
      '--threads',
      threads,
    ]),
    { name: 'splice-score --help', command: process.execPath, args: [tool, '--help'] },
    { name: 'node -e 0', command: process.execPath, args: ['-e', '0'] },
  ]
  console.log(`start-up, ${START_UP_ROUNDS} rounds, medians (target: below ${TARGETS.startUp} s)`)
  console.log('| | wall time |')
  console.log('|---|---|')
  for (const [i, { seconds }] of runInTurn(contenders, START_UP_ROUNDS).entries()) {
    console.log(`| \`${contenders[i]?.name}\` | ${median(seconds).toFixed(3)} s |`)
  }
}

/**
 * @param {string} name
 * @param {string[]} args
 * @returns {Contender}
 */
function scorer(name, args) {
  return { name, command: process.execPath, args: [tool, ...args, '--model', model] }
}
