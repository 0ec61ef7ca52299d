/** Base codes: A 0, C 1, G 2, T (and U) 3, anything else 4. Shape: one byte per base. */
export const A = 0
export const C = 1
export const G = 2
export const T = 3
export const OTHER = 4

const CODE_OF_BYTE = new Uint8Array(256).fill(OTHER)
for (const [letters, code] of [
  ['Aa', A],
  ['Cc', C],
  ['Gg', G],
  ['TtUu', T],
] as const) {
  for (const letter of letters) {
    CODE_OF_BYTE[letter.charCodeAt(0)] = code
  }
}

const COMPLEMENT = Uint8Array.of(T, G, C, A, OTHER)
const LETTERS = 'ACGTN'

/** Returns the codes of sequence text given as ASCII bytes. Case is ignored (soft masking is not a base). */
export function encodeBytes(bytes: Uint8Array): Uint8Array {
  const codes = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) {
    codes[i] = CODE_OF_BYTE[bytes[i]!]!
  }
  return codes
}

/** Returns the codes of sequence text. */
export function encodeText(text: string): Uint8Array {
  const codes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    codes[i] = unit < 256 ? CODE_OF_BYTE[unit]! : OTHER
  }
  return codes
}

/** Returns codes as letters, `N` for other. */
export function decodeText(codes: Uint8Array): string {
  let text = ''
  for (const code of codes) {
    text += LETTERS[code]
  }
  return text
}

/** Returns the complement of one code; other stays other. */
export function complement(code: number): number {
  return COMPLEMENT[code]!
}

/** Returns a new array with the reverse complement. */
export function reverseComplement(codes: Uint8Array): Uint8Array {
  const n = codes.length
  const out = new Uint8Array(n)
  for (let i = 0; i < n; i++) {
    out[n - 1 - i] = COMPLEMENT[codes[i]!]!
  }
  return out
}
