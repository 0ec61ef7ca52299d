/** Kernels as Keras lays them out: places of a window first, then inputs, then outputs. */

/** Returns the shape that Keras gives a kernel [outputs, inputs, ...window]. A vector's stays. */
export function kerasShape(shape: readonly number[]): number[] {
  const [outputs, inputs, ...window] = shape
  return inputs === undefined ? [...shape] : [...window, inputs, outputs!]
}

/**
 * Returns Keras's numbers of a kernel as ours. A vector's stay.
 * Shape: [...window, inputs, outputs] -> `shape`, [outputs, inputs, ...window].
 */
export function fromKeras(data: Float32Array, shape: readonly number[]): Float32Array {
  const [outputs, inputs] = shape
  if (inputs === undefined) {
    return data
  }
  const places = data.length / (outputs! * inputs)
  const result = new Float32Array(data.length)
  let at = 0
  for (let place = 0; place < places; place++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs!; o++) {
        result[(o * inputs + i) * places + place] = data[at++]!
      }
    }
  }
  return result
}
