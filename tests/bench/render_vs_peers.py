#!/usr/bin/python3
"""Clips per second of hitscope render beside what a user would pick instead, on the same clips in the same run.

    tests/bench/render_vs_peers.py CLIPS_MP3 [--wav CLIPS_WAV] [--peers ../shared/peers] [--passes 5] [--limit 60]

CLIPS_MP3 and CLIPS_WAV are folders, e.g. made by PEERS/make_clips.sh. PEERS/audio_peer.py gives the peers: `job soxr`
(libsndfile, libsoxr, numpy: librosa's numbers), `job torchaudio`, `mel torchaudio`, `mel scipy`. Everything runs on one
core (taskset) turn by turn, but for the last row. Both sides write float32 .npy, but for "float16",
hitscope's default. Ours is timed as a whole process,
start-up included; the peers' imports and warm-up are not counted. Stages by themselves: build/release/tests/stage_bench.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def words():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("mp3", type=pathlib.Path)
    parser.add_argument("--wav", type=pathlib.Path)
    parser.add_argument("--peers", type=pathlib.Path, default=ROOT / "../shared/peers")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--limit", type=int, default=60)
    return parser.parse_args()


OPTIONS = words()


def one_core(*command):
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    return subprocess.run(["taskset", "-c", "0", *map(str, command)], check=True, capture_output=True, text=True,
                          env=environment).stdout


def rate_in(text):
    return float(re.findall(r"clips_per_s=([0-9.]+)", text)[-1])


def peer(what, engine, folder):
    return lambda: rate_in(one_core("/usr/bin/python3", OPTIONS.peers / "audio_peer.py", what, engine, folder, "--limit",
                                    OPTIONS.limit, "--passes", 1))


def stage(name, folder):
    return lambda: rate_in(one_core(OPTIONS.build / "tests/stage_bench", name, folder, 1, OPTIONS.limit))


def render(folder, *flags, cores=1):
    """The whole process over a folder that holds just the first LIMIT clips."""
    def run():
        with tempfile.TemporaryDirectory() as work:
            clips = pathlib.Path(work) / "clips"
            clips.mkdir()
            files = sorted(folder.iterdir())[: OPTIONS.limit]
            for file in files:
                (clips / file.name).symlink_to(file.resolve())
            dtype = () if "--dtype" in flags else ("--dtype", "float32")
            command = [OPTIONS.build / "bin/hitscope", "render", clips, "--out", pathlib.Path(work) / "out", "--threads",
                       cores, *dtype, *flags]
            start = time.perf_counter()
            if cores == 1:
                one_core(*command)
            else:
                subprocess.run(list(map(str, command)), check=True, capture_output=True)
            return len(files) / (time.perf_counter() - start)
    return run


def main():
    runs = {"render, exact": render(OPTIONS.mp3), "render --fast": render(OPTIONS.mp3, "--fast"),
            "decode alone": stage("decode", OPTIONS.mp3), "libmpg123 alone": stage("libmpg123", OPTIONS.mp3),
            "job soxr": peer("job", "soxr", OPTIONS.mp3), "job torchaudio": peer("job", "torchaudio", OPTIONS.mp3),
            "transform": stage("mel", OPTIONS.mp3), "mel torchaudio": peer("mel", "torchaudio", OPTIONS.mp3),
            "mel scipy": peer("mel", "scipy", OPTIONS.mp3)}
    if OPTIONS.wav:
        runs["render WAV, exact"] = render(OPTIONS.wav)
        runs["render WAV, float16"] = render(OPTIONS.wav, "--dtype", "float16")
        runs["job soxr WAV"] = peer("job", "soxr", OPTIONS.wav)
    runs["render, exact, 2 cores"] = render(OPTIONS.mp3, cores=2)
    rates = {name: [] for name in runs}
    for _ in range(OPTIONS.passes):
        for name, run in runs.items():
            rates[name].append(run())
    median = {name: statistics.median(values) for name, values in rates.items()}
    for name, values in rates.items():
        print(f"{name:24} {median[name]:8.1f} clips/s  ({min(values):.1f} to {max(values):.1f})")
    pairs = [("render, exact", "job soxr"), ("render, exact", "job torchaudio"), ("render --fast", "job soxr"),
             ("render --fast", "job torchaudio"), ("transform", "mel torchaudio"), ("transform", "mel scipy"),
             ("decode alone", "libmpg123 alone"), ("render, exact, 2 cores", "render, exact")]
    if OPTIONS.wav:
        pairs += [("render WAV, exact", "job soxr WAV"), ("render WAV, float16", "job soxr WAV")]
    for ours, theirs in pairs:
        print(f"{ours} : {theirs} = {median[ours] / median[theirs]:.2f}")
    for wall in ("decode alone", "libmpg123 alone"):
        print(f"time of render, exact : time of {wall} = {median[wall] / median['render, exact']:.2f}")


if __name__ == "__main__":
    sys.exit(main())
