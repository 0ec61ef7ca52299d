import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ImportOptions, runImport } from '../../src/cli/commands/import.ts'
import { MissingResourceError, UsageError } from '../../src/core/errors.ts'
import { readBundle } from '../../src/export/bundle.ts'
import { tensorsOf } from '../../src/models/architecture.ts'
import { architecture } from '../../src/models/registry.ts'
import { fakeContext } from '../support/command-context.ts'
import { randomTensors } from '../support/random-tensors.ts'

const folder = mkdtempSync(join(tmpdir(), 'import-'))
afterAll(() => rmSync(folder, { recursive: true }))
const out = join(folder, 'model.onnx')

/** Returns a safetensors file: length of the header, header, numbers. */
function safetensors(model: string, options: Record<string, unknown>, windowLength: number): Uint8Array {
  const network = architecture(model, options)
  const data = randomTensors(network, windowLength)
  const { parameters, statistics } = tensorsOf(network, windowLength)
  let offset = 0
  const header = Object.fromEntries(
    [...parameters, ...statistics].map(({ name, shape }) => {
      const start = offset
      offset += data.get(name)!.byteLength
      return [name, { dtype: 'F32', shape, data_offsets: [start, offset] }]
    }),
  )
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, ...Array.from(data.values(), values => Buffer.from(values.buffer))])
}

const small = { channels: 4, unitsPerBlock: 1 }
const weights = join(folder, 'weights.safetensors')
const lstm = join(folder, 'lstm.safetensors')
beforeAll(() => {
  writeFileSync(weights, safetensors('openspliceai-80', small, 60))
  writeFileSync(lstm, safetensors('lstm', {}, 60))
})

const OPTIONS: ImportOptions = { model: 'openspliceai-80', options: JSON.stringify(small), out }

describe('import', () => {
  it('writes a model of sequences that says where it comes from', async () => {
    const context = fakeContext()
    await runImport(weights, { ...OPTIONS, licence: 'GPL-3.0' }, context)
    const { metadata } = await readBundle(out)
    expect(metadata).toMatchObject({
      name: 'openspliceai-80',
      kind: 'sequence',
      marks: { donor: -1, acceptor: 0 },
      description:
        'OpenSpliceAI (leaky ReLU), 80 bases of context; weights imported from weights.safetensors',
      threshold: 0.5,
      licence: 'GPL-3.0',
      trainingData: [{ name: 'weights.safetensors', role: 'weights' }],
    })
    expect(context.output()).toBe('')
    expect(context.messages()).toMatch(
      /model\.onnx: openspliceai-80, kind sequence, columns neither, acceptor, donor, threshold 0\.5, \d+ bytes\n/,
    )
    expect(context.messages()).not.toMatch(/warning/)
  })

  it('writes a model of junctions on request, under a name, with a threshold', async () => {
    const context = fakeContext()
    await runImport(
      weights,
      { ...OPTIONS, as: 'junction', name: 'osai', threshold: 0.1, fp16: true, tolerance: 2e-3 },
      context,
    )
    const { metadata } = await readBundle(out)
    expect(metadata).toMatchObject({
      name: 'osai',
      kind: 'junction',
      window: { length: 800, donor: 200, acceptor: 600 },
      decisionColumn: 'junction',
      threshold: 0.1,
      weights: 'float16',
      licence: 'not stated',
    })
    expect(context.messages()).toMatch(/warning: the licence of the weights is not stated/)
  })

  it('writes a model of sites for a network of classes', async () => {
    await runImport(lstm, { model: 'lstm', windowLength: 60, site: 30, out }, fakeContext())
    expect((await readBundle(out)).metadata).toMatchObject({ kind: 'site', window: { length: 60, site: 30 } })
  })

  it.each<[string, string, Partial<ImportOptions>, typeof UsageError | typeof MissingResourceError, string]>([
    ['an unknown model', weights, { model: 'x' }, UsageError, 'expected a network among splam,'],
    [
      'options that are no JSON',
      weights,
      { options: 'channels=4' },
      UsageError,
      '--options: expected a JSON object such as {"channels":32}, found channels=4',
    ],
    ['options that are a list', weights, { options: '[4]' }, UsageError, 'found [4]'],
    [
      'another kind',
      weights,
      { as: 'pair' },
      UsageError,
      '--as: expected sequence, junction, site, window or values, found pair',
    ],
    [
      'a kind the network has not',
      weights,
      { as: 'site', windowLength: 60, site: 2 },
      UsageError,
      'expected to export it as sequence or junction, found site',
    ],
    [
      'a site outside its window',
      lstm,
      { model: 'lstm', options: '{}', windowLength: 60, site: 60 },
      UsageError,
      '--site, its index below that, found 60 and 60',
    ],
    [
      'no window for a site',
      lstm,
      { model: 'lstm', options: '{}' },
      UsageError,
      'expected the window of one site: --window-length and --site',
    ],
    [
      'a missing folder',
      weights,
      { out: join(folder, 'none', 'x.onnx') },
      MissingResourceError,
      'does not exist',
    ],
    ['a missing file', join(folder, 'none.pt'), {}, MissingResourceError, 'none.pt: no such file'],
  ])('refuses %s and writes nothing', async (_, path, change, kind, message) => {
    const target = join(folder, 'refused.onnx')
    const importing = runImport(path, { ...OPTIONS, out: target, ...change }, fakeContext())
    await expect(importing).rejects.toThrow(kind)
    await expect(importing).rejects.toThrow(message)
    expect(existsSync(target)).toBe(false)
    expect(readdirSync(folder).filter(name => name.includes('.tmp-'))).toEqual([])
  })
})
