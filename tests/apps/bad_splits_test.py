"""Bad splits, folds, joins, schemas and predictions: `audit` and `train` name the file, the row or column, and the
rule, and nothing is left that looks like a run."""

import json
import unittest

from harness import SOME_FAILED, USAGE, read_json, run, write_csv
from song_tables import songs
from table_case import MEDIAN, N_ROWS, TableCase

IDS = songs(N_ROWS, 1)["track_id"]
PARTS = [("train", "train", "train", "validation", "test")[row % 5] for row in range(N_ROWS)]


class Splits(TableCase):
    def split_file(self, rows, header=("id", "part")):
        return write_csv(self.tmp / "split.csv", header, rows)

    def test_settings_out_of_range(self):
        path = self.songs()
        self.assertRefused(self.train(path, "--cv", 1), "--cv", "2 to 100")
        for flag in ("--test-fraction", "--validation-fraction"):
            for value in ("0", "1", "-0.1", "nan"):
                with self.subTest(flag=flag, value=value):
                    self.assertRefused(run("audit", path, flag, value), flag.lstrip("-"), "0", "1")

    def test_more_folds_than_artists(self):
        result = self.train(self.songs(artist=[f"artist {row % 8}" for row in range(N_ROWS)]), *MEDIAN, "--cv", 20)
        self.assertRefused(result, self.tmp / "songs.csv", "--cv 20", "only 8 groups", "fewer folds")
        self.assertFalse((self.tmp / "run").exists(), "folds are made before anything is fitted")

    def test_a_temporal_split_needs_dates(self):
        path = self.songs()
        self.refused(path, *MEDIAN, "--split", "temporal", says=[path, "column of dates", "--date-column"])
        path = self.songs(date=["some day"] * N_ROWS)
        self.refused(path, *MEDIAN, "--split", "temporal", "--date-column", "date",
                     says=[path, "--date-column date", "holds no dates"])

    def test_rows_without_a_date_fail_in_a_temporal_split(self):
        dates = [f"20{row % 20:02}-01-02" for row in range(N_ROWS)]
        dates[4:7] = ["soon", "2020-13-45", ""]
        self.lost_rows(self.songs(date=dates), *MEDIAN, "--split", "temporal", rows=(6, 7, 8),
                       says=[(f"date is '{date}'", "needs a date") for date in dates[4:7]])

    def test_splits_are_compared_without_the_temporal_one_where_there_are_no_dates(self):
        self.assertExit(self.train(self.songs(), *MEDIAN, "--compare-splits"), 0)
        folders = [path.name for path in (self.tmp / "run").iterdir() if path.is_dir()]
        self.assertEqual(folders, ["random-split"])

    def test_a_split_column_with_other_words(self):
        sides = ["train", "test"] * (N_ROWS // 2)
        path = self.songs(side=sides)
        self.refused(path, *MEDIAN, "--split-column", "face", says=[path, "--split-column", "'face'"])
        self.refused(path, *MEDIAN, "--split-column", "side", "--test-fold", "exam",
                     says=["--test-fold is 'exam'", "test, train"])
        path = self.songs(side=["exam", *sides[1:]])
        self.refused(path, *MEDIAN, "--split-column", "side", says=["'exam'", "train, validation or test"])
        self.lost_rows(self.songs(side=["", *sides[1:]]), *MEDIAN, "--split-column", "side", rows=[2],
                       says=[("side is ''", "which part of the split")])

    def test_a_split_file_that_cannot_be_used(self):
        path = self.songs()
        for rows, header, says in (
                (zip(IDS, PARTS), ("name", "side"), [self.tmp / "split.csv", "needs the columns id and part"]),
                (zip(IDS, ["train"] * N_ROWS), ("id", "part"), ["no row for test"]),
                (zip(IDS, ["test"] * N_ROWS), ("id", "part"), ["no row for train"]),
                (zip(IDS, ["exam", *PARTS[1:]]), ("id", "part"), ["'exam'", "train, validation or test"]),
                ([(f"no-{name}", part) for name, part in zip(IDS, PARTS)], ("id", "part"),
                 [path, "has no id in common with", self.tmp / "split.csv", f"'{IDS[0]}'", f"'no-{IDS[0]}'"])):
            self.refused(path, *MEDIAN, "--split-file", self.split_file(rows, header), says=says)
        none = self.tmp / "none.csv"
        self.refused(path, *MEDIAN, "--split-file", none, says=[none, "cannot be opened"])
        self.refused(path, *MEDIAN, "--split-file", self.text("", "empty.csv"), says=["empty.csv", "is empty"])

    def test_a_split_file_that_says_two_things_or_stands_beside_another_split(self):
        path = self.songs()
        split = self.split_file([*zip(IDS, PARTS), (IDS[0], "test")])
        self.refused(path, *MEDIAN, "--split-file", split, says=[split, f"row {N_ROWS + 2}", f"'{IDS[0]}'", "twice"])
        split = self.split_file(zip(IDS, PARTS))
        self.refused(path, *MEDIAN, "--split", "random", "--split-file", split, says=["--split random", "--split-file"])

    def test_rows_that_a_split_file_does_not_have_fail(self):
        split = self.split_file(list(zip(IDS, PARTS))[:-2])
        self.lost_rows(self.songs(), *MEDIAN, "--split-file", split, rows=(N_ROWS, N_ROWS + 1),
                       says=[(f"id '{name}'", f"is not in {split}") for name in IDS[-2:]])

    def test_a_run_that_is_none(self):
        result = run("audit", self.songs(), "--run", self.tmp / "nowhere")
        self.assertRefused(result, self.tmp / "nowhere" / "split.csv", "is missing", "--run")


class Joins(TableCase):
    def other(self, rows, header=("artist", "fame")):
        return write_csv(self.tmp / "artists.csv", header, rows)

    def test_a_key_that_is_not_there(self):
        path = self.songs()
        other = self.other([["artist 1", 5]])
        for key, file, columns in (("isrc", path, "track_id, artist, genre"), ("artist=name", other, "artist, fame")):
            self.refused(path, *MEDIAN, "--join", other, "--on", key,
                         says=[file, f"no column '{key.split('=')[-1]}' to join on", columns])

    def test_a_key_that_is_malformed_or_missing(self):
        path = self.songs()
        other = self.other([["artist 1", 5]])
        for key in ("", "=artist", "artist=", "artist,"):
            self.refused(path, "--join", other, "--on", key, says=[f"--on is '{key}'", "LEFT=RIGHT"])
        self.refused(path, "--join", other, says=["--join was given 1 times, --on 0 times"])
        self.refused(path, "--join", other, "--on", "row", says=[path, "200 rows", other, "has 1", "row by row"])
        none = self.tmp / "none.csv"
        self.refused(path, "--join", none, "--on", "artist", says=[none, "cannot be opened"])

    def test_a_join_that_matches_nothing_says_so_with_examples(self):
        path = self.songs()
        other = self.other([["Nobody", 1], ["No one", 2]])
        for verb, result in self.both(path, *MEDIAN, "--join", other, "--on", "artist"):
            with self.subTest(verb=verb):
                self.assertExit(result, 0)
                self.assertSays(result.out, "0 of 200 rows matched (0 %)", '"artist ', "fame (no values)")

    def test_keys_that_stand_twice_are_refused_where_asked(self):
        path = self.songs()
        other = self.other([[f"artist {row // 2}", row] for row in range(90)])
        self.refused(path, "--join", other, "--on", "artist", "--join-duplicates", "refuse",
                     says=[other, "rows (", "have the key 'artist ", f"of row 2 of {path}"])


class Schemas(TableCase):
    def setUp(self):
        super().setUp()
        self.path = self.songs()
        self.schema = self.tmp / "schema.json"
        self.assertExit(run("audit", self.path, "--save-schema", self.schema), 0)
        self.types = read_json(self.schema)
        self.places = {column["name"]: place for place, column in enumerate(self.types["columns"])}

    def edited(self, column, **changes):
        self.types["columns"][self.places[column]].update(changes)
        self.schema.write_text(json.dumps(self.types))

    def refused_schema(self, *options, says):
        self.refused(self.path, *MEDIAN, "--schema", self.schema, *options, says=says)

    def test_columns_that_the_table_has_not(self):
        self.edited("tempo", name="bpm")
        self.refused_schema(says=[self.path, "no column 'bpm'", "the schema names", "loudness, tempo"])

    def test_columns_named_twice(self):
        self.edited("tempo", name="loudness")
        self.refused_schema(says=[self.schema, "'loudness' is named twice"])

    def test_a_type_that_there_is_not(self):
        self.edited("tempo", type="complex")
        self.refused_schema(says=[self.schema, "'tempo'", "'complex'", "number, boolean, date or text"])

    def test_a_type_that_the_cells_are_not_of(self):
        self.edited("genre", type="number")
        says = ["genre: 200 cells cannot be read as a number", "in row 2"]
        self.refused_schema("--strict", says=[self.path, "--strict", *says])
        self.assertSays(run("audit", self.path, *MEDIAN, "--schema", self.schema).out, *says, "genre (no values)")

    def test_a_target_that_the_schema_makes_a_text(self):
        self.edited("popularity", type="text")
        self.refused_schema(says=[self.path, "'popularity' holds text", "needs numbers"])

    def test_what_is_no_schema(self):
        for text, says in (("{", "is not JSON"), ("[1]", "must be an object"), ('{"columns": 5}', "")):
            self.schema.write_text(text)
            self.refused_schema(says=[self.schema, says])
        self.schema.unlink()
        self.refused_schema(says=[self.schema, "is missing"])


class Predictions(TableCase):
    def audited(self, rows, header=("id", "y_true", "y_pred"), *options):
        return run("audit", "--predictions", write_csv(self.tmp / "theirs.csv", header, rows), *options)

    def test_columns_and_rows_that_are_not_there(self):
        path = self.tmp / "theirs.csv"
        self.assertRefused(self.audited([[1, "a", "b"]], ("id", "truth", "y_pred")), path, "y_true", "--true-column")
        self.assertRefused(self.audited([[1, "a", "b"]], ("id", "y_true", "guess")), path, "y_pred",
                           "--predicted-column", "id, y_true, guess")
        self.assertRefused(self.audited([[1, "a", "b"]], ("id", "y_true", "y_pred"), "--true-column", "truth"), path,
                           "'truth'", "--true-column")
        self.assertRefused(self.audited([]), path, "has no rows")
        path.write_text("")
        self.assertRefused(run("audit", "--predictions", path), path, "is empty")
        path.unlink()
        self.assertRefused(run("audit", "--predictions", path), path, "cannot be opened")

    def test_a_value_that_is_missing_infinite_or_a_word_among_numbers(self):
        for value in ("", "NaN", "inf", "1e999", "low"):
            with self.subTest(value=value):
                rows = [[row, row + 0.25, value if row == 7 else row + 0.75] for row in range(60)]
                self.assertRefused(self.audited(rows), self.tmp / "theirs.csv", "row 9", f"y_pred is '{value}'")

    def test_a_row_with_too_many_cells(self):
        (self.tmp / "theirs.csv").write_text("id,y_true,y_pred\n1,a,b\n2,a,b,c\n")
        result = run("audit", "--predictions", self.tmp / "theirs.csv")
        self.assertRefused(result, self.tmp / "theirs.csv", "row 3", "4 cells")

    def test_labels_that_no_row_has_are_wrong_answers(self):
        result = self.audited([[row, "ab"[row % 2], "zork"] for row in range(60)])
        self.assertExit(result, SOME_FAILED)
        self.assertSays(result.out, "always answers 'zork'", "0 % of 60 test rows right", "verdict: NOT better")

    def test_rows_that_stand_twice(self):
        result = self.audited([[row % 30, "ab"[row % 2], "ab"[row % 2]] for row in range(60)])
        self.assertExit(result, SOME_FAILED)
        self.assertSays(result.out, "LEAK resampled-copies, id: 30 rows repeat an id")

    def test_a_table_beside_predictions(self):
        path = self.songs()
        result = run("audit", path, "--predictions", path)
        self.assertExit(result, USAGE)
        self.assertOneLine(result)


if __name__ == "__main__":
    unittest.main(verbosity=2)
