type Numbers = Int8Array | Uint8Array | Int32Array | Float32Array | Float64Array

/** Entries from which on a column grows by a quarter and not to twice its size. */
const LARGE = 1 << 20

/** A typed array that grows while it is filled. */
export class GrowingColumn<T extends Numbers> {
  #values: T
  #make: (length: number) => T
  length = 0

  constructor(make: (length: number) => T) {
    this.#make = make
    this.#values = make(1024)
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = this.#make(this.length < LARGE ? 2 * this.length : Math.ceil(1.25 * this.length))
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.length++] = value
  }

  /** Returns the values in the order of these indices, in an array of the given making, and lets go of them. */
  take(order: Uint32Array, make: (length: number) => T): T {
    const [values, into] = [this.#values, make(order.length)]
    for (let i = 0; i < order.length; i++) {
      into[i] = values[order[i]!]!
    }
    this.#values = this.#make(1024)
    this.length = 0
    return into
  }

  /** Returns one of the values. */
  at(index: number): number {
    return this.#values[index]!
  }

  /** Replaces one of the values. */
  set(index: number, value: number): void {
    this.#values[index] = value
  }

  /** Returns the values so far, as a view. */
  view(): T {
    return this.#values.subarray(0, this.length) as T
  }

  /** Returns the values in an array of their number. */
  finish(): T {
    return this.#values.slice(0, this.length) as T
  }
}

/** Texts that repeat, stored once each. */
export interface TextColumn {
  /** The distinct texts, in order of first appearance. */
  readonly texts: readonly string[]
  /** Number of the text in `texts` for every entry; -1 where it is not known. */
  readonly ids: Int32Array
}

/** Collects a `TextColumn`. */
export class GrowingTexts {
  readonly #texts: string[] = []
  readonly #idOf = new Map<string, number>()
  readonly #ids = new GrowingColumn(length => new Int32Array(length))

  /** Adds an entry and returns the number of its text; undefined = not known. */
  push(text: string | undefined): number {
    const id = text === undefined ? -1 : (this.#idOf.get(text) ?? this.#add(text))
    this.#ids.push(id)
    return id
  }

  finish(): TextColumn {
    return { texts: this.#texts, ids: this.#ids.finish() }
  }

  #add(text: string): number {
    // A piece of a split line keeps the whole text it was cut from alive, a quarter megabyte for a gene's name; the
    // way through bytes makes a string of its own.
    const own = Buffer.from(text).toString()
    this.#idOf.set(own, this.#texts.length)
    return this.#texts.push(own) - 1
  }
}
