import { describe, expect, it } from 'vitest'
import { rateAt, type ScheduleSettings } from '../../src/training/schedules.ts'

const RUN = { total: 100, stepsPerEpoch: 10 }

describe('the learning rate', () => {
  it.each<[string, ScheduleSettings, [step: number, rate: number][]]>([
    [
      'constant stays',
      { kind: 'constant' },
      [
        [0, 2],
        [99, 2],
      ],
    ],
    [
      'cosine falls from the full rate to 0',
      { kind: 'cosine' },
      [
        [0, 2],
        [50, 1],
        [100, 0],
      ],
    ],
    [
      'warm-up and cosine climbs from 0 in a line, then falls to 0',
      { kind: 'warmup-cosine', warmupSteps: 20 },
      [
        [0, 0],
        [10, 1],
        [20, 2],
        [60, 1],
        [100, 0],
      ],
    ],
    [
      'step is multiplied at the start of each epoch named',
      { kind: 'step', epochs: [3, 5], factor: 0.5 },
      [
        [29, 2],
        [30, 1],
        [49, 1],
        [50, 0.5],
        [99, 0.5],
      ],
    ],
    [
      'inverse falls as in Keras',
      { kind: 'inverse', decay: 0.1 },
      [
        [0, 2],
        [10, 1],
        [30, 0.5],
      ],
    ],
  ])('%s', (_, settings, expected) => {
    for (const [step, rate] of expected) {
      expect(rateAt(settings, 2, step, RUN), `step ${step}`).toBeCloseTo(rate, 12)
    }
  })

  it('a warm-up longer than the run never passes its line', () => {
    expect(rateAt({ kind: 'warmup-cosine', warmupSteps: 1000 }, 2, 99, RUN)).toBeCloseTo(0.198, 12)
  })
})
