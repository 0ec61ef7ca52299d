import { it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { Network, type TensorSpec } from '../../../src/graph/network.ts'
import { input } from '../../../src/graph/ops/leaves.ts'
import type { Value } from '../../../src/graph/value.ts'
import type { Architecture } from '../../../src/models/architecture.ts'
import { architecture } from '../../../src/models/registry.ts'
import { checkOp, type Operand, uniform } from '../../support/op-check.ts'

const [BATCH, LENGTH] = [2, 8]
const SIZES = { filters: 2, convolutions: 1, blocks: 1, hidden: 2, hiddenLayers: 1, dropout: 0 }

/** Returns the parameters of a network while it is trained. */
function parametersOf(network: Architecture): TensorSpec[] {
  const net = new Network('training', ({ name, shape }) => input(name, 'float32', shape))
  network.build(net, input('bases', 'float32', [BATCH, 4, 1, LENGTH]))
  return net.parameters
}

it.each([
  ['AttentionNet', architecture('attention-net', SIZES)],
  ['PromoterNet', architecture('promoter-net', { ...SIZES, units: 2, pool: 2, values: 2 })],
])('the gradients of %s by all its parameters are those of float64 differences', async (_, network) => {
  const random = seededRandom(3)
  const operands: Record<string, Operand> = { bases: uniform(random, BATCH, 4, 1, LENGTH) }
  for (const { name, shape } of parametersOf(network)) {
    operands[name] = uniform(random, ...shape)
  }
  await checkOp({
    operands,
    build(values: Record<string, Value>) {
      const net = new Network('training', ({ name, shape }) => values[name] ?? input(name, 'float32', shape))
      return network.build(net, values.bases!)
    },
    tolerance: 1e-4,
  })
})
