"""Bad input of `hitscope train`: every case ends with the documented exit code and a message that names file, row,
value and rule, and the other rows are used."""

import shutil
import unittest

from harness import ALL_FINE, SOME_FAILED, USAGE, Case, front_end, make_tones, read_csv, run, tree, write_csv



class TrainInput(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holder = cls("runTest")
        cls.holder.setUp()
        cls.clips = cls.holder.tmp / "clips"
        cls.made = make_tones(cls.clips, 24, seconds=0.5)
        cls.specs = cls.holder.tmp / "specs"
        result = run("render", cls.clips, "--out", cls.specs, *front_end())
        if result.code != ALL_FINE:
            raise AssertionError(str(result))
        cls.addClassCleanup(cls.holder.doCleanups)

    def runTest(self):
        """Only the holder of the class's folder."""

    def songs(self, name="songs.csv", rows=None):
        """id, artist, popularity, tempo of the 24 clips: popularity 10 or 90."""
        if rows is None:
            rows = [[i, f"artist {k // 2}", 10 if label == "low" else 90, 100 + 7 * k % 13]
                    for k, (i, label) in enumerate(self.made)]
        return write_csv(self.tmp / name, ["track_id", "artist", "popularity", "tempo"], rows)

    def train(self, catalogue, *options, out="run"):
        return run("train", catalogue, "--out", self.tmp / out, "--epochs", "1", "--threads", "1", *options)

    def test_bad_popularities_and_ids_are_failed_rows_and_the_others_are_used(self):
        rows = [[i, f"artist {k // 2}", 10 if label == "low" else 90, 100 + 7 * k % 13]
                for k, (i, label) in enumerate(self.made)]
        rows[3][2], rows[4][2], rows[5][2], rows[6][2] = "abc", "101", "", "-1"
        rows[7][2] = "nan"
        rows.append(["clip-000", "artist 0", "10", "100"])  # a duplicate
        rows.append(["unheard", "artist 0", "10", "100"])  # no spectrogram
        rows.append(["../../etc/passwd", "artist 0", "10", "100"])
        catalogue = self.songs(rows=rows)
        result = self.train(catalogue, "--spectrograms", self.specs, "--heads", "logistic")
        self.assertExit(result, SOME_FAILED)
        out = read_csv(self.tmp / "run" / "predictions.csv")
        self.assertEqual([int(r["row"]) for r in out], list(range(2, 2 + len(rows))), "one row out per row in")
        by_row = {int(r["row"]): r for r in out}
        for number, value in ((5, "abc"), (6, "101"), (7, ""), (8, "-1"), (9, "nan")):
            with self.subTest(value=value):
                self.assertRow(by_row[number], "train", "bad_value", catalogue, f"row {number}",
                               f"popularity is '{value}'", "a number from 0 to 100")
        self.assertRow(by_row[26], "catalogue", "duplicate_id", catalogue, "row 26", "'clip-000'", "already used in row 2")
        self.assertRow(by_row[27], "render", "missing", "'unheard'", "no spectrogram", self.specs)
        self.assertRow(by_row[28], "catalogue", "bad_id", catalogue, "row 28", "'../../etc/passwd'", "'..'")
        self.assertEqual(sum(r["status"] == "ok" for r in out), 19)
        self.assertSays(result.out, "19 of 27 rows used", "train/bad_value: 5")

    def test_catalogues_that_cannot_be_used_are_refused(self):
        empty = self.tmp / "empty.csv"
        empty.write_bytes(b"")
        header = write_csv(self.tmp / "header.csv", ["track_id", "popularity", "tempo"], [])
        no_label = write_csv(self.tmp / "no_label.csv", ["track_id", "tempo"], [["a", 1], ["b", 2]])
        hopeless = write_csv(self.tmp / "hopeless.csv", ["track_id", "popularity", "tempo"], [["a", "x", 1]])
        for catalogue, *parts in ((empty, "is empty"), (header, "has a header but no rows"),
                                  (no_label, "has no popularity column", "--popularity-column", "--target"),
                                  (hopeless, "'popularity' holds text", "--labels 34,67 needs numbers"),
                                  (self.tmp / "none.csv", "cannot be opened")):
            with self.subTest(catalogue=catalogue.name):
                self.assertRefused(self.train(catalogue), catalogue, *parts)
                self.assertFalse((self.tmp / "run").exists())

    def test_spectrograms_need_an_id_column(self):
        catalogue = write_csv(self.tmp / "no_id.csv", ["popularity", "tempo"], [[10, 1], [90, 2]])
        self.assertRefused(self.train(catalogue, "--spectrograms", self.specs), catalogue, "has no id column")

    def test_columns_named_by_flag_must_exist(self):
        catalogue = self.songs()
        for flag in ("--target", "--group-column", "--split-column", "--features"):
            with self.subTest(flag=flag):
                self.assertRefused(self.train(catalogue, flag, "mood"), catalogue, flag, "'mood'",
                                   "track_id, artist, popularity, tempo")
                self.assertFalse((self.tmp / "run").exists())

    def test_a_folder_that_is_not_a_render_is_refused(self):
        catalogue = self.songs()
        (self.tmp / "bare").mkdir()
        for folder in (self.tmp / "nowhere", self.tmp / "bare"):
            with self.subTest(folder=folder.name):
                self.assertRefused(self.train(catalogue, "--spectrograms", folder), folder / "render.json",
                                   "hitscope render")

    def test_damaged_render_folders_are_refused_by_file(self):
        catalogue = self.songs()
        for name, damage, *parts in (
                ("render.json", lambda p: p.write_text(p.read_text().replace('"n_mels": 32', '"n_mels": 31')),
                 "front_end_hash"),
                ("index.csv", lambda p: p.unlink()),
                ("index.csv", lambda p: p.write_text("a,b\n1,2\n"), "columns"),
                ("shard-00000.npy", lambda p: p.unlink(), "is missing"),
                ("shard-00000.npy", lambda p: p.write_bytes(p.read_bytes()[:-100]), "shape"),
                ("shard-00000.npy", lambda p: p.write_bytes(b"nonsense"), "shape")):
            with self.subTest(file=name):
                folder = self.tmp / "damaged"
                shutil.copytree(self.specs, folder)
                damage(folder / name)
                self.assertRefused(self.train(catalogue, "--spectrograms", folder), folder / name, *parts)
                shutil.rmtree(folder)

    def test_heads_need_their_data(self):
        catalogue = self.songs()
        self.assertRefused(self.train(catalogue, "--heads", "cnn"), "--heads cnn", "needs --spectrograms")
        self.assertRefused(self.train(catalogue, "--heads", "mlp", "--features", "none", "--spectrograms", self.specs),
                           "--heads mlp", "table columns")
        self.assertRefused(self.train(catalogue, "--heads", "forest"), "'forest'", "mlp, random_forest")
        self.assertRefused(self.train(catalogue, "--features", "none"), "nothing to train on")

    def test_the_outcome_cannot_be_a_feature(self):
        self.assertRefused(self.train(self.songs(), "--features", "popularity"), "'popularity'", "must not be a feature")

    def test_a_run_folder_with_other_settings_is_refused_and_left_alone(self):
        catalogue = self.songs()
        self.assertExit(self.train(catalogue, "--heads", "logistic"), ALL_FINE)
        before = tree(self.tmp / "run")
        result = self.train(catalogue, "--heads", "logistic", "--seed", "2")
        self.assertExit(result, USAGE)
        self.assertSays(result.err, self.tmp / "run" / "run.json", "seed is 1 there and 2 now", "another --out")
        other = self.songs("other.csv", [[i, f"artist {k // 2}", 10 if label == "low" else 90, k % 5]
                                        for k, (i, label) in enumerate(self.made)])
        result = self.train(other, "--heads", "logistic")
        self.assertExit(result, USAGE)
        self.assertSays(result.err, self.tmp / "run" / "run.json", "tables_sha256 is")
        self.assertEqual(tree(self.tmp / "run"), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
