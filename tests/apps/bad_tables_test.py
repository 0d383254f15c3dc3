"""Bad tables, labels, splits and predictions: `audit` and `train` end with the documented exit code and one line that
names the file, the row or column, and the rule; no folder is left that looks like a run."""

import gzip
import os
import subprocess
import time
import unittest

from harness import ALL_FINE, SOME_FAILED, USAGE, Result, command_of, run, write_csv
from song_tables import GENRES, songs
from table_case import MEDIAN, N_ROWS, TableCase

GIGABYTE = gzip.compress(b"a" * (1 << 20), mtime=0) * 1024  # gzip members follow one another: 1 GiB of 'a' in 1 MB
MOST_MIB = 600


def run_measured(*args):
    """(Result, peak resident MiB) of `hitscope args…`."""
    command = command_of(args)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out, err = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    result = Result(command, process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))
    return result, usage.ru_maxrss / 1024


class Tables(TableCase):
    def test_no_bytes_and_no_rows(self):
        self.refused(self.text(""), says=[self.tmp / "songs.csv", "is empty", "must name the columns"])
        self.refused(self.text("track_id,popularity\n"), says=[self.tmp / "songs.csv", "has a header but no rows"])

    def test_two_columns_of_one_name(self):
        path = self.text("track_id,tempo,tempo,popularity\n1,2,3,4\n")
        self.refused(path, says=[path, "columns 2 and 3 are both named 'tempo'", "unique"])

    def test_rows_with_too_many_and_too_few_cells(self):
        path = self.songs()
        lines = path.read_text().splitlines()
        lines[10] += ",more"
        lines[20] = lines[20].rsplit(",", 2)[0]
        self.text("\n".join(lines) + "\n")
        self.assertSays(run("audit", path, *MEDIAN).out, "2 rows could not be read; the first: ", "row 11: 11 cells")
        self.lost_rows(path, *MEDIAN, rows=(11, 21), says=[("11 cells", "has 10"), ("8 cells", "has 10")])

    def test_ids_that_stand_twice(self):
        table = songs(N_ROWS, 1)
        table["track_id"][5] = table["track_id"][0]
        self.lost_rows(self.write(table), *MEDIAN, rows=[7],
                       says=[("id 't00000'", "is already used in row 2", "unique")])

    def test_a_file_that_ends_in_the_middle(self):
        text = self.songs().read_bytes()
        lines = text.decode().splitlines(keepends=True)
        packed = self.tmp / "songs.csv.gz"
        packed.write_bytes(gzip.compress(text)[:-2000])
        result = self.train(packed, *MEDIAN)
        self.assertExit(result, SOME_FAILED)
        self.assertRegex(result.out, r"songs\.csv\.gz row \d+: the gzip data is damaged \(it is cut short\)")
        lines[N_ROWS // 2] = 't00099,"Never closed,' + lines[N_ROWS // 2]
        path = self.text("".join(lines))
        result = run("train", path, *MEDIAN, "--heads", "logistic", "--out", self.tmp / "quote")
        self.assertExit(result, SOME_FAILED)
        self.assertSays(result.out, f"{path} row {N_ROWS // 2 + 1}: the quote of a cell is not closed")

    def test_a_feature_without_a_value_is_left_out_by_name(self):
        path = self.songs(empty=[""] * N_ROWS)
        for verb, result in self.both(path, *MEDIAN):
            with self.subTest(verb=verb):
                self.assertExit(result, ALL_FINE)
                self.assertSays(result.out, "empty (no values)")

    def test_a_named_feature_without_a_value_is_an_error(self):
        path = self.songs(empty=[""] * N_ROWS)
        self.refused(path, *MEDIAN, "--features", "empty", says=[path, "--features names 'empty'", "no values"])

    def test_a_label_that_never_varies(self):
        path = self.songs(popularity=[50] * N_ROWS)
        for labels, shown in (("34,67", "'medium'"), ("50", "'high'")):
            self.refused(path, "--labels", labels, says=[path, "training rows have the label " + shown, "nothing to learn"])
        self.assertRefused(run("audit", path, "--labels", "regression"), path, "training rows have the label 50")
        self.refused(path, *MEDIAN, says=[path, "column 'popularity'", "greater than the median, 50"])

    def test_a_rare_word_is_a_class_and_no_missing_yes_or_no(self):
        words = ["viral" if n % 40 == 0 else "yes" if n % 3 == 0 else "no" for n in range(N_ROWS)]
        path = self.songs(outcome=words)
        for verb, result in self.both(path, "--target", "outcome"):
            with self.subTest(verb=verb):
                self.assertSays(result.out, f"200 of 200 rows used; target outcome: no {words.count('no')}, viral 5")

    def test_small_files_beside_the_table_lose_no_row(self):
        path = self.songs()
        mapping = self.text("genre,class\nrock,a\npop,b,c\n", "map.csv")
        self.refused(path, "--target", "genre", "--labels", f"map:{mapping}", says=[mapping, "row 3: 3 cells"])
        mapping = self.text("genre,class\nrock,a\nrock,b\n", "map.csv")
        self.refused(path, "--target", "genre", "--labels", f"map:{mapping}", says=[mapping, "row 3", "'rock'"])
        artists = self.text("artist,fans\nartist 1,5\nartist 2,6,7\n", "artists.csv")
        self.assertSays(run("audit", path, *MEDIAN, "--join", artists, "--on", "artist").out,
                        "1 row could not be read", f"{artists} row 3: 3 cells")
        self.refused(path, *MEDIAN, "--join", artists, "--on", "artist=fans", "--inner",
                     says=[path, "no row has a match", artists])

    def test_strict_takes_every_row(self):
        path = self.text("track_id,tempo,popularity\na,1,2\nb,3\n")
        self.refused(path, "--strict", says=["--strict", f"{path} row 3: 2 cells"])

    def test_infinite_cells_are_missing_and_named_and_an_error_with_strict(self):
        table = songs(N_ROWS, 1)
        table["tempo"][3:6] = ["inf", "1e999", "-Infinity"]
        path = self.write(table)
        named = ("tempo", "'inf' in row 5", "'1e999' in row 6", "'-Infinity' in row 7")
        self.refused(path, *MEDIAN, "--strict", says=[path, "--strict", *named])
        for verb, result in self.both(path, *MEDIAN):
            with self.subTest(verb=verb):
                self.assertExit(result, ALL_FINE)
                self.assertSays(result.out, *named)


class GiantLines(TableCase):
    """One line of a gigabyte, wherever it stands, is refused by its row in little memory."""

    def packed(self, name, *parts):
        path = self.tmp / name
        path.write_bytes(b"".join(part if part is GIGABYTE else gzip.compress(part) for part in parts))
        return path

    def says_too_large(self, path, row, *command, code=USAGE):
        start = time.monotonic()
        result, mib = run_measured(*command)
        with self.subTest(command=command):
            self.assertExit(result, code)
            self.assertSays(result.text, path, f"row {row}", "larger than 16 MiB")
            self.assertLess(mib, MOST_MIB)
            self.assertLess(time.monotonic() - start, 20)

    def test_as_the_header(self):
        path = self.packed("songs.csv.gz", b"track_id,", GIGABYTE, b",popularity\n1,2,3\n")
        self.says_too_large(path, 1, "audit", path)
        self.says_too_large(path, 1, "train", path, "--out", self.tmp / "run")
        self.assertFalse((self.tmp / "run").exists())

    def test_among_the_rows(self):
        text = self.songs().read_bytes()
        for name, quote in (("plain", b""), ("quoted", b'"')):
            path = self.packed(f"{name}.csv.gz", text, b"giant," + quote, GIGABYTE, quote + b",pop\n")
            self.says_too_large(path, N_ROWS + 2, "train", path, *MEDIAN, "--heads", "logistic", "--out",
                                self.tmp / name, code=SOME_FAILED)
            result, mib = run_measured("audit", path, *MEDIAN)
            self.assertSays(result.text, f"{path} row {N_ROWS + 2}", "larger than 16 MiB")
            self.assertLess(mib, MOST_MIB)

    def test_in_somebody_s_predictions(self):
        path = self.packed("theirs.csv.gz", b"id,y_true,y_pred\n1,", GIGABYTE, b",low\n")
        self.says_too_large(path, 2, "audit", "--predictions", path)


class Targets(TableCase):
    def test_a_label_that_is_always_the_same(self):
        path = self.songs(popularity=[50] * N_ROWS, kind=["song"] * N_ROWS)
        self.refused(path, *MEDIAN, says=["median", "50"])
        self.refused(path, "--labels", "quantiles:3", says=["50"])
        self.refused(path, "--target", "kind", says=["1 distinct value"])

    def test_a_class_of_one_row_is_warned_of_by_name(self):
        path = self.songs(kind=["rare"] + ["song"] * (N_ROWS - 1))
        for verb, result in self.both(path, "--target", "kind"):
            with self.subTest(verb=verb):
                self.assertExit(result, ALL_FINE)
                self.assertRegex(result.out, r"warning missing-class, 'rare': no test row has the class 'rare'|"
                                             r"warning missing-class, 'rare': no training row has the class 'rare'")

    def test_a_class_that_one_artist_holds_is_warned_of_by_name(self):
        table = songs(N_ROWS, 1)
        table["artist"] = ["Star" if p > 55 else a for a, p in zip(table["artist"], table["popularity"])]
        for verb, result in self.both(self.write(table), "--labels", "55"):
            with self.subTest(verb=verb):
                self.assertExit(result, ALL_FINE)
                self.assertSays(result.out, "warning missing-class, 'high': no test row has the class 'high'")

    def test_fewer_groups_than_sides(self):
        for names in (["A"], ["A", "B"]):
            self.refused(self.songs(artist=names * (N_ROWS // len(names))), *MEDIAN,
                         says=["at least three groups", "--split random", "--group-column"])

    def test_a_target_that_is_not_there_or_not_numbers(self):
        path = self.songs(fame=[""] * N_ROWS)
        self.refused(path, "--target", "glory", says=[path, "--target", "'glory'", "track_id, artist, genre"])
        self.refused(path, "--target", "genre", *MEDIAN, says=[path, "needs numbers", "'genre' holds text"])
        self.refused(path, "--target", "track_id", says=["200 distinct values"])
        self.refused(path, "--target", "fame", *MEDIAN, says=[path, "needs numbers", "'fame' holds empty"])

    def test_targets_without_a_usable_number_fail_row_by_row(self):
        table = songs(N_ROWS, 1)
        bad = ["inf", "1e999", "NaN", "", "many", "101", "-1"]
        table["popularity"][2:9] = bad
        path = self.write(table)
        self.lost_rows(path, *MEDIAN, rows=range(4, 11),
                       says=[(f"popularity is '{value}'", "must be a number from 0 to 100") for value in bad])
        self.assertSays(run("audit", path, *MEDIAN).out, "data: 193 of 200 rows used")

    def test_malformed_labels(self):
        path = self.songs()
        for labels, why in (("34,", "'' is not a number"), ("67,34", "increasing order"),
                            ("34,34", "increasing order"), ("nan", "increasing order"),
                            ("top:0", "greater than 0 and less than 100"),
                            ("top:101", "greater than 0 and less than 100"),
                            ("quantiles:1", "from 2 to 100"), ("quantiles:1000", "from 2 to 100"),
                            ("equal-width:x", "'x' is not a whole number"), ("tops:3", "'tops'"),
                            ("percentiles:0,50", "greater than 0 and less than 100"),
                            ("map:", "file after 'map:' is missing")):
            with self.subTest(labels=labels):
                self.assertRefused(run("audit", path, "--labels", labels), f"'{labels}'", why)
        self.refused(path, "--labels", "67,34", says=["'67,34'", "increasing order"])
        self.refused(path, "--labels", "percentiles:50/decade", says=[path, "--labels", "'decade'"])
        self.refused(path, "--labels", f"map:{self.tmp / 'none.csv'}", says=[self.tmp / "none.csv", "cannot be opened"])

    def test_a_mapping_that_lacks_a_text(self):
        mapping = write_csv(self.tmp / "map.csv", ["text", "class"],
                            [[genre, "loud" if genre == "metal" else "soft"] for genre in GENRES[1:]])
        path = self.songs()
        missing = [2 + row for row, genre in enumerate(songs(N_ROWS, 1)["genre"]) if genre == GENRES[0]]
        self.lost_rows(path, "--target", "genre", "--labels", f"map:{mapping}", rows=missing,
                       says=[("genre is 'pop'", "mapping")] * len(missing))


if __name__ == "__main__":
    unittest.main(verbosity=2)
