import { InputDataError } from '../core/errors.ts'
import { readLines } from './text-lines.ts'

/**
 * Returns the names of a text file, one a line: what comes before the first white space. Empty lines and lines that
 * start with # are passed over.
 * Throws: MissingResourceError when the file is absent; InputDataError for a file without names.
 */
export async function readNameList(path: string): Promise<string[]> {
  const names: string[] = []
  for await (const lines of readLines(path)) {
    for (const line of lines) {
      const name = /^[^\s#]\S*/.exec(line)?.[0]
      if (name !== undefined) {
        names.push(name)
      }
    }
  }
  if (names.length === 0) {
    throw new InputDataError(`${path}: expected names, one a line, found none`)
  }
  return names
}

/** True when the first row of a text file has the nine columns of a GFF3 or GTF. */
export async function looksLikeAnnotation(path: string): Promise<boolean> {
  for await (const lines of readLines(path)) {
    const row = lines.find(line => line !== '' && !line.startsWith('#'))
    if (row !== undefined) {
      return row.split('\t').length === 9
    }
  }
  return false
}
