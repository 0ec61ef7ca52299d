/** Checks of single settings. Each returns the value it was given, or throws a UsageError naming setting, expected and found. */
import { UsageError } from '../core/errors.ts'

export type Check<T> = (name: string, value: unknown) => T

export function wrong(name: string, expected: string, found: unknown): UsageError {
  // JSON has no NaN and no infinity.
  const shown = typeof found === 'number' ? String(found) : (JSON.stringify(found) ?? 'nothing')
  return new UsageError(`setting ${name}: expected ${expected}, found ${shown}`)
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isFiniteNumber = (value: unknown): value is number => Number.isFinite(value)

export function text(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw wrong(name, 'a name', value)
  }
  return value
}

export function trueOrFalse(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') {
    throw wrong(name, 'true or false', value)
  }
  return value
}

export function number(name: string, value: unknown, least: number): number {
  if (!isFiniteNumber(value) || value < least) {
    throw wrong(name, `a number of at least ${least}`, value)
  }
  return value
}

export function positive(name: string, value: unknown): number {
  if (!isFiniteNumber(value) || value <= 0) {
    throw wrong(name, 'a number above 0', value)
  }
  return value
}

export function share(name: string, value: unknown): number {
  if (!(typeof value === 'number' && value >= 0 && value < 1)) {
    throw wrong(name, 'a number from 0 to below 1', value)
  }
  return value
}

export function fraction(name: string, value: unknown): number {
  if (!(typeof value === 'number' && value >= 0 && value <= 1)) {
    throw wrong(name, 'a number from 0 to 1', value)
  }
  return value
}

export function integer(name: string, value: unknown, least: number, most?: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > (most ?? Infinity)) {
    const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`
    throw wrong(name, `a whole number ${range}`, value)
  }
  return value as number
}

export function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  if (!allowed.includes(value as T)) {
    throw wrong(name, `one of ${allowed.join(', ')}`, value)
  }
  return value as T
}

export function record(name: string, value: unknown): Record<string, unknown> {
  if (!isObject(value)) {
    throw wrong(name, 'an object', value)
  }
  return value
}

/** Throws for a key that is not among the known ones. */
export function requireKnown(name: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find(key => !known.includes(key))
  if (unknown !== undefined) {
    throw new UsageError(`setting ${name}.${unknown}: expected ${alternatives(known)}`)
  }
}

const alternatives = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`
