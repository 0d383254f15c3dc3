"""`--labels regression`: four heads on an invented table whose numbers are known, from the command to the report."""

import json
import random
import re
import statistics

import unittest

from harness import ALL_FINE, Case, read_csv, read_json, run, write_csv

HEADS = ("ridge", "random_forest", "boosted_trees", "mlp")
COLUMNS = ("track_id", "artist_name", "loudness", "energy", "tempo", "coin", "plays")


def invented(n=1200, seed=5):
    """plays = 50 + 8 loudness + 4 energy + 6 [tempo > 0] + noise of deviation 2; the coin tells nothing. Ten an artist."""
    dice = random.Random(seed)
    for i in range(n):
        loudness, energy, tempo, coin = (dice.gauss(0, 1) for _ in range(4))
        plays = 50 + 8 * loudness + 4 * energy + 6 * (tempo > 0) + dice.gauss(0, 2)
        yield [f"t{i:04}", f"artist {i // 10}", *(round(v, 4) for v in (loudness, energy, tempo, coin, plays))]


# 64 and 16 of the variance of plays come from loudness and energy, 9 from the step, 4 from noise.
VARIANCE = 64 + 16 + 9 + 4


def ranks(values):
    """Ranks from 1, equals sharing their mean rank."""
    order = sorted(values)
    first = {v: order.index(v) for v in set(values)}
    return [first[v] + (order.count(v) + 1) / 2 for v in values]


def recomputed(truth, predicted):
    errors = [t - p for t, p in zip(truth, predicted)]
    mean = statistics.fmean(truth)
    squares = sum(e * e for e in errors)
    return {"r2": 1 - squares / sum((t - mean) ** 2 for t in truth), "mae": statistics.fmean(map(abs, errors)),
            "rmse": (squares / len(errors)) ** 0.5, "median_absolute_error": statistics.median(map(abs, errors)),
            "spearman": statistics.correlation(ranks(truth), ranks(predicted))}


def page_data(path):
    """The JSON document in a report page."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>',
                                path.read_text(encoding="utf-8"), re.DOTALL)[1])


class Regression(Case):
    def train(self, out, *options):
        table = self.tmp / "songs.csv"
        if not table.exists():
            write_csv(table, COLUMNS, invented())
        return run("train", table, "--out", self.tmp / out, "--target", "plays", "--labels", "regression", *options)

    def test_four_heads_are_judged_by_numbers_that_their_predictions_give(self):
        out = self.tmp / "run"
        result = self.train("run", "--heads", ",".join(HEADS), "--epochs", 40, "--threads", 1)
        self.assertExit(result, ALL_FINE)
        rows = [r for r in read_csv(out / "predictions.csv") if r["part"] == "test"]
        truth = [float(r["target"]) for r in rows]
        metrics = {row["name"]: row for row in read_json(out / "metrics.json")["rows"]}
        self.assertEqual(set(metrics), {"mean", "median", *HEADS})
        for head in HEADS:
            with self.subTest(head=head):
                scores = metrics[head]
                for key, value in recomputed(truth, [float(r[head]) for r in rows]).items():
                    self.assertAlmostEqual(scores[key], value, delta=1e-4, msg=key)  # six digits in the CSV
                for key in ("r2", "mae", "rmse", "spearman"):
                    low, high = scores[key + "_95"]
                    self.assertTrue(low < scores[key] < high, f"{key}: {low} {scores[key]} {high}")
                self.assertTrue(scores["beats_constants"])
        self.check_known_parts(metrics)
        self.check_report(page_data(out / "report.html"), metrics, len(rows))
        self.assertSays(result, "R² [95 %]", "beats constants", "lead in MAE", "R² A - B [95 %]")

    def check_known_parts(self, metrics):
        """A linear head finds the linear part and, of a step at the median, 2/pi; trees find the step whole."""
        self.assertAlmostEqual(metrics["ridge"]["r2"], (80 + 9 * 2 / 3.14159) / VARIANCE, delta=0.03)
        for head in ("random_forest", "boosted_trees"):
            self.assertTrue(0.88 < metrics[head]["r2"] < 1 - 4 / VARIANCE + 0.02, metrics[head]["r2"])
        self.assertGreater(metrics["mlp"]["r2"], 0.5)
        self.assertLess(metrics["mean"]["r2"], 0.01)
        self.assertIsNone(metrics["mean"]["spearman"], "a constant has no order")

    def check_report(self, page, metrics, n_test):
        chart = {row["name"]: row for row in page["leaderboard"]["chart"]}
        for name, scores in metrics.items():
            for key in ("r2", "mae", "rmse", "spearman"):
                self.assertEqual(chart[name][key], scores[key])
                self.assertEqual(chart[name][key + "_95"], scores[key + "_95"])
        heads = {head["name"]: head for head in page["heads"]}
        self.assertEqual(set(heads), set(HEADS))
        for name, head in heads.items():
            with self.subTest(head=name):
                dots = head["regression"]
                self.assertEqual([len(dots["target"]), len(dots["predicted"]), dots["rows"]], [n_test] * 3)
                drawn = recomputed(dots["target"], dots["predicted"])
                self.assertAlmostEqual(drawn["r2"], metrics[name]["r2"], places=9)
                importance = {i["column"]: i["mean"] for i in head["importance"]}
                self.assertEqual(max(importance, key=importance.get), "loudness")
                self.assertAlmostEqual(importance["coin"], 0, delta=0.05)
                # Shuffled, the share of the variance that a column gives is lost twice: once missing, once as noise.
                if name != "mlp":
                    self.assertAlmostEqual(importance["loudness"], 2 * 64 / VARIANCE, delta=0.25)

    def test_the_same_seed_gives_the_same_bytes(self):
        for out in ("one", "two"):
            self.assertExit(self.train(out, "--heads", "random_forest,boosted_trees", "--threads", 2), ALL_FINE)
        for name in ("metrics.json", "predictions.csv", "split.csv", "random_forest.trees", "boosted_trees.trees"):
            self.assertEqual((self.tmp / "one" / name).read_bytes(), (self.tmp / "two" / name).read_bytes(), name)
        # Taken up from their files, they predict as they did.
        before = (self.tmp / "one" / "predictions.csv").read_bytes()
        (self.tmp / "one" / "predictions.csv").unlink()
        self.assertExit(self.train("one", "--heads", "random_forest,boosted_trees", "--threads", 2), ALL_FINE)
        self.assertEqual((self.tmp / "one" / "predictions.csv").read_bytes(), before)

    def test_what_has_no_use_for_values_is_refused_with_what_has(self):
        self.assertRefused(self.train("run", "--heads", "logistic"), "--heads logistic learns classes",
                           "mlp, random_forest, boosted_trees", "linear, ridge, lasso")
        for option in (("--resample", "smote"), ("--balanced-class-weight",), ("--calibrate", "platt"),
                       ("--tune-threshold", "f1"), ("--select-k", 2)):
            with self.subTest(option=option[0]):
                self.assertRefused(self.train("run", *option), option[0], "--labels regression has no classes")

    def test_without_heads_named_all_that_learn_values_are_fitted(self):
        self.assertExit(self.train("run", "--epochs", 1), ALL_FINE)
        names = {row["name"] for row in read_json(self.tmp / "run" / "metrics.json")["rows"]}
        self.assertEqual(names, {"mean", "median", *HEADS})


if __name__ == "__main__":
    unittest.main(verbosity=2)
