import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { dropPath } from '../../../src/graph/layers/drop-path.ts'
import { Network, type NetworkMode } from '../../../src/graph/network.ts'
import { input } from '../../../src/graph/ops/leaves.ts'
import type { Value } from '../../../src/graph/value.ts'
import { checkOp, draw, uniform } from '../../support/op-check.ts'

const noTensors = () => {
  throw new RangeError('a path has no tensors')
}
const built = (mode: NetworkMode, x: Value, rate: number) => {
  const net = new Network(mode, noTensors)
  return { net, y: dropPath(net, 'path', x, rate) }
}

describe('a dropped path', () => {
  it('is zero for the examples of its mask, and scaled up for the others: result and gradient', async () => {
    const operands = {
      x: uniform(seededRandom(31), 3, 2, 2, 4),
      path: { ...draw([3, 1, 1, 1], i => [1, 0, 1][i]!), type: 'uint8' as const },
    }
    await checkOp({
      operands,
      build({ x, path }) {
        const net = new Network('training', noTensors)
        net.mask = () => path
        return dropPath(net, 'path', x, 0.25)
      },
    })
  })

  it('asks for one number for each example, and for none at the rate 0 or when scoring', () => {
    const x = input('x', 'float32', [5, 2, 3, 4])
    expect(built('training', x, 0.2).net.masks).toMatchObject([
      { name: 'path', shape: [5, 1, 1, 1], keep: 0.8 },
    ])
    expect(built('training', x, 0).y).toBe(x)
    expect(built('inference', x, 0.2).y).toBe(x)
  })
})
