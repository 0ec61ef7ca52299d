import { A, OTHER } from '../genome/sequence.ts'

/** A first convolution as it was trained, without padding. */
export interface FirstConvolution {
  /** Shape: [filters, channels, width]. */
  weights: Float32Array
  /** Shape: [filters]. */
  bias: Float32Array
  /** Base codes that the channels stand for. */
  channels: readonly number[]
}

/** What a kernel answers to. */
export interface KernelMotif {
  filter: number
  /** Windows that activate it above half its maximum. */
  sites: number
  /** Of A, C, G and T at each position of the kernel, over those windows. Shape: [width][4]. */
  counts: number[][]
}

const BASES = 4
/** Share of a kernel's largest activation from which on a window counts. */
const ACTIVE = 0.5

/**
 * Returns a motif of each kernel that any window activates: of every window in which the largest activation is above half the largest of
 * all windows, the bases under it. Unknown bases add nothing. Kernels that nothing activates are left out.
 * Shape: codes [N, length].
 * Memory: 8 bytes for each kernel and window.
 * Source: Quang and Xie, Nucleic Acids Research 44:e107, 2016, who aligned windows in this way; of each window here the best place alone, as
 * in Alipanahi et al., Nature Biotechnology 33:831, 2015.
 */
export function kernelMotifs(layer: FirstConvolution, codes: Uint8Array, length: number): KernelMotif[] {
  const { bias, channels } = layer
  const filters = bias.length
  const width = layer.weights.length / filters / channels.length
  const count = codes.length / length
  const motifs: KernelMotif[] = []
  const best = new Float32Array(count)
  const places = new Int32Array(count)
  for (let filter = 0; filter < filters; filter++) {
    const byCode = weightsByCode(layer, filter, width)
    for (let i = 0; i < count; i++) {
      const place = bestPlace(byCode, codes.subarray(i * length, (i + 1) * length), width)
      best[i] = place.sum + bias[filter]!
      places[i] = place.start
    }
    const most = best.reduce((a, b) => Math.max(a, b), 0)
    if (most > 0) {
      motifs.push(aligned(filter, { codes, length, width }, places, i => best[i]! > ACTIVE * most))
    }
  }
  return motifs
}

/** Shape: [width, codes], codes 0 to 4. */
function weightsByCode({ weights, channels }: FirstConvolution, filter: number, width: number): Float32Array {
  const byCode = new Float32Array(width * (OTHER + 1))
  for (const [channel, code] of channels.entries()) {
    for (let p = 0; p < width; p++) {
      byCode[p * (OTHER + 1) + code] = weights[(filter * channels.length + channel) * width + p]!
    }
  }
  return byCode
}

/** The first of the places with the largest sum of weights. */
function bestPlace(byCode: Float32Array, window: Uint8Array, width: number): { sum: number; start: number } {
  let best = { sum: Number.NEGATIVE_INFINITY, start: 0 }
  for (let start = 0; start + width <= window.length; start++) {
    let sum = 0
    for (let p = 0; p < width; p++) {
      sum += byCode[p * (OTHER + 1) + window[start + p]!]!
    }
    if (sum > best.sum) {
      best = { sum, start }
    }
  }
  return best
}

function aligned(
  filter: number,
  { codes, length, width }: { codes: Uint8Array; length: number; width: number },
  places: Int32Array,
  isActive: (window: number) => boolean,
): KernelMotif {
  const counts = Array.from({ length: width }, () => new Array<number>(BASES).fill(0))
  let sites = 0
  for (const [i, start] of places.entries()) {
    if (!isActive(i)) {
      continue
    }
    sites++
    for (let p = 0; p < width; p++) {
      const code = codes[i * length + start + p]!
      if (code >= A && code < BASES) {
        counts[p]![code]!++
      }
    }
  }
  return { filter, sites, counts }
}

/** Returns the shares of bases at each position; a position without known bases has a quarter of each. */
export const motifShares = ({ counts }: Pick<KernelMotif, 'counts'>): number[][] =>
  counts.map(row => {
    const sum = row.reduce((a, b) => a + b, 0)
    return row.map(count => (sum === 0 ? 1 / BASES : count / sum))
  })
