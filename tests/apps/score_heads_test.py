"""`hitscope score --head`: the user says which head answers; the default is the best one that hears."""

import json
import shutil
import unittest

from harness import ALL_FINE, SOME_FAILED, Case, front_end, make_tones, read_csv, read_json, run, tone, write_csv, write_wav

NETWORKS = ("cnn", "crnn")


class ScoreHeads(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.shared_folder()
        tones = make_tones(folder / "clips", 24, seconds=0.5)
        songs = write_csv(folder / "songs.csv", ["track_id", "pitch", "hz"],
                          [[name, label, i % 7] for i, (name, label) in enumerate(tones)])
        cls.trained, cls.clips = folder / "run", folder / "clips"
        for args in (("render", cls.clips, "--out", folder / "specs", *front_end()),
                     ("train", songs, "--spectrograms", folder / "specs", "--out", cls.trained, "--target", "pitch",
                      "--features", "hz", "--heads", ",".join(NETWORKS) + ",logistic", "--epochs", "1", "--threads",
                      "1")):
            result = run(*args)
            assert result.code == ALL_FINE, result
        cls.heads = [h["name"] for h in read_json(cls.trained / "bundle.json")["heads"]]
        cls.able = [name for name in cls.heads if name in NETWORKS]
        cls.files = [cls.clips / "clip-000.wav", cls.clips / "clip-001.wav"]

    def runTest(self):
        """Only the holder of the class's folder."""

    def scored(self, *options, files=None, code=ALL_FINE):
        out = self.tmp / "scores.csv"
        result = run("score", self.trained, *(files or self.files), "--format", "csv", "--output", out, "--threads",
                     "1", *options)
        self.assertExit(result, code)
        return read_csv(out)

    def test_the_default_is_the_best_head_that_hears(self):
        self.assertEqual(self.scored(), self.scored("--head", self.able[0]))

    def test_each_head_answers_as_it_does_alone(self):
        rows = self.scored("--head", "all")
        self.assertEqual([(r["file"], r["head"]) for r in rows],
                         [(str(f), head) for f in self.files for head in self.able])
        for head in self.able:
            self.assertEqual([r for r in rows if r["head"] == head], self.scored("--head", head), head)
        self.assertNotEqual(rows[0]["p:low"], rows[1]["p:low"], "two heads agree to the last digit")

    def test_every_format_names_the_head(self):
        lines = run("score", self.trained, *self.files, "--head", "all", "--format", "jsonl", "--threads", "1").out
        self.assertEqual([json.loads(line)["head"] for line in lines.splitlines()], self.able * 2)
        table = run("score", self.trained, *self.files, "--head", "all", "--threads", "1").out.splitlines()
        self.assertEqual(table[0].split()[:3], ["file", "head", "seconds"])
        self.assertEqual([line.split()[1] for line in table[2:6]], self.able * 2)

    def long_file(self):
        """Three and a half windows of a second."""
        path = self.tmp / "long.wav"
        write_wav(path, tone(300, 1.0) + tone(1500, 1.0) + tone(300, 1.5))
        return path

    def test_the_table_fits_a_terminal_and_wide_does_not_cut(self):
        far = self.tmp / ("a folder with a long name " * 4)
        far.mkdir()
        name = far / "clip-000.wav"
        name.write_bytes(self.files[0].read_bytes())
        bad = far / "bad.wav"
        bad.write_bytes(b"no sound")
        table = run("score", self.trained, name, bad, "--threads", "1").out.splitlines()
        self.assertLessEqual(max(len(line) for line in table if "failed" not in line), 100)
        self.assertTrue(table[2].startswith("…") and "clip-000.wav " in table[2], table[2])
        wide = run("score", self.trained, name, bad, "--threads", "1", "--wide").out.splitlines()
        self.assertTrue(wide[2].startswith(str(name)), wide[2])

    def test_windows_are_rows_whose_mean_is_the_answer(self):
        path = self.long_file()
        whole, = self.scored(files=[path])
        rows = self.scored("--windows", files=[path])
        self.assertEqual([(float(r["start_seconds"]), float(r["end_seconds"])) for r in rows],
                         [(0, 1), (1, 2), (2, 3), (2.5, 3.5)])
        for name in ("p:low", "p:high"):
            self.assertAlmostEqual(sum(float(r[name]) for r in rows) / 4, float(whole[name]), places=5)
        for name in ("file", "head", "windows", "seconds", "heard_seconds", "front_end_hash"):
            self.assertEqual({r[name] for r in rows}, {whole[name]}, name)
        self.assertNotIn("start_seconds", whole)
        text = run("score", self.trained, path, "--windows", "--threads", "1").out.splitlines()
        self.assertEqual(text[0].split()[:5], ["file", "head", "start", "end", "class"])
        self.assertEqual([line.split()[2:4] for line in text[2:6]], [["0.0", "1.0"], ["1.0", "2.0"], ["2.0", "3.0"], ["2.5", "3.5"]])
        lines = run("score", self.trained, path, "--windows", "--format", "jsonl", "--threads", "1").out.splitlines()
        self.assertEqual([json.loads(line)["end_seconds"] for line in lines], [1, 2, 3, 3.5])
        short = self.scored("--windows", files=self.files[:1])
        self.assertEqual([(r["start_seconds"], r["end_seconds"]) for r in short], [("0.000", "0.500")])

    def test_explain_draws_what_spoke_for_the_answer(self):
        plain = self.scored(files=[self.long_file(), *self.files])
        pictures = self.tmp / "pictures"
        rows = self.scored("--explain", pictures, files=[self.long_file(), *self.files])
        self.assertEqual(rows, plain, "the answers are the same")
        self.assertEqual(sorted(p.name for p in pictures.iterdir()), ["clip-000.png", "clip-001.png", "long.png"])
        for picture in pictures.iterdir():
            self.assertEqual(picture.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        both = self.tmp / "both"
        self.scored("--explain", both, "--head", "all", files=self.files[:1])
        self.assertEqual(sorted(p.name for p in both.iterdir()), sorted(f"clip-000.{head}.png" for head in self.able))

    def test_a_bad_file_fails_once_for_each_head_in_lines_for_programs(self):
        bad = self.tmp / "text.mp3"
        bad.write_text("this is a text\n" * 10)
        files = [bad, self.files[0]]
        rows = self.scored("--head", "all", files=files, code=SOME_FAILED)
        self.assertEqual([(r["status"], r["head"]) for r in rows],
                         [(status, head) for status in ("failed", "ok") for head in self.able])
        for row in rows[:2]:
            self.assertRow(row, "decode", "not_audio", bad)
        self.assertEqual(self.scored(files=files, code=SOME_FAILED)[0]["head"], "", "as ever without --head")
        result = run("score", self.trained, *files, "--head", "all", "--format", "jsonl", "--threads", "1")
        self.assertEqual([json.loads(line)["head"] for line in result.out.splitlines()], self.able * 2)
        table = run("score", self.trained, *files, "--head", "all", "--threads", "1").out
        self.assertEqual((table.count("FAILED"), table.count("failed decode/not_audio")), (2, 1), table)

    def refused(self, head, *parts, folder=None):
        folder = folder or self.trained
        result = run("score", folder, self.files[0], "--head", head, "--threads", "1")
        self.assertRefused(result, f"--head {head}", folder, "can answer: " + ", ".join(self.able), *parts)

    def test_a_head_that_the_run_does_not_hold_is_refused_with_those_that_can_answer(self):
        self.refused("nonsense", "holds no such head")
        self.refused("mlp", "holds no such head")

    def test_a_head_that_needs_table_columns_is_refused_with_those_that_can_answer(self):
        self.assertIn("logistic", self.heads)
        self.refused("logistic", "needs table columns")

    def test_a_head_that_is_not_asked_is_not_loaded(self):
        folder = self.tmp / "run"
        shutil.copytree(self.trained, folder)
        (folder / f"{self.able[1]}.safetensors").unlink()
        for options in ((), ("--head", self.able[0])):
            self.assertExit(run("score", folder, *self.files, "--threads", "1", *options), ALL_FINE)
        for head in ("all", self.able[1]):
            result = run("score", folder, *self.files, "--threads", "1", "--head", head)
            self.assertRefused(result, folder / f"{self.able[1]}.safetensors", "is missing")


if __name__ == "__main__":
    unittest.main(verbosity=2)
