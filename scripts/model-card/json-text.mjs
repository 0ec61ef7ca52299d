// JSON as the formatter of this repository would leave it: objects one key a line, lists of plain values on one line.

/** Significant digits of numbers: more than a bootstrap of these sizes can tell apart. */
const DIGITS = 6

/**
 * Returns the text of a value; undefined entries vanish, and an estimate becomes a list: value, low, high.
 * @param {unknown} value
 * @param {string} [indent]
 * @returns {string}
 */
export function jsonText(value, indent = '') {
  if (typeof value === 'number') {
    return JSON.stringify(Number(value.toPrecision(DIGITS)))
  }
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value)
  }
  const inner = `${indent}  `
  if ('value' in value && 'low' in value && 'high' in value) {
    const { value: estimate, low, high } = value
    return jsonText(low === undefined ? [estimate ?? null] : [estimate, low, high], indent)
  }
  if (Array.isArray(value)) {
    const items = value.map(item => jsonText(item, inner))
    const isPlain = value.every(item => typeof item !== 'object' || item === null)
    return isPlain || items.length === 0
      ? `[${items.join(', ')}]`
      : `[\n${items.map(item => inner + item).join(',\n')}\n${indent}]`
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return entries.length === 0
    ? '{}'
    : `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${jsonText(item, inner)}`).join(',\n')}\n${indent}}`
}
