import type { ModelFacts } from '../../src/export/export-model.ts'

/** What files of tests say of their models. */
export const MADE_FACTS: ModelFacts = {
  name: 'made',
  description: 'random weights',
  calibration: [],
  trainingData: [],
  metrics: {},
  toolVersion: '0.0.0',
  licence: 'none',
}
