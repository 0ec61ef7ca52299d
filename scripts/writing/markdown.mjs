// Pieces of Markdown.

/**
 * Returns a table; the first column is text.
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

/**
 * Returns a number, an em dash for one that does not exist.
 * @param {number | undefined} value
 * @param {number} [digits]
 */
export function number(value, digits = 3) {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits)
}

/**
 * Returns a number with its interval.
 * @param {import('../model-card/measures.mjs').Estimate | undefined} estimate
 * @param {number} [digits]
 */
export function withInterval(estimate, digits = 3) {
  if (estimate?.value === undefined) {
    return '-'
  }
  const { value, low, high } = estimate
  return low === undefined || high === undefined
    ? number(value, digits)
    : `${number(value, digits)} (${number(low, digits)} to ${number(high, digits)})`
}

/**
 * Returns a share in percent.
 * @param {number | undefined} share
 */
export function percent(share) {
  return share === undefined || Number.isNaN(share) ? '-' : `${(100 * share).toFixed(1)} %`
}

/**
 * Returns a whole number with commas.
 * @param {number} count
 */
export function count(count) {
  return Math.round(count).toLocaleString('en')
}
