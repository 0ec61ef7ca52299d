import { describe, expect, it } from 'vitest'
import { memoryNeed, tellMemory } from '../../src/training/memory-need.ts'
import { resolveConfig } from '../../src/training/run-config.ts'

const need = (model: string, windowLength: number, settings: object = {}) => {
  const config = resolveConfig([{ model, shards: 1, threads: 1, ...settings }], { cores: 2 })
  return memoryNeed({
    ...config,
    model: { name: model, options: config.options },
    windowLength,
    sites: windowLength === 800 ? { donor: 200, acceptor: 600 } : {},
  })
}

describe('the memory that training needs', () => {
  // Peak resident memory of `train --set threads=1 --set shards=1` over 400 windows; docs/performance.md.
  it.each<[string, number, object, number]>([
    ['cnn', 141, {}, 0.28],
    ['lstm', 141, {}, 0.317],
    ['dassi-acceptor', 141, {}, 1.157],
    ['yeast-rnn', 1615, {}, 1.116],
    ['splam', 800, {}, 5.649],
    ['cnn', 1000, { options: { hidden: 1500 } }, 6.585],
    ['cnn', 1000, { options: { hidden: 1500 }, optimiser: 'sgd' }, 4.676],
  ])(
    'of %s on windows of %i with %j is within a factor of 1.35 of the %f GB measured',
    (model, length, settings, measured) => {
      const ratio = need(model, length, settings) / (measured * 1e9)
      expect(ratio).toBeGreaterThan(1 / 1.35)
      expect(ratio).toBeLessThan(1.35)
    },
  )

  it('grows with the shards where parameters are many, and with the batch where they are few', () => {
    const many = { options: { hidden: 1500 } }
    expect(need('cnn', 1000, { ...many, shards: 2 }) / need('cnn', 1000, many)).toBeGreaterThan(1.8)
    expect(need('splam', 800, { shards: 2 }) / need('splam', 800)).toBeLessThan(1.1)
    expect(need('splam', 800, { batchSize: 200 }) / need('splam', 800)).toBeGreaterThan(1.8)
  })

  it('is told from 1 GB on, and warned of where there is less', () => {
    const said: string[] = []
    const log = {
      info: (text: string) => void said.push(`info ${text}`),
      warn: (text: string) => void said.push(`warn ${text}`),
      debug: () => undefined,
    }
    tellMemory('small', 9.9e8, 1e6, log)
    tellMemory('danq', 6.44e9, 8e9, log)
    tellMemory('danq', 6.44e9, undefined, log)
    tellMemory('danq', 6.44e9, 6e9, log)
    expect(said).toEqual([
      'info model danq: training needs about 6.4 GB of memory',
      'info model danq: training needs about 6.4 GB of memory',
      'warn model danq: training needs about 6.4 GB of memory, 6.0 GB are free: set a smaller batchSize, shards=1, an optimiser with fewer moments, or smaller options',
    ])
  })
})
