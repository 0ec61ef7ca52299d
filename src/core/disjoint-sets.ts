/** Union-find with path halving. */
export class DisjointSets {
  readonly #parent: Int32Array

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i)
  }

  root(item: number): number {
    const parent = this.#parent
    let i = item
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]!]!
      i = parent[i]!
    }
    return i
  }

  join(a: number, b: number): void {
    const [first, second] = [this.root(a), this.root(b)]
    this.#parent[Math.max(first, second)] = Math.min(first, second)
  }
}
