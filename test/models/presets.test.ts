import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/core/errors.ts'
import { presetOptions } from '../../src/models/network-entry.ts'
import { MODELS, networkEntry } from '../../src/models/registry.ts'

const networks = MODELS.filter(model => model.kind === 'network')
const withPresets = networks.filter(({ presets = {} }) => Object.keys(presets).length > 0)

describe('presets', () => {
  it.each(withPresets)('of $name each make a network', entry => {
    for (const preset of Object.keys(entry.presets!)) {
      const options = presetOptions(entry, preset)
      expect(Object.keys(options).length).toBeGreaterThan(0)
      expect(entry.create(options).options).toMatchObject(options)
    }
  })

  it('of another name are refused with those there are', () => {
    const splam = networkEntry('splam')
    expect(() => presetOptions(splam, 'tiny')).toThrow(UsageError)
    expect(() => presetOptions(splam, 'tiny')).toThrow(
      'model splam: expected no preset: it has none, found tiny',
    )
    const presets = { reduced: { channels: 8 }, small: { channels: 4 } }
    expect(() => presetOptions({ ...splam, presets }, 'constructor')).toThrow(
      'model splam: expected a preset among reduced, small, found constructor',
    )
    expect(presetOptions({ ...splam, presets }, 'small')).toEqual({ channels: 4 })
  })
})
