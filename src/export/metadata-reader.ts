import { InputDataError } from '../core/errors.ts'

/** Reads metadata entries; each message names the file and the entry. */
export class MetadataReader {
  readonly #metadata: ReadonlyMap<string, string>
  readonly #label: string

  constructor(metadata: ReadonlyMap<string, string>, label: string) {
    this.#metadata = metadata
    this.#label = label
  }

  text(key: string): string {
    const value = this.#metadata.get(key)
    return value === undefined || value === '' ? this.bad(key, 'a text', value) : value
  }

  fixed(key: string, expected: string): void {
    const value = this.#metadata.get(key)
    if (value !== expected) {
      this.bad(key, expected, value)
    }
  }

  json<T>(key: string, expected: string, accepts: (value: unknown) => value is T): T {
    const text = this.#metadata.get(key)
    if (text === undefined) {
      return this.bad(key, expected, text)
    }
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      return this.bad(key, expected, text, error)
    }
    return accepts(value) ? value : this.bad(key, expected, text)
  }

  bad(key: string, expected: string, found: string | undefined, cause?: unknown): never {
    const shown =
      found === undefined ? 'nothing' : found.length > 80 ? `${found.slice(0, 80)}...` : `"${found}"`
    throw new InputDataError(
      `${this.#label}: metadata entry ${key}: expected ${expected}, found ${shown}`,
      'make the model again with this version of splice-score, or use the version that made it',
      cause,
    )
  }
}
