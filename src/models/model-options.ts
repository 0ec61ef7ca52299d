import { UsageError } from '../core/errors.ts'

/** Which values an option of a network may have; all are JSON. */
export interface OptionRule {
  /** What is expected, as messages say it. */
  expected: string
  accepts(value: unknown): boolean
}

export type OptionRules<O> = { readonly [K in keyof O]: OptionRule }

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1

export const aCount: OptionRule = { expected: 'a whole number from 1 on', accepts: isCount }

export const aCountOrNone: OptionRule = {
  expected: 'a whole number from 0 on',
  accepts: value => Number.isSafeInteger(value) && (value as number) >= 0,
}

export const counts: OptionRule = {
  expected: 'a list of whole numbers from 1 on',
  accepts: value => Array.isArray(value) && value.length > 0 && value.every(isCount),
}

/** Of something that a step replaces: at 0 it would never move. */
export const aReplacedShare: OptionRule = {
  expected: 'a number above 0 up to 1',
  accepts: value => typeof value === 'number' && value > 0 && value <= 1,
}

/** Below 1: at 1 nothing would be left. */
export const aShare: OptionRule = {
  expected: 'a number from 0 to below 1',
  accepts: value => typeof value === 'number' && value >= 0 && value < 1,
}

export const aPositive: OptionRule = {
  expected: 'a number above 0',
  accepts: value => typeof value === 'number' && value > 0 && value < Infinity,
}

export function oneOf(...names: readonly string[]): OptionRule {
  return { expected: names.join(' or '), accepts: value => names.includes(value as string) }
}

/**
 * Returns the defaults with the given options in their place.
 * Throws: UsageError for an option that the model does not have, and for a value that the option cannot have.
 */
export function settledOptions<O extends object>(
  model: string,
  defaults: O,
  rules: OptionRules<O>,
  given: Readonly<Record<string, unknown>>,
): O {
  const known = Object.keys(defaults)
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) {
      throw new UsageError(
        `model ${model}: expected options among ${known.join(', ')}, found ${name}`,
        '`splice-score models --json` lists the options of every model with their defaults',
      )
    }
    const rule = rules[name as keyof O]!
    if (!rule.accepts(value)) {
      throw new UsageError(
        `model ${model}: option ${name}: expected ${rule.expected}, found ${JSON.stringify(value)}`,
      )
    }
  }
  return { ...defaults, ...given }
}
