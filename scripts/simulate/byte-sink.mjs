/**
 * A growing little-endian buffer.
 * Memory: doubles when full; `take` hands out a copy and starts over in the same memory.
 */
export class ByteSink {
  /** @param {number} [capacity] */
  constructor(capacity = 1 << 16) {
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
    this.length = 0
  }

  /**
   * Makes room for `n` more bytes and returns where they start.
   * @param {number} n
   * @returns {number}
   */
  reserve(n) {
    const at = this.length
    this.length += n
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length))
      grown.set(this.bytes.subarray(0, at))
      this.bytes = grown
      this.view = new DataView(grown.buffer)
    }
    return at
  }

  /** @param {number} value */
  u8(value) {
    const at = this.reserve(1)
    this.bytes[at] = value
  }

  /** @param {number} value */
  u16(value) {
    const at = this.reserve(2)
    this.view.setUint16(at, value, true)
  }

  /** @param {number} value signed or unsigned; the low 32 bits are stored */
  u32(value) {
    const at = this.reserve(4)
    this.view.setUint32(at, value >>> 0, true)
  }

  /** @param {number} value */
  f32(value) {
    const at = this.reserve(4)
    this.view.setFloat32(at, value, true)
  }

  /** @param {bigint} value */
  u64(value) {
    const at = this.reserve(8)
    this.view.setBigUint64(at, value, true)
  }

  /** @param {string} text ASCII */
  ascii(text) {
    const at = this.reserve(text.length)
    for (let i = 0; i < text.length; i++) {
      this.bytes[at + i] = text.charCodeAt(i)
    }
  }

  /** @param {Uint8Array} bytes */
  raw(bytes) {
    const at = this.reserve(bytes.length)
    this.bytes.set(bytes, at)
  }

  /** Returns a copy of what was written and empties the sink. */
  take() {
    const taken = this.bytes.slice(0, this.length)
    this.length = 0
    return taken
  }
}
