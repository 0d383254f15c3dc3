#!/usr/bin/python3
"""Clips per second from MP3 to decibel mel spectrograms on disk: hitscope render beside torchaudio, one core each.

    tests/bench/render_vs_torchaudio.py CLIPS_FOLDER [--hitscope build/release/bin/hitscope] [--passes 5] [--limit 60]

Needs Debian's python3-torchaudio and libopenblas0-pthread. Both read the same files in the same run, turn by turn, and
write float16 arrays; the last line gives both medians and their ratio. Start-up and imports are not counted for
torchaudio; hitscope's whole process is.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchaudio  # noqa: E402

torch.set_num_threads(1)
RATE, SECONDS = 22050, 30


def torchaudio_pass(files, out):
    mel = torchaudio.transforms.MelSpectrogram(RATE, 2048, hop_length=512, n_mels=128, norm="slaney", mel_scale="slaney",
                                               pad_mode="constant")
    to_db = torchaudio.transforms.AmplitudeToDB("power", top_db=80.0)
    resamplers = {}
    start = time.perf_counter()
    with torch.no_grad():
        for file in files:
            y, rate = torchaudio.load(str(file))
            resample = resamplers.setdefault(rate, torchaudio.transforms.Resample(rate, RATE))
            y = resample(y.mean(0))[: RATE * SECONDS]
            y = torch.nn.functional.pad(y, (0, RATE * SECONDS - y.numel()))
            np.save(out / (file.stem + ".npy"), to_db(mel(y)).numpy().astype(np.float16))
    return len(files) / (time.perf_counter() - start)


def hitscope_pass(program, folder, n_files, out):
    start = time.perf_counter()
    subprocess.run([program, "render", str(folder), "--out", str(out), "--threads", "1"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return n_files / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("clips", type=pathlib.Path)
    parser.add_argument("--hitscope", default="build/release/bin/hitscope")
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--limit", type=int, default=60)
    options = parser.parse_args()
    files = sorted(options.clips.glob("*.mp3"))[: options.limit]
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        (work / "clips").mkdir()
        for file in files:
            shutil.copy(file, work / "clips")
        for i in range(options.passes):
            (work / f"theirs{i}").mkdir()
            theirs.append(torchaudio_pass(files, work / f"theirs{i}"))
            ours.append(hitscope_pass(options.hitscope, work / "clips", len(files), work / f"ours{i}"))
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"hitscope={a:.1f} clips/s torchaudio={b:.1f} clips/s ratio={a / b:.2f}")


if __name__ == "__main__":
    main()
