import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import {
  describeOnnx,
  float,
  floats,
  int,
  ints,
  OnnxGraph,
  readOnnxMetadata,
  text,
} from '../../src/graph/onnx-writer.ts'

/** A graph with every element type, every attribute kind and a node with two outputs. */
function everything(): OnnxGraph {
  const graph = new OnnxGraph('everything')
  graph.producerVersion = '1.2.3'
  const x = graph.input('x', 'float32', ['N', 4])
  const indices = graph.constant('indices', { type: 'int32', dims: [2], data: Int32Array.of(3, 0) })
  const picked = graph.node('Gather', [x, indices], 'picked', { axis: int(1) })
  const leaky = graph.node('LeakyRelu', [picked], 'leaky', { alpha: float(0.25) })
  const sizes = graph.constant('sizes', { type: 'int64', dims: [2], data: [1, 1] })
  graph.nodes('Split', [leaky, sizes], ['first', 'second'], { axis: int(1) })
  const turned = graph.node('Transpose', ['second'], 'turned', { perm: ints(1, 0) })
  const back = graph.node('Transpose', [turned], 'back', { perm: ints(1, 0) })
  const offset = graph.node('Constant', [], 'offset', { value_floats: floats(0.5) })
  const shifted = graph.node('Add', [back, offset], 'shifted')
  const bytes = graph.constant('bytes', { type: 'uint8', dims: [1], data: Uint8Array.of(200) })
  const big = graph.constant('big', { type: 'int64', dims: [], data: BigInt64Array.of(2n ** 40n) })
  graph.node('Cast', [bytes], 'byte', { to: int(1) })
  graph.node('Cast', [big], 'large', { to: int(1) })
  graph.node('Sum', ['first', shifted, 'byte', 'large'], 'sum')
  const image = graph.constant('image', {
    type: 'float32',
    dims: [1, 1, 1, 3],
    data: Float32Array.of(1, 2, 3),
  })
  const kernel = graph.constant('kernel', { type: 'float32', dims: [1, 1, 1, 1], data: Float32Array.of(2) })
  graph.node('Conv', [image, kernel], 'convolved', { auto_pad: text('SAME_UPPER') })
  graph.output('sum', 'float32', ['N', 1])
  graph.output('convolved', 'float32', [1, 1, 1, 3])
  graph.metadata('one', '1')
  graph.metadata('text', 'größer than "0"\n')
  graph.metadata('one', '2')
  return graph
}

const PYTHON = '/usr/bin/python3'
const hasChecker = spawnSync(PYTHON, ['-c', 'import onnx']).status === 0
const reason = hasChecker ? '' : ' (skipped: python3-onnx is not installed)'

describe('an ONNX file', () => {
  it('has the same bytes each time', async () => {
    expect(await everything().toBytes()).toEqual(await everything().toBytes())
  })

  it('says what it is: metadata in order of first mention, inputs and outputs', async () => {
    const bytes = await everything().toBytes()
    expect([...(await readOnnxMetadata(bytes))]).toEqual([
      ['one', '2'],
      ['text', 'größer than "0"\n'],
    ])
    const { inputs, outputs } = await describeOnnx(bytes)
    expect(inputs).toEqual([{ name: 'x', type: 'float32', dims: ['N', 4] }])
    expect(outputs).toEqual([
      { name: 'sum', type: 'float32', dims: ['N', 1] },
      { name: 'convolved', type: 'float32', dims: [1, 1, 1, 3] },
    ])
  })

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', new TextEncoder().encode('>chr1\nACGTACGTACGT\n')],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 4, 0, 0, 0, 0)],
    ['protobuf of something else', Uint8Array.of(0x08, 0x08)],
  ])('is not %s', async (_, bytes) => {
    const found = describeOnnx(bytes, 'x.onnx')
    await expect(found).rejects.toThrow(InputDataError)
    await expect(found).rejects.toThrow(`x.onnx: expected an ONNX model, found ${bytes.length} bytes`)
  })

  it('is not read when it is cut short', async () => {
    const bytes = await everything().toBytes()
    for (const length of [1, 20, 100, bytes.length - 40]) {
      await expect(readOnnxMetadata(bytes.subarray(0, length))).rejects.toThrow(InputDataError)
    }
  })

  it.skipIf(!hasChecker)(`passes the reference checker with full shape inference${reason}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onnx-writer-'))
    try {
      const path = join(folder, 'model.onnx')
      writeFileSync(path, await everything().toBytes())
      const program = [
        'import onnx, onnx.numpy_helper, sys',
        'm = onnx.load(sys.argv[1])',
        'onnx.checker.check_model(m, full_check=True)',
        'big = [i for i in m.graph.initializer if i.name == "big"][0]',
        'print(m.ir_version, m.opset_import[0].version, m.producer_name, m.producer_version, onnx.numpy_helper.to_array(big))',
      ].join('\n')
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', program, path], { encoding: 'utf8' })
      expect(stderr).toBe('')
      expect(stdout.trim()).toBe('8 17 splice-score 1.2.3 1099511627776')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('building a graph', () => {
  it('refuses a name used twice, an input nobody made and an output nobody makes', async () => {
    const graph = new OnnxGraph('g')
    graph.input('x', 'float32', [1])
    expect(() => graph.input('x', 'float32', [1])).toThrow('the name x is used twice')
    expect(() => graph.node('Relu', ['y'], 'z')).toThrow('its input y has not been made')
    graph.output('z', 'float32', [1])
    await expect(graph.toBytes()).rejects.toThrow('no node makes its output z')
  })

  it('refuses a constant whose data do not fill its dimensions', () => {
    const constant = { type: 'float32', dims: [2, 3], data: new Float32Array(5) } as const
    expect(() => new OnnxGraph('g').constant('c', constant)).toThrow(
      'constant c: expected 6 values for dimensions [2,3], found 5',
    )
  })
})
