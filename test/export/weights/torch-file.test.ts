import { describe, expect, it } from 'vitest'
import { parseTorchFile } from '../../../src/export/weights/torch-file.ts'
import { floats, pickle, torchFile } from './archive-writer.ts'

const SIX = floats(1, 2, 3, 4, 5, 6)
const six = pickle.storage('0', 6)
const whole = pickle.tensor(six, [2, 3], [3, 1])

/** Names, shapes and values of a file whose pickle is this value and whose storage 0 holds 1 to 6. */
function read(root: Buffer, others: Record<string, string> = {}) {
  const tensors = parseTorchFile(torchFile(pickle.of(root), { 0: SIX }, others), 'm.pt')
  return [...tensors].map(([name, { dims, data }]) => [name, dims, [...data]])
}

describe('parseTorchFile', () => {
  it.each([
    ['whole', [2, 3], [3, 1], 0, [1, 2, 3, 4, 5, 6]],
    ['transposed', [3, 2], [1, 3], 0, [1, 4, 2, 5, 3, 6]],
    ['a column', [2], [3], 1, [2, 5]],
    ['a part', [2, 2], [3, 1], 1, [2, 3, 5, 6]],
    ['a scalar', [], [], 4, [5]],
    ['empty', [0, 3], [3, 1], 6, []],
  ])('makes tensors contiguous: %s', (_, dims, strides, offset, values) => {
    expect(read(pickle.dict({ w: pickle.tensor(six, dims, strides, offset) }))).toEqual([['w', dims, values]])
  })

  it('takes the state dict of a checkpoint and leaves the rest', () => {
    const rest = { epoch: pickle.int(3), best: pickle.none, momentum: whole }
    const values = [1, 2, 3, 4, 5, 6]
    for (const key of ['state_dict', 'model_state_dict']) {
      const root = pickle.dict({ ...rest, [key]: pickle.dict({ 'a.w': whole, tied: whole }) })
      expect(read(root)).toEqual([
        ['a.w', [2, 3], values],
        ['tied', [2, 3], values],
      ])
    }
    expect(read(pickle.dict({ net: pickle.dict({ layers: pickle.list(whole) }) }))).toEqual([
      ['net.layers.0', [2, 3], values],
    ])
  })

  it('reads parameters, with and without state, and an ordered dict with attributes', () => {
    const hooks = pickle.call('collections', 'OrderedDict')
    const flag = pickle.code(0x88)
    const root = Buffer.concat([
      hooks,
      Buffer.from('('),
      pickle.text('p'),
      pickle.call('torch._utils', '_rebuild_parameter', whole, flag, hooks),
      pickle.text('q'),
      pickle.call(
        'torch._utils',
        '_rebuild_parameter_with_state',
        whole,
        flag,
        hooks,
        pickle.dict({ note: pickle.text('x') }),
      ),
      Buffer.from('u'),
      pickle.dict({ _metadata: pickle.dict({ version: pickle.int(1) }) }),
      Buffer.from('b'),
    ])
    expect(read(root).map(([name]) => name)).toEqual(['p', 'q'])
  })

  it('joins the attributes of TorchScript objects with dots', () => {
    const note = (name: string, ...args: Buffer[]) => pickle.call('torch.jit._pickle', name, ...args)
    const conv = pickle.record('__torch__.torch.nn.modules.conv', 'Conv1d', {
      weight: whole,
      stride: note('build_intlist', pickle.list(pickle.int(1))),
    })
    const root = pickle.record('__torch__', 'Net', {
      training: pickle.code(0x89),
      labels: note('restore_type_tag', pickle.list(pickle.text('a')), pickle.text('List[str]')),
      first: conv,
    })
    expect(read(root, { 'constants.pkl': 'never looked at', 'code/__torch__.py': 'import os' })).toEqual([
      ['first.weight', [2, 3], [1, 2, 3, 4, 5, 6]],
    ])
  })

  it('reads what newer versions add: byte order, alignment, identity, empty metadata', () => {
    const tensor = pickle.tensor(six, [6], [1], 0, pickle.dict({}))
    const others = {
      byteorder: 'little',
      '.data/serialization_id': '123',
      '.storage_alignment': '64',
      version: '3\n',
    }
    expect(read(pickle.dict({ w: tensor }), others)).toEqual([['w', [6], [1, 2, 3, 4, 5, 6]]])
  })

  it('reads protocol 4: frames, short names, memos by count', () => {
    const short = (text: string) => Buffer.concat([Buffer.from([0x8c, text.length]), Buffer.from(text)])
    const memoized = (...parts: Buffer[]) => Buffer.concat([...parts, Buffer.from([0x94])])
    const body = Buffer.concat([
      memoized(Buffer.from('}')),
      memoized(short('w')),
      Buffer.concat([short('torch._utils'), short('_rebuild_tensor_v2'), Buffer.from([0x93])]),
      Buffer.from('('),
      six,
      Buffer.from([0x4b, 1, 0x4d, 2, 0, 0x85, 0x8a, 1, 2, 0x85, 0x89]),
      pickle.call('collections', 'OrderedDict'),
      Buffer.from('tRs.'),
    ])
    const frame = Buffer.alloc(8)
    frame.writeBigUInt64LE(BigInt(body.length))
    const root = Buffer.concat([Buffer.from([0x80, 4, 0x95]), frame, body])
    const tensors = parseTorchFile(torchFile(root, { 0: SIX }), 'm')
    expect([...tensors.get('w')!.data]).toEqual([2, 4])
  })
})
