"""A folder per class is a table: sounds kept as CLASS/CLIP.wav are trained on without a CSV."""

import unittest

from harness import ALL_FINE, Case, front_end, read_csv, read_json, run, tone, write_wav


class FolderOfClasses(Case):
    def setUp(self):
        super().setUp()
        self.clips, self.specs = self.tmp / "sounds", self.tmp / "specs"
        for i in range(48):
            label = ("low", "high")[i % 2]
            hz = (300 if label == "low" else 1500) + 3 * i
            write_wav(self.clips / label / f"speaker{i // 4:02}_{i}_fold{i % 3}.wav", tone(hz, 0.5, seed=i))
        self.assertExit(run("render", self.clips, "--out", self.specs, *front_end()), ALL_FINE)

    def train(self, *options):
        return run("train", "--spectrograms", self.specs, "--target", "folder", "--out", self.tmp / "run", "--heads", "cnn",
                   "--epochs", 12, "--threads", 1, *options)

    def test_folders_are_classes(self):
        result = self.train("--no-artist")
        self.assertExit(result, ALL_FINE)
        rows = read_csv(self.tmp / "run" / "predictions.csv")
        self.assertEqual(len(rows), 48)
        cnn = next(r for r in read_json(self.tmp / "run" / "metrics.json")["rows"] if r["name"] == "cnn")
        self.assertGreater(cnn["accuracy"], 0.9)
        scored = run("score", self.tmp / "run", self.clips / "low", "--format", "csv", "--output", self.tmp / "s.csv")
        self.assertExit(scored, ALL_FINE)
        self.assertGreater(sum(r["class"] == "low" for r in read_csv(self.tmp / "s.csv")), 20)

    def test_groups_and_folds_come_out_of_names(self):
        self.assertExit(self.train("--group-from", r"(speaker\d+)_"), ALL_FINE)
        parts = {}
        for row in read_csv(self.tmp / "run" / "split.csv"):
            parts.setdefault(row["id"].split("/")[1].split("_")[0], set()).add(row["part"])
        self.assertEqual({len(p) for p in parts.values()}, {1}, "a speaker is in one part")
        self.assertExit(run("train", "--spectrograms", self.specs, "--target", "folder", "--out", self.tmp / "folds",
                            "--heads", "cnn", "--epochs", 1, "--threads", 1, "--fold-from", r"fold(\d)", "--test-fold", "2",
                            "--no-artist"), ALL_FINE)
        tests = {r["id"] for r in read_csv(self.tmp / "folds" / "split.csv") if r["part"] == "test"}
        self.assertEqual(tests, {r["id"] for r in read_csv(self.specs / "index.csv") if "fold2" in r["clip"]})

    def test_classes_come_out_of_names(self):
        nested = self.tmp / "nested"
        for i in range(24):
            write_wav(nested / f"fold{i % 3}" / ("low", "high")[i % 2] / f"{i}.wav", tone(300 + 900 * (i % 2) + i, 0.5))
        self.assertExit(run("render", nested, "--out", self.tmp / "nested-specs", *front_end()), ALL_FINE)
        result = run("train", "--spectrograms", self.tmp / "nested-specs", "--target-from", "([^/]+)/[^/]+$", "--fold-from",
                     r"fold(\d)/", "--test-fold", "2", "--no-artist", "--out", self.tmp / "nested-run", "--heads", "cnn",
                     "--epochs", 1, "--threads", 1)
        self.assertExit(result, ALL_FINE)
        self.assertSays(result, "target class: high 12, low 12")
        self.assertRefused(run("audit", self.specs / "index.csv", "--target-from", "x"), "--target-from", "without TABLE")

    def test_what_cannot_be_is_refused(self):
        self.assertRefused(self.train("--group-from", "("), "--group-from", "not a regular expression")
        self.assertRefused(self.train("--group-from", "nobody"), "--group-from", "matches none of the names", "speaker")
        self.assertRefused(self.train("--fold-from", r"(speaker0\d)", "--test-fold", "speaker00"), "--fold-from",
                           "finds no fold in", "speaker1")
        self.assertRefused(self.train("--fold-from", r"fold(\d)", "--split-column", "folder"), "--fold-from", "--split-column")
        self.assertSays(self.train("--group-from", r"(speaker0\d)", "--epochs", 1).text, "finds no group in 8 names")
        self.assertRefused(run("train", "--target", "folder", "--out", self.tmp / "run"), "TABLE is required",
                           "--spectrograms")
        self.assertRefused(run("audit", "--target", "folder"), "TABLE")


if __name__ == "__main__":
    unittest.main(verbosity=2)
