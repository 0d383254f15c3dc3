#!/usr/bin/env python3
"""Records what Debian's python3-torch (1.13) makes of Grad-CAM on the networks of record_networks.py, for
grad_cam_test.cpp.

    tests/oracles/record_grad_cam.py

The weights and clips are those of record_networks.py. The whole network runs with gradients, backward() of the summed
output fills those of the maps, which a hook keeps. NAME.npy, float32 [3 outputs, 2 clips, h, w]: the maps, not scaled.
NAME_clip.npy, float32 [3 outputs, 40, 86]: the maps of one clip of 86 frames seen through windows of 51 frames from
frames 0, 17 and 35, each stretched by torch's interpolate, averaged where they overlap, scaled to 1 where not all 0.
"""
import pathlib

import numpy
import torch
from torch import nn

import record_networks as networks

OUT = pathlib.Path(__file__).resolve().parent / "grad_cam"
FRAMES, STARTS = 86, (0, 17, 35)


class Keeper:
    """Keeps what a layer gave and, by a hook, the gradient with respect to it."""

    def __call__(self, maps):
        self.maps = maps
        if maps.requires_grad:
            maps.register_hook(self.keep)
        return maps

    def keep(self, gradient):
        self.gradient = gradient


class Cnn(networks.Cnn):
    def embed(self, x):
        x = self.keeper(nn.functional.max_pool2d(torch.relu(self.conv(x)), 2))
        return torch.relu(self.dense(x.flatten(1)))


class FourBlockCnn(networks.FourBlockCnn):
    def embed(self, x):
        for i, (conv, norm) in enumerate(zip(self.convolutions, self.norms)):
            x = torch.relu(norm(conv(x)))
            if i == 3:
                self.keeper(x)
            x = nn.functional.max_pool2d(x, 2)
        return x.mean(dim=(2, 3))


class ShortChunkResnet(networks.ShortChunkResnet):
    def embed(self, x):
        for stage in self.stages:
            x = stage(x)
        self.keeper(x)
        return torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], 1)


class Musicnn(networks.Musicnn):
    def embed(self, x):
        fronts = [conv(x).amax(dim=2) for conv in self.vertical]
        fronts += [conv(x.mean(dim=2)) for conv in self.horizontal]
        layers = [torch.relu(self.front_norm(torch.cat(fronts, 1)))]
        layers.append(self.middle[0](layers[-1]))
        layers.append(self.middle[1](layers[-1]) + layers[-1])
        layers.append(self.middle[2](layers[-1]) + layers[-1])
        x = self.keeper(torch.cat(layers, 1).unsqueeze(2)).squeeze(2)
        return torch.relu(self.dense_norm(self.dense(torch.cat([x.mean(dim=2), x.amax(dim=2)], 1))))


class Crnn(networks.Crnn):
    def embed(self, x):
        for i, (conv, norm, bins) in enumerate(zip(self.convolutions, self.norms, (2, 2, 4))):
            x = torch.relu(norm(conv(x)))
            if i == 2:
                self.keeper(x)
            x = nn.functional.max_pool2d(x, (bins, 2))
        return self.gru(x.mean(dim=2).transpose(1, 2))[0].mean(dim=1)


def grad_cam(network, x, output):
    network.zero_grad()
    network(x)[:, output].sum().backward()
    maps, gradient = network.keeper.maps.detach(), network.keeper.gradient
    return torch.relu((gradient.mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1))


def of_clip(network, clip, output):
    total, seen = torch.zeros(networks.BINS, FRAMES), torch.zeros(FRAMES)
    for start in STARTS:
        window = slice(start, start + networks.FRAMES)
        small = grad_cam(network, clip[..., window], output)
        total[:, window] += nn.functional.interpolate(
            small[None], (networks.BINS, networks.FRAMES), mode="bilinear", align_corners=False)[0, 0]
        seen[window] += 1
    mean = total / seen
    return mean / mean.max() if mean.max() > 0 else mean


def formula_clips(n, n_frames):
    size = n * networks.BINS * n_frames
    values = (3.0 * numpy.sin(0.013 * numpy.arange(size, dtype=numpy.float64) ** 1.3)).astype("float32")
    return torch.from_numpy(values.reshape(n, 1, networks.BINS, n_frames))


def main():
    OUT.mkdir(exist_ok=True)
    for name, make in (("cnn", Cnn), ("four_block_cnn", FourBlockCnn), ("short_chunk_resnet", ShortChunkResnet),
                       ("musicnn", Musicnn), ("crnn", Crnn)):
        network = make()
        network.keeper = Keeper()
        for key, tensor in network.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(torch.from_numpy(networks.filled(key, tuple(tensor.shape))))
        network.eval()
        clips = formula_clips(2, networks.FRAMES)
        logits = numpy.load(networks.OUT / f"{name}.npy")
        assert numpy.abs(network(clips).detach().numpy() - logits).max() < 1e-6, "another network than was recorded"
        maps = numpy.stack([grad_cam(network, clips, output).numpy() for output in range(networks.OUTPUTS)])
        clip = formula_clips(1, FRAMES)
        whole = numpy.stack([of_clip(network, clip, output).numpy() for output in range(networks.OUTPUTS)])
        numpy.save(OUT / f"{name}.npy", maps)
        numpy.save(OUT / f"{name}_clip.npy", whole)
        assert maps.max() > 0 and whole.max() == 1, "a recording that tells nothing"
        print(name, maps.shape, maps.reshape(3, 2, -1).max(axis=2).tolist(), whole.mean(axis=(1, 2)).tolist())


if __name__ == "__main__":
    main()
