import { InputDataError } from '../core/errors.ts'
import type { Architecture } from '../models/architecture.ts'
import { donorPosition, type WindowSites } from '../models/scores.ts'
import type { Batch } from './data/batch-maker.ts'

/**
 * Returns what a network's result for a batch is compared with: class numbers of all positions (an acceptor, 1, and a
 * donor, 2, where they are known to be true, and nothing, 0), the label of each example, its targets, or what is known of
 * both sites and the pair.
 * Shape: uint8 [N, L], uint8 [N], or float32 [N, outputs].
 * Throws: InputDataError when the dataset is of another kind than the network.
 */
export function truthOf(
  architecture: Architecture,
  sites: WindowSites,
  batch: Batch,
): Uint8Array | Float32Array {
  const { labels, targets, codes, siteLabels } = batch
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
