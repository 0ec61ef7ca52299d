/** Returns lines of aligned columns, two spaces in: names to the left, numbers to the right. Columns stand two spaces apart. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map(row => row[i]!.length)))
  return [header, ...rows].map(row =>
    row
      .map((cell, i) => (i === 0 ? `  ${cell.padEnd(widths[0]!)}` : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  )
}

const BAR = 24

/** Returns a bar for a share of the largest; at least one mark for what is not nothing. */
export function textBar(value: number, largest: number): string {
  return value <= 0 ? '' : '#'.repeat(Math.max(1, Math.round((value / largest) * BAR)))
}
