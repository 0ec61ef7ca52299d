import { InputDataError } from '../core/errors.ts'
import { decodeText } from '../genome/sequence.ts'
import { minimum } from '../graph/ops/arithmetic.ts'
import { concat } from '../graph/ops/concat.ts'
import { dropAxis } from '../graph/ops/drop-axis.ts'
import { sigmoid } from '../graph/ops/pointwise.ts'
import { reshape } from '../graph/ops/reshape.ts'
import { crop, slice } from '../graph/ops/slice.ts'
import { softmax } from '../graph/ops/softmax.ts'
import { fixed } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import type { Architecture } from './architecture.ts'

/** Where the sites of a window lie; see `DatasetWindow`. */
export type WindowSites = { donor: number; acceptor: number } | { site: number } | Record<never, never>

/**
 * What the numbers of a network are that gives values or bases: logits of labels independent of each other, or of bases of which one is
 * there; or nothing but numbers.
 */
export type Meaning = 'independent' | 'exclusive' | 'numbers'

/** A network's answer for a window. */
export interface Scores {
  /** Shape: [N, columns]; of bases [N, columns, L]. */
  value: Value
  columns: readonly string[]
}

/** Channels of a position's classes. */
const ACCEPTOR = 1
const DONOR = 2

/** Returns the index at which a network marks the donor of a window. */
export const donorPosition = ({ donorOffset }: Architecture, donor: number): number => donor + donorOffset

/**
 * Returns the probabilities of a window: of donor, acceptor and the pair, the pair's being the smaller one, for a network that
 * marks positions; of the class 1 for one of classes; the numbers themselves, or the probabilities of labels or bases, for one of
 * values or bases.
 * Throws: InputDataError when a network that marks positions gets windows without a known donor and acceptor.
 */
export function scoresOf(
  architecture: Architecture,
  logits: Value,
  sites: WindowSites,
  labels: Meaning = 'numbers',
): Scores {
  switch (architecture.output) {
    case 'positions': {
      if (!('donor' in sites)) {
        throw new InputDataError(
          `model ${architecture.name}: expected windows with a donor and an acceptor, found ${JSON.stringify(sites)}`,
          'state both in dataset.json; a network that marks positions learns from junction windows',
        )
      }
      const probabilities = softmax(logits, 1)
      const at = (channel: number, position: number) => {
        const column = slice(slice(probabilities, 1, channel, channel + 1), 3, position, position + 1)
        return reshape(column, [column.shape[0]!, 1])
      }
      const donor = at(DONOR, donorPosition(architecture, sites.donor))
      const acceptor = at(ACCEPTOR, sites.acceptor)
      return {
        value: concat([donor, acceptor, minimum(donor, acceptor)], 1),
        columns: ['donor', 'acceptor', 'junction'],
      }
    }
    case 'classes': {
      const column = crop(softmax(logits, 1), { axis: 1, start: 1, fromEnd: 0 })
      const classes = fixed(column.shape[1])
      const name = 'donor' in sites ? 'junction' : 'site' in sites ? 'site' : 'window'
      return {
        value: column,
        columns: classes === 1 ? [name] : Array.from({ length: classes }, (_, i) => `class${i + 1}`),
      }
    }
    case 'pair':
      return { value: sigmoid(logits), columns: ['donor', 'acceptor', 'junction'] }
    case 'bases': {
      const value = labels === 'exclusive' ? softmax(logits, 1) : logits
      const columns = [...decodeText(Uint8Array.from(architecture.channels!))]
      return { value: dropAxis(value, 2), columns }
    }
    case 'values': {
      const numbered = () => Array.from({ length: fixed(logits.shape[1]) }, (_, i) => `value${i + 1}`)
      const columns = architecture.columns ?? numbered()
      return { value: labels === 'independent' ? sigmoid(logits) : logits, columns }
    }
  }
}
