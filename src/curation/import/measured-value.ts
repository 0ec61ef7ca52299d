const NO_VALUE = new Set(['', '.', 'nan', 'na'])

/** A measured number as tables write it. */
export const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i

/** Returns whether a field says that nothing was measured. */
export const isMissing = (text: string): boolean => NO_VALUE.has(text.trim().toLowerCase())
