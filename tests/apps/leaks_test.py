"""The leaks of published studies, made as their notebooks made them: `audit` and `train` name each by its column or
rows, and say nothing of tables without one."""

import json
import math
import random
import unittest

from harness import ALL_FINE, SOME_FAILED, Case, read_csv, read_json, run, write_csv
from song_tables import NUMBERS, rows_of, songs, with_rows

THIRDS = ("--labels", "quantiles:3")
N_ROWS = 400


class LeakCase(Case):
    def write(self, table, name="songs.csv"):
        return write_csv(self.tmp / name, list(table), rows_of(table))

    def audited(self, table, *options):
        """The findings as {(rule, subject): finding}; exit code and verdict must go with them."""
        path = self.write(table)
        told = run("audit", path, *options)
        result = run("audit", path, *options, "--json")
        document = json.loads(result.out)
        leaks = [finding for finding in document["findings"] if finding["severity"] == "leak"]
        self.assertEqual((document["n_leaks"], document["clean"]), (len(leaks), not leaks))
        self.assertExit(result, SOME_FAILED if leaks else ALL_FINE)
        self.assertExit(told, result.code)
        self.assertSays(told.out, "verdict: NOT CLEAN: " if leaks else "verdict: clean: no leak found")
        for finding in leaks:
            self.assertSays(told.out, f"LEAK {finding['rule']}, {finding['subject']}: {finding['detail']}")
        return {(finding["rule"], finding["subject"]): finding for finding in document["findings"]}

    def assertLeaks(self, found, *leaks):
        """These (rule, subject) are the leaks, and there are no others."""
        self.assertEqual(sorted(key for key, finding in found.items() if finding["severity"] == "leak"),
                         sorted(leaks), found)

    def trained(self, table, *options, name="run"):
        """(what train said, the run's audit.json)"""
        result = run("train", self.write(table), "--out", self.tmp / name, "--heads", "logistic", *options)
        self.assertExit(result, ALL_FINE)
        return result.out, read_json(self.tmp / name / "audit.json")


class Features(LeakCase):
    def test_the_target_copied_into_a_feature(self):
        table = songs(N_ROWS, 1)
        table["score"] = table["popularity"]
        self.assertLeaks(self.audited(table, *THIRDS), ("target-copy", "score"))
        self.assertLeaks(self.audited(table, "--labels", "regression"), ("target-copy", "score"))

    def test_the_class_written_as_words(self):
        table = songs(N_ROWS, 2)
        table["outcome"] = ["hit" if p >= 48 else "miss" for p in table["popularity"]]
        self.assertLeaks(self.audited(table, "--labels", "48"), ("target-copy", "outcome"))

    def test_the_class_of_a_small_uneven_table_copied(self):
        """Few rows of a rare class prove little by their skill; that each value is of one class only proves all."""
        table = songs(N_ROWS, 7)
        edge = sorted(table["popularity"])[int(0.9 * N_ROWS)]
        table["flag"] = [int(p >= edge) for p in table["popularity"]]
        self.assertLeaks(self.audited(table, "--labels", str(edge)), ("target-copy", "flag"))

    def test_monotone_functions_of_the_target(self):
        table = songs(N_ROWS, 3)
        popularity = table["popularity"]
        ordered = sorted(popularity, reverse=True)
        table |= {"loudness index": [math.exp(p / 10) for p in popularity], "depth": [-p**3 for p in popularity],
                  "place": [ordered.index(p) + 1 for p in popularity]}
        for labels in ("quantiles:3", "regression"):
            with self.subTest(labels=labels):
                found = self.audited(table, "--labels", labels)
                self.assertLeaks(found, *(("monotone-copy", name) for name in ("loudness index", "depth", "place")))

    def test_train_does_not_give_a_head_with_a_copied_target_a_clean_verdict(self):
        table = songs(N_ROWS, 4)
        table["score"] = [math.exp(p / 20) for p in table["popularity"]]
        told, audit = self.trained(table, *THIRDS)
        self.assertSays(told, "LEAK monotone-copy, score: ", "yes, but LEAK", "verdict: NOT CLEAN: 1 leak, ")
        self.assertFalse(audit["clean"])
        self.assertIn(("monotone-copy", "score"), [(f["rule"], f["subject"]) for f in audit["findings"]])
        told, audit = self.trained(table, *THIRDS, "--no-features", "score", name="without")
        self.assertSays(told, "verdict: clean: no leak found")

    def test_labels_sorted_by_row(self):
        table = songs(N_ROWS, 5)
        del table["artist"]
        rows = sorted(rows_of(table), key=lambda row: row[-1])
        table = with_rows(table, [(f"t{n:05}", *row[1:]) for n, row in enumerate(rows)])
        found = self.audited(table, *THIRDS, "--no-artist")
        self.assertEqual(list(found), [("row-order", "row number")])
        self.assertSays(found["row-order", "row number"]["detail"], "the table is sorted by the target")
        last_rows = write_csv(self.tmp / "split.csv", ["id", "part"],
                              [[name, "test" if n >= 320 else "train"] for n, name in enumerate(table["track_id"])])
        found = self.audited(table, *THIRDS, "--no-artist", "--split-file", last_rows)
        self.assertLeaks(found, ("row-order", "row number"))
        table["Unnamed: 0"] = list(range(N_ROWS))
        self.assertLeaks(self.audited(table, *THIRDS, "--no-artist"), ("row-order", "Unnamed: 0"), ("monotone-copy", "Unnamed: 0"))


class Sides(LeakCase):
    def test_artists_on_both_sides_of_a_random_split(self):
        table = songs(N_ROWS, 6)
        found = self.audited(table, *THIRDS, "--split", "random")
        self.assertLeaks(found, ("group-overlap", "artist"))
        self.assertSays(found["group-overlap", "artist"]["detail"], "test rows (", "on both sides, such as 'artist ")
        told, audit = self.trained(table, *THIRDS, "--split", "random")
        self.assertSays(told, "LEAK group-overlap, artist: ", "verdict: NOT CLEAN: 1 leak, ")
        self.assertFalse(audit["clean"])

    def test_the_same_song_recording_or_clip_on_both_sides(self):
        """Every fourth row is another artist's release of the row before it."""
        def twin(prefix):
            return lambda row: f"{prefix}{(row - 1 if row % 4 == 3 else row):010}"

        for column, subject, key in (("sha256", "clip", twin("")), ("isrc", "ISRC", twin("GB"))):
            with self.subTest(column=column):
                table = songs(N_ROWS, 7, **{column: key})
                found = self.audited(table, *THIRDS)
                self.assertLeaks(found, ("duplicate-overlap", subject))
                self.assertSays(found["duplicate-overlap", subject]["detail"], "on both sides, such as '")
                self.assertLeaks(self.audited(table, *THIRDS, "--split", "duplicates"))
                self.assertLeaks(self.audited(table, *THIRDS, "--drop-duplicates", subject.lower()))

    def test_the_same_title_of_the_same_artist_on_both_sides(self):
        table = songs(N_ROWS, 8, title=lambda row: f"Song No. {row // 2}")
        table["artist"] = [f"artist {row // 2}" for row in range(N_ROWS)]
        found = self.audited(table, *THIRDS, "--split", "random")
        self.assertLeaks(found, ("group-overlap", "artist"), ("duplicate-overlap", "song (artist and title)"))

    def test_clips_with_the_same_numbers_and_no_hash_that_says_so(self):
        table = songs(N_ROWS, 9)
        rows = rows_of(table)
        for row in range(3, N_ROWS, 10):
            rows[row] = (*rows[row][:3], *rows[row - 1][3:9], rows[row][9])
        found = self.audited(with_rows(table, rows), *THIRDS)
        self.assertLeaks(found, ("duplicate-overlap", "feature row"))
        self.assertRegex(found["duplicate-overlap", "feature row"]["detail"], r"\(rows \d+, \d+")


def over_sampled(table, seed, smote):
    """The hits (popularity over 60) to as many as the others, by copies or by SMOTE with five neighbours; no artist
    and no id betrays a new row."""
    dice = random.Random(seed)
    rows = rows_of(table)
    hits = [row for row in rows if row[-1] > 60]

    def distance(one, other):
        return sum((x - y) ** 2 for x, y in zip(one[3:9], other[3:9]))

    for n in range(len(rows) - 2 * len(hits)):
        row = dice.choice(hits)
        near = dice.choice(sorted(hits, key=lambda other: distance(row, other))[1:6])
        share = dice.random() if smote else 0
        rows.append((f"new-{n}", f"new artist {n}", row[2],
                     *(x + share * (y - x) for x, y in zip(row[3:9], near[3:9])), row[-1]))
    dice.shuffle(rows)
    return with_rows(table, rows)


class Resampling(LeakCase):
    labels = ("--labels", "60")

    def splits_of(self, table):
        """A random split, one by artist, and somebody's split.csv."""
        dice = random.Random(1)
        parts = ("train", "train", "validation", "test")
        theirs = write_csv(self.tmp / "split.csv", ["id", "part"],
                           [[name, dice.choice(parts)] for name in table["track_id"]])
        return (("--split", "random"), (), ("--split-file", theirs))

    def test_smote_before_the_split(self):
        table = over_sampled(songs(N_ROWS, 10), 10, smote=True)
        for split in self.splits_of(table):
            with self.subTest(split=split):
                found = self.audited(table, *self.labels, *split)
                (leak,) = [f for (rule, _), f in found.items() if rule == "interpolated-rows"]
                self.assertEqual(leak["severity"], "leak")
                self.assertSays(leak["detail"], "lie on a line between two rows of their class",
                                "SMOTE rows made before the split")
                self.assertEqual(leak["subject"], "'high'", "the class that was over-sampled")

    def test_copies_before_the_split(self):
        table = over_sampled(songs(N_ROWS, 11), 11, smote=False)
        for split in self.splits_of(table):
            with self.subTest(split=split):
                found = self.audited(table, *self.labels, *split)
                (leak,) = [f for (rule, _), f in found.items() if rule == "resampled-copies"]
                self.assertEqual(leak["severity"], "leak")
                self.assertSays(leak["detail"], "exact copies", "over-sampled before the split")
                self.assertIn(("duplicate-overlap", "feature row"), found)

    def test_train_with_its_own_smote_stays_clean(self):
        for method in ("random", "smote", "smote-tomek"):
            with self.subTest(method=method):
                told, audit = self.trained(songs(N_ROWS, 12), *self.labels, "--resample", method, name=method)
                self.assertSays(told, "verdict: clean: no leak found")


class Scaling(LeakCase):
    def test_a_table_that_was_scaled_by_all_its_rows(self):
        table = songs(N_ROWS, 13)
        for name in NUMBERS:
            mean = sum(table[name]) / N_ROWS
            deviation = math.sqrt(sum((x - mean) ** 2 for x in table[name]) / N_ROWS)
            table[name] = [(x - mean) / deviation for x in table[name]]
        (leak,) = self.audited(table, *THIRDS).values()
        self.assertEqual((leak["severity"], leak["rule"]), ("leak", "scaled-on-all-rows"))
        self.assertSays(leak["detail"], "'danceability'", "'loudness'", "test rows took part in the scaling")

    def test_a_run_whose_scaler_saw_the_test_rows(self):
        table = songs(N_ROWS, 14)
        self.trained(table, *THIRDS)
        folder = self.tmp / "run"
        self.assertEqual(self.audited(table, *THIRDS, "--run", folder), {})
        path = folder / "logistic.features.json"
        stored = read_json(path)
        for number in stored["numeric"]:
            if number["name"] in ("tempo", "valence"):
                values = table[number["name"]]
                number["center"] = sum(values) / N_ROWS
                number["scale"] = math.sqrt(sum((x - number["center"]) ** 2 for x in values) / N_ROWS)
        path.write_text(json.dumps(stored))
        found = self.audited(table, *THIRDS, "--run", folder)
        self.assertLeaks(found, ("scaled-on-all-rows", "logistic"))
        self.assertSays(found["scaled-on-all-rows", "logistic"]["detail"],
                        "'tempo', 'valence' are those of all rows")


class MajorityPredictor(LeakCase):
    def test_a_head_that_always_answers_the_majority_class(self):
        """Nothing in the table tells of the label, which nineteen rows in twenty share."""
        dice = random.Random(15)
        table = songs(N_ROWS, 15)
        table["popularity"] = [dice.random() * 30 if dice.random() < 0.95 else 90 for _ in range(N_ROWS)]
        told, audit = self.trained(table, "--labels", "50")
        (finding,) = [f for f in audit["findings"] if f["rule"] == "majority-predictor"]
        self.assertEqual(finding["subject"], "logistic")
        self.assertSays(finding["detail"], "always answers 'low', like the majority baseline")
        rows = {row["name"]: row for row in read_json(self.tmp / "run" / "metrics.json")["rows"]}
        self.assertEqual(rows["logistic"]["accuracy"], rows["majority"]["accuracy"])
        self.assertFalse(rows["logistic"]["beats_majority"])
        self.assertRegex(told, r"(?m)^logistic .* no")

    def test_the_predictions_of_such_a_head_are_said_to_be_worth_nothing(self):
        dice = random.Random(16)
        theirs = write_csv(self.tmp / "theirs.csv", ["id", "y_true", "y_pred"],
                           [[n, "hit" if dice.random() < 0.04 else "miss", "miss"] for n in range(500)])
        result = run("audit", "--predictions", theirs)
        self.assertExit(result, SOME_FAILED)
        self.assertSays(result.out, "majority-predictor", "always answers 'miss'",
                        "verdict: NOT better than always answering 'miss'")


class CleanTables(LeakCase):
    def test_nothing_is_raised_over_twenty_seeds(self):
        for seed in range(20):
            table = songs(N_ROWS, 100 + seed)
            with self.subTest(seed=seed):
                self.assertEqual(self.audited(table, *THIRDS, "--seed", seed), {})
                self.assertEqual(self.audited(table, "--labels", "regression", "--seed", seed), {})
                del table["artist"]
                self.assertEqual(self.audited(table, *THIRDS, "--split", "random", "--no-artist", "--seed", seed), {})

    def test_runs_end_with_a_clean_verdict(self):
        for seed in range(3):
            with self.subTest(seed=seed):
                told, audit = self.trained(songs(N_ROWS, 200 + seed), *THIRDS, "--seed", seed,
                                           name=str(seed))
                self.assertSays(told, "verdict: clean: no leak found, 0 warnings")
                self.assertNotIn("LEAK", told)
                parts = {}
                for row in read_csv(self.tmp / str(seed) / "split.csv"):
                    parts.setdefault(row["group"], set()).add(row["part"])
                self.assertEqual({len(of_artist) for of_artist in parts.values()}, {1})


if __name__ == "__main__":
    unittest.main(verbosity=2)
