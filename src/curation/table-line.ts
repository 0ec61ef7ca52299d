/** Returns a line of a table, with its line end; `.` for what is not known. */
export function formatLine(fields: readonly (string | number | undefined)[]): string {
  return `${fields.map(field => field ?? '.').join('\t')}\n`
}
