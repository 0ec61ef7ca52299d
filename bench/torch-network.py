"""One contender of bench/networks.mjs: the same network in PyTorch, eager, on the CPU.
   python3 bench/torch-network.py train|score BATCH STEPS"""
import json
import os
import resource
import sys
import time

import torch
from torch import nn

what, batch, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(len(os.sched_getaffinity(0)))


class Unit(nn.Module):
    def __init__(self, channels, width, dilation, groups):
        super().__init__()
        padding = (width - 1) * dilation // 2
        conv = lambda: nn.Conv1d(channels, channels, width, dilation=dilation, padding=padding, groups=groups)
        self.body = nn.Sequential(
            conv(), nn.BatchNorm1d(channels), nn.LeakyReLU(0.1), conv(), nn.BatchNorm1d(channels), nn.LeakyReLU(0.1)
        )

    def forward(self, x):
        return x + self.body(x)


class Network(nn.Module):
    """20 residual units of 64 channels in 4 groups, with 7 skip convolutions: 651,715 parameters."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv1d(4, 64, 1)
        self.skips = nn.ModuleList(nn.Conv1d(64, 64, 1) for _ in range(7))
        shapes = [(11, 1)] * 4 + [(11, 5)] * 4 + [(11, 10)] * 4 + [(21, 15)] * 4 + [(21, 20)] * 4
        self.units = nn.ModuleList(Unit(64, width, dilation, 4) for width, dilation in shapes)
        self.out = nn.Conv1d(64, 3, 1)

    def forward(self, x):
        x = self.stem(x)
        skip = self.skips[0](x)
        for i, unit in enumerate(self.units):
            x = unit(x)
            if i % 4 == 3:
                skip = skip + self.skips[1 + i // 4](x)
        return self.out(skip + self.skips[6](x))


torch.manual_seed(1)
network = Network()
assert sum(p.numel() for p in network.parameters()) == 651715
bases = torch.nn.functional.one_hot(torch.randint(0, 4, (batch, 800)), 4).permute(0, 2, 1).float().contiguous()
labels = torch.zeros(batch, 800, dtype=torch.long)
optimiser = torch.optim.AdamW(network.parameters(), 1e-3)


def train():
    log_p = torch.log_softmax(network(bases), 1)
    loss = (-((1 - log_p.exp()) ** 2) * log_p).gather(1, labels[:, None]).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def score():
    with torch.no_grad():
        torch.softmax(network(bases), 1)


if what == "score":
    network.eval()
step = train if what == "train" else score
step()
times = []
for _ in range(steps):
    started = time.perf_counter()
    step()
    times.append(time.perf_counter() - started)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"samplesPerSecond": batch / sorted(times)[steps // 2], "memory": memory}))
