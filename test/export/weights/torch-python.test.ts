import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readWeights } from '../../../src/export/weights/read-weights.ts'

const python = ['python3', '/usr/bin/python3'].find(
  command => spawnSync(command, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
)
const reason = python === undefined ? ' (skipped: no python3 with torch)' : ''

/** Saves each sample and, as JSON, what PyTorch itself says about its tensors: float32 bits as unsigned integers. */
const SCRIPT = `
import collections, json, sys, torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 3, 5)
        self.bn = nn.BatchNorm1d(3)
        self.heads = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 1, bias=False)])
        self.names = ['donor', 'acceptor']
        self.sizes = [1, 2]

    def forward(self, x):
        return self.bn(self.conv(x))

torch.manual_seed(1)
net = Net()
for _ in range(3):
    net(torch.randn(8, 4, 9))
net.eval()
state = net.state_dict()
base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 7
bits = torch.arange(-32768, 32768, dtype=torch.int32).to(torch.int16)

views = collections.OrderedDict(
    transposed=base.transpose(0, 2), part=base[:, 1:, ::2], permuted=base.permute(1, 2, 0), whole=base,
    diagonal=base.diagonal(dim1=0, dim2=1), scalar=base[1, 2, 3], empty=base[:0], parameter=nn.Parameter(base[0].t()))
types = {str(kind)[6:]: torch.tensor([[0, 1, 2], [100, 101, 77]]).to(kind) for kind in (
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)}
types['large'] = torch.tensor([2**40 + 1, -5])
types['third'] = torch.tensor([1 / 3, 1e-300, 1e300], dtype=torch.float64)
halves = {'half': bits.view(torch.float16), 'brain': bits.clone().view(torch.bfloat16)}
optimiser = torch.optim.Adam(net.parameters())
checkpoint = {'epoch': 3, 'loss': 0.25, 'best': None, 'done': True, 'big': 2**70, 'tags': ('a', [1, -2]), 'comment': 'ü',
    'optimizer': optimiser.state_dict(), 'state_dict': state}

folder, expected = sys.argv[1], {}

def note(name, tensors):
    expected[name] = [[key, list(value.shape), str(value.dtype)[6:],
        value.detach().to(torch.float32).contiguous().reshape(-1).view(torch.int32).tolist() if value.numel() else []] for key, value in tensors.items()]

for name, content, tensors in (
    ('state-dict', state, state), ('checkpoint', checkpoint, state), ('views', views, views), ('types', types, types), ('halves', halves, halves),
    ('protocol-4', state, state)):
    torch.save(content, f'{folder}/{name}.pt', pickle_protocol=4 if name == 'protocol-4' else 2)
    note(name, tensors)
torch.jit.script(net).save(f'{folder}/script.pt')
note('script', state)
torch.jit.trace(net, torch.zeros(1, 4, 9)).save(f'{folder}/trace.pt')
note('trace', state)
torch.save(net, f'{folder}/module.pt')
torch.save(state, f'{folder}/legacy.pt', _use_new_zipfile_serialization=False)
torch.jit.freeze(torch.jit.script(net)).save(f'{folder}/frozen.pt')
json.dump(expected, open(f'{folder}/expected.json', 'w'))
`

type Expected = Record<string, [name: string, dims: number[], type: string, bits: number[]][]>

describe.skipIf(python === undefined)(`files written by PyTorch${reason}`, () => {
  let folder: string
  let expected: Expected

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'torch-'))
    // TorchScript looks its source up, so it must be in a file.
    const script = join(folder, 'samples.py')
    writeFileSync(script, SCRIPT)
    execFileSync(python!, [script, folder], { stdio: ['ignore', 'ignore', 'pipe'] })
    expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(['state-dict', 'checkpoint', 'views', 'types', 'halves', 'protocol-4', 'script', 'trace'])(
    'give every value as PyTorch has it: %s',
    async name => {
      const tensors = await readWeights(join(folder, `${name}.pt`))
      const found = [...tensors.values()].map(tensor => [tensor.name, tensor.dims, tensor.type])
      expect(found).toEqual(expected[name]!.map(([key, dims, type]) => [key, dims, type]))
      for (const [key, , , bits] of expected[name]!) {
        // NaN equals NaN here; everything else, zeros with their sign too, must be the same bits.
        expect(tensors.get(key)!.data).toEqual(new Float32Array(Int32Array.from(bits).buffer))
      }
    },
  )

  it('keep the numbers of integers', async () => {
    const types = await readWeights(join(folder, 'types.pt'))
    expect(types.get('large')!.integers).toEqual(Float64Array.of(2 ** 40 + 1, -5))
    expect(types.get('uint8')!.integers).toEqual(Float64Array.of(0, 1, 2, 100, 101, 77))
    expect(types.get('bool')!.integers).toEqual(Float64Array.of(0, 1, 1, 1, 1, 1))
    const state = await readWeights(join(folder, 'state-dict.pt'))
    expect(state.get('bn.num_batches_tracked')).toEqual({
      name: 'bn.num_batches_tracked',
      dims: [],
      type: 'int64',
      data: Float32Array.of(3),
      integers: Float64Array.of(3),
    })
  })

  it.each([
    ['module', /refused: .* "__main__\.Net"; nothing was executed/],
    ['legacy', /found a PyTorch file from before the zip format/],
    ['frozen', /expected tensors, found none/],
  ])('are refused when they hold no plain tensors: %s', async (name, message) => {
    await expect(readWeights(join(folder, `${name}.pt`))).rejects.toThrow(message)
  })
})
