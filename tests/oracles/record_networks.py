#!/usr/bin/python3
"""Records what Debian's python3-torch (1.13) makes of the same networks, written here in Python, for networks_test.cpp.

    tests/oracles/record_networks.py

Every parameter and buffer is filled by a formula of its key and place, which the test repeats, so that no weights are
stored: only the keys with their shapes (keys.txt) and the logits in evaluation mode (NAME.npy, float32 [2, 3]) of two
clips of 40 bins and 51 frames, also from a formula.
"""
import pathlib

import numpy
import torch
from torch import nn

OUT = pathlib.Path(__file__).resolve().parent / "networks"
BINS, FRAMES, OUTPUTS = 40, 51, 3


class Base(nn.Module):
    """Decibels in, standardised; an embedding; a linear layer."""

    def __init__(self, features):
        super().__init__()
        self.register_buffer("input_mean", torch.zeros(BINS))
        self.register_buffer("input_std", torch.ones(BINS))
        self.output = nn.Linear(features, OUTPUTS)

    def forward(self, x):
        x = (x - self.input_mean.view(1, 1, -1, 1)) / self.input_std.view(1, 1, -1, 1)
        return self.output(self.embed(x))


class Cnn(Base):
    def __init__(self):
        super().__init__(64)
        self.conv = nn.Conv2d(1, 32, 3)
        self.dense = nn.Linear(32 * ((BINS - 2) // 2) * ((FRAMES - 2) // 2), 64)

    def embed(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv(x)), 2)  # ours pools first: the same
        return torch.relu(self.dense(x.flatten(1)))


class FourBlockCnn(Base):
    def __init__(self):
        super().__init__(128)
        channels = [1, 32, 64, 128, 128]
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(a, b, 3, padding=1, bias=False) for a, b in zip(channels, channels[1:])])
        self.norms = nn.ModuleList([nn.BatchNorm2d(n) for n in channels[1:]])

    def embed(self, x):
        for conv, norm in zip(self.convolutions, self.norms):
            x = nn.functional.max_pool2d(torch.relu(norm(conv(x))), 2)
        return x.mean(dim=(2, 3))


class Stage(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.conv1 = nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(b)
        self.conv2 = nn.Conv2d(b, b, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(b)
        self.shortcut = nn.Conv2d(a, b, 1, bias=False)
        self.shortcut_norm = nn.BatchNorm2d(b)

    def forward(self, x):
        y = self.norm2(self.conv2(torch.relu(self.norm1(self.conv1(x)))))
        halved = nn.functional.avg_pool2d(x, 2, ceil_mode=True, count_include_pad=False)
        return torch.relu(y + self.shortcut_norm(self.shortcut(halved)))


class ShortChunkResnet(Base):
    def __init__(self):
        channels = [1, 32, 64, 128, 128]
        super().__init__(2 * channels[-1])
        self.stages = nn.ModuleList([Stage(a, b) for a, b in zip(channels, channels[1:])])

    def embed(self, x):
        for stage in self.stages:
            x = stage(x)
        return torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], 1)


class Musicnn(Base):
    def __init__(self):
        super().__init__(200)
        heights = [int(0.4 * BINS), int(0.7 * BINS)]
        self.vertical = nn.ModuleList([nn.Conv2d(1, 32, (h, 7), padding=(0, 3)) for h in heights])
        self.horizontal = nn.ModuleList([nn.Conv1d(1, 16, n, padding=n // 2) for n in (33, 65)])
        self.middle = nn.ModuleList([
            nn.Sequential(nn.Conv1d(a, 64, 7, padding=3, bias=False), nn.BatchNorm1d(64), nn.ReLU())
            for a in (96, 64, 64)])
        self.front_norm = nn.BatchNorm1d(96)
        self.dense = nn.Linear(2 * (96 + 3 * 64), 200)
        self.dense_norm = nn.BatchNorm1d(200)

    def embed(self, x):
        fronts = [conv(x).amax(dim=2) for conv in self.vertical]
        fronts += [conv(x.mean(dim=2)) for conv in self.horizontal]
        layers = [torch.relu(self.front_norm(torch.cat(fronts, 1)))]
        layers.append(self.middle[0](layers[-1]))
        layers.append(self.middle[1](layers[-1]) + layers[-1])
        layers.append(self.middle[2](layers[-1]) + layers[-1])
        x = torch.cat(layers, 1)
        return torch.relu(self.dense_norm(self.dense(torch.cat([x.mean(dim=2), x.amax(dim=2)], 1))))


class Crnn(Base):
    def __init__(self):
        super().__init__(128)
        channels = [1, 32, 64, 128]
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(a, b, 3, padding=1, bias=False) for a, b in zip(channels, channels[1:])])
        self.norms = nn.ModuleList([nn.BatchNorm2d(n) for n in channels[1:]])
        self.gru = nn.GRU(128, 64, batch_first=True, bidirectional=True)

    def embed(self, x):
        for conv, norm, bins in zip(self.convolutions, self.norms, (2, 2, 4)):
            x = nn.functional.max_pool2d(torch.relu(norm(conv(x))), (bins, 2))
        return self.gru(x.mean(dim=2).transpose(1, 2))[0].mean(dim=1)


def filled(key, shape):
    """The formula: waves whose phase is the key's, as small as the layer is wide; variances and scales about 1."""
    n = int(numpy.prod(shape)) if shape else 1
    phase = sum(key.encode()) % 97
    wave = numpy.sin(0.7 * numpy.arange(n, dtype=numpy.float64) + phase)
    if key.endswith(("running_var", "input_std")) or (len(shape) == 1 and key.endswith("weight")):
        values = 1.0 + 0.2 * wave
    else:
        values = wave * (0.5 / numpy.sqrt(n / shape[0]) if len(shape) > 1 else 0.1)
    return values.astype("float32").reshape(shape)


def main():
    OUT.mkdir(exist_ok=True)
    n = 2 * BINS * FRAMES
    clips = (3.0 * numpy.sin(0.013 * numpy.arange(n, dtype=numpy.float64) ** 1.3)).astype("float32")
    clips = torch.from_numpy(clips.reshape(2, 1, BINS, FRAMES))
    lines = []
    for name, make in (("cnn", Cnn), ("four_block_cnn", FourBlockCnn), ("short_chunk_resnet", ShortChunkResnet), ("musicnn", Musicnn), ("crnn", Crnn)):
        network = make()
        state = network.state_dict()
        for key, tensor in state.items():
            if tensor.is_floating_point():
                tensor.copy_(torch.from_numpy(filled(key, tuple(tensor.shape))))
                lines.append(f"{name} {key} {'x'.join(map(str, tensor.shape))}")
        network.eval()
        with torch.no_grad():
            logits = network(clips).numpy()
        numpy.save(OUT / f"{name}.npy", logits)
        print(name, sum(p.numel() for p in network.parameters()), logits.round(3).tolist())
    (OUT / "keys.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
