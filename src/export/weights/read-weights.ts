import { open } from 'node:fs/promises'
import { InputDataError, MissingResourceError } from '../../core/errors.ts'
import { isSafetensors, parseSafetensors } from './safetensors.ts'
import type { NamedTensor } from './tensor-file.ts'
import { parseTorchFile } from './torch-file.ts'
import { isZip } from './zip-entries.ts'

/** What one read can deliver; published splice models have 0.4 to 15 MB. */
const MAX_FILE_BYTES = 2 ** 31 - 1

/** Beginnings of files that people have, and what to do with them. */
const NOT_READ: readonly { what: string; magic: readonly number[]; hint: string }[] = [
  {
    what: 'a PyTorch file from before the zip format (1.6)',
    magic: [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19],
    hint: 'load it and save it again with a newer PyTorch (torch.save), or as safetensors',
  },
  { what: 'a bare pickle', magic: [0x80], hint: 'save the weights with torch.save or as safetensors' },
  {
    what: 'an HDF5 file (Keras)',
    magic: [0x89, 0x48, 0x44, 0x46],
    hint: 'save the weights as safetensors: a dict of arrays with safetensors.numpy.save_file',
  },
  { what: 'a gzip file', magic: [0x1f, 0x8b], hint: 'unpack it first' },
]

/**
 * Returns the tensors of a weight file by name: safetensors, or a PyTorch zip file. The content decides which, never the name.
 * Nothing in the file is ever executed.
 * Throws: MissingResourceError when the file is absent; InputDataError when it is damaged, refused or of another kind.
 * Memory: the file and a float32 copy of its values.
 */
export async function readWeights(path: string): Promise<Map<string, NamedTensor>> {
  return parseWeights(await readWhole(path), path)
}

/** Returns the tensors of a weight file's bytes, see `readWeights`; `label` names the file in messages. */
export function parseWeights(bytes: Uint8Array, label: string): Map<string, NamedTensor> {
  if (isSafetensors(bytes)) {
    return parseSafetensors(bytes, label)
  }
  if (isZip(bytes)) {
    return parseTorchFile(bytes, label)
  }
  const kind = NOT_READ.find(({ magic }) => magic.every((byte, index) => bytes[index] === byte))
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex')
  throw new InputDataError(
    `${label}: expected safetensors or a PyTorch zip file, found ${kind?.what ?? `${bytes.length} bytes that begin with "${start}"`}`,
    kind?.hint ?? 'give a .safetensors file or one of torch.save',
  )
}

async function readWhole(path: string): Promise<Uint8Array> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new MissingResourceError(
      code === 'ENOENT' ? `${path}: no such file` : `${path}: the weights cannot be opened: ${message}`,
      'check the path of the weights',
      error,
    )
  }
  try {
    const stat = await file.stat()
    if (stat.isDirectory()) {
      throw new InputDataError(`${path}: expected a weight file, found a directory`)
    }
    if (stat.size > MAX_FILE_BYTES) {
      throw new InputDataError(
        `${path}: expected a weight file of at most ${MAX_FILE_BYTES} bytes, found ${stat.size}`,
      )
    }
    return await file.readFile()
  } finally {
    await file.close()
  }
}
