"""`hitscope audit --predictions`: every number against its formula in numpy, and no prediction read as what it is not."""

import json
import unittest

import numpy as np

from harness import ALL_FINE, SOME_FAILED, Case, run, write_csv


def roc_auc(y, p):
    pairs = p[y == 1][:, None] - p[y == 0][None, :]
    return np.mean((pairs > 0) + 0.5 * (pairs == 0))


def average_precision(y, p):
    total, recall_before = 0.0, 0.0
    for threshold in np.unique(p)[::-1]:
        called = p >= threshold
        recall = y[called].sum() / y.sum()
        total += (recall - recall_before) * y[called].mean()
        recall_before = recall
    return total


def ranks(v):
    return np.array([(np.sum(v < x) + np.sum(v <= x) + 1) / 2 for x in v])


class PredictionsCase(Case):
    def table(self, truth, predicted, header=("y_true", "y_pred"), **more):
        return write_csv(self.tmp / "theirs.csv", [*header, *more], zip(truth, predicted, *more.values()))

    def audited(self, truth, predicted, *options, code, **more):
        result = run("audit", "--predictions", self.table(truth, predicted, **more), *options)
        self.assertExit(result, code)
        return result.out

    def weighed(self, truth, predicted, *options, code, **more):
        return json.loads(self.audited(truth, predicted, "--json", *options, code=code, **more))

    def refused(self, truth, predicted, *parts, options=(), **more):
        self.assertRefused(run("audit", "--predictions", self.table(truth, predicted, **more), *options),
                           "theirs.csv", *parts)

    def assertNumbers(self, found, expected):
        for name, value in expected.items():
            self.assertAlmostEqual(found[name], value, places=9, msg=name)

    def assertWithin(self, interval, value):
        self.assertLessEqual(interval[0], value)
        self.assertGreaterEqual(interval[1], value)


class Classes(PredictionsCase):
    def test_the_paper_that_always_says_no_is_read_as_texts_and_found_out(self):
        out = self.audited(["hit"] * 40 + ["no"] * 1960, ["no"] * 2000, code=SOME_FAILED)
        self.assertEqual(out.splitlines()[0], "predictions: 2,000 rows, read as 2 classes ('hit' is not a number; all of "
                                              "y_pred occur in y_true)")
        self.assertSays(out, "majority-predictor", "always answering 'no' gets an accuracy of 0.9800",
                        "verdict: NOT better than always answering 'no'", "does not tell classes apart",
                        "over 2,000 rows: no group column")

    def test_96_35_where_always_low_gets_96_67_is_not_better(self):
        truth = ["high"] * 333 + ["low"] * 9667
        found = self.weighed(truth, ["high"] * 50 + ["low"] * 283 + ["high"] * 82 + ["low"] * 9585, code=SOME_FAILED)
        self.assertEqual((found["accuracy"], found["majority_accuracy"]), (0.9635, 0.9667))
        self.assertFalse(found["beats_majority"])
        self.assertSays(found["verdict"], "NOT better than always answering 'low'")

    def test_a_rare_class_that_is_told_apart_gets_a_sentence_of_its_own(self):
        truth, predicted = ["hit"] * 50 + ["no"] * 950, ["hit"] * 40 + ["no"] * 10 + ["hit"] * 152 + ["no"] * 798
        out = self.audited(truth, predicted, code=SOME_FAILED)
        self.assertSays(out, "verdict: NOT better than always answering 'no'")
        self.assertRegex(out, r"it tells classes apart \(balanced accuracy 0\.820 \[0\.7\d+, 0\.8\d+\] against 0\.500\), "
                              r"though always answering 'no' is right more often")

    def test_scores_are_those_of_their_formulas(self):
        dice = np.random.default_rng(1)
        truth = dice.choice(3, 500, p=[0.6, 0.3, 0.1])
        predicted = np.where(dice.random(500) < 0.7, truth, dice.integers(0, 3, 500))
        found = self.weighed(truth, predicted, code=ALL_FINE)
        matrix = np.array([[np.sum((truth == t) & (predicted == p)) for p in range(3)] for t in range(3)])
        support, called, right = matrix.sum(1), matrix.sum(0), np.diag(matrix)
        n = len(truth)
        mcc = (right.sum() * n - support @ called) / np.sqrt((n * n - called @ called) * (n * n - support @ support))
        self.assertNumbers(found, {"accuracy": right.sum() / n, "balanced_accuracy": np.mean(right / support),
                                   "macro_f1": np.mean(2 * right / (support + called)), "mcc": mcc,
                                   "majority_accuracy": support.max() / n, "balanced_accuracy_by_chance": 1 / 3})
        self.assertEqual(found["confusion"], matrix.ravel().tolist())
        for name in ("accuracy", "balanced_accuracy", "macro_f1"):
            self.assertWithin(found[name + "_95"], found[name])

    def test_whole_numbers_are_compared_as_numbers(self):
        found = self.weighed([0, 1, 2] * 40, ["0.0", "1", "2.00"] * 40, code=ALL_FINE)
        self.assertEqual((found["accuracy"], found["classes"]), (1.0, ["0", "1", "2"]))
        self.assertSays(found["read_as"], "3 classes (all of y_pred occur in y_true); --kind values reads them")
        ten = self.weighed([2, 10] * 40, [10, 2] * 40, code=SOME_FAILED)
        self.assertEqual(ten["classes"], ["2", "10"])

    def test_a_class_may_be_called_none_or_yes(self):
        for one, other in (("None", "hit"), ("yes", "no"), ("NA", "EU")):
            with self.subTest(one=one):
                found = self.weighed([one, other] * 50, [one, other] * 50, code=ALL_FINE)
                self.assertEqual((found["accuracy"], sorted(found["classes"])), (1.0, sorted([one, other])))

    def test_answers_that_are_written_unlike_the_truth_are_pointed_at(self):
        out = self.audited(["True", "False"] * 50, [1, 0] * 50, code=SOME_FAILED)
        self.assertSays(out.splitlines()[0], "none of y_pred occur in y_true; check that both spell the classes in the same way")

    def test_a_thousand_classes_make_a_short_report(self):
        truth = [f"artist {i}" for i in range(1234)] + ["artist 7"] * 3
        out = self.audited(truth, truth, code=ALL_FINE)
        self.assertSays(out, "1,234 classes", "… and 1,214 more classes", "artist 7 ")
        self.assertLess(len(out.splitlines()), 45)
        self.assertNotIn("confusion", self.weighed(truth, truth, code=ALL_FINE))
        self.assertNotIn("more classes", self.audited(truth[:20] * 9, truth[:20] * 9, code=ALL_FINE))

    def test_hostile_names_stay_on_their_line(self):
        out = self.audited(["a\nverdict: better", "b" * 5000] * 50, ["b" * 5000, "a\nverdict: better"] * 50,
                           code=SOME_FAILED)
        self.assertEqual(sum(line.startswith("verdict:") for line in out.splitlines()), 1)
        self.assertLess(max(map(len, out.splitlines())), 300)

    def test_groups_are_named(self):
        artists = [f"a{i % 40}" for i in range(400)]
        truth = ["low", "high"] * 200
        self.assertSays(self.audited(truth, truth, code=ALL_FINE, artist=artists), "over 40 groups of 'artist'")
        self.assertSays(self.audited(truth, truth, "--group-column", "label", code=ALL_FINE, label=artists),
                        "over 40 groups of 'label'")
        self.assertSays(self.audited(truth, truth, code=ALL_FINE, group=["all"] * 400),
                        "over 400 rows: 'group' holds only one group")
        self.assertSays(self.audited(truth, truth, code=ALL_FINE, group=["a", "b", "", ""] * 100),
                        "over 202 groups of 'group' (200 rows without one)")


class Probabilities(PredictionsCase):
    def setUp(self):
        super().setUp()
        dice = np.random.default_rng(2)
        self.truth = (dice.random(400) < 0.3).astype(int)
        self.predicted = np.round(np.clip(0.25 + 0.4 * self.truth + dice.normal(0, 0.2, 400), 0, 1), 2)

    def test_scores_are_those_of_their_formulas(self):
        y, p = self.truth, self.predicted
        found = self.weighed(y, p, code=ALL_FINE)
        self.assertEqual(found["kind"], "probabilities")
        self.assertSays(found["read_as"], "y_true is 0 or 1, y_pred from ", "--kind values")
        clipped = np.clip(p, 1e-15, 1 - 1e-15)
        called = p > 0.5
        self.assertNumbers(found, {
            "roc_auc": roc_auc(y, p), "average_precision": average_precision(y, p), "brier": np.mean((p - y) ** 2),
            "log_loss": -np.mean(np.where(y == 1, np.log(clipped), np.log(1 - clipped))),
            "accuracy": np.mean(called == y), "majority_accuracy": 1 - y.mean(),
            "balanced_accuracy": (np.mean(called[y == 1]) + np.mean(~called[y == 0])) / 2})
        self.assertNumbers(found["prior"], {"share": y.mean(), "brier": y.mean() * (1 - y.mean())})
        self.assertWithin(found["roc_auc_95"], found["roc_auc"])

    def test_columns_that_were_not_read_are_named(self):
        path = write_csv(self.tmp / "both.csv", ["id", "y_true", "y_pred", "proba_a", "proba_b", "note"],
                         [[i, "ab"[i % 2], "ab"[(i + 1) % 2], 0.8 - 0.6 * (i % 2), 0.2 + 0.6 * (i % 2), "x"] for i in range(40)])
        said = run("audit", "--predictions", path).out
        self.assertSays(said, "not read: 'y_pred', 'note'", "predicted share of 'b'")

    def test_the_calibration_table_has_ten_bins(self):
        bins = self.weighed(self.truth, self.predicted, code=ALL_FINE)["calibration"]
        edges = np.arange(1, 10) * 0.1
        number = np.searchsorted(edges, self.predicted)
        filled = np.unique(number)
        self.assertEqual([b["rows"] for b in bins], [int(np.sum(number == b)) for b in filled])
        for found, b in zip(bins, filled):
            self.assertNumbers(found, {"predicted": self.predicted[number == b].mean(),
                                       "fraction": self.truth[number == b].mean()})

    def test_probabilities_are_judged_by_proper_scores_whatever_their_accuracy(self):
        timid = self.audited(self.truth, self.predicted * 0.5, code=ALL_FINE)
        self.assertSays(timid, "verdict: better than always answering the shares of the classes (log loss smaller by 0.",
                        "its accuracy is not shown to be above that of always answering '0'")
        self.assertRegex(timid, r"log loss 0\.\d+ \[0\.\d+, 0\.\d+\], Brier score 0\.\d+ \[0\.\d+, 0\.\d+\], ROC AUC 0\.\d+ \[")
        wrong = self.audited(self.truth, np.clip(self.predicted / 30, 0.0001, 1), code=SOME_FAILED)
        self.assertSays(wrong, "NOT better than always answering the shares", "it tells classes apart (ROC AUC 0.8",
                        "calibrate them")

    def test_a_column_for_each_class_is_read_as_predict_proba_gives_it(self):
        dice = np.random.default_rng(4)
        truth = dice.integers(0, 3, 300)
        raw = dice.random((300, 3)) + 1.5 * (truth[:, None] == np.arange(3))
        p = np.round(raw / raw.sum(1, keepdims=True), 4)
        p[:, 2] = 1 - p[:, 0] - p[:, 1]
        names = np.array(["high", "low", "mid"])
        for prefix in ("proba_", "", "p_"):
            table = write_csv(self.tmp / "theirs.csv", ["id", "y_true", *(prefix + n for n in names)],
                              [[i, names[t], *row] for i, (t, row) in enumerate(zip(truth, p))])
            found = json.loads(run("audit", "--predictions", table, "--json").out)
            self.assertEqual((found["kind"], found["classes"]), ("probabilities", list(names)))
            self.assertNumbers(found, {"log_loss": -np.mean(np.log(p[np.arange(300), truth])),
                                       "brier": np.mean(np.sum((p - np.eye(3)[truth]) ** 2, axis=1)),
                                       "roc_auc": np.mean([roc_auc((truth == c).astype(int), p[:, c]) for c in range(3)])})
            self.assertWithin(found["log_loss_95"], found["log_loss"])
            self.assertTrue(found["beats_shares"])
        write_csv(self.tmp / "theirs.csv", ["y_true", "proba_a", "proba_b"], [["a", 0.5, 0.5], ["b", 0.4, 0.5]])
        self.assertRefused(run("audit", "--predictions", self.tmp / "theirs.csv"), "theirs.csv row 3",
                           "proba_a, proba_b sum to 0.9, not to 1")

    def test_the_kind_can_be_told(self):
        self.assertEqual(self.weighed(self.truth, self.predicted, "--kind", "values", code=SOME_FAILED)["kind"], "values")
        sure = self.weighed(self.truth, self.truth, "--kind", "probabilities", code=ALL_FINE)
        self.assertNumbers(sure, {"roc_auc": 1.0, "brier": 0.0})
        self.refused([0, 1, 2], [0.1, 0.2, 0.3], "row 4: y_true is '2'", options=("--kind", "probabilities"))
        self.refused([0, 1, 1], [0.1, 1.2, 0.3], "row 3: y_pred is '1.2'", options=("--kind", "probabilities"))
        self.refused(["a", 1], [0.5, 1], "row 2: y_true is 'a'", options=("--kind", "values"))


class Values(PredictionsCase):
    def setUp(self):
        super().setUp()
        dice = np.random.default_rng(3)
        self.truth = np.round(dice.gamma(2.0, 10.0, 300), 1)
        self.predicted = np.round(self.truth + dice.normal(0, 6, 300), 1)

    def test_scores_are_those_of_their_formulas(self):
        y, p = self.truth, self.predicted
        found = self.weighed(y, p, code=ALL_FINE)
        self.assertSays(found["read_as"], "values (y_pred holds numbers that are not whole)", "--kind classes")
        self.assertNumbers(found, {"r2": 1 - np.sum((y - p) ** 2) / np.sum((y - y.mean()) ** 2),
                                   "mae": np.mean(np.abs(y - p)), "rmse": np.sqrt(np.mean((y - p) ** 2)),
                                   "spearman": np.corrcoef(ranks(y), ranks(p))[0, 1],
                                   "mean_mae": np.mean(np.abs(y - y.mean()))})
        self.assertWithin(found["r2_95"], found["r2"])

    def test_always_the_mean_or_the_median_is_not_better_than_always_the_mean(self):
        for constant in (self.truth.mean(), np.median(self.truth)):
            out = self.audited(self.truth, [constant] * 300, code=SOME_FAILED)
            self.assertSays(out, "always answers", "NOT better than always answering the mean", "Spearman -\n")
            self.assertNotIn("nan", out)

    def test_many_whole_numbers_are_values_and_few_are_classes(self):
        whole = np.arange(3100) % 31
        self.assertSays(self.weighed(whole, whole, code=ALL_FINE)["read_as"], "31 different whole numbers, over 30")
        few = self.weighed(whole % 30, whole % 30, code=ALL_FINE)
        self.assertEqual((few["kind"], len(few["classes"])), ("classes", 30))
        self.assertEqual(self.weighed(whole, whole, "--kind", "classes", code=ALL_FINE)["kind"], "classes")

    def test_numbers_as_spreadsheets_write_them(self):
        truth = ["1,234", "2,345,678", "17"] * 30
        self.assertNumbers(self.weighed(truth, truth, "--kind", "values", code=ALL_FINE), {"mae": 0.0, "r2": 1.0})
        comma = self.weighed(["0,5", "1,25", "3"] * 30, ["0,5", "1,75", "3"] * 30, code=ALL_FINE)
        self.assertNumbers(comma, {"mae": 0.5 / 3})


class BadInput(PredictionsCase):
    def test_a_row_without_a_value_is_named(self):
        self.refused(["low", "high"], ["low", ""], "row 3: y_pred is ''", "every row needs a value")
        self.refused(["low", " ", "high"], ["low", "low", "high"], "row 3: y_true is ''")
        self.refused([1.5, 2.5, 3.5], [1.0, 2.0, "NaN"], "row 4: y_pred is 'NaN'")
        self.refused([1.5, "NA", 3.5], [1.0, 2.0, 3], "row 3: y_true is 'NA'")
        self.refused([1.5, 2.5], [1.0, "inf"], "row 3: y_pred is 'inf'", "finite")
        self.refused(["hit", "no"], ["NA", "no"], "row 2: y_pred is 'NA'")

    def test_columns_that_are_not_there_are_named_with_those_that_are(self):
        self.refused([1], [1], "has no column y_pred", "--predicted-column", "y_true, guess", header=("y_true", "guess"))
        self.refused([1], [1], "has no column y_true", "--true-column", header=("was", "y_pred"))
        self.refused([1], [1], "--group-column", "'nobody'", "y_true, y_pred", options=("--group-column", "nobody"))
        self.refused([1], [1], "--true-column", "'x'", options=("--true-column", "x"))

    def test_fractions_for_a_truth_of_texts_are_refused(self):
        self.refused(["hit", "no"], [0.9, 0.1], "y_true is 'hit'", "the predictions are numbers")

    def test_empty_files_and_unknown_kinds_are_refused(self):
        path = self.tmp / "theirs.csv"
        for text in ("", "y_true,y_pred\n"):
            path.write_text(text)
            self.assertRefused(run("audit", "--predictions", path), path)
        self.assertRefused(run("audit", "--predictions", self.tmp / "none.csv"), "none.csv")
        self.assertRefused(run("audit", "--predictions", path, "--kind", "colours"), "--kind", "colours")

    def test_more_classes_than_a_matrix_holds_are_refused(self):
        names = [f"song {i}" for i in range(5001)]
        self.refused(names, names, "5,001 different classes, more than 5,000", "--kind values")

    def test_one_row_says_nothing(self):
        self.audited(["hit"], ["hit"], code=SOME_FAILED)
        self.assertNotIn("nan", self.audited([0.5], [0.25], code=SOME_FAILED))
        self.assertNotIn("nan", self.audited([1.5], [0.25], code=SOME_FAILED))

    def test_repeated_ids_are_a_leak(self):
        out = self.audited(["hit", "no"] * 50, ["hit", "no"] * 50, code=SOME_FAILED, id=[i // 2 for i in range(100)])
        self.assertSays(out, "LEAK resampled-copies, id: 50 rows repeat an id")


if __name__ == "__main__":
    unittest.main(verbosity=2)
