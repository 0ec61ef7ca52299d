import type { Architecture } from '../models/architecture.ts'
import { SPLAM, type SplamOptions } from '../models/splam.ts'

/** How a weight file calls the tensors of a network. */
export interface Naming {
  /** Whose names these are. */
  what: string
  /** Returns the file's name of a tensor. */
  nameOf(tensor: string): string
}

const OWN: Naming = { what: 'splice-score', nameOf: tensor => tensor }

/** Returns the namings in which weights of a network are found. OpenSpliceAI's are our own. */
export function namingsOf({ name, options }: Architecture): readonly Naming[] {
  return name === 'splam' ? [publishedSplam({ ...SPLAM, ...options }), OWN] : [OWN]
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
