import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { Network } from '../../src/graph/network.ts'
import { constant, input } from '../../src/graph/ops/leaves.ts'
import { runWithTensorFlow } from '../../src/graph/run-tensorflow.ts'
import { type Architecture, logitsOf } from '../../src/models/architecture.ts'
import { randomCodes, randomTensors } from './random-tensors.ts'
import { runOnnx } from './run-onnx.ts'

// Else it recommends another package on the console.
tf.env().set('IS_TEST', true)

const BATCH = 3

/** Returns the shape of a network's logits for three random windows, having seen both engines give the same. */
export async function bothEngines(network: Architecture, length: number): Promise<readonly number[]> {
  const tensors = randomTensors(network, length)
  const build = (batch: number | string) => {
    const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
    const codes = input('codes', 'uint8', [batch, length])
    return { codes, logits: logitsOf(network, net, codes) }
  }
  const data = randomCodes(BATCH * length)
  const codes = { type: 'uint8', dims: [BATCH, length], data } as const
  const found = (await runOnnx({ logits: build('N').logits }, { codes })).logits!
  // TensorFlow.js wants all sizes known.
  const known = build(BATCH)
  const given = new Map([[known.codes, tf.tensor2d(data, [BATCH, length], 'int32')]])
  const [expected] = runWithTensorFlow(tf, [known.logits], given)
  const numbers = expected!.dataSync()
  expect(numbers).toHaveLength(found.data.length)
  for (const [i, logit] of (found.data as Float32Array).entries()) {
    expect(Math.abs(logit - numbers[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(logit)))
  }
  return found.dims
}
