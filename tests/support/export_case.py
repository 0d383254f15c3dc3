"""Runs with a head each, their exported files, and what `hitscope score` says of the same clips."""

import json
import struct
import wave

from harness import ALL_FINE, Case, make_tones, run, write_csv

try:
    import numpy as np
    import onnx  # noqa: F401  (export_test needs these)
    import torch  # noqa: F401
except ImportError as e:  # a visible skip below
    MISSING = str(e)
else:
    MISSING = None
HEADS = ("cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn")
CLASSES = ("low", "mid", "high")
N_CLIPS, SECONDS, RATE = 15, 3, 8000
# 301 frames: the cnn sees them pooled to 128, the others two windows of 256.
FRONT_END = ("--duration", SECONDS, "--sample-rate", RATE, "--n-fft", 256, "--hop-length", 80, "--n-mels", 16, "--dtype",
             "float32")


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def samples_of(path):
    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return data.astype(np.float32) / 32768


def safetensors_keys(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    return set(json.loads(data[8:8 + length])) - {"__metadata__"}


def windows_of(clips, width, n_windows):
    """[n_windows] of [n, 1, n_bins, width], as the README tells a reader to cut them."""
    room = clips.shape[-1] - width
    starts = [int(room * w / (n_windows - 1)) if n_windows > 1 else int(room / 2) for w in range(n_windows)]
    return [clips[..., s:s + width] for s in starts]


class ExportCase(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.shared_folder()
        cls.clips, cls.specs, cls.table = folder / "clips", folder / "specs", folder / "songs.csv"
        cls.clips.mkdir()
        names = [name for name, _ in make_tones(cls.clips, N_CLIPS, SECONDS, RATE)]
        cls.files = [cls.clips / f"{name}.wav" for name in names]
        write_csv(cls.table, ["track_id", "kind", "artist", "loudness"],
                  [[name, CLASSES[i % 3], f"a{i}", 10 * (i % 2) + i % 5] for i, name in enumerate(names)])
        cls.rendered = run("render", cls.clips, "--out", cls.specs, *FRONT_END)
        cls.runs = {}

    def runTest(self):
        """Only the holder of the class's folder."""

    def trained(self, head, *options, epochs=2):
        """A run of the head alone, so that it is the one that score asks."""
        out = self.holder.tmp / "-".join([head, *map(str, options)])
        if out not in self.runs:
            self.assertExit(self.rendered, ALL_FINE)
            result = run("train", self.table, "--spectrograms", self.specs, "--out", out, "--heads", head, "--epochs", epochs,
                         "--threads", 1, "--batch-size", 4, "--split", "random", "--test-fraction", 0.2,
                         *(options or ("--target", "kind")), timeout=300)
            self.assertExit(result, ALL_FINE)
            self.runs[out] = True
        return out

    def export(self, run_folder, *options):
        """(Result, ONNX file, TorchScript file)."""
        files = self.tmp / "network.onnx", self.tmp / "network.pt"
        result = run("export", run_folder, "--onnx", files[0], "--torchscript", files[1], "--threads", 1, *options)
        self.assertExit(result, ALL_FINE)
        return result, *files

    def scores(self, run_folder):
        result = run("score", run_folder, *self.files, "--format", "jsonl", "--threads", 1)
        self.assertExit(result, ALL_FINE)
        return [json.loads(line) for line in result.out.splitlines()]

    def probabilities(self, run_folder):
        p = np.array([list(row["probabilities"].values()) for row in self.scores(run_folder)])
        self.assertGreater(np.ptp(p, axis=0).max(), 0.01, "clips that are all alike prove nothing")
        return p

    def sounds(self):
        return np.stack([samples_of(f) for f in self.files])

    def spectrograms(self):
        shards = sorted(self.specs.glob("*.npy"))
        return np.concatenate([np.load(s) for s in shards])[:, None]
