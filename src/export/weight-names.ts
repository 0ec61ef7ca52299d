import type { Architecture } from '../models/architecture.ts'
import { SPLAM, type SplamOptions } from '../models/splam.ts'
import { YEAST_CNN, type YeastCnnOptions, yeastCnnShape } from '../models/yeast/cnn.ts'

/** How a weight file calls the tensors of a network. */
export interface Naming {
  /** Whose names these are. */
  what: string
  /** Kernels are laid out as Keras has them; else as we do, outputs first. */
  layout?: 'keras'
  /** Returns the file's name of a tensor. */
  nameOf(tensor: string): string
}

const OWN: Naming = { what: 'splice-score', nameOf: tensor => tensor }

/** Returns the namings in which weights of a network are found. OpenSpliceAI's are our own. */
export function namingsOf({ name, options }: Architecture): readonly Naming[] {
  switch (name) {
    case 'splam':
      return [publishedSplam({ ...SPLAM, ...options }), OWN]
    case 'yeast-cnn':
      return [publishedYeastCnn({ ...YEAST_CNN, ...options }), OWN]
    default:
      return [OWN]
  }
}

/**
 * The modules of the published Splam: units and skip convolutions lie in one list, `residual_blocks`, with a skip after each
 * group of units and one more at the end; the skip of the stem is `skip1`.
 * Source: github.com/Kuanhao-Chao/splam, class SPLAM.
 */
function publishedSplam({ unitsPerGroup, widths }: SplamOptions): Naming {
  const module = (tensor: string): string => {
    const unit = /^units\.(\d+)\.(conv|bn)(\d)$/.exec(tensor)
    if (unit) {
      const number = Number(unit[1])
      const place = number + Math.floor(number / unitsPerGroup)
      return `residual_blocks.${place}.${unit[2] === 'bn' ? 'batchnorm' : 'conv'}${unit[3]}`
    }
    const skip = /^skip(\d+)$/.exec(tensor)
    if (skip) {
      const number = Number(skip[1])
      const place = Math.min(number, widths.length) * (unitsPerGroup + 1) - (number > widths.length ? 0 : 1)
      return number === 0 ? 'skip1.conv' : `residual_blocks.${place}.conv`
    }
    return tensor === 'out' ? 'last_cov' : tensor
  }
  return {
    what: 'the published Splam',
    nameOf(tensor) {
      const dot = tensor.lastIndexOf('.')
      return module(tensor.slice(0, dot)) + tensor.slice(dot)
    },
  }
}

/** Convolutions and normalisations of a block. */
const BLOCK_LAYERS = 3
/** Numbers of the stem and, whether there is one or not, of the skip convolution come before those of the blocks. */
const FIRST_OF_BLOCKS = 2

const KERAS_TENSORS: Readonly<Record<string, string>> = {
  weight: 'kernel',
  bias: 'bias',
}
const KERAS_NORM_TENSORS: Readonly<Record<string, string>> = {
  weight: 'gamma',
  bias: 'beta',
  running_mean: 'moving_mean',
  running_var: 'moving_variance',
}

/**
 * The layers of the published yeast networks: Keras numbers those of a kind in the order in which they were made.
 * Source: github.com/ramyarangan/cs230_project, its weight files.
 */
function publishedYeastCnn({ variant }: YeastCnnOptions): Naming {
  const { blocks, conv } = yeastCnnShape(variant)
  const afterBlocks = FIRST_OF_BLOCKS + BLOCK_LAYERS * blocks
  const convolutions = new Map([
    ['stem', 0],
    ['skip', 1],
    ['conv', afterBlocks],
    ['last', afterBlocks + (conv ? 1 : 0)],
  ])
  const numbered = (kind: string, number: number) => (number === 0 ? kind : `${kind}_${number}`)
  const layer = (name: string): string => {
    const inBlock = /^blocks\.(\d+)\.(conv|bn)(\d)$/.exec(name)
    if (inBlock) {
      const number = BLOCK_LAYERS * Number(inBlock[1]) + Number(inBlock[3]) - 1
      return inBlock[2] === 'bn'
        ? numbered('batch_normalization', number)
        : numbered('conv1d', FIRST_OF_BLOCKS + number)
    }
    const number = convolutions.get(name)
    return number !== undefined
      ? numbered('conv1d', number)
      : name === 'last_bn'
        ? numbered('batch_normalization', BLOCK_LAYERS * blocks)
        : 'dense'
  }
  return {
    what: 'the published yeast network',
    layout: 'keras',
    nameOf(tensor) {
      const dot = tensor.lastIndexOf('.')
      const name = layer(tensor.slice(0, dot))
      const kinds = name.startsWith('batch') ? KERAS_NORM_TENSORS : KERAS_TENSORS
      return `${name}/${kinds[tensor.slice(dot + 1)]}`
    },
  }
}
