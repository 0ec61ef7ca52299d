// Training and scoring speed of a full-size Splam beside PyTorch (eager, CPU) where python3 has it: whole processes in turn,
// so that a change in the machine's load hits both. Quote the ratios.
//   npm run bench:networks -- [--rounds 5] [--batches 16,100] [--provider cpu]
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median, pythonWith } from './in-turn.mjs'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    batches: { type: 'string', default: '16,100' },
    provider: { type: 'string', default: 'cpu' },
  },
})
const folder = fileURLToPath(new URL('.', import.meta.url))
const python = pythonWith('torch')
if (!python) {
  console.log('PyTorch: not installed, no comparison')
}
const contenders = [
  { name: 'splice-score', command: process.execPath, script: 'network.mjs', last: [values.provider] },
  ...(python ? [{ name: 'PyTorch eager', command: python, script: 'torch-network.py', last: [] }] : []),
]

for (const what of ['train', 'score']) {
  for (const batch of values.batches.split(',')) {
    console.log(`${what}, batch ${batch}, ${values.rounds} rounds, medians`)
    compare(what, batch)
  }
}

/**
 * @param {string} what
 * @param {string} batch
 */
function compare(what, batch) {
  const steps = String(Math.max(3, Math.round((what === 'train' ? 100 : 400) / Number(batch))))
  const results = contenders.map(() => /** @type {{samplesPerSecond: number, memory: number}[]} */ ([]))
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [i, { command, script, last }] of contenders.entries()) {
      const child = spawnSync(command, [join(folder, script), what, batch, steps, ...last], {
        encoding: 'utf8',
      })
      if (child.status !== 0) {
        throw new Error(`${script} ${what} failed: ${child.stderr}`)
      }
      results[i]?.push(JSON.parse(child.stdout.trim().split('\n').at(-1) ?? ''))
    }
  }
  const first = median((results[0] ?? []).map(result => result.samplesPerSecond))
  for (const [i, { name }] of contenders.entries()) {
    const speeds = (results[i] ?? []).map(result => result.samplesPerSecond)
    const ratio = i > 0 ? `; splice-score is ${(first / median(speeds)).toFixed(2)} times as fast` : ''
    const memory = Math.max(...(results[i] ?? []).map(result => result.memory))
    console.log(`  ${name}: ${median(speeds).toFixed(1)} samples/s${ratio}, peak memory ${memory} MB`)
  }
}
