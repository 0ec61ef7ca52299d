/** Counts by name. */
export class Counter {
  total = 0
  readonly #counts = new Map<string, number>()

  add(name: string, count = 1): void {
    this.total += count
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count)
  }

  /** Returns the counts, sorted by name. */
  record(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
