"""What hitscope writes, NumPy and a dozen lines of Python read: shards, index, weights."""

import json
import struct
import unittest

import numpy

from harness import ALL_FINE, SOME_FAILED, Case, front_end, make_tones, read_csv, read_json, run, write_csv

# Of float16: 11 significant bits, rounded to nearest.
HALF_PRECISION = 2.0 ** -11


class PythonReads(Case):
    N_CLIPS = 70  # two shards

    def setUp(self):
        super().setUp()
        self.clips = self.tmp / "clips"
        self.made = make_tones(self.clips, self.N_CLIPS, seconds=0.5)
        (self.clips / "clip-003.wav").write_bytes(b"")  # a failed row: offsets and rows part company
        (self.clips / "clip-066.wav").write_bytes(b"")

    def render(self, folder, *options):
        self.assertExit(run("render", self.clips, "--out", self.tmp / folder, *front_end(), *options), SOME_FAILED)
        return self.tmp / folder

    def test_shards_are_memory_mapped_with_the_shape_of_render_json(self):
        for dtype in ("float16", "float32"):
            with self.subTest(dtype=dtype):
                folder = self.render(dtype, "--dtype", dtype)
                settings = read_json(folder / "render.json")
                rows = [r for r in read_csv(folder / "index.csv") if r["status"] == "ok"]
                self.assertEqual(settings["dtype"], dtype)
                for shard in sorted(folder.glob("shard-*.npy")):
                    values = numpy.load(shard, mmap_mode="r")
                    self.assertIsInstance(values, numpy.memmap)
                    self.assertEqual(values.dtype, numpy.dtype(dtype))
                    self.assertEqual(values.shape, (sum(r["shard"] == shard.name for r in rows),
                                                    settings["front_end"]["n_mels"], settings["n_frames"]))
                    self.assertTrue(values.flags["C_CONTIGUOUS"])
                    self.assertTrue(numpy.isfinite(values).all())

    def test_half_and_single_precision_hold_the_same_values(self):
        half, single = self.render("half"), self.render("single", "--dtype", "float32")
        for name in ("shard-00000.npy", "shard-00001.npy"):
            a, b = numpy.load(half / name, mmap_mode="r"), numpy.load(single / name, mmap_mode="r")
            numpy.testing.assert_allclose(a.astype("float64"), b, rtol=HALF_PRECISION, atol=1e-6)
            self.assertTrue(numpy.array_equal(a, b.astype("float16")), "rounded to nearest, as NumPy rounds")

    def test_the_index_points_at_the_right_clip(self):
        folder = self.render("specs")
        rows = read_csv(folder / "index.csv")
        self.assertEqual([r["id"] for r in rows], [name for name, _ in self.made])
        labels = dict(self.made)
        for row in rows:
            if row["status"] == "failed":
                self.assertIn(row["id"], ("clip-003", "clip-066"))
                continue
            spectrogram = numpy.load(folder / row["shard"], mmap_mode="r")[int(row["offset"])]
            # Alone in a folder the clip gives the same values, so offset and id belong together.
            loudest = spectrogram[:, :12].astype("float64").mean(axis=1).argmax()
            self.assertEqual("low" if loudest < 12 else "high", labels[row["id"]], row)
        for row in (rows[0], rows[4], rows[65], rows[69]):
            alone = self.tmp / row["id"]
            self.assertExit(run("render", self.clips / row["clip"], "--out", alone, *front_end()), ALL_FINE)
            self.assertTrue(numpy.array_equal(
                numpy.load(alone / "shard-00000.npy")[0],
                numpy.load(folder / row["shard"], mmap_mode="r")[int(row["offset"])]), row)

    def test_a_weights_file_parses_as_safetensors(self):
        folder = self.render("specs")
        rows = [[name, label, i % 7] for i, (name, label) in enumerate(self.made)]
        catalogue = write_csv(self.tmp / "songs.csv", ["track_id", "pitch", "tempo"], rows)
        self.assertExit(run("train", catalogue, "--spectrograms", folder, "--out", self.tmp / "run", "--target",
                            "pitch", "--epochs", 1, "--threads", 1), SOME_FAILED)
        for head, needed in (("cnn", ("conv.weight", "conv.bias", "dense.weight", "output.bias")), ("mlp", ()),
                             ("logistic", ("linear.weight", "linear.bias"))):
            with self.subTest(head=head):
                data = (self.tmp / "run" / f"{head}.safetensors").read_bytes()
                length, = struct.unpack("<Q", data[:8])
                header = json.loads(data[8:8 + length])
                header.pop("__metadata__", None)
                for key in needed:
                    self.assertIn(key, header)
                sizes = {"F32": 4, "F64": 8, "I64": 8}
                end = 0
                for key, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"][0]):
                    first, last = entry["data_offsets"]
                    self.assertEqual(first, end, f"{key}: no gap")
                    self.assertEqual(last - first, sizes[entry["dtype"]] * int(numpy.prod(entry["shape"])), key)
                    end = last
                self.assertEqual(8 + length + end, len(data), "nothing after the last tensor")
        conv = json.loads(data_header(self.tmp / "run" / "cnn.safetensors"))["conv.weight"]
        self.assertEqual(conv["shape"], [32, 1, 3, 3])


def data_header(path):
    data = path.read_bytes()
    return data[8:8 + struct.unpack("<Q", data[:8])[0]]


if __name__ == "__main__":
    unittest.main(verbosity=2)
