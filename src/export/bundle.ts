import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { InputDataError, MissingResourceError } from '../core/errors.ts'
import { type Dimension, describeOnnx, type OnnxDescription, type OnnxGraph } from '../graph/onnx-writer.ts'
import { SCORING_INPUT, SCORING_OUTPUT } from '../graph/session-client.ts'
import { type BundleMetadata, metadataEntries, readMetadata } from './bundle-metadata.ts'

export type {
  BundleFacts,
  BundleMetadata,
  CommonFacts,
  DecisionFacts,
  TrainingFile,
} from './bundle-metadata.ts'
export type {
  MarkedBases,
  ModelLayout,
  PlainLayout,
  ProbabilityLayout,
  SiteLayout,
  ValuesLayout,
  WindowLayout,
} from './model-layout.ts'

/** A model file that was read and checked. */
export interface Bundle {
  path: string
  bytes: Uint8Array<ArrayBuffer>
  /** SHA-256 of the file. */
  sha256: string
  metadata: BundleMetadata
}

/**
 * Returns the bytes of a bundle: the graph's ONNX file with the metadata in it.
 * Throws: InputDataError when the metadata or the graph's input and output are not what a reader accepts.
 */
export async function bundleBytes(
  graph: OnnxGraph,
  metadata: BundleMetadata,
): Promise<Uint8Array<ArrayBuffer>> {
  graph.producerVersion = metadata.toolVersion
  for (const [key, value] of Object.entries(metadataEntries(metadata))) {
    graph.metadata(key, value)
  }
  const bytes = await graph.toBytes()
  // A bundle that could not be read back must not be written.
  await parseBundle(bytes, `bundle ${metadata.name}`)
  return bytes
}

/**
 * Returns the model file with its checked metadata.
 * Throws: MissingResourceError when it is absent; InputDataError naming the file and the entry that is missing or bad.
 */
export async function readBundle(path: string): Promise<Bundle> {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = new Uint8Array(await readFile(path))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EISDIR') {
      throw new InputDataError(`${path}: expected a model file, found a directory`, undefined, error)
    }
    throw new MissingResourceError(
      code === 'ENOENT' ? `${path}: no such file` : `${path}: the model cannot be opened: ${message}`,
      'check the path of the model',
      error,
    )
  }
  const metadata = await parseBundle(bytes, path)
  return { path, bytes, sha256: createHash('sha256').update(bytes).digest('hex'), metadata }
}

/**
 * Returns the checked metadata of a bundle's bytes; `label` names the file in messages.
 * Throws: InputDataError naming the entry that is missing or bad.
 */
export async function parseBundle(bytes: Uint8Array, label: string): Promise<BundleMetadata> {
  const model = await describeOnnx(bytes, label)
  const metadata = readMetadata(model.metadata, label)
  checkGraph(model, metadata, label)
  return metadata
}

/** Returns the sizes that a model's input and output have; a name stands for any number. */
function expectedSizes(metadata: BundleMetadata): { input: Dimension[]; output: Dimension[] } {
  const columns = metadata.columns.length
  if (metadata.kind === 'sequence') {
    return { input: ['N', 'L'], output: ['N', columns, 'L'] }
  }
  const { length } = metadata.window
  return { input: ['N', length], output: ['N', columns, ...(metadata.kind === 'bases' ? [length] : [])] }
}

function checkGraph(model: OnnxDescription, metadata: BundleMetadata, label: string): void {
  const sizes = expectedSizes(metadata)
  const [input, ...otherInputs] = model.inputs
  const [output, ...otherOutputs] = model.outputs
  const fits =
    otherInputs.length + otherOutputs.length === 0 &&
    input?.name === SCORING_INPUT &&
    input.type === 'uint8' &&
    sizesFit(input.dims, sizes.input) &&
    output?.name === SCORING_OUTPUT &&
    output.type === 'float32' &&
    sizesFit(output.dims, sizes.output)
  if (!fits) {
    const expected =
      `input ${SCORING_INPUT} uint8 [${sizes.input.join(', ')}] and ` +
      `output ${SCORING_OUTPUT} float32 [${sizes.output.join(', ')}]`
    const shown = [...model.inputs, ...model.outputs].map(
      ({ name, type, dims }) => `${name} ${type} [${dims}]`,
    )
    throw new InputDataError(`${label}: expected ${expected}, found ${shown.join('; ')}`)
  }
}

/** The batch may be of any size, and of a fixed one, too. */
function sizesFit(found: readonly Dimension[], expected: readonly Dimension[]): boolean {
  return (
    found.length === expected.length &&
    expected.every((size, i) =>
      typeof size === 'number' ? found[i] === size : i === 0 || typeof found[i] === 'string',
    )
  )
}
