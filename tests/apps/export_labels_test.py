"""What `hitscope export` writes beside a graph, which head it takes, and what a graph says of inputs of another size."""

import hashlib
import json
import re
import unittest

from harness import ALL_FINE, Case, make_tones, read_json, run, write_csv

try:
    import onnx
    import torch
except ImportError as e:  # a visible skip below
    MISSING = str(e)
else:
    MISSING = None

RATE, SECONDS = 8000, 2
FRONT_END = ("--duration", SECONDS, "--sample-rate", RATE, "--n-fft", 256, "--hop-length", 40, "--n-mels", 16)


class Labels(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.shared_folder()
        names = make_tones(folder / "clips", 12, SECONDS, RATE)
        songs = write_csv(folder / "songs.csv", ["track_id", "pitch", "artist"],
                          [[name, label, f"a{i}"] for i, (name, label) in enumerate(names)])
        cls.trained = folder / "run"
        for args in (("render", folder / "clips", "--out", folder / "specs", *FRONT_END),
                     ("train", songs, "--spectrograms", folder / "specs", "--out", cls.trained, "--target", "pitch", "--heads",
                      "cnn,musicnn", "--epochs", 1, "--threads", 1, "--batch-size", 4, "--calibrate", "platt")):
            result = run(*args, timeout=200)
            assert result.code == ALL_FINE, result

    def runTest(self):
        """Only the holder of the class's folder."""

    def export(self, *options, head="musicnn", folder="", code=ALL_FINE):
        (self.tmp / folder).mkdir(exist_ok=True)
        result = run("export", self.trained, "--head", head, *options)
        self.assertExit(result, code)
        return result

    def test_labels_json_says_what_a_program_must_know(self):
        result = self.export("--onnx", self.tmp / "net.onnx", "--torchscript", self.tmp / "net.pt", "--with-mel-front-end",
                             head="cnn")
        self.assertSays(result.out, self.tmp / "labels.json")
        about = read_json(self.tmp / "labels.json")
        bundle = read_json(self.trained / "bundle.json")
        self.assertEqual(about["classes"], bundle["labels"]["class_names"])
        self.assertEqual((about["head"], about["input"], about["input_size"], about["output"]),
                         ("cnn", "waveform", [SECONDS * RATE], "logits"))
        self.assertEqual((about["sample_rate"], about["duration_s"], about["n_samples"], about["n_frames"]),
                         (RATE, SECONDS, SECONDS * RATE, 401))
        self.assertEqual(about["front_end"], bundle["front_end"])
        self.assertEqual(about["calibration"], read_json(self.trained / "cnn.calibration.json"))
        self.assertEqual(about["files"], ["net.onnx", "net.pt"])

    def test_labels_json_of_another_graph_is_not_lost(self):
        self.export("--onnx", self.tmp / "a.onnx")
        before = (self.tmp / "labels.json").read_bytes()
        refused = run("export", self.trained, "--head", "cnn", "--onnx", self.tmp / "b.onnx")
        self.assertRefused(refused, "labels.json: describes a.onnx", "another folder")
        self.assertEqual((self.tmp / "labels.json").read_bytes(), before)
        self.assertFalse((self.tmp / "b.onnx").exists())
        self.export("--torchscript", self.tmp / "a.pt")
        self.assertEqual(read_json(self.tmp / "labels.json")["files"], ["a.onnx", "a.pt"], "two files of one graph")
        other = self.tmp / "other"
        other.mkdir()
        (other / "labels.json").write_text('["hit", "miss"]')
        self.assertRefused(run("export", self.trained, "--onnx", other / "a.onnx"), "is no labels.json that export wrote")
        self.assertEqual((other / "labels.json").read_text(), '["hit", "miss"]')
        self.export("--onnx", self.tmp / "a.onnx", "--torchscript", self.tmp / "a.pt", head="cnn")
        self.assertEqual(read_json(self.tmp / "labels.json")["head"], "cnn", "both are written anew")

    @unittest.skipIf(MISSING, f"python3-torch or python3-onnx is not installed: {MISSING}")
    def test_another_size_is_refused_in_words(self):
        for name, options, wrong, words in (("waves", ("--with-mel-front-end",), (1, RATE), f"waveform must be [batch, {SECONDS * RATE}]"),
                                            ("spectrograms", (), (1, 1, 16, 300), "spectrogram must be [batch, 1, 16, 256]"),
                                            ("bands", (), (1, 1, 20, 256), "spectrogram must be [batch, 1, 16, 256]")):
            with self.subTest(name):
                self.export("--onnx", self.tmp / name / "n.onnx", "--torchscript", self.tmp / name / "n.pt", *options, folder=name)
                with self.assertRaisesRegex(Exception, re.escape(words)):
                    torch.jit.load(str(self.tmp / name / "n.pt"))(torch.zeros(wrong))
                model = onnx.load(str(self.tmp / name / "n.onnx"))
                dims = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim][1:]
                self.assertEqual(dims, [int(n) for n in words.split("batch, ")[1][:-1].split(", ")])
                notes = {p.key: p.value for p in model.metadata_props}
                self.assertIn("other sizes are refused", notes["input"])

    def test_of_heads_that_are_as_good_a_much_smaller_one_is_taken(self):
        bundle = read_json(self.trained / "bundle.json")
        sizes = {head: (self.trained / f"{head}.safetensors").stat().st_size for head in ("cnn", "musicnn")}
        small, large = sorted(sizes, key=sizes.get)
        copy = self.tmp / "copy"
        copy.mkdir()
        for file in self.trained.iterdir():
            if file.is_file():
                (copy / file.name).write_bytes(file.read_bytes())
        padding = copy / f"{large}.features.json"  # a name that a head may have: the larger head is 20 times as large
        padding.write_bytes(b" " * sizes[small] * 20)
        extra = {"name": padding.name, "sha256": hashlib.sha256(padding.read_bytes()).hexdigest()}
        for as_good, order, is_padded, chosen in ((True, (large, small), False, large), (True, (large, small), True, small),
                                                  (True, (small, large), True, small), (False, (large, small), True, large)):
            with self.subTest(as_good=as_good, order=order, is_padded=is_padded):
                heads = [dict(next(h for h in bundle["heads"] if h["name"] == name)) for name in order]
                for place, head in enumerate(heads):
                    head["as_good_as_best"] = place == 0 or as_good
                    head["files"] = head["files"] + ([extra] if head["name"] == large and is_padded else [])
                (copy / "bundle.json").write_text(json.dumps(bundle | {"heads": heads}))
                result = run("export", copy, "--onnx", self.tmp / "network.onnx")
                self.assertIn(f"{chosen} of {copy}", result.out)
                self.assertEqual("as good within chance as" in result.out, chosen != order[0])


if __name__ == "__main__":
    unittest.main()
