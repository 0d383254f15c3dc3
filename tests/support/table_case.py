"""What the tests of tables share: made-up songs written down, audited and trained on."""

from harness import SOME_FAILED, Case, read_csv, run, write_csv
from song_tables import rows_of, songs

N_ROWS = 200
MEDIAN = ("--labels", "median")


class TableCase(Case):
    def write(self, table, name="songs.csv"):
        return write_csv(self.tmp / name, list(table), rows_of(table))

    def songs(self, **columns):
        return self.write(songs(N_ROWS, 1, **columns))

    def text(self, text, name="songs.csv"):
        path = self.tmp / name
        path.write_text(text, encoding="utf-8")
        return path

    def both(self, path, *options):
        """(verb, result) of audit and of train."""
        yield "audit", run("audit", path, *options)
        yield "train", self.train(path, *options)

    def train(self, path, *options):
        return run("train", path, "--out", self.tmp / "run", "--heads", "logistic", *options)

    def refused(self, path, *options, says):
        """Both verbs refuse; nothing is left behind."""
        for verb, result in self.both(path, *options):
            with self.subTest(verb=verb, options=options):
                self.assertRefused(result, *says)
                self.assertNotRegex(result.err, r"std::|terminate|bad_alloc|what\(\)")
                self.assertFalse((self.tmp / "run").exists(), "nothing is made for what cannot be used")

    def lost_rows(self, path, *options, rows, says):
        """train ends, and says of each of these rows why it failed, in its output and in predictions.csv."""
        result = self.train(path, *options)
        self.assertExit(result, SOME_FAILED)
        failed = [row for row in read_csv(self.tmp / "run" / "predictions.csv") if row["status"] == "failed"]
        self.assertEqual([int(row["row"]) for row in failed], list(rows))
        for row, why in zip(failed, says, strict=True):
            self.assertSays(row["detail"], path, f"row {row['row']}", *why)
        self.assertSays(result.out, *says[0])
