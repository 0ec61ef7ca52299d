import type { ForestSettings } from '../../trees/forest.ts'
import { integer, oneOf, requireKnown } from '../setting-checks.ts'

export interface RandomForestSettings extends Omit<ForestSettings, 'bootstrap'> {
  /** Bins of a feature at most. */
  bins: number
  /** `balanced`: both classes weigh the same. */
  classWeights: 'equal' | 'balanced'
}

/** Our choice but for `features` and the unlimited depth, which are scikit-learn's defaults and with them SuperQ's. SuperQ had 10 trees. */
export const RANDOM_FOREST: RandomForestSettings = {
  trees: 200,
  maxDepth: 0,
  minLeaf: 1,
  features: 'sqrt',
  bins: 256,
  classWeights: 'equal',
}

/** Returns checked settings, those not given from the defaults. Throws: UsageError naming the one that cannot be. */
export function forestSettings(given: Readonly<Record<string, unknown>>): RandomForestSettings {
  requireKnown('random-forest', given, Object.keys(RANDOM_FOREST))
  const { trees, maxDepth, minLeaf, features, bins, classWeights } = { ...RANDOM_FOREST, ...given }
  return {
    trees: integer('trees', trees, 1),
    maxDepth: integer('maxDepth', maxDepth, 0),
    minLeaf: integer('minLeaf', minLeaf, 1),
    features:
      typeof features === 'number'
        ? integer('features', features, 1)
        : oneOf<'sqrt' | 'all'>('features', features, ['sqrt', 'all']),
    bins: integer('bins', bins, 2, 256),
    classWeights: oneOf('classWeights', classWeights, ['equal', 'balanced']),
  }
}
