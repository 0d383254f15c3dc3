"""What train and audit say of scores: who carries them, how the table was sampled, whether there are rows enough to tell;
and what is chosen where only a column was named."""

import json
import random
import unittest

from harness import ALL_FINE, Case, read_csv, read_json, run, write_csv


class Verdicts(Case):
    def table(self, header, rows, name="songs.csv"):
        write_csv(self.tmp / name, header, rows)
        return self.tmp / name

    def train(self, table, *options):
        heads = () if "--heads" in options else ("--heads", "logistic")
        return run("train", table, "--out", self.tmp / "run", "--threads", 1, "--no-artist", *heads, *options)

    def sampled(self, n=1500):
        """Songs of twelve genres, seven of which were taken from the popular ones only."""
        dice = random.Random(3)
        rows = []
        for i in range(n):
            genre = i % 12
            popularity = dice.randrange(60, 95) if genre < 7 else min(95, max(0, int(dice.gauss(35, 18))))
            if genre < 7 and i // 12 < 1:
                popularity = 60
            rows.append([f"t{i}", f"genre {genre}", f"{dice.gauss(0, 1):.4f}", f"{dice.gauss(100, 20):.3f}", popularity])
        return self.table(["track_id", "genre", "energy", "tempo", "popularity"], rows)

    def test_a_column_that_carries_the_score_is_named_and_left_out_beside_it(self):
        result = self.train(self.sampled())
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.text, "sampled-by-column, genre: 7 of the 12 values of 'genre' never fall below 60", "(such as",
                        "'genre' carries most of it: without that column logistic has", "macro-F1 without genre",
                        "NOT known to be clean: the table was sampled by a column")
        metrics = read_json(self.tmp / "run" / "metrics.json")
        self.assertFalse(metrics["clean"])
        self.assertEqual(metrics["without"]["columns"], ["genre"])
        whole = next(r for r in metrics["rows"] if r["name"] == "logistic")
        self.assertLess(metrics["without"]["rows"][0]["macro_f1"], whole["macro_f1"] - 0.1)
        again = self.train(self.sampled())
        self.assertEqual(again.out, result.out, "a run that is there says the same")

    def test_few_groups_show_nothing(self):
        """Speakers: each is heard often, but only few of them."""
        dice = random.Random(2)
        for n_speakers, words in ((3, "too few test groups to tell (1)"), (12, "too few test groups to tell (3)"), (40, "yes")):
            rows = []
            for i in range(600):
                speaker = i % n_speakers
                label = ("a", "b")[i // n_speakers % 2]
                rows.append([f"t{i}", f"s{speaker}", f"{(label == 'a') * 1.0 + dice.gauss(0, 1):.3f}", label])
            table = self.table(["track_id", "speaker", "pitch", "label"], rows)
            result = run("train", table, "--out", self.tmp / f"run-{n_speakers}", "--target", "label", "--group-column", "speaker",
                         "--heads", "logistic", "--threads", 1, "--test-fraction", 0.25)
            self.assertExit(result, ALL_FINE)
            row = next(r for r in read_json(self.tmp / f"run-{n_speakers}" / "metrics.json")["rows"] if r["name"] == "logistic")
            self.assertEqual((row["verdict"], row["beats_majority"]), (words, words == "yes"), n_speakers)
            low, high = row["accuracy_95"]
            self.assertLess(low, high, "an interval, even of one group")
        theirs = self.table(["id", "y_true", "y_pred", "group"],
                            [[i, "ab"[i % 2], "ab"[i % 2] if i % 5 else "a", f"g{i % 4}"] for i in range(200)])
        judged = run("audit", "--predictions", theirs)
        self.assertSays(judged.out, "verdict: too few groups to tell (4)")

    def test_columns_that_tell_one_another_carry_the_score_together(self):
        dice = random.Random(8)
        rows = []
        for i in range(1200):
            sub = dice.randrange(12)
            label = "hit" if dice.random() < (0.9 if sub < 6 else 0.1) else "miss"
            rows.append([f"t{i}", f"g{sub // 3}", f"s{sub}", f"{dice.gauss(0, 1):.3f}", label])
        table = self.table(["track_id", "genre", "subgenre", "energy", "label"], rows)
        result = self.train(table, "--target", "label", "--heads", "random_forest")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.text, "'genre' and 'subgenre' carry most of it: without these columns random_forest has")
        metrics = read_json(self.tmp / "run" / "metrics.json")
        self.assertEqual(metrics["without"]["columns"], ["genre", "subgenre"])
        self.assertLess(metrics["without"]["rows"][0]["roc_auc"], 0.6)

    def test_regressions_are_told_of_strong_columns_and_row_order_too(self):
        rows = [[f"t{i}", f"genre {(i * 7 // 100) % 12}", f"{(i * 37) % 101}", f"{i / 5 + (i * 31) % 40:.1f}"]
                for i in range(600)]
        result = run("audit", self.table(["track_id", "genre", "energy", "popularity"], rows), "--labels", "regression",
                     "--no-artist")
        self.assertSays(result.text, "row-order, row number: the table is sorted by the target")
        dice = random.Random(1)
        rows = [[f"t{i}", f"{i % 100}", f"{abs(i % 100 - 50) * 2 + dice.gauss(0, 4):.2f}"] for i in range(600)]
        result = run("audit", self.table(["track_id", "energy", "popularity"], [[a, b, max(0, min(100, float(c)))]
                                                                                  for a, b, c in rows]),
                     "--labels", "regression", "--no-artist")
        self.assertSays(result.text, "strong-feature, energy: 'energy' alone tells the third of the target for")

    def test_few_test_rows_are_said_to_be_few(self):
        dice = random.Random(2)
        rows = [[f"t{i}", f"{dice.gauss(0, 1):.3f}", i % 101] for i in range(120)]
        result = self.train(self.table(["track_id", "energy", "popularity"], rows), "--labels", "median")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.text, "too few test rows to tell (24)", "Sorted by macro-F1", "Best: logistic (macro-F1",
                        "No head is shown to be better")
        row = next(r for r in read_json(self.tmp / "run" / "metrics.json")["rows"] if r["name"] == "logistic")
        self.assertEqual(row["verdict"], "too few test rows to tell (24)")
        self.assertEqual(len(row["roc_auc_95"]), 2)
        report = (self.tmp / "run" / "report.html").read_text()
        self.assertSays(report, "probability that a row of a class gets a higher score", "What the measures mean")

    def test_what_is_chosen_where_only_a_column_is_named(self):
        dice = random.Random(4)
        header = ["track_id", "energy", "tempo", "key", "popularity"]
        rows = [[f"t{i}", f"{dice.gauss(0, 1):.3f}", f"{dice.uniform(60, 180):.2f}", i % 5, (i * 37) % 101] for i in range(300)]
        table = self.table(header, rows)
        audit = lambda target: run("audit", table, "--target", target, "--no-artist").text
        self.assertSays(audit("popularity"), "labels: 34,67")
        self.assertSays(audit("tempo"), "'tempo' is a number with more than 20 values, so the value itself is predicted",
                        "--labels categories", "labels: regression")
        self.assertSays(audit("key"), "labels: categories", "target key: 0 60")

    def test_given_folds_are_the_folds(self):
        dice = random.Random(5)
        rows = [[f"t{i}", i % 5 + 1, f"{(i % 2) * 1.5 + dice.gauss(0, 1):.3f}", "xy"[i % 2]] for i in range(250)]
        table = self.table(["track_id", "fold", "energy", "label"], rows)
        asked = run("audit", table, "--target", "label", "--no-artist").text
        self.assertSays(asked, "'fold' may be the folds", "--split-column fold", "not features: track_id (the id), fold")
        result = self.train(table, "--target", "label", "--split-column", "fold", "--cv")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.text, "rows of fold '1' are the test rows of the first scores", "5 folds, column split:",
                        "fold (the split)")
        for fold in range(1, 6):
            parts = {r["id"]: r["part"] for r in read_csv(self.tmp / "run" / "folds" / f"{fold}-of-5" / "split.csv")}
            self.assertEqual({i for i, part in parts.items() if part == "test"}, {r[0] for r in rows if r[1] == fold})
        parts = self.table(["track_id", "part", "energy", "label"],
                           [[*r[:1], ("train", "validation", "test")[n % 3], *r[2:]] for n, r in enumerate(rows)], "parts.csv")
        refused = run("train", parts, "--target", "label", "--split-column", "part", "--cv", "--out", self.tmp / "no", "--heads",
                      "logistic", "--no-artist")
        self.assertRefused(refused, "parts.csv", "--cv needs a column of folds", "training, validation and test")

    def test_a_regression_beats_the_best_constant_of_each_measure(self):
        dice = random.Random(6)
        rows = [[f"t{i}", f"{dice.gauss(0, 1):.3f}", min(100, int(dice.expovariate(0.07)))] for i in range(1500)]
        result = self.train(self.table(["track_id", "energy", "popularity"], rows), "--labels", "regression", "--heads", "ridge")
        self.assertExit(result, ALL_FINE)
        row = next(r for r in read_json(self.tmp / "run" / "metrics.json")["rows"] if r["name"] == "ridge")
        self.assertFalse(row["beats_constants"], "noise: nearer than the mean, and no nearer than the median")
        self.assertEqual(row["verdict"], "no")
        self.assertSays(result.text, "R² is the lead over always answering the mean")

    def test_a_runs_own_predictions_have_the_intervals_of_the_run(self):
        dice = random.Random(5)
        rows = [[f"t{i}", f"artist {i // 5}", f"{dice.gauss(0, 1) + (i % 3):.3f}", ("low", "mid", "high")[i % 3]] for i in range(600)]
        table = self.table(["track_id", "artist", "energy", "label"], rows)
        self.assertExit(run("train", table, "--target", "label", "--heads", "logistic,random_forest", "--out",
                            self.tmp / "run", "--threads", 1), ALL_FINE)
        mine = self.tmp / "run" / "predictions.csv"
        self.assertRefused(run("audit", "--predictions", mine), "several heads", "--head", "logistic, random_forest")
        self.assertRefused(run("audit", "--predictions", mine, "--head", "cnn"), "has no head 'cnn'")
        result = run("audit", "--predictions", mine, "--head", "logistic", "--json")
        self.assertExit(result, ALL_FINE)
        found = json.loads(result.out)
        metrics = read_json(self.tmp / "run" / "metrics.json")
        row = next(r for r in metrics["rows"] if r["name"] == "logistic")
        self.assertEqual(found["rows"], 120)
        for name in ("accuracy", "balanced_accuracy", "roc_auc", "log_loss"):
            self.assertAlmostEqual(found[name], row[name], places=5, msg=name)
        for name in ("accuracy_95", "balanced_accuracy_95", "accuracy_over_majority_95"):
            self.assertEqual(found[name], row[name], name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
