import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../../src/core/errors.ts'
import { readWeights } from '../../../src/export/weights/read-weights.ts'
import { floats, pickle, safetensorsOf, torchFile } from './archive-writer.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const DATA = process.env.SPLICE_SCORE_DATA
const PARITY = resolve(ROOT, DATA ? join(DATA, '../parity') : '../shared/parity')
const hasParity = existsSync(PARITY)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weights-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

describe('readWeights', () => {
  it('decides by the content, not by the name', async () => {
    const header = { w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }
    const tensor = pickle.tensor(pickle.storage('0', 2), [2], [1])
    const files = [
      write('a.pt', safetensorsOf(header, floats(1, 2))),
      write('a.safetensors', torchFile(pickle.of(pickle.dict({ w: tensor })), { 0: floats(1, 2) })),
    ]
    const expected = new Map([['w', { name: 'w', dims: [2], type: 'float32', data: Float32Array.of(1, 2) }]])
    for (const file of files) {
      expect(await readWeights(file)).toEqual(expected)
    }
  })

  it.each([
    [
      'a legacy PyTorch file',
      '80028a0a6cfc9c46f9206aa850192e',
      'from before the zip format',
      'save it again with a newer PyTorch',
    ],
    ['a pickle', '80049506', 'found a bare pickle', 'torch.save or as safetensors'],
    ['HDF5', '894844460d0a1a0a', 'found an HDF5 file (Keras)', 'safetensors'],
    ['gzip', '1f8b0800', 'found a gzip file', 'unpack it first'],
    ['an empty file', '', 'found 0 bytes that begin with ""', 'give a .safetensors file'],
    [
      'something else',
      '0807120274',
      'found 5 bytes that begin with "0807120274"',
      'give a .safetensors file',
    ],
  ])('refuses %s and says what to do', async (name, hex, message, hint) => {
    const path = write(name.replaceAll(' ', '-'), Buffer.from(hex, 'hex'))
    const error: unknown = await readWeights(path).catch(thrown => thrown)
    expect(error).toBeInstanceOf(InputDataError)
    expect((error as InputDataError).message).toContain(`${path}: expected safetensors or a PyTorch zip file`)
    expect((error as InputDataError).message).toContain(message)
    expect((error as InputDataError).hint).toContain(hint)
  })

  it('tells an absent file, a directory and a file too large apart', async () => {
    await expect(readWeights(join(folder, 'absent'))).rejects.toThrow(MissingResourceError)
    await expect(readWeights(folder)).rejects.toThrow('expected a weight file, found a directory')
    const large = write('large', new Uint8Array())
    truncateSync(large, 2 ** 31)
    await expect(readWeights(large)).rejects.toThrow('at most 2147483647 bytes, found 2147483648')
  })
})

describe.skipIf(!hasParity)(
  `published weights${hasParity ? '' : ' (skipped: no parity folder beside the data)'}`,
  () => {
    const files = hasParity ? readdirSync(PARITY).filter(name => name.endsWith('.safetensors')) : []

    it('are there', () => {
      expect(files.length).toBeGreaterThanOrEqual(16)
    })

    it.each(files)('%s is read, every value finite', async name => {
      const tensors = await readWeights(join(PARITY, name))
      expect(tensors.size).toBeGreaterThan(0)
      for (const tensor of tensors.values()) {
        expect(tensor.type).toBe('float32')
        expect(tensor.data.length).toBe(tensor.dims.reduce((product, size) => product * size, 1))
        expect(tensor.data.every(Number.isFinite)).toBe(true)
      }
    })

    it('have the published number of values', async () => {
      const tensors = await readWeights(join(PARITY, 'openspliceai-mane-400nt.safetensors'))
      const values = [...tensors.values()].reduce((sum, tensor) => sum + tensor.data.length, 0)
      expect([tensors.size, values]).toEqual([106, 185_187 + 1_024])
      expect(tensors.get('initial_conv.weight')!.dims).toEqual([32, 4, 1])
    })
  },
)
