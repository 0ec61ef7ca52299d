import type { JunctionEvidence } from '../genome/junction.ts'
import type { Status } from './status.ts'

/** A junction with its scores. Units: probabilities in [0, 1], as the model gives them; undefined where the status is not a scored one. Sites of a model that scores the pair as a whole have none. */
export interface ScoredJunction extends JunctionEvidence {
  donorScore: number | undefined
  acceptorScore: number | undefined
  score: number | undefined
  /** `pass` when the score reaches the threshold, else `fail`; undefined without a score. */
  call: 'pass' | 'fail' | undefined
  status: Status
}
