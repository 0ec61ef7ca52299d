import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import { BGZF_EOF, DEFAULT_BLOCK_SIZE, wrapBlock } from './bgzf.mjs'

const deflate = promisify(deflateRaw)

/** Blocks under way at once: enough for the pool of zlib threads, and the bound on memory. */
const MOST_PENDING = 16

/**
 * Returns a writer of a BGZF file that compresses on the thread pool and keeps the blocks in order.
 * Memory: a few blocks.
 * @param {string} path
 */
export async function openBgzf(path) {
  const file = await open(path, 'w')
  /** @type {Promise<Uint8Array>[]} */
  const pending = []
  const writeOldest = async () => {
    const block = await pending.shift()
    if (block) {
      await file.write(block)
    }
  }
  return {
    /**
     * Takes the whole blocks out of the sink and leaves the rest; with `all` the rest too.
     * @param {import('./byte-sink.mjs').ByteSink} sink
     * @param {boolean} [all]
     */
    async drain(sink, all = false) {
      const bytes = sink.take()
      let at = 0
      while (bytes.length - at >= DEFAULT_BLOCK_SIZE || (all && at < bytes.length)) {
        const plain = bytes.subarray(at, at + DEFAULT_BLOCK_SIZE)
        pending.push(deflate(plain).then(deflated => wrapBlock(plain, deflated)))
        at += plain.length
        if (pending.length >= MOST_PENDING) {
          await writeOldest()
        }
      }
      sink.raw(bytes.subarray(at))
    },
    async close() {
      while (pending.length > 0) {
        await writeOldest()
      }
      await file.write(BGZF_EOF)
      await file.close()
    },
  }
}
