"""Bad run folders and bad audio of `hitscope score`: every case ends with the documented exit code and a message that
names the file, and the other files are scored."""

import json
import shutil
import unittest

from harness import ALL_FINE, SOME_FAILED, Case, make_run, read_csv, read_json, run, write_csv


class ScoreRun(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.shared_folder()
        make_run(folder)
        cls.clips = folder / "clips"
        cls.trained = folder / "run"

    def runTest(self):
        """Only the holder of the class's folder."""

    def damaged(self):
        folder = self.tmp / "run"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.trained, folder)
        return folder

    def refused(self, folder, *parts):
        result = run("score", folder, self.clips / "clip-000.wav", "--threads", "1")
        self.assertRefused(result, *parts)

    def test_every_file_of_the_head_that_is_used_must_be_there(self):
        heads = read_json(self.trained / "bundle.json")["heads"]
        used = heads[0]["name"]  # the best one; the others are not opened
        files = ["bundle.json"] + [f["name"] for f in heads[0]["files"]]
        self.assertIn(f"{used}.safetensors", files)
        for name in files:
            with self.subTest(file=name):
                folder = self.damaged()
                (folder / name).unlink()
                self.refused(folder, folder / name, "is missing")

    def test_one_changed_byte_in_the_weights_is_noticed(self):
        folder = self.damaged()
        weights = bytearray((folder / "cnn.safetensors").read_bytes())
        weights[-5] ^= 1
        (folder / "cnn.safetensors").write_bytes(weights)
        self.refused(folder, folder / "cnn.safetensors", "SHA-256 differs")

    def test_weights_cut_short_are_noticed(self):
        folder = self.damaged()
        weights = (folder / "cnn.safetensors").read_bytes()
        (folder / "cnn.safetensors").write_bytes(weights[:len(weights) // 2])
        self.refused(folder, folder / "cnn.safetensors", "SHA-256 differs")

    def edited(self, change):
        folder = self.damaged()
        bundle = read_json(folder / "bundle.json")
        change(bundle)
        (folder / "bundle.json").write_text(json.dumps(bundle))
        return folder

    def test_an_edited_front_end_is_noticed(self):
        folder = self.edited(lambda b: b["front_end"].update(front_end_hash="sha256:" + "0" * 64))
        self.refused(folder, folder / "bundle.json", "front_end_hash", "edited")
        folder = self.edited(lambda b: b["front_end"]["front_end"].update(hop_length=160))
        self.refused(folder, folder / "bundle.json", "front_end_hash", "edited")

    def test_a_bundle_of_another_format_is_refused(self):
        folder = self.edited(lambda b: b.update(format_version=99))
        self.refused(folder, folder / "bundle.json", "format_version")

    def test_a_bundle_that_is_no_json_is_refused(self):
        folder = self.damaged()
        (folder / "bundle.json").write_text("{")
        self.refused(folder, folder / "bundle.json")

    def test_a_bundle_cannot_point_outside_its_folder(self):
        outside = self.tmp / "outside.safetensors"
        shutil.copy(self.trained / "cnn.safetensors", outside)

        def point_outside(bundle):
            bundle["heads"][0]["files"][0]["name"] = "../outside.safetensors"

        folder = self.edited(point_outside)
        self.refused(folder, folder / "bundle.json", "'../outside.safetensors' is no file that head cnn writes")

    def test_class_names_must_be_as_many_as_the_head_tells_apart(self):
        for names in (["high", "low", "neither"], ["high"], []):
            with self.subTest(names=names):
                folder = self.edited(lambda b, names=names: b["labels"]["scheme"].update(class_names=names))
                self.refused(folder, folder)

    def test_an_empty_and_an_unknown_folder_are_refused(self):
        (self.tmp / "bare").mkdir()
        self.refused(self.tmp / "bare", self.tmp / "bare" / "bundle.json", "is missing")
        self.refused(self.tmp / "nowhere", self.tmp / "nowhere" / "bundle.json", "is missing")

    def test_bad_files_among_good_ones_are_failed_rows_in_every_format(self):
        good = [self.clips / "clip-000.wav", self.clips / "clip-001.wav"]
        (self.tmp / "zero.wav").write_bytes(b"")
        (self.tmp / "text.mp3").write_text("this is a text\n" * 10)
        bad = [self.tmp / "none.wav", self.tmp / "zero.wav", self.tmp / "text.mp3"]
        files = [good[0], bad[0], bad[1], good[1], bad[2]]
        out = self.tmp / "scores.csv"
        self.assertExit(run("score", self.trained, *files, "--format", "csv", "--output", out), SOME_FAILED)
        rows = read_csv(out)
        self.assertEqual([r["file"] for r in rows], [str(f) for f in files], "one row out per file in, in order")
        self.assertEqual([r["status"] for r in rows], ["ok", "failed", "failed", "ok", "failed"])
        self.assertRow(rows[1], "score", "unreadable", bad[0], "no such file or folder")
        self.assertRow(rows[2], "decode", "empty", bad[1], "no bytes")
        self.assertRow(rows[4], "decode", "not_audio", bad[2], "its first bytes are those of no known audio format")
        for row in (rows[0], rows[3]):
            self.assertIn(row["class"], ("low", "high"))
            self.assertAlmostEqual(float(row["p:low"]) + float(row["p:high"]), 1.0, places=5)
        result = run("score", self.trained, *files, "--format", "jsonl")
        self.assertExit(result, SOME_FAILED)
        lines = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual([(j["file"], j["status"]) for j in lines], [(r["file"], r["status"]) for r in rows])
        self.assertEqual(lines[1]["detail"], rows[1]["detail"])
        result = run("score", self.trained, *files)
        self.assertExit(result, SOME_FAILED)
        self.assertEqual(result.out.count("FAILED"), 3)
        self.assertSays(result.out, "score/unreadable", bad[0], "decode/empty", bad[1])

    def test_a_run_without_an_audio_head_is_refused(self):
        catalogue = write_csv(self.tmp / "songs.csv", ["track_id", "pitch", "hz"],
                              [[i, "low" if i % 2 else "high", i % 7] for i in range(24)])
        result = run("train", catalogue, "--out", self.tmp / "table", "--target", "pitch", "--heads", "logistic")
        self.assertExit(result, ALL_FINE)
        self.refused(self.tmp / "table", self.tmp / "table", "no head with spectrogram input alone", "--spectrograms")


if __name__ == "__main__":
    unittest.main(verbosity=2)
