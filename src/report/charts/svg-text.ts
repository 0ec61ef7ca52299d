/** Returns text fit for SVG content and attributes; characters that XML forbids become U+FFFD. */
export function escapeText(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that XML forbids.
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  )
}

/** Returns a coordinate with one decimal, so that the bytes do not depend on the last digits. Units: px. */
export function px(value: number): string {
  const text = value.toFixed(1)
  return text === '-0.0' ? '0.0' : text
}

/** Width of an average character of a wide sans-serif font (DejaVu Sans) as a share of the font size. */
const CHARACTER_WIDTH = { regular: 0.58, bold: 0.66 }

export interface Font {
  /** Units: px. */
  size: number
  weight: keyof typeof CHARACTER_WIDTH
}

/** Returns about how wide a text is, rather too wide: nothing here can measure fonts. Units: px. */
export function textWidth(text: string, font: Font): number {
  return [...text].length * font.size * CHARACTER_WIDTH[font.weight]
}

/** Returns the text in lines of at most `width` px, broken at spaces; a word that is too long has a line to itself. */
export function wrapText(text: string, font: Font, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (lines.length > 0 && textWidth(longer, font) <= width) {
      lines[lines.length - 1] = longer
    } else {
      lines.push(word)
    }
  }
  return lines
}
