import { batchNormLayer } from '../../graph/layers/batch-norm.ts'
import { conv2d } from '../../graph/layers/conv2d.ts'
import { dense } from '../../graph/layers/dense.ts'
import { dropPath } from '../../graph/layers/drop-path.ts'
import type { Network } from '../../graph/network.ts'
import { add } from '../../graph/ops/arithmetic.ts'
import { concat } from '../../graph/ops/concat.ts'
import { reduceMean } from '../../graph/ops/reduce.ts'
import { crop, pad } from '../../graph/ops/slice.ts'
import { transpose } from '../../graph/ops/transpose.ts'
import { fixed } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import type { Architecture } from '../architecture.ts'
import { type CellEdges, type DassiSite, GENOTYPES, type Genotype } from './genotypes.ts'
import { factorisedReduce, OPERATIONS, withChannels } from './operations.ts'

export interface DassiOptions {
  /** Bases of a window; 141 or 602 as published. */
  windowLength: number
  /** Whether the window's last base is read; as published it is not. */
  lastBase: 'drop' | 'keep'
  /** Channels of the first cell's operations; each reduction doubles them. */
  channels: number
  /** Chance of an operation's result to be left out for an example while training. */
  dropPath: number
}

export const DASSI: DassiOptions = {
  windowLength: 141,
  lastBase: 'drop',
  channels: 16,
  // As published it rises from 0 to 0.2 over the epochs; this is its mean.
  dropPath: 0.1,
}

/** A, T, C, G. */
const COLUMNS = [0, 3, 1, 2]

/** Classes of a window: no site, a site. */
const CLASSES = 2

/** Channels of the stem, for each of the first cell's. */
const STEM_FACTOR = 3

/** Cells from the stem on; a reduction halves rows and columns and doubles the channels. */
const CELLS = ['normal', 'reduction', 'reduction'] as const

/** Index of the first exon base after the intron, or of the first intron base, by the length of the published windows. */
const SITE_POSITIONS: Readonly<Record<DassiSite, ReadonlyMap<number, number>>> = {
  acceptor: new Map([
    [141, 60],
    [602, 302],
  ]),
  donor: new Map([
    [141, 61],
    [602, 300],
  ]),
}

/** Returns a published DASSI network of one kind of site. */
export function dassi(site: DassiSite, options: DassiOptions = DASSI): Architecture {
  return {
    name: `dassi-${site}`,
    options: { ...options },
    windowLength: options.windowLength,
    site: SITE_POSITIONS[site].get(options.windowLength),
    output: 'classes',
    donorOffset: 0,
    channels: COLUMNS,
    build: (net, bases) => dassiLogits(net, picture(bases, options), GENOTYPES[site], options),
  }
}

/**
 * Returns bases as a picture of one channel: positions are rows, bases columns. Below come rows of zeros up to an even
 * number: an odd one does not fit the reduction of the last cell.
 * Shape: [N, 4, 1, L] -> [N, 1, H, 4].
 */
function picture(bases: Value, { lastBase }: DassiOptions): Value {
  const length = fixed(bases.shape[3])
  const read = crop(bases, { axis: 3, start: 0, fromEnd: lastBase === 'drop' ? 1 : 0 })
  const rows = length + (length % 2)
  return pad(transpose(read, [0, 2, 3, 1]), { axis: 2, before: 0, after: rows - fixed(read.shape[3]) })
}

/**
 * DASSI: a stem, three cells of eight operations each, which an architecture search chose, a mean over the map. Tensor names
 * are those of the published files.
 * Shape: x [N, 1, H, 4], H even -> logits [N, 2] of no site, site.
 * Source: Moosa et al., BioData Mining 14:15, 2021, and its published code.
 */
function dassiLogits(net: Network, x: Value, genotype: Genotype, options: DassiOptions): Value {
  let { channels } = options
  const filters = STEM_FACTOR * channels
  const stem = conv2d(net, 'stem.0', x, { filters, kernel: [3, 3], pads: [1, 1, 1, 1], bias: false })
  let before = batchNormLayer(net, 'stem.1', stem)
  let last = before
  for (const [i, kind] of CELLS.entries()) {
    channels *= kind === 'reduction' ? 2 : 1
    const preprocess = CELLS[i - 1] === 'reduction' ? factorisedReduce : withChannels
    const inputs = [
      preprocess(net, `cells.${i}.preprocess0`, before, channels),
      withChannels(net, `cells.${i}.preprocess1`, last, channels),
    ]
    const stride = kind === 'reduction' ? 2 : 1
    before = last
    last = cell(net, `cells.${i}`, inputs, genotype[kind], { stride, drop: options.dropPath })
  }
  return dense(net, 'classifier', reduceMean(last, [2, 3]), { units: CLASSES })
}

/** Returns the nodes of a cell, their channels end to end. Only what is read from the cell's inputs is strided. */
function cell(
  net: Network,
  name: string,
  inputs: readonly Value[],
  edges: CellEdges,
  { stride, drop }: { stride: number; drop: number },
): Value {
  const states = [...inputs]
  const results = (node: number) =>
    edges.slice(2 * node, 2 * node + 2).map(([operation, from], i) => {
      const j = 2 * node + i
      const result = OPERATIONS[operation](
        net,
        `${name}._ops.${j}`,
        states[from]!,
        from < inputs.length ? stride : 1,
      )
      return dropPath(net, `${name}.drop_path.${j}`, result, drop)
    })
  for (let node = 0; node < edges.length / 2; node++) {
    const [first, second] = results(node) as [Value, Value]
    states.push(add(first, second))
  }
  return concat(states.slice(inputs.length), 1)
}
