import { integer, isFiniteNumber, positive, requireKnown, wrong } from '../setting-checks.ts'

/** Longer k-mers than this weigh less than a thousandth of the shortest ones. */
const LARGEST_DEGREE = 64

/** How a support vector machine is trained. */
export interface AspSettings {
  /** Bases of the longest k-mers that count. */
  degree: number
  /** What an example may cost at most, with k(x, x) = 1; `auto`: the one of `C_CHOICES` that ranks the validation examples best. */
  C: number | 'auto'
  /** Rounds over the training examples at most, for each C. */
  maxIterations: number
  /** How far from flat the dual may be in the direction of any multiplier. */
  tolerance: number
}

export const ASP_DEFAULTS: Readonly<AspSettings> = {
  degree: 20,
  C: 'auto',
  maxIterations: 300,
  tolerance: 0.1,
}

/** What `auto` chooses from; ascending, so that each descent goes on from the one before. */
export const C_CHOICES: readonly number[] = [0.5, 1, 2, 5]

/** Returns the settings, checked. Throws: UsageError naming the one that is unknown or wrong. */
export function aspSettings(given: Readonly<Record<string, unknown>>): AspSettings {
  requireKnown('asp-svm', given, Object.keys(ASP_DEFAULTS))
  const { degree, C, maxIterations, tolerance } = { ...ASP_DEFAULTS, ...given }
  if (C !== 'auto' && !(isFiniteNumber(C) && C > 0)) {
    throw wrong('C', 'auto or a number above 0', C)
  }
  return {
    degree: integer('degree', degree, 1, LARGEST_DEGREE),
    C,
    maxIterations: integer('maxIterations', maxIterations, 1),
    tolerance: positive('tolerance', tolerance),
  }
}
