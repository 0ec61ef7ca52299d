import { createHash } from 'node:crypto'
import { readBytes } from './byte-source.ts'

/**
 * Returns the SHA-256 of a file as hexadecimal text.
 * Throws: MissingResourceError when the file is absent.
 */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of readBytes(path)) {
    hash.update(chunk)
  }
  return hash.digest('hex')
}
