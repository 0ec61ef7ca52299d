/** Returns a whole number with its thousands separated by commas, as samtools users write regions. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
