#!/usr/bin/env python3
"""Samples per second of training and inference beside Python PyTorch: the same networks, batch size and optimiser.

    tests/bench/train_vs_pytorch.py [--turns 3] [--threads 2]

Two networks: the baseline CNN on 128 x 128 and four convolutions with batch norm on 128 x 256 (see `networks` here and
models/neural/networks). Python: tensors in memory, Adam, as installed; and tuned by hand: channels-last, bfloat16
autocast, glibc told to keep large blocks. Ours: build/release/tests/train_bench with its data path (float16 clips, crop,
prefetch) and AdamW without decay of weights or what a recipe adds. Turns alternate; medians are printed.
Needs Debian's python3-torch and an OpenBLAS.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BENCH = pathlib.Path(os.environ.get("TRAIN_BENCH", HERE.parents[1] / "build/release/tests/train_bench"))
PEER = '''
import statistics, sys, time
import torch
from torch import nn
name, mode, tuned, threads = sys.argv[1], sys.argv[2], sys.argv[3] == "tuned", int(sys.argv[4])
torch.set_num_threads(threads)
torch.manual_seed(1)
if name == "cnn":
    net = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 63 * 63, 64),
                        nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 3))
    shape = (1, 128, 128)
else:
    layers, a = [], 1
    for b in (32, 64, 128, 128):
        layers += [nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2)]
        a = b
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.5), nn.Linear(128, 3))
    shape = (1, 128, 256)
inputs = [torch.randn(32, *shape) for _ in range(8)]
targets = [torch.randint(0, 3, (32,)) for _ in range(8)]
if tuned:
    net = net.to(memory_format=torch.channels_last)
    inputs = [x.to(memory_format=torch.channels_last) for x in inputs]
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
loss_of = nn.CrossEntropyLoss()
net.train(mode == "train")

def step(i):
    with torch.autocast("cpu", torch.bfloat16, enabled=tuned):
        if mode == "infer":
            with torch.no_grad():
                return net(inputs[i % 8])
        loss = loss_of(net(inputs[i % 8]), targets[i % 8])
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss

for i in range(4):
    step(i)
rates = []
for turn in range(5):
    start = time.perf_counter()
    for i in range(16):
        result = step(i)
    result.sum().item()
    rates.append(32 * 16 / (time.perf_counter() - start))
print(f"samples_per_s={statistics.median(rates):.1f}")
'''


def rate(command, **environment):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                            env={**os.environ, **environment})
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stderr}")
    return float(result.stdout.split("samples_per_s=")[1].split()[0]), result.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    threads = str(args.threads)
    keep_blocks = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}
    for name, frames in (("cnn", "128"), ("four_block_cnn", "256")):
        for mode in ("train", "infer"):
            def python(kind):
                return ["/usr/bin/python3", "-c", PEER, name, mode, kind, threads]

            runs = {"python": [], "python, tuned by hand": [], "hitscope": [], "hitscope, bfloat16": []}
            waited = ""
            for _ in range(args.turns):
                runs["python"].append(rate(python("plain"), OMP_NUM_THREADS=threads)[0])
                runs["python, tuned by hand"].append(
                    rate(python("tuned"), OMP_NUM_THREADS=threads, **keep_blocks)[0])
                ours, said = rate([BENCH, name, mode, frames, threads])
                runs["hitscope"].append(ours)
                waited = said.split("waited_share=")[1].split()[0]
                runs["hitscope, bfloat16"].append(rate([BENCH, name, mode, "bfloat16", frames, threads])[0])
            medians = {kind: statistics.median(rates) for kind, rates in runs.items() if rates}
            for kind, median in medians.items():
                print(f"{name} {mode}, {kind}: {median:.0f} samples/s, {median / medians['python']:.2f} x Python, "
                      f"{median / medians['python, tuned by hand']:.2f} x tuned", flush=True)
            print(f"{name} {mode}: hitscope waited for data {100 * float(waited):.1f} % of the time", flush=True)


if __name__ == "__main__":
    main()
