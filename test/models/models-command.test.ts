import { describe, expect, it } from 'vitest'
import { runModels } from '../../src/cli/commands/models.ts'
import { MODELS } from '../../src/models/registry.ts'
import { fakeContext } from '../support/command-context.ts'

describe('the list of models', () => {
  it('is a table with a line for each', async () => {
    const context = fakeContext()
    await runModels({}, context)
    const [header, ...rows] = context.output().trimEnd().split('\n')
    expect(header).toBe('name\ttitle\tinput\tparameters\tsource')
    expect(rows.map(row => row.split('\t')[0])).toEqual(MODELS.map(({ name }) => name))
    expect(rows.every(row => row.split('\t').length === 5)).toBe(true)
    expect(rows[1]).toBe(
      'splam\tSplam: grouped dilated residual units over donor and acceptor together\t' +
        '400 bases around the donor and 400 around the acceptor\t651715\tChao et al., Genome Biology 25:243, 2024',
    )
  })

  it('is JSON with sizes and options on request', async () => {
    const context = fakeContext()
    await runModels({ json: true }, context)
    const models = JSON.parse(context.output()) as Record<string, unknown>[]
    expect(models).toHaveLength(MODELS.length)
    expect(models[0]).toMatchObject({ name: 'pwm', kind: 'own-trainer', parameters: 135, windowLength: 800 })
    expect(models.find(({ name }) => name === 'spliceai-10k')).toMatchObject({
      kind: 'network',
      output: 'positions',
      parameters: 696_739,
      statistics: 2_048,
      options: { channels: 32, widths: [11, 11, 21, 41], activation: 'relu', epsilon: 0.001 },
    })
  })
})
