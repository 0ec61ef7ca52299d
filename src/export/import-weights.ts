import { InputDataError } from '../core/errors.ts'
import type { TensorSpec } from '../graph/network.ts'
import { type Architecture, tensorsOf } from '../models/architecture.ts'
import { fromKeras, kerasShape } from './keras-kernels.ts'
import { type Naming, namingsOf } from './weight-names.ts'
import type { NamedTensor } from './weights/tensor-file.ts'

export interface ImportOptions {
  /** Bases of a window, where the size of a tensor depends on it. */
  windowLength: number
  /** Names the file in messages. */
  label: string
}

/** Counters that PyTorch keeps beside statistics; no network needs them. */
const COUNTER = /(^|\.)num_batches_tracked$/
/** What PyTorch puts before every name of a model that was trained on several devices. */
const PARALLEL = 'module.'

/**
 * Returns the tensors of a network by the definition's names, from those of a weight file. Of the namings known for the
 * network, the one that more of the file's names are in is taken.
 * Throws: InputDataError that lists every tensor which is missing, is not the network's, has another shape, or holds no finite
 * numbers.
 */
export function importWeights(
  weights: ReadonlyMap<string, NamedTensor>,
  architecture: Architecture,
  { windowLength, label }: ImportOptions,
): Map<string, Float32Array> {
  const found = withoutPrefix(weights)
  const { parameters, statistics } = tensorsOf(architecture, windowLength)
  const wanted = [...parameters, ...statistics]
  const namings = namingsOf(architecture).map(naming => {
    const names = new Map(wanted.map(tensor => [naming.nameOf(tensor.name), tensor]))
    return { naming, names, hits: [...names.keys()].filter(name => found.has(name)).length }
  })
  const { naming, names } = namings.reduce((best, next) => (next.hits > best.hits ? next : best))
  const problems = problemsOf(found, names, naming)
  if (problems.length > 0) {
    throw new InputDataError(
      `${label}: expected the ${names.size} tensors of ${architecture.name} (named as by ${naming.what}), ` +
        `found ${found.size} tensors; what does not fit:\n  ${problems.join('\n  ')}`,
      'check that --model and its options are those of the weights',
    )
  }
  const dataOf = (name: string, { shape }: TensorSpec) => {
    const { data } = found.get(name)!
    return naming.layout === 'keras' ? fromKeras(data, shape) : data
  }
  return new Map(Array.from(names, ([name, tensor]) => [tensor.name, dataOf(name, tensor)]))
}

function withoutPrefix(weights: ReadonlyMap<string, NamedTensor>): Map<string, NamedTensor> {
  const kept = [...weights].filter(([name]) => !COUNTER.test(name))
  const isParallel = kept.length > 0 && kept.every(([name]) => name.startsWith(PARALLEL))
  return new Map(kept.map(([name, tensor]) => [isParallel ? name.slice(PARALLEL.length) : name, tensor]))
}

function problemsOf(
  found: ReadonlyMap<string, NamedTensor>,
  wanted: ReadonlyMap<string, TensorSpec>,
  { layout }: Naming,
): string[] {
  const problems: string[] = []
  for (const [name, { shape: own }] of wanted) {
    const tensor = found.get(name)
    const shape = layout === 'keras' ? kerasShape(own) : own
    const problem = tensor === undefined ? 'found none' : misfit(tensor, shape)
    if (problem !== undefined) {
      problems.push(`${name}: expected [${shape.join(', ')}], ${problem}`)
    }
  }
  for (const [name, { dims }] of found) {
    if (!wanted.has(name)) {
      problems.push(`${name}: expected no such tensor, found [${dims.join(', ')}]`)
    }
  }
  return problems
}

function misfit({ dims, type, data }: NamedTensor, shape: readonly number[]): string | undefined {
  if (dims.join() !== shape.join()) {
    return `found [${dims.join(', ')}]`
  }
  if (!type.includes('float')) {
    return `found numbers of type ${type}`
  }
  const bad = data.findIndex(number => !Number.isFinite(number))
  return bad < 0 ? undefined : `found ${data[bad]} at ${bad}`
}
