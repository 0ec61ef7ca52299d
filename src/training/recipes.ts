/** How networks were trained by those who published them, where they say. */
import type { PartialConfig } from './run-config.ts'

/** Splam: Chao et al., Genome Biology 25:243, 2024, and its training scripts (peak rate 1e-3, where the documentation says 0.03). */
const SPLAM: PartialConfig = {
  epochs: 15,
  batchSize: 100,
  loss: { kind: 'focal', gamma: 2 },
  optimiser: 'adamw',
  schedule: 'warmup-cosine',
}

/** SpliceAI: Jaganathan et al., Cell 176:535, 2019: ten epochs, the rate halved at each of the last four. */
const SPLICE_AI: PartialConfig = {
  epochs: 10,
  batchSize: 18,
  loss: 'cross-entropy',
  optimiser: 'adam',
  schedule: { kind: 'step', epochs: [6, 7, 8, 9], factor: 0.5 },
}

const OPEN_SPLICE_AI: PartialConfig = { ...SPLICE_AI, optimiser: 'adamw' }

/** The baselines that DASSI was compared with are published without their training; these are our choices. */
const BASELINE: PartialConfig = {
  epochs: 70,
  batchSize: 100,
  optimiser: 'adam',
  patience: 5,
  metric: 'logLoss',
}

/** DASSI: Moosa et al., BioData Mining 14:15, 2021, and its published code, whose cosine of the rate was never stepped. */
const DASSI: PartialConfig = {
  epochs: 70,
  batchSize: 100,
  learningRate: 0.0025,
  loss: 'cross-entropy',
  optimiser: { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 3e-4 },
  schedule: 'constant',
  clip: { norm: 5 },
  metric: 'accuracy',
}

/** Of the default model; see docs/model-card.md. Each of its outputs is a label for itself. */
const SITE_PAIR: PartialConfig = {
  epochs: 6,
  batchSize: 128,
  learningRate: 0.002,
  loss: 'binary-cross-entropy',
  optimiser: 'adamw',
  schedule: { kind: 'warmup-cosine', warmupSteps: 300 },
  averaging: 0.999,
  maskFlanks: 150,
}

/** Returns the published settings of a model; none where nothing is known of it. */
export function recipeOf(model: string): PartialConfig {
  if (model === 'splam') {
    return SPLAM
  }
  if (model === 'site-pair') {
    return SITE_PAIR
  }
  if (model.startsWith('spliceai-')) {
    return SPLICE_AI
  }
  if (model.startsWith('openspliceai-')) {
    return OPEN_SPLICE_AI
  }
  if (model.startsWith('dassi-')) {
    return DASSI
  }
  return ['cnn', 'cnn-emb', 'hybrid', 'lstm', 'lstm-emb'].includes(model) ? BASELINE : {}
}
