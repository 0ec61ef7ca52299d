import util from 'node:util'
import { expect, it } from 'vitest'
import { loadTensorFlow } from '../../../src/training/engine/load-tensorflow.ts'

it('TensorFlow.js is taken from the first package that is installed, and said to be slow without native code', async () => {
  const warnings: string[] = []
  const log = { info() {}, debug() {}, warn: (message: string) => warnings.push(message) }
  const { tf, description } = await loadTensorFlow(log)
  // The development install has the plain package only.
  expect(description).toBe('TensorFlow.js 4.22.0, @tensorflow/tfjs, backend cpu')
  expect(warnings).toEqual([
    expect.stringMatching(/no native code and is some hundred times slower than --engine ort/),
  ])
  expect((await tf.add(1, 2).data())[0]).toBe(3)
  expect(
    tf
      .grad(x => tf.square(x))(tf.scalar(3))
      .dataSync()[0],
  ).toBe(6)
})

it('functions that Node 23 took out of node:util are there for tfjs-node', async () => {
  await loadTensorFlow({ info() {}, debug() {}, warn() {} })
  const { isNullOrUndefined } = util as unknown as { isNullOrUndefined(value: unknown): boolean }
  expect([undefined, null, 0, ''].map(isNullOrUndefined)).toEqual([true, true, false, false])
})
