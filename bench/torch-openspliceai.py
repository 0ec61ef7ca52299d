"""One contender of bench/default-model.mjs: OpenSpliceAI's network in PyTorch, eager, on the CPU, on the sites of junctions.
   Weights are random: the time does not depend on them.
   python3 bench/torch-openspliceai.py 80|400 JUNCTIONS.bed GENOME.fa THREADS"""
import resource
import sys
import time

import torch
from torch import nn

context, junctions, genome, threads = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
# Width and dilation of every unit; blocks are of four.
UNITS = {80: [(11, 1)] * 4, 400: [(11, 1)] * 4 + [(11, 4)] * 4}[context]
PARAMETERS = {80: 93251, 400: 185187}[context]
CHANNELS = 32
BATCH = 256
CODES = bytes(b"ACGT".find(bytes([base]).upper()) % 5 for base in range(256))
# N is a column of zeros.
ONE_HOT = torch.cat([torch.eye(4), torch.zeros(1, 4)])
# Complement of a code, in a table of 256 as translate wants it.
COMPLEMENT = bytes([3, 2, 1, 0, 4]) + bytes(251)


class Unit(nn.Module):
    def __init__(self, width, dilation):
        super().__init__()
        padding = dilation * (width - 1) // 2
        conv = lambda: nn.Conv1d(CHANNELS, CHANNELS, width, dilation=dilation, padding=padding)
        part = lambda: [nn.BatchNorm1d(CHANNELS), nn.LeakyReLU(0.1), conv()]
        self.body = nn.Sequential(*part(), *part())

    def forward(self, x):
        return x + self.body(x)


class Network(nn.Module):
    """Scores of neither, acceptor and donor at every base that has half a context on both sides."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv1d(4, CHANNELS, 1)
        self.skip = nn.Conv1d(CHANNELS, CHANNELS, 1)
        self.units = nn.ModuleList(Unit(width, dilation) for width, dilation in UNITS)
        self.skips = nn.ModuleList(nn.Conv1d(CHANNELS, CHANNELS, 1) for _ in UNITS[::4])
        self.out = nn.Conv1d(CHANNELS, 3, 1)

    def forward(self, x):
        x = self.stem(x)
        skip = self.skip(x)
        for i, unit in enumerate(self.units):
            x = unit(x)
            if i % 4 == 3:
                skip = skip + self.skips[i // 4](x)
        return torch.softmax(self.out(skip[:, :, context // 2 : -(context // 2)]), 1)


def read_genome(path):
    with open(path, "rb") as file:
        records = file.read().split(b">")[1:]
    contigs = {}
    for record in records:
        head, _, lines = record.partition(b"\n")
        contigs[head.split()[0].decode()] = lines.translate(CODES, b"\r\n")
    return contigs


def read_sites(path):
    """Yields contig, position and strand of the last exon base and of the first one after the intron, junction by junction."""
    with open(path) as file:
        for line in file:
            contig, start, end, _, _, strand = line.split()[:6]
            before, after = int(start) - 1, int(end)
            donor, acceptor = (before, after) if strand == "+" else (after, before)
            yield contig, donor, strand
            yield contig, acceptor, strand


def window(bases, position, strand):
    first, last = position - context // 2, position + context // 2 + 1
    codes = bases[max(first, 0) : last]
    if len(codes) < context + 1:
        codes = bytes([4]) * max(-first, 0) + codes + bytes([4]) * max(last - len(bases), 0)
    return codes if strand == "+" else codes.translate(COMPLEMENT)[::-1]


def score(network, windows):
    codes = torch.frombuffer(bytearray(b"".join(windows)), dtype=torch.uint8).view(-1, context + 1)
    return network(ONE_HOT[codes.long()].transpose(1, 2).contiguous())[:, 1:, 0]


started = time.perf_counter()
torch.set_num_threads(threads)
torch.manual_seed(1)
network = Network().eval()
assert sum(p.numel() for p in network.parameters()) == PARAMETERS
contigs = read_genome(genome)
scores = []
with torch.inference_mode():
    windows = []
    for contig, position, strand in read_sites(junctions):
        windows.append(window(contigs[contig], position, strand))
        if len(windows) == BATCH:
            scores.append(score(network, windows))
            windows = []
    if windows:
        scores.append(score(network, windows))
pairs = torch.cat(scores).view(-1, 2, 2)
# Columns are acceptor and donor.
table = torch.stack([pairs[:, 0, 1], pairs[:, 1, 0]], 1).tolist()
for donor, acceptor in table:
    print(f"{donor:.5f}\t{acceptor:.5f}")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"{len(table)} junctions, torch {torch.__version__}, {time.perf_counter() - started:.2f} s, peak memory {peak} MB", file=sys.stderr)
