import { UsageError } from '../../core/errors.ts'

/** Labels of this class are no examples. */
export const SKIP = 'skip'

/** Class by label, as a table writes it. */
export type ClassMapping = ReadonlyMap<string, string>

/** What tables mean by 0 and 1 unless they say otherwise. */
export const BINARY_CLASSES: ClassMapping = new Map([
  ['0', 'negative'],
  ['1', 'positive'],
])

const CLASS = /^((positive|negative)(-[\w.+-]+)?|unknown|skip)$/

/**
 * Returns the classes of a text like `0=negative,1=positive`.
 * Throws: UsageError for what does not read so, and for a label that comes twice.
 */
export function parseClassMapping(text: string): ClassMapping {
  const mapping = new Map<string, string>()
  for (const part of text.split(',')) {
    const [label, className, ...rest] = part.split('=').map(side => side.trim())
    if (!label || className === undefined || rest.length > 0 || !CLASS.test(className)) {
      throw new UsageError(
        `expected label=class pairs such as 0=negative,1=positive, found ${part === '' ? 'nothing' : part} in ${text}`,
        'classes are positive and negative, each may go on with - and a name, unknown, and skip for rows to leave out',
      )
    }
    if (mapping.has(label)) {
      throw new UsageError(`expected every label once, found ${label} twice in ${text}`)
    }
    mapping.set(label, className)
  }
  return mapping
}

/** Returns 1 for positive classes, 0 for negative ones, -1 for `unknown`. */
export function labelOfClass(className: string): number {
  return className === 'unknown' ? -1 : className.startsWith('positive') ? 1 : 0
}
