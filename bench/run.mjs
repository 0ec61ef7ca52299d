// Speed and memory of the built tool: whole processes, interleaved with pysam and samtools where they are installed, so that
// a change in the machine's load hits all of them. Quote the ratios, not the seconds.
//   npm run bench -- [--reads 1000000] [--runs 7] [--no-long]
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median, pythonWith, runInTurn } from './in-turn.mjs'
import { benchmarkBam, benchmarkGenome, randomIntrons } from './inputs.mjs'

const { values } = parseArgs({
  options: {
    reads: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '7' },
    'no-long': { type: 'boolean', default: false },
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const tool = join(root, 'bin/splice-score.js')
const reads = Number(values.reads)
const runs = Number(values.runs)
const TABLE_ROWS = 100_000

/** The weight matrix, so that this is the time of everything else; bench/default-model.mjs times the default model. */
const model = ['--model', join(root, 'models/pwm-human.onnx')]
const reference = benchmarkGenome()
const bam = benchmarkBam(reads)
const pythonWithPysam = pythonWith('pysam')
const hasSamtools = spawnSync('samtools', ['--version']).status === 0

console.log(
  `extraction, ${reads} reads (${(statSync(bam).size / 1e6).toFixed(0)} MB), ${runs} runs each, medians`,
)
compare([
  { name: 'splice-score extract', command: process.execPath, args: [tool, 'extract', bam] },
  ...(pythonWithPysam
    ? [
        {
          name: 'pysam loop over cigartuples',
          command: pythonWithPysam,
          args: [join(root, 'bench/pysam-loop.py'), bam],
        },
      ]
    : []),
  ...(hasSamtools ? [{ name: 'samtools view -c', command: 'samtools', args: ['view', '-c', bam] }] : []),
])
if (!pythonWithPysam) {
  console.log('  pysam: not installed, no comparison')
}

if (!values['no-long']) {
  const long = benchmarkBam(reads * 10)
  console.log(`extraction, ten times the reads`)
  compare([{ name: 'splice-score extract', command: process.execPath, args: [tool, 'extract', long] }], 2)
}

console.log('scoring with the weight matrix')
compare(
  [
    { name: 'BAM to scores', command: process.execPath, args: [tool, bam, '--ref', reference, ...model] },
    {
      name: `${TABLE_ROWS} junctions of a BED`,
      command: process.execPath,
      args: [tool, randomIntrons(TABLE_ROWS), '--ref', reference, ...model],
      units: TABLE_ROWS,
    },
  ],
  3,
)

/** @typedef {import('./in-turn.mjs').Contender} Contender */

/**
 * Runs the contenders in turn and prints the median wall time of each, its ratio to the first, and peak memory.
 * @param {Contender[]} contenders
 */
function compare(contenders, rounds = runs) {
  const results = runInTurn(contenders, rounds)
  const first = median(results[0]?.seconds ?? [])
  for (const [i, { name, units }] of contenders.entries()) {
    const result = /** @type {import('./in-turn.mjs').Result} */ (results[i])
    const seconds = median(result.seconds)
    const rate = units ? `, ${Math.round(units / seconds)} junctions/s` : ''
    const ratio = i > 0 && !units ? `, ${(seconds / first).toFixed(2)} times the first` : ''
    const own =
      result.own.length > 0 ? ` (${median(result.own).toFixed(2)} s by its own clock, after start-up)` : ''
    console.log(`  ${name}: ${seconds.toFixed(2)} s${ratio}${own}${rate}, peak memory ${result.peak}`)
  }
}
