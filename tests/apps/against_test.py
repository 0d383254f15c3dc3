"""Two files of predictions against each other, row by row."""

import json
import random
import unittest

import numpy as np

from harness import ALL_FINE, SOME_FAILED, Case, run, write_csv


class Against(Case):
    def setUp(self):
        super().setUp()
        dice = np.random.default_rng(4)
        self.n = 400
        self.ids = [f"t{i}" for i in range(self.n)]
        self.truth = (dice.random(self.n) < 0.4).astype(int)
        self.good = np.round(np.clip(0.5 + 0.25 * (2 * self.truth - 1) + dice.normal(0, 0.2, self.n), 0.01, 0.99), 3)
        self.poor = np.round(np.clip(0.5 + 0.05 * (2 * self.truth - 1) + dice.normal(0, 0.2, self.n), 0.01, 0.99), 3)

    def table(self, name, predicted, *, truth=None, ids=None, shuffled=False, **more):
        rows = list(zip(self.ids if ids is None else ids, self.truth if truth is None else truth, predicted, *more.values(),
                        strict=True))
        if shuffled:
            random.Random(1).shuffle(rows)
        return write_csv(self.tmp / name, ["id", "y_true", "y_pred", *more], rows)

    def compared(self, one, other, *options, code):
        result = run("audit", "--predictions", one, "--against", other, "--json", *options)
        self.assertExit(result, code)
        return json.loads(result.out)

    def test_probabilities_by_log_loss_and_the_order_of_rows_does_not_matter(self):
        good, poor = self.table("good.csv", self.good), self.table("poor.csv", self.poor, shuffled=True)
        found = self.compared(good, poor, code=ALL_FINE)

        def losses(p):
            return -np.log(np.where(self.truth == 1, p, 1 - p))

        self.assertAlmostEqual(found["log_loss_difference"], np.mean(losses(self.good) - losses(self.poor)), places=6)
        low, high = found["log_loss_difference_95"]
        self.assertTrue(low < found["log_loss_difference"] < high < 0)
        right = (self.good > 0.5) == self.truth, (self.poor > 0.5) == self.truth
        self.assertAlmostEqual(found["accuracy_difference"], right[0].mean() - right[1].mean(), places=9)
        self.assertEqual(found["only_first_correct"], int((right[0] & ~right[1]).sum()))
        self.assertEqual(found["verdict"], "good.csv is better than poor.csv by log loss")
        self.assertEqual(self.compared(poor, good, code=SOME_FAILED)["verdict"], found["verdict"])
        same = self.compared(good, good, code=SOME_FAILED)
        self.assertEqual((same["log_loss_difference"], same["log_loss_difference_95"]), (0, [0, 0]))
        self.assertIn("as good within chance", same["verdict"])

    def test_groups_make_the_interval_wider(self):
        groups = [f"a{i // 40}" for i in range(self.n)]
        by_row = self.compared(self.table("a.csv", self.good), self.table("b.csv", self.poor), code=ALL_FINE)
        losses = self.good - self.poor
        order = np.argsort(losses)
        artist = [""] * self.n
        for place, row in enumerate(order):
            artist[row] = groups[place]
        by_group = self.compared(self.table("c.csv", self.good, artist=artist), self.table("d.csv", self.poor),
                                 code=ALL_FINE)
        width = [np.ptp(found["accuracy_difference_95"]) for found in (by_row, by_group)]
        self.assertGreater(width[1], width[0])

    def test_classes_of_texts_and_values(self):
        names = np.array(["low", "mid", "high"])
        truth = names[np.arange(self.n) % 3]
        one = np.where(np.arange(self.n) % 5 == 0, "low", truth)
        two = np.where(np.arange(self.n) % 2 == 0, "low", truth)
        found = self.compared(self.table("one.csv", one, truth=truth), self.table("two.csv", two, truth=truth), code=ALL_FINE)
        self.assertAlmostEqual(found["accuracy_difference"], np.mean(one == truth) - np.mean(two == truth), places=9)
        values = np.arange(self.n) + 0.5
        near, far = values + np.random.default_rng(1).normal(0, 5, self.n), values + 40 * np.sin(values)
        found = self.compared(self.table("near.csv", near, truth=values), self.table("far.csv", far, truth=values),
                              code=ALL_FINE)
        self.assertAlmostEqual(found["mae_difference"], np.mean(np.abs(near - values)) - np.mean(np.abs(far - values)), places=6)
        text = run("audit", "--predictions", self.tmp / "near.csv", "--against", self.tmp / "far.csv").out
        self.assertSays(text, "400 rows of both", "MAE -", "(less is better)", "verdict: near.csv is better than far.csv by R2")

    def test_rows_of_one_file_alone_are_counted(self):
        one = self.table("one.csv", self.good[:300], ids=self.ids[:300], truth=self.truth[:300])
        other = self.table("other.csv", self.poor[100:], ids=self.ids[100:], truth=self.truth[100:])
        found = self.compared(one, other, code=ALL_FINE)
        self.assertEqual((found["rows"], found["only_in_first"], found["only_in_second"]), (200, 100, 100))

    def test_files_of_one_name_are_told_apart(self):
        for folder in ("one", "two"):
            (self.tmp / folder).mkdir()
        one, two = self.table("one/p.csv", self.good), self.table("two/p.csv", self.poor)
        found = self.compared(one, two, code=ALL_FINE)
        self.assertEqual((found["first"], found["second"]), (str(one), str(two)))
        self.assertIn(f"{one} is better than {two}", found["verdict"])
        self.assertIn("paired bootstrap over rows:", run("audit", "--predictions", one, "--against", two).out)

    def test_files_that_do_not_belong_together_are_refused(self):
        good = self.table("good.csv", self.good)
        other = self.table("flipped.csv", self.poor, truth=1 - self.truth)
        self.assertRefused(run("audit", "--predictions", good, "--against", other), "true value of 't0'", "flipped.csv")
        strangers = self.table("strangers.csv", self.poor, ids=[f"x{i}" for i in range(self.n)])
        self.assertRefused(run("audit", "--predictions", good, "--against", strangers), "no id of good.csv", "'t0' and 'x0'")
        twice = self.table("twice.csv", self.poor, ids=["t1", *self.ids[1:]])
        self.assertRefused(run("audit", "--predictions", good, "--against", twice), "'t1' appears twice")
        self.assertRefused(run("audit", good, "--against", good), "--against", "--predictions")
        self.assertRefused(run("audit", "--predictions", good, "--against-head", "cnn"), "--against-head", "--against")
        values = self.table("values.csv", self.poor, truth=self.good)
        self.assertRefused(run("audit", "--predictions", good, "--against", values), "--kind")


if __name__ == "__main__":
    unittest.main()
