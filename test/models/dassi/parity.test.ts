import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runImport } from '../../../src/cli/commands/import.ts'
import { readBundle } from '../../../src/export/bundle.ts'
import { Network } from '../../../src/graph/network.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { openSession } from '../../../src/graph/session.ts'
import { logitsOf } from '../../../src/models/architecture.ts'
import { fakeContext } from '../../support/command-context.ts'
import { hasParity, parityReason } from '../../support/parity.ts'
import { runOnnx } from '../../support/run-onnx.ts'
import { codesOf, PUBLISHED, publishedNetwork, referenceExamples, weightsOf } from './published.ts'

const folder = mkdtempSync(join(tmpdir(), 'dassi-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TOLERANCE = 1e-4

describe.skipIf(!hasParity).each(PUBLISHED)(
  `published DASSI weights, $site, windows of $length${parityReason}`,
  ({ site, length, position }) => {
    it('give the published logits', async () => {
      const { network, tensors } = await publishedNetwork(site, length)
      const examples = referenceExamples(site, length)
      expect(examples).toHaveLength(16)
      const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
      const logits = logitsOf(network, net, input('codes', 'uint8', ['N', length]))
      const codes = codesOf(examples.map(({ sequence }) => sequence))
      const found = (await runOnnx({ logits }, { codes })).logits!.data as Float32Array
      for (const [i, expected] of examples.flatMap(({ logits }) => logits).entries()) {
        expect(Math.abs(found[i]! - expected)).toBeLessThan(TOLERANCE)
      }
    })

    it('are imported as a model of sites that gives the published probabilities', async () => {
      const out = join(folder, `${site}-${length}.onnx`)
      const options = { model: `dassi-${site}`, as: 'site', windowLength: length, site: position, out }
      await runImport(
        weightsOf(site, length),
        { ...options, options: JSON.stringify({ windowLength: length }) },
        fakeContext(),
      )
      const { bytes, metadata } = await readBundle(out)
      expect(metadata).toMatchObject({
        name: `dassi-${site}`,
        kind: 'site',
        window: { length, site: position },
        columns: ['site'],
      })
      const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
      const examples = referenceExamples(site, length)
      const codes = codesOf(examples.map(({ sequence }) => sequence))
      const { probabilities } = await session.run({ codes })
      expect(probabilities!.dims).toEqual([16, 1])
      const found = probabilities!.data as Float32Array
      for (const [i, { probabilities }] of examples.entries()) {
        expect(Math.abs(found[i]! - probabilities[1])).toBeLessThan(TOLERANCE)
      }
      await session.close()
    })
  },
)
