/** What was left out, by reason and by the class it would have had. */
export class LeftOut {
  readonly #counts = new Map<string, Map<string, number>>()

  add(reason: string, className: string, count = 1): void {
    const classes = this.#counts.get(reason) ?? new Map<string, number>()
    this.#counts.set(reason, classes)
    classes.set(className, (classes.get(className) ?? 0) + count)
  }

  /** Returns how many were left out for a reason, of one class or of all. */
  count(reason: string, className?: string): number {
    const classes = this.#counts.get(reason)
    return className === undefined
      ? [...(classes?.values() ?? [])].reduce((sum, count) => sum + count, 0)
      : (classes?.get(className) ?? 0)
  }

  /** Returns the counts as plain objects, reasons and classes in alphabetical order. */
  asRecord(): Record<string, Record<string, number>> {
    const sorted = <T>(map: Iterable<[string, T]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(
      sorted(this.#counts).map(([reason, classes]) => [reason, Object.fromEntries(sorted(classes))]),
    )
  }
}
