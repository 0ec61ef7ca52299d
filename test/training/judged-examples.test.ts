import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { seededRandom } from '../../src/core/random.ts'
import { decodeText } from '../../src/genome/sequence.ts'
import { architecture } from '../../src/models/registry.ts'
import { judgedByPairs } from '../../src/training/judged-examples.ts'
import { resolveConfig } from '../../src/training/run-config.ts'
import { requireSuitable } from '../../src/training/suitability.ts'
import { datasetOf, tableOf } from '../curation/dataset-folder.ts'

const random = seededRandom(4)
const bases = (length: number) => decodeText(Uint8Array.from({ length }, () => random.int(4)))

/** A dataset with one training row of each label, and validation rows with these values of `site`. */
function dataset(sites: readonly string[], window = { length: 800, donor: 200, acceptor: 600 }) {
  const row = (label: string, split: string, site: string) => [bases(window.length), label, split, site]
  return datasetOf(
    tableOf(
      ['sequence', 'class', 'split', 'site'],
      row('positive', 'train', 'junction'),
      row('negative', 'train', 'junction'),
      ...sites.map((site, i) => row(i % 2 === 0 ? 'positive' : 'negative', 'validation', site)),
    ),
    { description: { name: 'made', window } },
  )
}

describe('examples a run is judged by', () => {
  it('are those of which the pair is known', async () => {
    const made = await dataset(['junction', 'junction', 'both', 'both', 'donor', 'acceptor'])
    expect([...made.splits.validation]).toEqual([2, 3, 4, 5, 6, 7])
    expect([...judgedByPairs(made).splits.validation]).toEqual([2, 3])
    expect(judgedByPairs(made).splits.train).toBe(made.splits.train)
    await made.close()
  })

  it('are all where none is of a known pair', async () => {
    const made = await dataset(['donor', 'donor'])
    expect(judgedByPairs(made).splits.validation).toBe(made.splits.validation)
    await made.close()
  })
})

describe('a network with its sites at fixed places', () => {
  it.each([
    [{ length: 800, donor: 100, acceptor: 500 }, '{"length":800,"donor":100,"acceptor":500}'],
    [{ length: 800, site: 200 }, '{"length":800,"site":200}'],
  ])('is not trained on windows with others: %j', async (window, shown) => {
    const made = await dataset(['.', '.'], window as never)
    const config = resolveConfig([{ model: 'site-pair' }], { cores: 1 })
    const suits = () => requireSuitable(made, architecture('site-pair'), config)
    expect(suits).toThrow(InputDataError)
    expect(suits).toThrow(
      `model site-pair: expected windows with the donor at 200 and the acceptor at 600, found ${shown} in made`,
    )
    await made.close()
  })
})
