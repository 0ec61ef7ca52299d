import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { MODELS } from '../../src/models/registry.ts'
import { requireWindowsFit } from '../../src/training/window-fit.ts'

const networks = MODELS.filter(model => model.kind === 'network')
const dataset = (length: number) => ({ name: 'made', window: { length } })

describe('the windows of a dataset', () => {
  it.each(networks)('of the published length fit $name', entry => {
    expect(() => requireWindowsFit(dataset(entry.windowLength), entry.create({}))).not.toThrow()
  })

  it.each(networks)('of 1 to 40 bases fit $name or are refused by the names of both', entry => {
    const network = entry.create({})
    for (const length of [1, 2, 3, 5, 9, 16, 27, 40]) {
      try {
        requireWindowsFit(dataset(length), network)
      } catch (error) {
        expect(error).toBeInstanceOf(InputDataError)
        expect((error as InputDataError).message).toMatch(/^dataset made: expected windows /)
        expect((error as InputDataError).message).toContain(`model ${entry.name}`)
        expect((error as InputDataError).hint).toBeTruthy()
      }
    }
  })

  it.each([
    ['dassi-acceptor', 602, /expected windows of 141 for model dassi-acceptor, found 602/],
    ['danq', 30, /fit model danq, found 30 bases: .*at least 38 bases/],
    ['cnn', 1, /fit model cnn, found 1 bases/],
    ['deepmotif', 27, /fit model deepmotif, found 27 bases/],
  ])('of %s are told to be wrong: %i', (name, length, message) => {
    const network = networks.find(entry => entry.name === name)!.create({})
    expect(() => requireWindowsFit(dataset(length), network)).toThrow(message)
  })
})
