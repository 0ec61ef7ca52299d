import { expect, it } from 'vitest'
import { fromKeras, kerasShape } from '../../src/export/keras-kernels.ts'

it.each([
  [[3], [3]],
  [
    [5, 2],
    [2, 5],
  ],
  [
    [32, 4, 11],
    [11, 4, 32],
  ],
  [
    [8, 1, 4, 3],
    [4, 3, 1, 8],
  ],
])('a tensor of %j is %j in Keras', (own, keras) => {
  expect(kerasShape(own)).toEqual(keras)
})

it('a number goes from its place in the window, input and output to output, input and place', () => {
  const [outputs, inputs, rows, columns] = [2, 3, 2, 2]
  const digits = (lists: number[][]) => Float32Array.from(lists, digits => Number(digits.join('')))
  const range = (n: number) => [...Array(n).keys()]
  const keras = range(rows).flatMap(r =>
    range(columns).flatMap(c => range(inputs).flatMap(i => range(outputs).map(o => [o, i, r, c]))),
  )
  const own = range(outputs).flatMap(o =>
    range(inputs).flatMap(i => range(rows).flatMap(r => range(columns).map(c => [o, i, r, c]))),
  )
  expect(fromKeras(digits(keras), [outputs, inputs, rows, columns])).toEqual(digits(own))
})

it('vectors stay as they are', () => {
  expect(fromKeras(Float32Array.of(3, 1, 2), [3])).toEqual(Float32Array.of(3, 1, 2))
})
