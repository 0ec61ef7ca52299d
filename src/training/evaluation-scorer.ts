import { InputDataError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { DatasetWindow } from '../curation/dataset-description.ts'
import type { Bundle, BundleMetadata } from '../export/bundle.ts'
import { encodeText } from '../genome/sequence.ts'
import type { Provider, ProviderChoice } from '../graph/providers.ts'
import { openSession, type Session } from '../graph/session.ts'
import { SCORING_INPUT, SCORING_OUTPUT, startScoringSession } from '../graph/session-client.ts'
import { RECONSTRUCTION_COLUMNS, reconstructionCounts } from './reconstruction.ts'

/** Scores whole windows, whatever kind the model is. */
export interface WindowScorer {
  readonly provider: Provider
  /** Names of a result's columns. */
  readonly columns: readonly string[]
  /** The column that the model's threshold is for; a model of numbers has none. */
  readonly decision: string | undefined
  /** Returns the scores. `codes` may be empty afterwards. Shape: codes [count, L], result [count, columns]. */
  score(codes: Uint8Array<ArrayBuffer>, count: number): Promise<Float32Array>
  close(): Promise<void>
}

export interface ScorerOptions {
  provider: ProviderChoice
  /** CPU threads of one run; 0 = one per core. */
  threads: number
  /** True computes on the calling thread. For libraries and tests. */
  inProcess?: boolean
  log?: Log
}

/**
 * Returns what scores the windows of a dataset with a model. A model of sequences is read at the window's two sites, and
 * the pair is worth the smaller of them; it computes on the calling thread.
 * Throws: InputDataError when model and windows do not fit together; MissingResourceError when the provider cannot be used.
 */
export async function openScorer(
  { bytes, metadata }: Pick<Bundle, 'bytes' | 'metadata'>,
  window: DatasetWindow,
  options: ScorerOptions,
): Promise<WindowScorer> {
  requireFit(metadata, window)
  const { provider, threads, inProcess, log } = options
  const talk = log === undefined ? {} : { log }
  if (metadata.kind === 'sequence') {
    return sequenceScorer(bytes, metadata, window, options)
  }
  if (metadata.kind === 'bases') {
    return reconstructionScorer(bytes, metadata, options)
  }
  const session = await startScoringSession({
    model: bytes,
    provider,
    threads,
    windowLength: window.length,
    ...(inProcess === undefined ? {} : { inProcess }),
    ...talk,
  })
  return {
    provider: session.provider,
    columns: session.columns,
    decision: metadata.decisionColumn,
    score: (codes, count) => session.score(codes, count),
    close: () => session.close(),
  }
}

/** Reads the scores of whole sequences at the two sites. */
async function sequenceScorer(
  bytes: Uint8Array,
  metadata: Extract<BundleMetadata, { kind: 'sequence' }>,
  window: DatasetWindow,
  { provider, threads, log }: ScorerOptions,
): Promise<WindowScorer> {
  const places = sequencePlaces(metadata, window)
  const session = await openSession(bytes, { provider, threads, ...(log && { log }) })
  const shape = [metadata.columns.length, window.length] as const
  return {
    provider: session.provider,
    columns: ['donor', 'acceptor', 'junction'],
    decision: 'junction',
    async score(codes, count) {
      const numbers = await perBase(session, codes, [count, ...shape], metadata.name)
      return readSites(numbers, shape[0] * shape[1], places)
    },
    close: () => session.close(),
  }
}

/** Compares the bases that a model gives back with those it was given. */
async function reconstructionScorer(
  bytes: Uint8Array,
  { name, columns, window: { length } }: Extract<BundleMetadata, { kind: 'bases' }>,
  { provider, threads, log }: ScorerOptions,
): Promise<WindowScorer> {
  const session = await openSession(bytes, { provider, threads, ...(log && { log }) })
  const channels = [...encodeText(columns.join(''))]
  return {
    provider: session.provider,
    columns: RECONSTRUCTION_COLUMNS,
    decision: undefined,
    async score(codes, count) {
      const numbers = await perBase(session, codes, [count, columns.length, length], name)
      return reconstructionCounts(codes, numbers, channels, length)
    },
    close: () => session.close(),
  }
}

/** Returns numbers of every base of windows. Shape: codes [count, L] -> [count, columns, L]. */
async function perBase(
  session: Session,
  codes: Uint8Array,
  shape: readonly [count: number, columns: number, length: number],
  name: string,
): Promise<Float32Array> {
  const [count, , length] = shape
  const data = { type: 'uint8', dims: [count, length], data: codes } as const
  const output = (await session.run({ [SCORING_INPUT]: data }))[SCORING_OUTPUT]
  if (output?.type !== 'float32' || output.dims.join() !== shape.join()) {
    throw new InputDataError(
      `model ${name}: expected ${SCORING_OUTPUT} float32 [${shape.join(', ')}], ` +
        `found ${output ? `${output.type} [${output.dims.join(', ')}]` : 'none'}`,
    )
  }
  return output.data
}

/** Throws InputDataError unless the model takes windows of this length with the sites there. */
function requireFit(metadata: BundleMetadata, found: DatasetWindow): void {
  if (metadata.kind === 'sequence') {
    return
  }
  const { name, window } = metadata
  if (window.length !== found.length) {
    throw new InputDataError(
      `model ${name} takes windows of ${window.length} bases: expected those, found a dataset with windows of ${found.length}`,
      'make the dataset with windows of that length, or give a model trained on windows like these',
    )
  }
  if (sitesKnown(window) && sitesKnown(found) && describeSites(window) !== describeSites(found)) {
    throw new InputDataError(
      `model ${name} takes windows with ${describeSites(window)}: expected those, found a dataset with ${describeSites(found)}`,
      'dataset.json says where the sites are; give a model trained on windows like these',
    )
  }
}

/** Whether anything says where the sites of the windows are. */
export function sitesKnown(window: DatasetWindow): boolean {
  return 'donor' in window || 'site' in window
}

function describeSites(window: DatasetWindow): string {
  if ('donor' in window) {
    return `the donor at ${window.donor} and the acceptor at ${window.acceptor}`
  }
  return 'site' in window ? `one site, at ${window.site}` : 'sites at unknown places'
}

/** Where in a window's answer the two sites are: index in [columns, L]. */
interface SitePlaces {
  donor: number
  acceptor: number
}

function sequencePlaces(
  { name, columns, marks }: Extract<BundleMetadata, { kind: 'sequence' }>,
  window: DatasetWindow,
): SitePlaces {
  if (!('donor' in window)) {
    throw new InputDataError(
      `model ${name} says what each base of a sequence is: expected windows with a donor and an acceptor, found ${describeSites(window)}`,
      'state both in dataset.json, as docs/datasets.md says',
    )
  }
  const place = (site: 'donor' | 'acceptor') => {
    const column = columns.indexOf(site)
    const position = window[site] + marks[site]
    if (column < 0) {
      throw new InputDataError(
        `model ${name}: expected columns donor and acceptor, found ${columns.join(', ')}`,
        'import its weights again as a model of junctions: splice-score import --as junction',
      )
    }
    if (position < 0 || position >= window.length) {
      throw new InputDataError(
        `model ${name} marks the ${site} at ${position} of the window: expected a place from 0 to ${window.length - 1}`,
        'give windows that hold the bases on both sides of each site',
      )
    }
    return column * window.length + position
  }
  return { donor: place('donor'), acceptor: place('acceptor') }
}

/** Returns donor, acceptor and the smaller of them for each window. Shape: [N, 3]. */
function readSites(output: Float32Array, perWindow: number, { donor, acceptor }: SitePlaces): Float32Array {
  const scores = new Float32Array((output.length / perWindow) * 3)
  for (let i = 0, at = 0; at < output.length; i += 3, at += perWindow) {
    scores[i] = output[at + donor]!
    scores[i + 1] = output[at + acceptor]!
    scores[i + 2] = Math.min(scores[i]!, scores[i + 1]!)
  }
  return scores
}
