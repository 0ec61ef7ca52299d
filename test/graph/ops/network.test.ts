import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { gradients } from '../../../src/graph/gradient.ts'
import { lowerToOnnx } from '../../../src/graph/onnx-lowering.ts'
import { describeOnnx } from '../../../src/graph/onnx-writer.ts'
import {
  add,
  divide,
  maximum,
  minimum,
  multiply,
  negate,
  subtract,
} from '../../../src/graph/ops/arithmetic.ts'
import { attentionPool } from '../../../src/graph/ops/attention-pool.ts'
import { averagePool } from '../../../src/graph/ops/average-pool.ts'
import { batchNorm, batchNormOverBatch } from '../../../src/graph/ops/batch-norm.ts'
import { concat } from '../../../src/graph/ops/concat.ts'
import { convolution } from '../../../src/graph/ops/convolution.ts'
import { dropAxis } from '../../../src/graph/ops/drop-axis.ts'
import { dropout } from '../../../src/graph/ops/dropout.ts'
import { expandAxis } from '../../../src/graph/ops/expand-axis.ts'
import { gather } from '../../../src/graph/ops/gather.ts'
import { layerNorm } from '../../../src/graph/ops/layer-norm.ts'
import { input } from '../../../src/graph/ops/leaves.ts'
import { linearRecurrence } from '../../../src/graph/ops/linear-recurrence.ts'
import { lstm } from '../../../src/graph/ops/lstm.ts'
import { matmul } from '../../../src/graph/ops/matmul.ts'
import { maxPool } from '../../../src/graph/ops/max-pool.ts'
import { oneHot } from '../../../src/graph/ops/one-hot.ts'
import {
  absolute,
  elu,
  exp,
  leakyRelu,
  log,
  logSigmoid,
  relu,
  sigmoid,
  softplus,
  sqrt,
  tanh,
} from '../../../src/graph/ops/pointwise.ts'
import { reduceMax, reduceMean, reduceSum } from '../../../src/graph/ops/reduce.ts'
import { reshape } from '../../../src/graph/ops/reshape.ts'
import { logSoftmax, softmax } from '../../../src/graph/ops/softmax.ts'
import { transpose } from '../../../src/graph/ops/transpose.ts'
import { openSession } from '../../../src/graph/session.ts'
import { inOrder, type Value } from '../../../src/graph/value.ts'
import { checkOp, draw, feed, indices, positive } from '../../support/op-check.ts'

const random = seededRandom(15)
const weights = (...shape: number[]) => draw(shape, () => 1.2 * random.float() - 0.6)

describe('a small network', () => {
  it('has parameter gradients that agree to 1e-5: convolution, batch norm, residual, pool, dense, cross entropy', async () => {
    await checkOp({
      operands: {
        codes: indices(random, 'uint8', 5, 3, 21),
        labels: indices(random, 'int32', 3, 3),
        classes: draw([3, 3], i => (i % 4 === 0 ? 1 : 0)),
        kernel1: weights(4, 4, 1, 5),
        bias1: weights(4),
        scale: weights(4),
        shift: weights(4),
        kernel2: weights(4, 2, 1, 3),
        dense: weights(4 * 7, 3),
        denseBias: weights(3),
      },
      wrt: ['kernel1', 'bias1', 'scale', 'shift', 'kernel2', 'dense', 'denseBias'],
      build: v => {
        const bases = reshape(oneHot(v.codes, [0, 1, 2, 3]), [3, 4, 1, 21])
        const first = convolution(bases, v.kernel1, v.bias1, { pads: [0, 2, 0, 2] })
        const normal = batchNormOverBatch(first, { scale: v.scale, bias: v.shift }, 1e-3).y
        const active = leakyRelu(normal, 0.1)
        const second = convolution(active, v.kernel2, undefined, {
          dilations: [1, 3],
          pads: [0, 3, 0, 3],
          groups: 2,
        })
        const pooled = maxPool(add(active, second), { window: [1, 3] })
        const logits = add(matmul(reshape(pooled, [3, 28]), v.dense), v.denseBias)
        const wanted = gather(v.classes, v.labels)
        return negate(reduceMean(reduceSum(multiply(logSoftmax(logits, 1), wanted), [1]), [0]))
      },
      tolerance: 1e-5,
    })
  })
})

/** Returns values in which every op has a part, for scoring and, with `training`, for a training step. */
function everything(training: boolean): Record<string, Value> {
  const parameters: Value[] = []
  const parameter = (name: string, ...shape: number[]) => {
    const value = input(name, 'float32', shape)
    parameters.push(value)
    return value
  }
  const n = training ? 2 : 'N'
  const bases = expandAxis(oneHot(input('codes', 'uint8', [n, 12]), [0, 1, 2, 3]), 2)
  const kernel = parameter('kernel', 4, 2, 1, 3)
  let x = convolution(bases, kernel, parameter('bias', 4), {
    pads: [0, 1, 0, 1],
    groups: 2,
    dilations: [1, 1],
  })
  x = convolution(x, parameter('kernel2', 4, 4, 1, 2), undefined, { pads: [0, 1, 0, 0] })
  const norm = { scale: parameter('scale', 4), bias: parameter('shift', 4) }
  x = training
    ? batchNormOverBatch(x, norm, 1e-5).y
    : batchNorm(x, { ...norm, mean: parameter('mean', 4), variance: parameter('variance', 4) }, 1e-5)
  x = concat(
    [maxPool(x, { window: [1, 3], strides: [1, 2], pads: [0, 1, 0, 1] }), averagePool(x, { window: [1, 2] })],
    1,
  )
  x = dropAxis(x, 2)
  for (const activate of [
    relu,
    tanh,
    sigmoid,
    softplus,
    logSigmoid,
    absolute,
    exp,
    elu,
    (v: Value) => leakyRelu(v, 0.1),
  ]) {
    x = activate(x)
  }
  const pooled = add(attentionPool(x, reduceMean(x, [1])), reduceMax(x, [2]))
  const rows = gather(parameter('table', 5, 8), input('rows', 'int32', [n]))
  let y = layerNorm(maximum(minimum(pooled, 3), rows), parameter('gain', 8), parameter('offset', 8), 1e-5)
  const sequence = transpose(x, [2, 0, 1])
  let states = lstm(sequence, parameter('w', 12, 8), parameter('r', 12, 3), parameter('b', 12), 'reverse')
  if (training) {
    y = dropout(y, input('mask', 'uint8', [2, 8]), 0.5)
    states = linearRecurrence(sigmoid(states), states, 'forward')
  }
  y = add(y, reshape(reduceSum(states, [0, 2]), [n, 1]))
  const scores = softmax(subtract(y, divide(y, 2)), 1)
  if (!training) {
    return { scores }
  }
  const loss = add(negate(reduceMean(log(scores), [0, 1])), sqrt(reduceSum(multiply(y, y), [0, 1])))
  const slopes = gradients(add(loss, negate(reduceMean(logSoftmax(y, 0), [0, 1]))), parameters)
  return { loss, ...Object.fromEntries(slopes.map((slope, i) => [`slope${i}`, slope])) }
}

const PYTHON = '/usr/bin/python3'
const hasChecker = spawnSync(PYTHON, ['-c', 'import onnx']).status === 0
const reason = hasChecker ? '' : ' (skipped: python3-onnx is not installed)'

describe('a network in which every op has a part', () => {
  it('leaves no op out', () => {
    const folder = fileURLToPath(new URL('../../../src/graph/ops/', import.meta.url))
    const named = readdirSync(folder).flatMap(file =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/(?:^ +name: |comparison\()'(\w+)'/gm)].map(
        match => match[1]!,
      ),
    )
    const used = new Set(
      [true, false].flatMap(training =>
        inOrder(Object.values(everything(training))).map(value => value.op.name),
      ),
    )
    expect(named.length).toBeGreaterThan(40)
    expect(named.filter(name => !used.has(name))).toEqual([])
  })

  it.each([
    ['inference', 1],
    ['inference', 3],
    ['training', 2],
  ] as const)('runs in ONNX Runtime: %s, batch of %s', async (mode, batch) => {
    const bytes = await lowerToOnnx(mode, everything(mode === 'training')).toBytes()
    const { inputs } = await describeOnnx(bytes)
    const feeds = inputs.map(({ name, type, dims }) => {
      const shape = dims.map(dim => (typeof dim === 'number' ? dim : batch))
      const operand =
        type === 'float32'
          ? positive(random, ...shape)
          : indices(random, type as 'uint8' | 'int32', 2, ...shape)
      return [name, feed(operand)] as const
    })
    const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    const outputs = await session.run(Object.fromEntries(feeds))
    await session.close()
    for (const { data } of Object.values(outputs)) {
      expect([...data].every(Number.isFinite)).toBe(true)
    }
    expect(outputs[mode === 'training' ? 'loss' : 'scores']!.dims).toEqual(
      mode === 'training' ? [] : [batch, 8],
    )
  })

  it.skipIf(!hasChecker).each(['inference', 'training'])(
    `passes the reference checker with full shape inference: %s${reason}`,
    async mode => {
      const folder = mkdtempSync(join(tmpdir(), 'every-op-'))
      try {
        const path = join(folder, 'model.onnx')
        writeFileSync(path, await lowerToOnnx(mode, everything(mode === 'training')).toBytes())
        const program = [
          'import onnx, sys',
          'onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)',
          'print("good")',
        ].join('\n')
        const { stdout, stderr } = spawnSync(PYTHON, ['-c', program, path], { encoding: 'utf8' })
        expect(stderr).toBe('')
        expect(stdout.trim()).toBe('good')
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
})
