import { expect, it } from 'vitest'
import { END_MARKER } from '../../src/io/bgzf-blocks.ts'
import { inflateBlocks, prepareInflating } from '../../src/io/bgzf-inflate.ts'

it('preparing the inflater leaves fetch as it was, and inflating works', async () => {
  const { fetch } = globalThis
  prepareInflating()
  expect(globalThis.fetch).toBe(fetch)
  const inflated = await inflateBlocks({
    label: 'x',
    bytes: new Uint8Array(END_MARKER),
    fileOffset: 0,
    offsets: [0],
    sizes: [0],
  })
  expect(inflated).toHaveLength(0)
})
