import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { importWeights } from '../../src/export/import-weights.ts'
import { namingsOf } from '../../src/export/weight-names.ts'
import type { NamedTensor } from '../../src/export/weights/tensor-file.ts'
import { type Architecture, tensorsOf } from '../../src/models/architecture.ts'
import { architecture } from '../../src/models/registry.ts'
import { randomTensors } from '../support/random-tensors.ts'

/** Returns the tensors of a network as a weight file has them, under other names if wanted. */
function fileOf(network: Architecture, nameOf = (name: string) => name): Map<string, NamedTensor> {
  const data = randomTensors(network, 60)
  const { parameters, statistics } = tensorsOf(network, 60)
  return new Map(
    [...parameters, ...statistics].map(({ name, shape }) => {
      const tensor = {
        name: nameOf(name),
        dims: [...shape],
        type: 'float32' as const,
        data: Float32Array.from(data.get(name)!),
      }
      return [tensor.name, tensor]
    }),
  )
}

const load = (file: Map<string, NamedTensor>, network: Architecture) =>
  importWeights(file, network, { windowLength: 60, label: 'w.safetensors' })

const small = architecture('openspliceai-80', { channels: 4 })
// Few channels, all the modules.
const splam = architecture('splam', { channels: 8, groups: 2 })

describe('weights', () => {
  it('are taken under the names of the definition', () => {
    expect(load(fileOf(small), small)).toEqual(randomTensors(small, 60))
  })

  it('may come with the counters and the prefix of PyTorch', () => {
    const file = fileOf(small, name => `module.${name}`)
    const counter = {
      name: 'module.residual_units.0.batchnorm1.num_batches_tracked',
      dims: [],
      type: 'int64' as const,
      data: Float32Array.of(7),
    }
    file.set(counter.name, counter)
    expect(load(file, small)).toEqual(randomTensors(small, 60))
  })

  it('that do not fit are all listed in one error', () => {
    const file = fileOf(small)
    file.delete('initial_conv.bias')
    file.set('fc.weight', { name: 'fc.weight', dims: [2, 9], type: 'float32', data: new Float32Array(18) })
    file.get('final_conv.weight')!.dims = [3, 4]
    file.get('final_conv.bias')!.data[2] = Number.NaN
    file.get('initial_skip.conv.bias')!.type = 'int64'
    const error = (() => {
      try {
        return load(file, small)
      } catch (caught) {
        return caught as Error
      }
    })()
    expect(error).toBeInstanceOf(InputDataError)
    expect((error as Error).message.split('\n')).toEqual([
      'w.safetensors: expected the 56 tensors of openspliceai-80 (named as by splice-score), found 56 tensors; what does not fit:',
      '  initial_conv.bias: expected [4], found none',
      '  initial_skip.conv.bias: expected [4], found numbers of type int64',
      '  final_conv.weight: expected [3, 4, 1], found [3, 4]',
      '  final_conv.bias: expected [3], found NaN at 2',
      '  fc.weight: expected no such tensor, found [2, 9]',
    ])
  })

  it('of another size of the network are refused', () => {
    expect(() => load(fileOf(small), architecture('openspliceai-80'))).toThrow(
      'initial_conv.weight: expected [32, 4, 1], found [4, 4, 1]',
    )
  })
})

describe('Splam as published', () => {
  const [published] = namingsOf(splam)

  it.each([
    ['conv1.weight', 'conv1.weight'],
    ['skip0.bias', 'skip1.conv.bias'],
    ['units.0.conv1.weight', 'residual_blocks.0.conv1.weight'],
    ['units.3.bn2.running_var', 'residual_blocks.3.batchnorm2.running_var'],
    ['skip1.weight', 'residual_blocks.4.conv.weight'],
    ['units.4.conv2.bias', 'residual_blocks.5.conv2.bias'],
    ['units.19.bn1.weight', 'residual_blocks.23.batchnorm1.weight'],
    ['skip5.weight', 'residual_blocks.24.conv.weight'],
    ['skip6.weight', 'residual_blocks.25.conv.weight'],
    ['out.bias', 'last_cov.bias'],
  ])('calls %s %s', (ours, theirs) => {
    expect(published!.nameOf(ours)).toBe(theirs)
  })

  it('is read under its own names and under ours', () => {
    const wanted = randomTensors(splam, 60)
    expect(
      load(
        fileOf(splam, name => published!.nameOf(name)),
        splam,
      ),
    ).toEqual(wanted)
    expect(load(fileOf(splam), splam)).toEqual(wanted)
  })

  it('has 26 different modules in its list', () => {
    const modules = [...fileOf(splam, name => published!.nameOf(name)).keys()].flatMap(
      name => /^residual_blocks\.(\d+)\./.exec(name)?.[1] ?? [],
    )
    expect(new Set(modules.map(Number))).toEqual(new Set(Array.from({ length: 26 }, (_, i) => i)))
  })
})
