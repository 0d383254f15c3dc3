"""Audio as people have it: what other programs leave in headers, put before them or into rarer containers. The corpus of
tests/fuzz holds files of each kind; those of ../shared/cases are tried, too, where they are."""

import csv
import math
import unittest

import numpy

from harness import ALL_FINE, DATA, ROOT, SOME_FAILED, FolderServer, front_end, read_csv, run, write_csv, write_wav
from render_case import RenderCase, spectrograms

CASES = DATA.parent / "cases" / "audio"
CORPUS = ROOT / "tests/fuzz/corpus/decode"

# What a file of ../shared/cases must be: seconds, and whether its second half is 880 Hz, as that of base.wav.
TWO_TONES = ("base.wav", "wav-size-7ffff000.wav", "wav-size-80000000.wav", "wav-size-zero.wav", "wav-size-16-too-many.wav",
             "wav-size-44-too-many.wav", "chained.ogg", "chained.opus", "theora-cover.ogg", "layer2.mp3",
             "id3-before-riff.wav")


def loudest_hz(values, seconds, rate=16000, n_fft=512):
    """The loudest frequency of a linear spectrogram [bins, frames] in the middle of each half."""
    frames = round(seconds * rate / 160)
    return [values[:, at].argmax() * rate / n_fft for at in (frames // 4, 3 * frames // 4)]


class Cases(RenderCase):
    OPTIONS = ("--feature", "spectrogram", "--sample-rate", 16000, "--n-fft", 512, "--hop-length", 160, "--duration", 2)

    def setUp(self):
        super().setUp()
        if not CASES.exists():
            self.skipTest(f"the cases are absent: {CASES}")

    def test_every_case_is_heard_to_its_end(self):
        self.assertExit(run("render", CASES, "--out", self.out, *self.OPTIONS), ALL_FINE)
        rows = {row["clip"]: row for row in read_csv(self.out / "index.csv")}
        self.assertEqual({row["status"] for row in rows.values()}, {"ok"}, rows)
        values = spectrograms(self.out)
        for name in TWO_TONES:
            with self.subTest(name=name):
                self.assertAlmostEqual(float(rows[name]["duration_s"]), 2.0, delta=0.1 if "layer2" in name else 0.02)
                low, high = loudest_hz(values[rows[name]["id"]], 2.0)
                self.assertAlmostEqual(low, 440, delta=32)
                self.assertAlmostEqual(high, 880, delta=32)
        self.assertGreater(float(rows["free-format.mp3"]["duration_s"]), 0.5)

    def test_whispers_order_of_the_last_frame_and_the_maximum(self):
        clip = CASES / "whisper-loudest-last.wav"
        for options in (("--out", self.out), ("--out", self.tmp / "power", "--scale", "power", "--no-drop-last-frame")):
            self.assertExit(run("render", clip, "--preset", "whisper", "--duration", 1, "--dtype", "float32", *options),
                            ALL_FINE)
        (ours,) = spectrograms(self.out).values()
        (power,) = spectrograms(self.tmp / "power").values()
        # whisper/audio.py: magnitudes[..., :-1], log10 of at least 1e-10, at least the maximum - 8, then (x + 4) / 4
        wanted = numpy.log10(numpy.maximum(power[:, :-1], 1e-10))
        wanted = (numpy.maximum(wanted, wanted.max() - 8.0) + 4.0) / 4.0
        self.assertEqual(ours.shape, wanted.shape)
        self.assertLess(numpy.abs((ours / 10.0 + 4.0) / 4.0 - wanted).max(), 1e-4)


class Corpus(RenderCase):
    def test_fetch_keeps_whatever_render_decodes(self):
        with open(CORPUS / "expected.csv", newline="", encoding="ascii") as file:
            names = [row["file"] for row in csv.DictReader(file)]
        with FolderServer(CORPUS) as server:
            songs = write_csv(self.tmp / "songs.csv", ["track_id", "preview_url"],
                              [[name, server.url("/" + name)] for name in names])
            self.assertExit(run("fetch", songs, "--out", self.tmp / "store", "--allow-private-addresses"), ALL_FINE)
        rendered = run("render", self.tmp / "store", "--out", self.out, *front_end(), "--max-channels", 6)
        self.assertExit(rendered, ALL_FINE)
        self.assertEqual(len(read_csv(self.out / "index.csv")), len(names))

    def test_a_refusal_names_codec_and_container(self):
        self.clips.mkdir()
        broken = (CORPUS / "mka_flac.mka").read_bytes().replace(b"A_FLAC", b"A_NONE")
        (self.clips / "odd.mka").write_bytes(broken)
        self.assertExit(self.render(), SOME_FAILED)
        (row,) = read_csv(self.out / "index.csv")
        self.assertRow(row, "decode", "undecodable", "odd.mka", "Matroska", "none")

    def test_channels_that_cancel_are_said(self):
        samples = [0.5 * math.sin(0.2 * i) for i in range(8000)]
        path = write_wav(self.clips / "opposite.wav", samples, channels=2)
        data = bytearray(path.read_bytes())
        frames = numpy.frombuffer(bytes(data[44:]), "<i2").copy().reshape(-1, 2)
        frames[:, 1] = -frames[:, 0]
        path.write_bytes(bytes(data[:44]) + frames.astype("<i2").tobytes())
        self.assertExit(self.render(), SOME_FAILED)
        (row,) = read_csv(self.out / "index.csv")
        self.assertRow(row, "decode", "silent", "opposite.wav", "its channels cancel", "-6.0 dB")


if __name__ == "__main__":
    unittest.main(verbosity=2)
