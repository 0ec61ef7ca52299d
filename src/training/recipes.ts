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

/**
 * Splice2Deep: Albaradei et al., Gene X 5:100035, 2020: the optimiser, its rate and the loss, which on two softmax outputs is cross
 * entropy. Batch (Keras's default), epochs and when to stop are our choice.
 */
const SPLICE2DEEP: PartialConfig = {
  epochs: 100,
  batchSize: 32,
  learningRate: 1e-5,
  loss: 'cross-entropy',
  optimiser: { kind: 'nadam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  patience: 5,
  metric: 'logLoss',
}

/** The three and the combiner at once, as nobody published: at the published rate the combiner's 17 weights would not move. */
const SPLICE2DEEP_WHOLE: PartialConfig = { ...SPLICE2DEEP, learningRate: 1e-3 }

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

/** The yeast networks: github.com/ramyarangan/cs230_project and its report. */
const YEAST: PartialConfig = {
  epochs: 20,
  batchSize: 64,
  learningRate: 0.001,
  loss: 'mean-squared-error',
  optimiser: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  schedule: { kind: 'inverse', decay: 0.01 },
  patience: 2,
  minDelta: 0.001,
  metric: 'mse',
}

/**
 * AttentionNet: the Genetic Architect, arXiv:1605.07156, 2016, says the loss; the rest is our choice within the ranges that it searched.
 * The decay is added to the gradient, which is what L2 means there.
 */
const ATTENTION_NET: PartialConfig = {
  epochs: 60,
  batchSize: 125,
  learningRate: 1e-3,
  loss: 'cross-entropy',
  optimiser: { kind: 'adam', weightDecay: 1e-4 },
  patience: 8,
  metric: 'auroc',
}

/** PromoterNet: of the same publication, and as little is said. */
const PROMOTER_NET: PartialConfig = {
  ...ATTENTION_NET,
  loss: 'mean-squared-error',
  clip: { norm: 5 },
  metric: 'mse',
}

/**
 * DeepBind: Alipanahi et al., Nature Biotechnology 33:831, 2015, and its software supplement: batch and optimiser; rate, momentum and decay are
 * the middles of the ranges it draws them from. Its 20,000 steps are those of trials (trials/trial-settings.ts); the epochs are ours.
 */
const DEEPBIND: PartialConfig = {
  epochs: 20,
  batchSize: 64,
  learningRate: 0.005,
  loss: 'cross-entropy',
  optimiser: { kind: 'sgd', momentum: 0.98, nesterov: false, weightDecay: 3e-7 },
  metric: 'auroc',
}

/** DeepMotif: github.com/QData/DeepMotif; which kept the epoch of the best AUC on training examples, where here validation decides. */
const DEEPMOTIF: PartialConfig = {
  epochs: 50,
  batchSize: 256,
  learningRate: 0.01,
  loss: 'cross-entropy',
  optimiser: 'adam',
  schedule: { kind: 'step', epochs: [10, 20, 30, 40], factor: 0.5 },
  clip: { value: 5 },
  metric: 'auroc',
}

/** DanQ: Quang and Xie, Nucleic Acids Research 44:e107, 2016, and its published code. */
const DANQ: PartialConfig = {
  epochs: 60,
  batchSize: 100,
  learningRate: 1e-3,
  loss: 'binary-cross-entropy',
  optimiser: 'rmsprop',
  patience: 5,
  metric: 'logLoss',
}

/** SuperQ: github.com/aron0093/5MT003. It waited two epochs for a loss that was never measured; with validation examples it is. */
const SUPERQ: PartialConfig = {
  epochs: 10,
  batchSize: 100,
  learningRate: 0.015,
  loss: 'mean-squared-error',
  optimiser: { kind: 'nadam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  metric: 'baseAccuracy',
}

/** Our repair of it, and of its map of bases and positions. */
const SUPERQ_REPAIRED: PartialConfig = {
  ...SUPERQ,
  learningRate: 1e-3,
  loss: 'cross-entropy',
  patience: 2,
  metric: 'logLoss',
}

/** Returns the published settings of a model; none where nothing is known of it. `options`: of the model, as far as they are given. */
export function recipeOf(model: string, options: Readonly<Record<string, unknown>> = {}): PartialConfig {
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
  if (model.startsWith('yeast-')) {
    return YEAST
  }
  if (model.startsWith('danq')) {
    // With two classes instead of labels the same loss is called otherwise.
    const loss = options.values === 0 ? 'cross-entropy' : DANQ.loss
    return { ...DANQ, loss, epochs: model === 'danq' ? 60 : 32 }
  }
  if (model.startsWith('superq-')) {
    return model === 'superq-as-reported' ? SUPERQ : SUPERQ_REPAIRED
  }
  if (model.startsWith('deepmotif')) {
    return DEEPMOTIF
  }
  if (model === 'deepbind') {
    return DEEPBIND
  }
  if (model.startsWith('splice2deep')) {
    return model === 'splice2deep' ? SPLICE2DEEP_WHOLE : SPLICE2DEEP
  }
  if (model === 'attention-net' || model === 'promoter-net') {
    return model === 'attention-net' ? ATTENTION_NET : PROMOTER_NET
  }
  return ['cnn', 'cnn-emb', 'hybrid', 'lstm', 'lstm-emb'].includes(model) ? BASELINE : {}
}
