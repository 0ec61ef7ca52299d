import { basename } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import type { ModelLayout } from '../../export/bundle.ts'
import { exportModel } from '../../export/export-model.ts'
import { importWeights } from '../../export/import-weights.ts'
import { readWeights } from '../../export/weights/read-weights.ts'
import { sha256File } from '../../io/file-digest.ts'
import { openSink, requireFolder } from '../../io/sink.ts'
import { ACCEPTOR_INDEX, DONOR_INDEX, WINDOW_LENGTH } from '../../junctions/window.ts'
import type { Architecture } from '../../models/architecture.ts'
import { presetOptions } from '../../models/network-entry.ts'
import { networkEntry } from '../../models/registry.ts'
import type { CommandContext } from '../context.ts'
import { describeModel } from '../model-facts.ts'
import { VERSION } from '../version.ts'

export interface ImportOptions {
  /** Name in the registry. */
  model: string
  /** Name of a set of options. */
  preset?: string
  /** The network's options as JSON, over the preset's. */
  options?: string
  /** What the model is to be asked; default: each base of a sequence, one site for a network of classes, values for one of numbers. */
  as?: string
  /** Bases of a window and index of its site, for `--as site`; of `--as values` the former. */
  windowLength?: number
  site?: number
  out: string
  name?: string
  licence?: string
  threshold?: number
  fp16?: boolean
  tolerance?: number
}

/** `splice-score import`: published weights as a model file. */
export async function runImport(
  path: string,
  options: ImportOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  const entry = networkEntry(options.model)
  const preset = options.preset === undefined ? {} : presetOptions(entry, options.preset)
  const architecture = entry.create({ ...preset, ...parseOptions(options.options) })
  const layout = layoutOf(architecture, options)
  await requireFolder(options.out)
  const windowLength = layout.kind === 'sequence' ? entry.windowLength : layout.window.length
  const tensors = importWeights(await readWeights(path), architecture, { windowLength, label: path })
  const { bytes, metadata, difference } = await exportModel({
    architecture,
    tensors,
    layout,
    precision: options.fp16 ? 'float16' : 'float32',
    tolerance: options.tolerance,
    facts: {
      name: options.name ?? architecture.name,
      description: `${entry.title}; weights imported from ${basename(path)}`,
      threshold: options.threshold,
      calibration: [],
      trainingData: [{ name: basename(path), sha256: await sha256File(path), role: 'weights' }],
      metrics: {},
      toolVersion: VERSION,
      licence: options.licence ?? 'not stated',
    },
  })
  const sink = context.guard(await openSink(options.out))
  await sink.write(bytes)
  await sink.close()
  terminal.info(`${options.out}: ${describeModel(metadata)}, ${bytes.length} bytes`)
  terminal.info(`largest difference from the network as defined: ${difference.toPrecision(2)}`)
  if (options.licence === undefined) {
    terminal.warn('the licence of the weights is not stated in the model; give it with --licence')
  }
}

function parseOptions(text: string | undefined): Record<string, unknown> {
  if (text === undefined) {
    return {}
  }
  const expected = `--options: expected a JSON object such as {"channels":32}, found ${text}`
  let options: unknown
  try {
    options = JSON.parse(text)
  } catch {
    // The text itself tells more than the parser's position in it.
    throw new UsageError(expected)
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new UsageError(expected)
  }
  return options as Record<string, unknown>
}

function layoutOf(architecture: Architecture, options: ImportOptions): ModelLayout {
  const { output, donorOffset } = architecture
  const kind = options.as ?? (output === 'classes' ? 'site' : output === 'values' ? 'values' : 'sequence')
  switch (kind) {
    case 'sequence':
      return { kind, marks: { donor: donorOffset, acceptor: 0 } }
    case 'junction':
      return { kind, window: { length: WINDOW_LENGTH, donor: DONOR_INDEX, acceptor: ACCEPTOR_INDEX } }
    case 'values':
    case 'window': {
      const { windowLength: length = architecture.windowLength } = options
      if (length === undefined) {
        throw new UsageError(`model ${architecture.name}: expected the bases of a window: --window-length`)
      }
      return { kind, window: { length } }
    }
    case 'site': {
      const { windowLength: length = architecture.windowLength, site = architecture.site } = options
      if (length === undefined || site === undefined || site >= length) {
        throw new UsageError(
          `expected the window of one site: --window-length and --site, its index below that, found ${length} and ${site}`,
          'the index is that of the first intron base of a donor, or of the first exon base after an acceptor; windows without a site are asked by --as window',
        )
      }
      return { kind, window: { length, site } }
    }
    default:
      throw new UsageError(`--as: expected sequence, junction, site, window or values, found ${kind}`)
  }
}
