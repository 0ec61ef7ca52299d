import { InputDataError } from '../../core/errors.ts'
import { readPickle } from './pickle.ts'
import { REFUSED_HINT } from './pickle-machine.ts'
import { isRecord, type PickleValue } from './pickle-values.ts'
import { decodeTensor, type NamedTensor, shown, tensorsByName } from './tensor-file.ts'
import { isStoredTensor, type StoredTensor, TorchWorld } from './torch-world.ts'
import { openZip, type ZipArchive } from './zip-entries.ts'

interface FoundTensor {
  name: string
  tensor: StoredTensor
}

/** Where checkpoints keep the weights besides optimiser, epoch and the like; the first that is there counts. */
const STATE_DICT_KEYS = ['state_dict', 'model_state_dict']
/** Deeper trees, or trees that reach the same tensors on countless ways, are made to harm. */
const MAX_DEPTH = 64
const MAX_VISITS = 200_000
const MAX_NAME_LENGTH = 1000
/** Tied weights are unpacked once per name; a file whose tensors unpack to more than this is an attack, not a model. */
const MAX_SHARING = 4
const ALWAYS_ALLOWED_BYTES = 16 * 1024 * 1024

/**
 * Returns the tensors of a PyTorch zip file (state dict, checkpoint with one, or TorchScript archive), names joined with
 * dots, without running anything; `label` names the file in messages.
 * Throws: InputDataError naming the file, the place and what was refused.
 * Memory: a float32 copy of all values.
 * Source: files of torch.save and torch.jit.save since PyTorch 1.4: `<archive>/data.pkl`, one `<archive>/data/<key>` per storage.
 */
export function parseTorchFile(bytes: Uint8Array, label: string): Map<string, NamedTensor> {
  const zip = openZip(bytes, label)
  const archive = findArchive(zip, label)
  checkByteOrder(zip, archive, label)
  const place = `${label}: ${archive}/data.pkl`
  const world = new TorchWorld(key => zip.read(`${archive}/data/${key}`))
  const root = readPickle(zip.read(`${archive}/data.pkl`)!, world, place)
  const found = collectTensors(weightsOf(root), place)
  if (found.length === 0) {
    throw new InputDataError(
      `${place}: expected tensors, found none`,
      'a frozen TorchScript module keeps its weights inside the code: save the state dict instead',
    )
  }
  checkUnpackedSize(found, zip.unpackedBytes, place)
  const tensors = found.map(({ name, tensor: { storage, dims, offset, strides } }) =>
    decodeTensor(storage.bytes, { name, dims, type: storage.type, offset, strides }),
  )
  return tensorsByName(tensors, place)
}

/** Returns the folder everything of the file is in. */
function findArchive(zip: ZipArchive, label: string): string {
  const found = zip.names.filter(name => /^[^/]*\/data\.pkl$/.test(name))
  if (found.length === 1) {
    return found[0]!.slice(0, -'/data.pkl'.length)
  }
  const isOld = zip.names.some(name => /^[^/]*\/model\.json$/.test(name))
  throw new InputDataError(
    `${label}: expected a PyTorch zip file with one <archive>/data.pkl, found ${found.length} among ${zip.names.length} files`,
    isOld
      ? 'this TorchScript archive is from before PyTorch 1.4: load and save it again with a newer PyTorch'
      : 'give a file of torch.save, torch.jit.save or safetensors',
  )
}

function checkByteOrder(zip: ZipArchive, archive: string, label: string): void {
  const content = zip.read(`${archive}/byteorder`)
  const order = content && new TextDecoder().decode(content).trim()
  if (order !== undefined && order !== 'little') {
    throw new InputDataError(
      `${label}: ${archive}/byteorder: expected little, found ${shown(order)}`,
      'save the model again on a little-endian machine',
    )
  }
}

/** A few stored bytes can be seen by any number of tensors, so the sum is checked before any is unpacked. */
function checkUnpackedSize(found: readonly FoundTensor[], storedBytes: number, place: string): void {
  const allowed = Math.max(ALWAYS_ALLOWED_BYTES, MAX_SHARING * storedBytes)
  let sum = 0
  for (const { name, tensor } of found) {
    sum += tensor.count * tensor.storage.bytesPerValue
    if (sum > allowed) {
      throw new InputDataError(
        `${place}: tensor ${shown(name)}: expected tensors of at most ${allowed} stored bytes together, found more: they share storages`,
        REFUSED_HINT,
      )
    }
  }
}

/** Returns the part of the root that holds the weights: the state dict of a checkpoint, else all of it. */
function weightsOf(root: PickleValue): PickleValue {
  if (root instanceof Map) {
    for (const key of STATE_DICT_KEYS) {
      const part = root.get(key)
      if (part instanceof Map) {
        return part
      }
    }
  }
  return root
}

/** Returns every tensor below a value, with the dotted path to it; plain values are passed over. */
function collectTensors(root: PickleValue, place: string): FoundTensor[] {
  const found: FoundTensor[] = []
  let visits = 0
  const bad = (expected: string, path: string): never => {
    throw new InputDataError(
      `${place}: expected ${expected}, found others below ${shown(path)}`,
      REFUSED_HINT,
    )
  }
  const visit = (value: PickleValue, path: string, depth: number): void => {
    if (depth > MAX_DEPTH) {
      bad(`values at most ${MAX_DEPTH} levels deep`, path)
    }
    if (++visits > MAX_VISITS) {
      bad(`at most ${MAX_VISITS} values`, path)
    }
    if (path.length > MAX_NAME_LENGTH) {
      bad(`names of at most ${MAX_NAME_LENGTH} characters`, path)
    }
    if (isStoredTensor(value)) {
      found.push({ name: path, tensor: value })
    } else if (isRecord(value)) {
      visit(value.state, path, depth + 1)
    } else if (value instanceof Map || Array.isArray(value)) {
      for (const [key, item] of value.entries()) {
        if (typeof key === 'object' && key !== null) {
          bad('texts or numbers as keys', path)
        }
        visit(item, path === '' ? String(key) : `${path}.${key}`, depth + 1)
      }
    }
  }
  visit(root, '', 0)
  return found
}
