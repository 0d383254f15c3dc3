#!/usr/bin/python3
"""Renders many clips in constant memory, and again while being killed: are the shards the same, byte for byte?

    tests/bench/render_many.py CLIPS [--clips 10000] [--kills 20] [--seed 1] [--hitscope build/release/bin/hitscope]

Hard-links the files of CLIPS into a folder of --clips files, renders it undisturbed (peak memory of the process, clips
per second), then renders it again with SIGKILL at --kills random moments, and compares every shard and the index.
"""
import argparse
import filecmp
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def command(options, clips, out):
    return [options.hitscope, "render", str(clips), "--out", str(out)]


def undisturbed(options, clips, out):
    start = time.perf_counter()
    subprocess.run(command(options, clips, out), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"undisturbed: {options.clips / seconds:.1f} clips/s, peak memory {megabytes:.0f} MB")
    return seconds


def killed(options, clips, out, seconds):
    dice = random.Random(options.seed)
    kills = 0
    while kills < options.kills:
        process = subprocess.Popen(command(options, clips, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            if process.wait(dice.uniform(0.02, 1.6 * seconds / options.kills)) != 0:
                raise RuntimeError("render failed by itself")
            break  # it came to its end first
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
    subprocess.run(command(options, clips, out), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return kills


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--clips", type=int, default=10000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hitscope", default=str(ROOT / "build/release/bin/hitscope"))
    options = parser.parse_args()
    files = sorted(p for p in options.source.iterdir() if p.is_file())
    with tempfile.TemporaryDirectory(dir=options.source.parent) as folder:  # hard links need one file system
        work = pathlib.Path(folder)
        (work / "clips").mkdir()
        for i in range(options.clips):
            file = files[i % len(files)]
            os.link(file, work / "clips" / f"{i:06}{file.suffix}")
        seconds = undisturbed(options, work / "clips", work / "whole")
        kills = killed(options, work / "clips", work / "killed", seconds)
        names = sorted(p.name for p in (work / "whole").iterdir() if p.suffix in (".npy", ".csv", ".json"))
        _, different, missing = filecmp.cmpfiles(work / "whole", work / "killed", names, shallow=False)
        extra = sorted(p.name for p in (work / "killed").glob("shard-*") if p.name not in names)
        print(f"killed {kills} times: {len(names)} files, {len(different)} different, {len(missing)} missing, "
              f"{len(extra)} extra")
        return 1 if different or missing or extra or kills < options.kills else 0


if __name__ == "__main__":
    sys.exit(main())
