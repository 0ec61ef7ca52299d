import { throwIfAborted } from '../core/errors.ts'
import type { WindowStore } from './window-store.ts'

/** Codes read at a time. Units: bytes. */
const BATCH = 1 << 20

/** Reads windows in batches and shows each, with its place among the rows; the codes are not to be kept. Throws: InterruptedError. */
export async function visitWindows(
  store: WindowStore,
  rows: Uint32Array,
  visit: (codes: Uint8Array, at: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { length } = store
  const perBatch = Math.max(1, Math.floor(BATCH / length))
  const codes = new Uint8Array(Math.min(perBatch, rows.length) * length)
  for (let from = 0; from < rows.length; from += perBatch) {
    throwIfAborted(signal)
    const batch = rows.subarray(from, from + perBatch)
    await store.read(batch, codes.subarray(0, batch.length * length))
    for (let i = 0; i < batch.length; i++) {
      visit(codes.subarray(i * length, (i + 1) * length), from + i)
    }
  }
}
