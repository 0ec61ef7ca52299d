import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/core/errors.ts'
import { tensorsOf } from '../../src/models/architecture.ts'
import { architecture, MODELS, modelSize, networkSize } from '../../src/models/registry.ts'

const entry = (name: string) => MODELS.find(model => model.name === name)!
const networks = MODELS.filter(model => model.kind === 'network')

describe('the models', () => {
  it.each([
    ['pwm', 135, 0],
    ['splam', 651_715, 5_120],
    ['site-pair', 89_572, 336],
    ['spliceai-80', 93_251, 512],
    ['spliceai-400', 185_187, 1_024],
    ['spliceai-2k', 359_043, 1_536],
    ['spliceai-10k', 696_739, 2_048],
    ['openspliceai-80', 93_251, 512],
    ['openspliceai-400', 185_187, 1_024],
    ['openspliceai-2k', 359_043, 1_536],
    ['openspliceai-10k', 696_739, 2_048],
    ['cnn', 592_482, 0],
    ['cnn-emb', 592_482, 0],
    ['hybrid', 51_810, 0],
    ['lstm', 33_570, 0],
    ['lstm-emb', 34_626, 0],
    ['dassi-acceptor', 271_698, 3_328],
    ['dassi-donor', 102_866, 2_272],
    ['yeast-cnn', 16_338, 198],
    ['yeast-rnn', 990_689, 640],
    ['splice2deep-global', 77_250, 0],
    ['splice2deep-up', 110_082, 0],
    ['splice2deep-down', 40_962, 0],
    ['splice2deep', 228_311, 0],
    ['danq', 46_926_479, 0],
    ['danq-jaspar', 67_892_175, 0],
    ['superq-as-reported', 158_038_100, 0],
    ['superq-repaired', 27_679_060, 0],
    ['superq-2d', 18_033_076, 0],
    ['deepbind', 1_569, 0],
    ['deepmotif', 202_370, 0],
    ['deepmotif-dashboard', 136_322, 0],
    ['attention-net', 299_396, 1_666],
    ['promoter-net', 141_780, 180],
    ['yeast-baseline', 76, 0],
  ])('%s has %i parameters and %i statistics', (name, parameters, statistics) => {
    expect(modelSize(entry(name))).toEqual({ parameters, statistics })
  })

  it.each(['asp-svm', 'random-forest'])('%s has as many parameters as its data make', name => {
    expect(modelSize(entry(name))).toBeUndefined()
  })

  it('are all in these lists, under different names', () => {
    expect(new Set(MODELS.map(model => model.name)).size).toBe(MODELS.length)
    expect(MODELS).toHaveLength(37)
  })

  it.each(networks)('$name is the same network when built again from its name and JSON options', model => {
    const first = model.create({})
    const again = architecture(first.name, JSON.parse(JSON.stringify(first.options)))
    expect(again.options).toEqual(model.defaults)
    const shapes = (network: typeof first) =>
      tensorsOf(network, network.windowLength ?? 64).parameters.map(({ name, shape }) => [name, ...shape])
    expect(shapes(again)).toEqual(shapes(first))
    expect([first.output, first.donorOffset]).toEqual([again.output, again.donorOffset])
  })

  it('mark the donor at the first intron base (Splam) or at the last exon base (SpliceAI)', () => {
    expect(architecture('splam').donorOffset).toBe(0)
    expect(architecture('spliceai-80').donorOffset).toBe(-1)
    expect(architecture('openspliceai-10k').donorOffset).toBe(-1)
  })
})

describe('options', () => {
  it('change the network: a small Splam', () => {
    const small = architecture('splam', {
      channels: 16,
      groups: 2,
      widths: [5],
      dilations: [2],
      unitsPerGroup: 1,
    })
    // Stem 80, unit 2 * (16 * 8 * 5 + 16 + 32), three skips of 272, output 51.
    expect(networkSize(small, 800)).toEqual({ parameters: 80 + 1376 + 3 * 272 + 51, statistics: 64 })
  })

  it.each<[string, Record<string, unknown>, string]>([
    [
      'splam',
      { chanels: 3 },
      'model splam: expected options among channels, groups, widths, dilations, unitsPerGroup, activation, found chanels',
    ],
    ['splam', { channels: 0 }, 'model splam: option channels: expected a whole number from 1 on, found 0'],
    ['splam', { channels: '64' }, 'found "64"'],
    ['splam', { channels: 30 }, 'options channels and groups: expected a multiple of 4 channels, found 30'],
    ['splam', { widths: [11] }, 'options widths and dilations: expected lists of one length, found 1 and 5'],
    ['splam', { widths: [] }, 'option widths: expected a list of whole numbers from 1 on, found []'],
    ['splam', { activation: 'gelu' }, 'option activation: expected leaky-relu or relu, found "gelu"'],
    ['site-pair', { reach: 201 }, 'options reach and centre: expected a reach of at most 200 bases'],
    ['spliceai-80', { momentum: 0 }, 'option momentum: expected a number above 0 up to 1, found 0'],
    ['spliceai-80', { initial: 'he' }, 'option initial: expected keras or pytorch, found "he"'],
    ['cnn', { values: -1 }, 'option values: expected a whole number from 0 on, found -1'],
    ['spliceai-80', { epsilon: 0 }, 'option epsilon: expected a number above 0, found 0'],
    ['lstm', { dropout: 1 }, 'option dropout: expected a number from 0 to below 1, found 1'],
    [
      'lstm',
      { filters: 8 },
      'model lstm: expected options among width, units, hidden, dropout, values, found filters',
    ],
  ])('of %s cannot be %j', (name, options, message) => {
    expect(() => architecture(name, options)).toThrow(UsageError)
    expect(() => architecture(name, options)).toThrow(message)
  })
})

describe('a name', () => {
  it('that is unknown is refused with those there are', () => {
    expect(() => architecture('alexnet')).toThrow(
      'model: expected a network among splam, site-pair, spliceai-80, spliceai-400, spliceai-2k, spliceai-10k, openspliceai-80,',
    )
    expect(() => architecture('alexnet')).toThrow(/found alexnet$/)
  })

  it('of a model that is no network is refused with the way to train it', () => {
    const error = (() => {
      try {
        return architecture('pwm')
      } catch (caught) {
        return caught as UsageError
      }
    })() as UsageError
    expect(error).toBeInstanceOf(UsageError)
    expect(error.hint).toBe(
      'pwm is no network; `splice-score train --model pwm` has a trainer of its own for it',
    )
  })
})
