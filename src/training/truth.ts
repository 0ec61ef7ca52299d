import { InputDataError } from '../core/errors.ts'
import type { Dataset } from '../curation/dataset.ts'
import { UNKNOWN_LABEL } from '../curation/site-labels.ts'
import { OTHER } from '../genome/sequence.ts'
import type { Architecture } from '../models/architecture.ts'
import { donorPosition, type WindowSites } from '../models/scores.ts'
import type { Batch } from './data/batch-maker.ts'
import { type LossSettings, meaningOf } from './losses.ts'

/**
 * Returns what a network's result for a batch is compared with: class numbers of all positions (an acceptor, 1, and a
 * donor, 2, where they are known to be true, and nothing, 0), the label of each example, its targets, or what is known of
 * both sites and the pair; for a network that gives bases, the window's own, as numbers of its channels.
 * Shape: uint8 [N, L], uint8 [N], or float32 [N, outputs].
 * Throws: InputDataError when the dataset is of another kind than the network.
 */
export function truthOf(
  architecture: Architecture,
  sites: WindowSites,
  batch: Batch,
): Uint8Array | Float32Array {
  const { labels, targets, codes, siteLabels } = batch
  if (architecture.output === 'bases') {
    return channelNumbers(codes, architecture.channels!)
  }
  if (architecture.output === 'values') {
    return targets ?? Float32Array.from(labels)
  }
  if (targets !== undefined) {
    throw new InputDataError(
      `model ${architecture.name}: expected a dataset with classes, found one with targets`,
      'this network tells classes apart; models with values as output learn targets',
    )
  }
  if (architecture.output === 'classes') {
    return labels
  }
  if (!('donor' in sites) || siteLabels === undefined) {
    throw new InputDataError(`model ${architecture.name}: expected windows with a donor and an acceptor`)
  }
  if (architecture.output === 'pair') {
    return siteLabels
  }
  const length = codes.length / labels.length
  const truth = new Uint8Array(codes.length)
  for (let i = 0; i < labels.length; i++) {
    if (siteLabels[3 * i + 1] === 1) {
      truth[i * length + sites.acceptor] = 1
    }
    if (siteLabels[3 * i] === 1) {
      truth[i * length + donorPosition(architecture, sites.donor)] = 2
    }
  }
  return truth
}

/** Returns the channel of each code; unknown bases have a number that no channel has. */
function channelNumbers(codes: Uint8Array, channels: readonly number[]): Uint8Array {
  const unknown = channels.length
  const byCode = Uint8Array.from({ length: OTHER + 1 }, (_, code) =>
    channels.includes(code) ? channels.indexOf(code) : unknown,
  )
  return codes.map(code => byCode[code]!)
}

/** What the examples of a run are compared with: decides which metrics there are. */
export type TruthKind = 'classes' | 'numbers' | 'labels' | 'bases'

/** Returns what a network learns from a dataset: targets of 0 and 1 are labels where the loss takes them as such. */
export function truthKindOf(
  { output }: Pick<Architecture, 'output'>,
  loss: LossSettings,
  { targets }: Pick<Dataset, 'targets'>,
): TruthKind {
  if (output === 'bases') {
    return 'bases'
  }
  if (targets === undefined) {
    return 'classes'
  }
  return meaningOf(loss) === 'independent' && areLabels(targets.values) ? 'labels' : 'numbers'
}

/** Whether targets are labels: 0, 1, or `UNKNOWN_LABEL`. */
export const areLabels = (targets: Float32Array): boolean =>
  targets.every(target => target === 0 || target === 1 || target === UNKNOWN_LABEL)
