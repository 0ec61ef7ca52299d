import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runImport } from '../../../src/cli/commands/import.ts'
import { UsageError } from '../../../src/core/errors.ts'
import { readBundle } from '../../../src/export/bundle.ts'
import { readWeights } from '../../../src/export/weights/read-weights.ts'
import { Network } from '../../../src/graph/network.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { openSession } from '../../../src/graph/session.ts'
import { logitsOf } from '../../../src/models/architecture.ts'
import { combinerLogit } from '../../../src/models/splice2deep/combiner.ts'
import { fakeContext } from '../../support/command-context.ts'
import { hasParity, parityReason } from '../../support/parity.ts'
import { runOnnx } from '../../support/run-onnx.ts'
import { codesOf } from '../dassi/published.ts'
import { LENGTH, PUBLISHED, publishedGlobal, referenceExamples, weightsOf } from './published.ts'

const folder = mkdtempSync(join(tmpdir(), 'splice2deep-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TOLERANCE = 1e-4

/** Classes of the published network: a true site, a false one. */
interface GlobalExample {
  sequence: string
  logits: [number, number]
  probabilities: [number, number]
}

interface CombinerExample {
  features: number[]
  /** Logit of a false site. */
  linear: number
}

describe.skipIf(!hasParity).each(PUBLISHED)(
  `published Splice2Deep weights, $site${parityReason}`,
  ({ site, position }) => {
    it('of the global network give the published logits, in the other order', async () => {
      const { network, tensors } = await publishedGlobal(site)
      const examples = referenceExamples<GlobalExample>('global', site)
      expect(examples).toHaveLength(16)
      const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
      const logits = logitsOf(network, net, input('codes', 'uint8', ['N', LENGTH]))
      const codes = codesOf(examples.map(({ sequence }) => sequence))
      const found = (await runOnnx({ logits }, { codes })).logits!.data as Float32Array
      for (const [i, expected] of examples.flatMap(({ logits }) => logits.toReversed()).entries()) {
        expect(Math.abs(found[i]! - expected)).toBeLessThan(TOLERANCE)
      }
    })

    it('of the global network are imported as a model of sites that gives the published probabilities', async () => {
      const out = join(folder, `${site}.onnx`)
      const options = { model: 'splice2deep-global', as: 'site', site: position, out }
      await runImport(weightsOf('global', site), options, fakeContext())
      const { bytes, metadata } = await readBundle(out)
      expect(metadata).toMatchObject({
        name: 'splice2deep-global',
        kind: 'site',
        window: { length: LENGTH, site: position },
        columns: ['site'],
      })
      const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
      const examples = referenceExamples<GlobalExample>('global', site)
      const { probabilities } = await session.run({
        codes: codesOf(examples.map(({ sequence }) => sequence)),
      })
      await session.close()
      expect(probabilities!.dims).toEqual([16, 1])
      const found = probabilities!.data as Float32Array
      for (const [i, { probabilities }] of examples.entries()) {
        expect(Math.abs(found[i]! - probabilities[0])).toBeLessThan(TOLERANCE)
      }
    })

    it('are not imported without a word on where the site is: donors and acceptors have one network', async () => {
      const options = { model: 'splice2deep-global', as: 'site', out: join(folder, 'none.onnx') }
      const refused = runImport(weightsOf('global', site), options, fakeContext())
      await expect(refused).rejects.toThrow(UsageError)
      await expect(refused).rejects.toThrow('found 602 and undefined')
    })

    it('of the combiner give the published values', async () => {
      const weights = await readWeights(weightsOf('combiner', site))
      const net = new Network('inference', ({ name, shape }) => constant(weights.get(name)!.data, shape))
      const linear = combinerLogit(net, '', input('features', 'float32', ['N', 6]))
      expect(net.parameters.map(({ name, shape }) => [name, ...shape])).toEqual(
        Array.from(weights.values(), ({ name, dims }) => [name, ...dims]),
      )
      const examples = referenceExamples<CombinerExample>('combiner', site)
      const data = Float32Array.from(examples.flatMap(({ features }) => features))
      const features = { type: 'float32', dims: [examples.length, 6], data } as const
      const found = (await runOnnx({ linear }, { features })).linear!.data as Float32Array
      expect(found).toHaveLength(16)
      for (const [i, { linear }] of examples.entries()) {
        expect(Math.abs(found[i]! - linear)).toBeLessThan(TOLERANCE)
      }
    })
  },
)
