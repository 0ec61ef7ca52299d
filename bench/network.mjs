// One contender of bench/networks.mjs: trains or scores with a Splam of full size and prints how fast.
//   node bench/network.mjs train|score BATCH STEPS [PROVIDER]
import { availableParallelism } from 'node:os'
import { exportModel } from '../dist/export/export-model.js'
import { openSession } from '../dist/graph/session.js'
import { architecture } from '../dist/models/registry.js'
import { startEngine } from '../dist/training/engine/engine.js'
import { drawnState } from '../dist/training/first-state.js'
import { OPTIMISER_DEFAULTS, stepScalars } from '../dist/training/optimisers.js'
import { stateLayout } from '../dist/training/program.js'
import { resolveConfig } from '../dist/training/run-config.js'
import { mulberry32 } from '../scripts/simulate/random.mjs'

const [what, batchText, stepsText, providerName = 'cpu'] = process.argv.slice(2)
const provider = /** @type {import('../src/graph/providers.ts').Provider} */ (providerName)
const batch = Number(batchText)
const steps = Number(stepsText)
const LENGTH = 800
const window = { length: LENGTH, donor: 200, acceptor: 600 }
const random = mulberry32(1)
const codes = Uint8Array.from({ length: batch * LENGTH }, () => Math.floor(random() * 4))
const network = architecture('splam')
const layout = stateLayout(network, LENGTH)
const config = resolveConfig([{ model: 'splam', batchSize: batch, provider }], {
  cores: availableParallelism(),
})

/** @param {() => Promise<unknown>} step */
async function time(step) {
  await step()
  const times = []
  for (let i = 0; i < steps; i++) {
    const started = performance.now()
    await step()
    times.push(performance.now() - started)
  }
  const middle = times.sort((a, b) => a - b)[steps >> 1] ?? Number.NaN
  const memory = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(JSON.stringify({ samplesPerSecond: (1000 * batch) / middle, memory }))
}

if (what === 'train') {
  const model = { name: 'splam', options: {} }
  const settings = { ...config, model, windowLength: LENGTH, sites: window }
  const engine = await startEngine(settings, drawnState(layout, config))
  const truth = new Uint8Array(batch * LENGTH)
  const weights = new Float32Array(batch).fill(1)
  let step = 0
  await time(() => {
    step++
    return engine.step({ codes, truth, weights }, step, stepScalars(OPTIMISER_DEFAULTS.adamw, step, 1e-3))
  })
  await engine.close()
} else {
  const state = drawnState(layout, config)
  const { bytes } = await exportModel({
    architecture: network,
    tensors: new Map([
      ...layout.parameters.named(state.parameters),
      ...layout.statistics.named(state.statistics),
    ]),
    layout: { kind: 'junction', window },
    facts: {
      name: 'splam',
      description: 'random weights',
      threshold: 0.5,
      calibration: [],
      trainingData: [],
      metrics: {},
      toolVersion: 'bench',
      licence: 'MIT',
    },
  })
  const session = await openSession(bytes, { provider, threads: availableParallelism() })
  await time(() => session.run({ codes: { type: 'uint8', dims: [batch, LENGTH], data: codes } }))
  await session.close()
}
