import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../../src/core/errors.ts'
import { parseTorchFile } from '../../../src/export/weights/torch-file.ts'
import { floats, pickle, torchFile, zipOf } from './archive-writer.ts'

const SIX = floats(1, 2, 3, 4, 5, 6)
const six = pickle.storage('0', 6)
const whole = pickle.tensor(six, [2, 3], [3, 1])

function expectRefusal(bytes: Uint8Array, message: string): void {
  const run = () => parseTorchFile(bytes, 'm.pt')
  expect(run).toThrow(InputDataError)
  expect(run).toThrow(message)
}

describe('a pickle that wants more than tensors', () => {
  const system = pickle.global('os', 'system')
  const command = pickle.tuple(pickle.text('touch owned'))
  it.each([
    ['GLOBAL and REDUCE', Buffer.concat([system, command, Buffer.from('R')]), 'os.system'],
    [
      'STACK_GLOBAL',
      Buffer.concat([pickle.text('os'), pickle.text('system'), Buffer.from([0x93])]),
      'os.system',
    ],
    ['INST', Buffer.concat([Buffer.from('('), pickle.text('x'), Buffer.from('ios\nsystem\n')]), 'os.system'],
    ['eval', pickle.call('builtins', 'eval', pickle.text('1')), 'builtins.eval'],
    ['getattr', pickle.call('__builtin__', 'getattr', pickle.text('1')), '__builtin__.getattr'],
    [
      'another function of torch',
      pickle.call('torch._utils', '_rebuild_sparse_tensor', whole),
      'torch._utils._rebuild_sparse_tensor',
    ],
    ['torch.load', pickle.call('torch', 'load', pickle.text('x')), 'torch.load'],
    ['a whole module', pickle.record('torch.nn.modules.conv', 'Conv1d', {}), 'torch.nn.modules.conv.Conv1d'],
    ['a call of a TorchScript class', pickle.call('__torch__.x', 'Y'), '__torch__.x.Y'],
    ['a call of a storage class', pickle.call('torch', 'FloatStorage', pickle.int(9)), 'torch.FloatStorage'],
    ['a call of a value', Buffer.concat([pickle.text('os.system'), command, Buffer.from('R')]), 'os.system'],
    [
      'a new object of an allowed function',
      Buffer.concat([pickle.global('collections', 'OrderedDict'), Buffer.from([0x29, 0x81])]),
      'collections.OrderedDict',
    ],
    ['NEWOBJ_EX', Buffer.from([0x4e, 0x29, 0x7d, 0x92]), 'NEWOBJ_EX'],
    ['OBJ', Buffer.from('(NNo'), 'OBJ'],
  ])('is refused by name: %s', (_, root, wanted) => {
    const bytes = torchFile(pickle.of(pickle.dict({ w: whole, evil: root })), { 0: SIX })
    const run = () => parseTorchFile(bytes, 'm.pt')
    expect(run).toThrow(InputDataError)
    expect(run).toThrow(/^m\.pt: model\/data\.pkl: byte \d+: refused: .*; nothing was executed$/)
    expect(run).toThrow(wanted)
  })

  it.each([
    ['the extension registry', Buffer.from([0x82, 1]), 'expected an opcode that state dicts use, found 0x82'],
    ['sets', Buffer.from([0x8f]), 'found 0x8f'],
    ['a foreign persistent id', Buffer.concat([pickle.text('x'), Buffer.from('Q')]), 'expected a storage'],
    [
      'attributes for a tensor',
      Buffer.concat([whole, pickle.dict({}), Buffer.from('b')]),
      'expected a new record, or a dict, to give attributes to, found a tensor',
    ],
  ])('is refused: %s', (_, root, message) => {
    expectRefusal(torchFile(pickle.of(root), { 0: SIX }), message)
  })
})

describe('a pickle that claims what is not there', () => {
  const one = (tensor: Buffer) => torchFile(pickle.of(pickle.dict({ w: tensor })), { 0: SIX })
  it.each([
    [
      'ten gigabytes',
      one(pickle.tensor(pickle.storage('0', 2.5e9), [2.5e9], [1])),
      'expected storage "0" of 2500000000 values of float32, found 24 bytes in the archive',
    ],
    [
      'another type',
      one(pickle.tensor(pickle.storage('0', 6, 'DoubleStorage'), [6], [1])),
      'storage "0" of 6 values of float64',
    ],
    [
      'a missing storage',
      one(pickle.tensor(pickle.storage('7', 6), [6], [1])),
      'expected storage "7" in the archive, found none',
    ],
    [
      'an unknown storage type',
      one(pickle.tensor(pickle.storage('0', 6, 'ComplexFloatStorage'), [6], [1])),
      'wants to use "torch.ComplexFloatStorage"',
    ],
    [
      'more values',
      one(pickle.tensor(six, [7], [1])),
      'byte 147: expected at most the 6 values of its storage, found 7 (dims [7], strides [1], offset 0)',
    ],
    [
      'an offset past the end',
      one(pickle.tensor(six, [2], [1], 5)),
      'expected a tensor within the 6 values of its storage, found dims [2], strides [1], offset 5',
    ],
    ['a stride past the end', one(pickle.tensor(six, [2], [6])), 'a tensor within the 6 values'],
    [
      'values seen often',
      one(pickle.tensor(six, [1000], [0])),
      'at most the 6 values of its storage, found 1000',
    ],
    [
      'an uncountable shape',
      one(pickle.tensor(six, [2 ** 50, 2 ** 50], [0, 0])),
      'expected a countable shape',
    ],
    ['a missing stride', one(pickle.tensor(six, [2, 3], [1])), 'one stride per dimension'],
    [
      'a negative dimension',
      one(pickle.tensor(six, [-1], [1])),
      'expected a tensor of (storage, offset, dims, strides, ...)',
    ],
    ['a negative stride', one(pickle.tensor(six, [2], [-1], 3)), 'expected a tensor of'],
    [
      'a conjugate',
      one(pickle.tensor(six, [6], [1], 0, pickle.dict({ neg: pickle.code(0x88) }))),
      'expected a tensor without metadata',
    ],
    ['no tensors', torchFile(pickle.of(pickle.dict({}))), 'expected tensors, found none'],
    [
      'two of a name',
      torchFile(pickle.of(pickle.dict({ 'a.b': whole, a: pickle.dict({ b: whole }) })), { 0: SIX }),
      'found two tensors named "a.b"',
    ],
    [
      'another byte order',
      torchFile(pickle.of(whole), { 0: SIX }, { byteorder: 'big' }),
      'model/byteorder: expected little, found "big"',
    ],
    [
      'no pickle',
      zipOf([{ name: 'x/version', content: Buffer.from('3') }]),
      'expected a PyTorch zip file with one <archive>/data.pkl, found 0 among 1 files',
    ],
    [
      'two pickles',
      zipOf(['a', 'b'].map(name => ({ name: `${name}/data.pkl`, content: pickle.of(whole) }))),
      'found 2 among 2 files',
    ],
  ])('is refused: %s', (_, bytes, message) => {
    expectRefusal(bytes, message)
  })

  it.each([
    [
      'another start',
      Buffer.from('}.'),
      'byte 0: expected a pickle of protocol 2 to 5, found first byte 0x7d',
    ],
    ['protocol 1', Buffer.from([0x80, 1, 0x2e]), 'found protocol 1'],
    ['cut off', pickle.of(whole).subarray(0, 20), 'expected'],
    ['empty', Buffer.alloc(0), 'byte 0: expected 1 bytes, found 0 to the end'],
    [
      'text past the end',
      pickle.of(Buffer.from('X\xff\xff\xff\x7f', 'latin1')),
      'byte 2: expected 2147483647 bytes, found 1 to the end of the pickle',
    ],
    [
      'text past any end',
      pickle.of(Buffer.from([0x8d, ...Buffer.alloc(8, 0xff)])),
      'to the end of the pickle',
    ],
    [
      'an endless integer',
      pickle.of(Buffer.from([0x8b, 0xff, 0xff, 0xff, 0x7f])),
      'expected an integer of at most 255 bytes',
    ],
    ['no UTF-8', pickle.of(Buffer.from([0x8c, 1, 0xff])), 'expected text in UTF-8'],
    ['an empty stack', pickle.of(Buffer.from('a')), 'expected a value on the stack, found none'],
    ['below a mark', pickle.of(Buffer.from('N(0s')), 'expected a value on the stack'],
    ['no mark', pickle.of(Buffer.from('Nt')), 'expected a mark on the stack'],
    ['no memo', pickle.of(Buffer.from('h\x05')), 'expected a memo that was stored, found memo 5'],
    ['a dict of one', pickle.of(Buffer.from('}(Nu')), 'expected pairs for a dict'],
    ['appending to None', pickle.of(Buffer.from('NNa')), 'expected a list to append to, found None'],
    [
      'more after the end',
      Buffer.concat([pickle.of(whole), Buffer.from('.')]),
      'expected one value and the end of the pickle after it',
    ],
    ['two values', pickle.of(Buffer.from('NN')), 'expected one value'],
    [
      'a huge pickle',
      pickle.of(Buffer.alloc(5_000_000, 'N')),
      'expected a pickle of at most 2097152 bytes, found 5000003',
    ],
  ])('is refused when damaged: %s', (_, root, message) => {
    expectRefusal(torchFile(root, { 0: SIX }), message)
  })
})

describe('a pickle made to exhaust', () => {
  const put = (index: number) => Buffer.from([0x71, index])
  const get = (index: number) => Buffer.from([0x68, index])

  it.each([
    [
      'a list in itself',
      Buffer.concat([Buffer.from(']'), put(0), get(0), Buffer.from('a')]),
      'at most 64 levels deep',
    ],
    [
      'a record that is its own state',
      Buffer.concat([
        pickle.global('__torch__', 'M'),
        Buffer.from([0x29, 0x81]),
        put(0),
        get(0),
        Buffer.from('b'),
      ]),
      'at most 64 levels deep',
    ],
    [
      'lists of ten of lists of ten ...',
      Buffer.concat([
        ...Array.from({ length: 12 }, (_, level) => [
          Buffer.from('](N'),
          ...Array.from({ length: 10 }, () => (level === 0 ? pickle.none : get(level - 1))),
          Buffer.from('e'),
          put(level),
        ]).flat(),
        // One value must be left.
        ...Array.from({ length: 11 }, () => Buffer.from([0x86])),
      ]),
      'at most 200000 values',
    ],
    ['a name without end', pickle.dict({ ['x'.repeat(1001)]: whole }), 'names of at most 1000 characters'],
  ])('is refused: %s', (_, root, message) => {
    expectRefusal(torchFile(pickle.of(root), { 0: SIX }), message)
  })

  it('is refused when many tensors share one storage', () => {
    const length = 500_000
    const view = pickle.tensor(pickle.storage('0', length), [length], [1])
    const root = pickle.of(
      Buffer.concat([
        view,
        put(0),
        pickle.list(...Array.from({ length: 100 }, () => get(0))),
        Buffer.from([0x86]),
      ]),
    )
    expectRefusal(torchFile(root, { 0: Buffer.alloc(4 * length) }), 'they share storages')
  })

  it('never fails otherwise than by an InputDataError, whatever bytes are changed', () => {
    const good = pickle.of(
      pickle.dict({
        state_dict: pickle.dict({ a: whole, b: pickle.record('__torch__', 'M', { c: whole }) }),
      }),
    )
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), changes => {
        const bytes = Buffer.from(good)
        for (const [at, value] of changes) {
          bytes[at] = value
        }
        try {
          parseTorchFile(torchFile(bytes, { 0: SIX }), 'm')
        } catch (error) {
          expect(error).toBeInstanceOf(InputDataError)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('never fails otherwise than by an InputDataError, whatever bytes of the archive are changed', () => {
    const good = torchFile(pickle.of(pickle.dict({ w: whole })), { 0: SIX })
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255))
    fc.assert(
      fc.property(change, fc.nat(good.length), ([at, value], length) => {
        const bytes = Buffer.from(good)
        bytes[at] = value
        for (const candidate of [bytes, good.subarray(0, length)]) {
          try {
            parseTorchFile(candidate, 'm')
          } catch (error) {
            expect(error).toBeInstanceOf(InputDataError)
          }
        }
      }),
      { numRuns: 2000 },
    )
  })
})
