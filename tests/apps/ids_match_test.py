"""Ids join with or without folder, extension and leading zeros; where they cannot, the refusal shows one of each side."""

import unittest

from harness import ALL_FINE, DATA, SOME_FAILED, Case, front_end, read_csv, run, tone, write_csv, write_wav

CASES = DATA.parent / "cases" / "tables"
TRAIN = ("--heads", "logistic", "--no-artist", "--threads", 1)


class IdsMatch(Case):
    def setUp(self):
        super().setUp()
        self.clips, self.specs = self.tmp / "clips", self.tmp / "specs"
        for i in range(2, 32):
            write_wav(self.clips / "000" / f"{i:06}.wav", tone(200 + 20 * i, 0.3))
        self.assertExit(run("render", self.clips, "--out", self.specs, *front_end()), ALL_FINE)

    def table(self, ids, name="songs.csv"):
        path = self.tmp / name
        write_csv(path, ["track_id", "tempo", "popularity"], [[id_, 90 + n % 7, (37 * n) % 101] for n, id_ in enumerate(ids)])
        return path

    def train(self, table, *options):
        return run("train", table, "--spectrograms", self.specs, "--out", self.tmp / "run", *TRAIN, *options)

    def test_spellings_join(self):
        for n, spell in enumerate((str, lambda i: f"{i:06}.mp3", lambda i: f"fma/000/{i:06}.wav", lambda i: f"000/{i:06}")):
            with self.subTest(id=spell(2)):
                ids = [spell(i) for i in range(2, 32)]
                result = self.train(self.table(ids, f"songs{n}.csv"), "--out", self.tmp / f"run{n}")
                self.assertExit(result, ALL_FINE)
                self.assertEqual([r["id"] for r in read_csv(self.tmp / f"run{n}" / "predictions.csv")], ids)
                words = f"ids: of {self.tmp}/songs{n}.csv, 30 ids are spelled otherwise in {self.specs} and matched"
                if spell(2) == "000/000002":
                    self.assertNotIn("ids: ", result.text)
                else:
                    self.assertSays(result.text, words, f"such as '{spell(2)}' with '000/000002'")

    def test_ids_that_match_two_match_none(self):
        ids = [str(i) for i in range(2, 31)] + ["030"]
        result = self.train(self.table(ids))
        self.assertExit(result, SOME_FAILED)
        self.assertSays(result.text, "28 ids", "id '30' has no spectrogram")

    def test_nothing_in_common_shows_an_id_of_each_side(self):
        result = self.train(self.table([f"song-{i}" for i in range(30)]))
        self.assertRefused(result, "songs.csv has no id in common with", "'song-0'", "'000/000002'", "leading zeros",
                           "--id-column")

    def test_split_files_join_likewise(self):
        table = self.table([str(i) for i in range(2, 32)])
        split = self.tmp / "split.csv"
        write_csv(split, ["id", "part"], [[f"{i:03}", ("train", "validation", "test")[i % 3]] for i in range(2, 32)])
        result = self.train(table, "--split-file", split)
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.text, "'2' with '002'")
        parts = {r["id"]: r["part"] for r in read_csv(self.tmp / "run" / "split.csv")}
        self.assertEqual(parts["4"], "validation")

    @unittest.skipUnless(CASES.exists(), f"the cases are absent: {CASES}")
    def test_fmas_own_table(self):
        result = self.train(CASES / "two-header-lines.csv", "--target", "track.genre_top")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.text, "'2' with '000/000002'")
        self.assertEqual(len(read_csv(self.tmp / "run" / "predictions.csv")), 30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
