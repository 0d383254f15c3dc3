"""Exported networks in programs that are not ours: Python's torch.jit.load, OpenCV, ONNX Runtime, and the ONNX standard
worked out in Python. What they answer is what `hitscope score` says of the same audio."""

import hashlib
import json
import struct
import unittest

from harness import ALL_FINE, STOPPED, leftovers, read_json, run, write_wav
from export_case import (CLASSES, FRONT_END, HEADS, MISSING, N_CLIPS, RATE, SECONDS, ExportCase, safetensors_keys, softmax,
                         windows_of)

if not MISSING:
    import numpy as np
    import onnx
    import torch

    import onnx_runtime
    from onnx_by_torch import run_onnx
try:
    import cv2
except ImportError:
    cv2 = None


@unittest.skipIf(MISSING, f"python3-torch, python3-onnx or python3-numpy is not installed: {MISSING}")
class Exported(ExportCase):
    def test_a_waveform_becomes_the_probabilities_of_score(self):
        for head in HEADS:
            with self.subTest(head=head):
                trained = self.trained(head)
                result, onnx_file, script_file = self.export(trained, "--with-mel-front-end")
                self.assertSays(result.out, f"waveform [batch, {SECONDS * RATE}]", "logits [batch, 3]", "OpenCV")
                want = self.probabilities(trained)
                sounds = self.sounds()
                script = torch.jit.load(str(script_file))
                with torch.no_grad():
                    have = script(torch.from_numpy(sounds)).numpy()
                    alone = script(torch.from_numpy(sounds[:1])).numpy()
                np.testing.assert_allclose(softmax(have), want, atol=1e-4)
                np.testing.assert_allclose(alone, have[:1], atol=1e-4)
                np.testing.assert_allclose(softmax(run_onnx(onnx_file, sounds[:5])), want[:5], atol=1e-4)

    def test_spectrograms_become_the_probabilities_of_score_by_the_recipe_in_the_metadata(self):
        spectrograms = None
        for head in HEADS:
            with self.subTest(head=head):
                trained = self.trained(head)
                spectrograms = self.spectrograms() if spectrograms is None else spectrograms
                _, onnx_file, script_file = self.export(trained)
                notes = {p.key: p.value for p in onnx.load(str(onnx_file)).metadata_props}
                width, n_windows = int(notes["window_width"]), int(notes["n_windows"])
                if head == "cnn":
                    self.assertEqual((width, n_windows), (128, 1))
                    pooled = torch.nn.functional.adaptive_avg_pool2d(torch.from_numpy(spectrograms), (None, width))
                    windows = [pooled.numpy()]
                else:
                    self.assertEqual((width, n_windows), (256, 2))
                    windows = windows_of(spectrograms, width, n_windows)
                want = self.probabilities(trained)
                script = torch.jit.load(str(script_file))
                with torch.no_grad():
                    by_script = [script(torch.from_numpy(np.ascontiguousarray(w))).numpy() for w in windows]
                by_onnx = [run_onnx(onnx_file, w) for w in windows]
                for parts in (by_script, by_onnx):
                    np.testing.assert_allclose(softmax(np.mean(parts, axis=0)), want, atol=1e-4)
                np.testing.assert_allclose(by_onnx, by_script, atol=1e-4)
                if cv2 is None:
                    print("python3-opencv is not installed: not tried", flush=True)
                elif head != "crnn":  # OpenCV 4.6 wants a GRU's first state, which a free batch has not
                    network = cv2.dnn.readNetFromONNX(str(onnx_file))
                    network.setInput(np.ascontiguousarray(windows[0][:1]))
                    np.testing.assert_allclose(network.forward().reshape(1, -1), by_onnx[0][:1], atol=1e-4)

    def test_onnx_runtime_gives_the_probabilities_of_score(self):
        """Every graph, from the spectrogram and from the waveform, for all clips and one of silence."""
        if onnx_runtime.MISSING:
            self.skipTest(onnx_runtime.MISSING)
        silent = self.tmp / "silent"
        silent.mkdir()
        write_wav(silent / "silence.wav", [0.0] * (SECONDS * RATE), RATE)
        self.assertExit(run("render", silent, "--out", silent / "specs", *FRONT_END, "--keep-silent", "--keep-constant"),
                        ALL_FINE)
        sounds = np.concatenate([self.sounds(), np.zeros((1, SECONDS * RATE), np.float32)])
        spectrograms = np.concatenate([self.spectrograms(), np.load(silent / "specs/shard-00000.npy")[:, None]])
        jobs, wanted = [], []
        for head in HEADS:
            trained = self.trained(head)
            by_score = run("score", trained, *self.files, silent / "silence.wav", "--format", "jsonl", "--threads", 1,
                           "--keep-silent", "--keep-constant")
            self.assertExit(by_score, ALL_FINE)
            lines = [json.loads(line) for line in by_score.out.splitlines()]
            wanted.append(np.array([list(line["probabilities"].values()) for line in lines]))
            files = [self.tmp / f"{head}-{i}" / "network.onnx" for i in range(2)]
            for file in files:
                file.parent.mkdir()
            self.assertExit(run("export", trained, "--onnx", files[0], "--with-mel-front-end", "--threads", 1), ALL_FINE)
            self.assertExit(run("export", trained, "--onnx", files[1], "--threads", 1), ALL_FINE)
            notes = {p.key: p.value for p in onnx.load(str(files[1])).metadata_props}
            width, n_windows = int(notes["window_width"]), int(notes["n_windows"])
            pooled = torch.nn.functional.adaptive_avg_pool2d(torch.from_numpy(spectrograms), (None, width)).numpy()
            windows = [pooled] if n_windows == 1 else windows_of(spectrograms, width, n_windows)
            jobs.append([(files[0], sounds), *((files[1], window) for window in windows)])
        outputs = iter(onnx_runtime.run_all([job for of_head in jobs for job in of_head], self.tmp / "jobs"))
        for head, of_head, want in zip(HEADS, jobs, wanted):
            with self.subTest(head=head):
                by_wave, *by_window = [next(outputs) for _ in of_head]
                self.assertEqual(want.shape, (N_CLIPS + 1, len(CLASSES)))
                np.testing.assert_allclose(softmax(by_wave), want, atol=1e-4)
                np.testing.assert_allclose(softmax(np.mean(by_window, axis=0)), want, atol=1e-4)

    def test_weights_keep_the_keys_of_the_safetensors(self):
        for head in HEADS:
            with self.subTest(head=head):
                trained = self.trained(head)
                _, onnx_file, script_file = self.export(trained)
                keys = safetensors_keys(trained / f"{head}.safetensors")
                self.assertEqual(set(torch.jit.load(str(script_file)).state_dict()), keys)
                initialisers = {t.name for t in onnx.load(str(onnx_file)).graph.initializer}
                ours = {n for n in initialisers if not n.startswith(("sizes", "number"))}
                gru = {"gru.weight_ih", "gru.weight_hh", "gru.bias"}
                self.assertEqual(ours - gru, {k for k in keys if "num_batches_tracked" not in k
                                              and not k.startswith("gru.")})
                self.assertEqual(bool(ours & gru), head == "crnn")

    def test_the_file_says_what_it_is(self):
        trained = self.trained("four_block_cnn")
        _, onnx_file, script_file = self.export(trained)
        model = onnx.load(str(onnx_file))
        bundle = read_json(trained / "bundle.json")
        extra = {"class_names": "", "front_end_hash": ""}
        torch.jit.load(str(script_file), _extra_files=extra)
        for notes in ({p.key: p.value for p in model.metadata_props}, {k: v.decode() for k, v in extra.items()}):
            self.assertEqual(json.loads(notes["class_names"]), bundle["labels"]["class_names"])
            self.assertEqual(notes["front_end_hash"], bundle["front_end"]["front_end_hash"])
        notes = {p.key: p.value for p in model.metadata_props}
        self.assertEqual(json.loads(notes["front_end"]), bundle["front_end"])
        self.assertEqual(notes["head"], "four_block_cnn")
        dims = model.graph.input[0].type.tensor_type.shape.dim
        self.assertEqual([d.dim_param or d.dim_value for d in dims], ["batch", 1, 16, 256])
        self.assertEqual((model.graph.input[0].name, model.graph.output[0].name), ("spectrogram", "logits"))

    def test_a_regression_gives_the_values_of_score(self):
        for head, *objective in (("cnn",), ("musicnn",), ("four_block_cnn", "--objective", "ranking")):
            with self.subTest(head=head):
                trained = self.trained(head, "--target", "loudness", "--labels", "regression", *objective, epochs=8)
                result, onnx_file, script_file = self.export(trained, "--with-mel-front-end")
                self.assertSays(result.out, "value [batch, 1]")
                want = np.array([[row["value"]] for row in self.scores(trained)])
                self.assertGreater(np.ptp(want), 1e-3)
                with torch.no_grad():
                    have = torch.jit.load(str(script_file))(torch.from_numpy(self.sounds())).numpy()
                np.testing.assert_allclose(have, want, atol=2e-3)
                np.testing.assert_allclose(run_onnx(onnx_file, self.sounds()), want, atol=2e-3)

    def test_ordered_classes_from_a_cumulative_link_come_out_as_score_says(self):
        trained = self.trained("four_block_cnn", "--target", "loudness", "--labels", "quantiles:3", "--objective",
                               "ordinal")
        _, onnx_file, script_file = self.export(trained, "--with-mel-front-end")
        want = self.probabilities(trained)
        with torch.no_grad():
            have = torch.jit.load(str(script_file))(torch.from_numpy(self.sounds())).numpy()
        np.testing.assert_allclose(softmax(have), want, atol=1e-4)
        np.testing.assert_allclose(softmax(run_onnx(onnx_file, self.sounds())), want, atol=1e-4)

    def test_a_calibrated_head_says_so(self):
        trained = self.trained("cnn", "--target", "kind", "--calibrate", "platt")
        result, onnx_file, _ = self.export(trained)
        self.assertSays(result.out, "before the head's calibration")
        notes = {p.key: p.value for p in onnx.load(str(onnx_file)).metadata_props}
        self.assertEqual(json.loads(notes["calibration"]), read_json(trained / "cnn.calibration.json"))

    def test_a_file_that_would_answer_otherwise_is_not_written(self):
        """Weights so large that sums are not finite: nothing that is compared with them is near."""
        trained = self.trained("four_block_cnn")
        bad = self.tmp / "bad"
        bad.mkdir()
        for file in trained.iterdir():
            if file.is_file():
                (bad / file.name).write_bytes(file.read_bytes())
        weights = bad / "four_block_cnn.safetensors"
        data = bytearray(weights.read_bytes())
        length = struct.unpack("<Q", data[:8])[0]
        begin, end = json.loads(bytes(data[8:8 + length]))["output.weight"]["data_offsets"]
        data[8 + length + begin:8 + length + end] = struct.pack("<f", 3e38) * ((end - begin) // 4)
        weights.write_bytes(data)
        bundle = (bad / "bundle.json").read_text()
        old = hashlib.sha256((trained / weights.name).read_bytes()).hexdigest()
        (bad / "bundle.json").write_text(bundle.replace(old, hashlib.sha256(bytes(data)).hexdigest()))
        target = self.tmp / "network.onnx"
        result = run("export", bad, "--onnx", target)
        self.assertExit(result, STOPPED)
        self.assertSays(result.err, target, "not written")
        self.assertFalse(target.exists())
        target.write_text("what was there")
        self.assertExit(run("export", bad, "--onnx", target), STOPPED)
        self.assertEqual(target.read_text(), "what was there")
        self.assertEqual(leftovers(self.tmp), [])

    def test_what_cannot_be_exported_is_refused_with_what_can(self):
        tables = self.trained("mlp", "--target", "kind", "--features", "loudness")
        target = self.tmp / "network.onnx"
        self.assertRefused(run("export", tables, "--head", "mlp", "--onnx", target), "--head mlp", "table columns",
                           *HEADS)
        self.assertRefused(run("export", tables, "--onnx", target), "no head that can be exported", "mlp", *HEADS)
        trained = self.trained("cnn")
        self.assertRefused(run("export", trained, "--head", "musicnn", "--onnx", target), "--head musicnn", "cnn")
        self.assertRefused(run("export", trained), "--onnx", "--torchscript")
        self.assertRefused(run("export", self.tmp / "nowhere", "--onnx", target), "bundle.json")
        self.assertFalse(target.exists())

    def test_a_file_that_cannot_be_written_is_named(self):
        target = self.tmp / "no such folder" / "network.pt"
        result = run("export", self.trained("cnn"), "--torchscript", target)
        self.assertExit(result, STOPPED)
        self.assertSays(result.err, "no such folder")


if __name__ == "__main__":
    unittest.main(verbosity=2)
