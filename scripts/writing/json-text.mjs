// JSON as the formatter of this repository would leave it: objects one key a line, lists on one line where they fit.

/** Significant digits of numbers: more than a bootstrap of these sizes can tell apart. */
const DIGITS = 6
/** Of a line, as biome.json has it. */
const WIDTH = 110

/**
 * Returns the text of a value; undefined entries vanish, and an estimate becomes a list: value, low, high.
 * @param {unknown} value
 * @param {string} [indent]
 * @param {number} [before] characters of the line before the value
 * @returns {string}
 */
export function jsonText(value, indent = '', before = indent.length) {
  if (typeof value === 'number') {
    return JSON.stringify(Number(value.toPrecision(DIGITS)))
  }
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value)
  }
  const inner = `${indent}  `
  if ('value' in value && 'low' in value && 'high' in value) {
    const { value: estimate, low, high } = value
    return jsonText(low === undefined ? [estimate ?? null] : [estimate, low, high], indent, before)
  }
  if (Array.isArray(value)) {
    const items = value.map(item => jsonText(item, inner))
    const line = `[${items.join(', ')}]`
    // One for the comma behind it. Objects are never on one line.
    const fits = !line.includes('\n') && before + line.length + 1 <= WIDTH
    return fits || items.length === 0 ? line : `[\n${items.map(item => inner + item).join(',\n')}\n${indent}]`
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return entries.length === 0
    ? '{}'
    : `{\n${entries.map(([key, item]) => entryText(key, item, inner)).join(',\n')}\n${indent}}`
}

/**
 * @param {string} key
 * @param {unknown} value
 * @param {string} indent
 */
function entryText(key, value, indent) {
  const name = `${indent}${JSON.stringify(key)}: `
  return name + jsonText(value, indent, name.length)
}
