/** Smaller pieces are not worth pages of their own. Units: bytes. */
const LEAST = 1 << 20

/**
 * Returns memory, all zero, that goes back to the system as soon as it is let go. Ordinary arrays of a few megabytes are kept
 * by the C library for others of their size: 500 MB of them stay 500 MB when half is free. A buffer that could be resized
 * is mapped by itself; going through it takes a tenth longer.
 */
export function pagedBuffer(bytes: number): ArrayBuffer {
  const options: { maxByteLength?: number } = bytes < LEAST ? {} : { maxByteLength: bytes }
  // The options are newer than the library of types.
  return new (ArrayBuffer as new (bytes: number, options: object) => ArrayBuffer)(bytes, options)
}
