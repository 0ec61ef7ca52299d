import { torchUniform } from '../initial.ts'
import type { Initializer, Network } from '../network.ts'
import { concat } from '../ops/concat.ts'
import { lstm } from '../ops/lstm.ts'
import { fixed } from '../shape.ts'
import type { Value } from '../value.ts'

export interface LstmOptions {
  /** Of each direction. */
  units: number
  direction?: 'forward' | 'reverse' | 'both'
}

/**
 * A layer of long short-term memory, with parameters `name.input_weight` [4 units, C], `name.state_weight`
 * [4 units, units] and `name.bias` [4 units]; the four gates in ONNX's order: input, output, forget, cell. The names
 * are not PyTorch's on purpose: its gates come in another order. Reading both ways has the parameters under
 * `name.forward` and `name.reverse`.
 * Shape: x [L, N, C] -> [L, N, units], both ways [L, N, 2 units].
 */
export function lstmLayer(net: Network, name: string, x: Value, options: LstmOptions): Value {
  const { units, direction = 'forward' } = options
  if (direction === 'both') {
    const ways = (['forward', 'reverse'] as const).map(way =>
      lstmLayer(net, `${name}.${way}`, x, { units, direction: way }),
    )
    return concat(ways, 2)
  }
  const initial = torchUniform(units)
  const w = net.parameter(`${name}.input_weight`, [4 * units, fixed(x.shape[2])], initial)
  const r = net.parameter(`${name}.state_weight`, [4 * units, units], initial)
  const b = net.parameter(`${name}.bias`, [4 * units], openForgetGates)
  return lstm(x, w, r, b, direction)
}

/** Zero, and one for the forget gates: they start open, so that the first base can still matter at the last. */
const openForgetGates: Initializer = ([size]) => {
  const units = size! / 4
  return new Float32Array(size!).fill(1, 2 * units, 3 * units)
}
