"""Heads by name and parameter: what is refused and how, and what heads do with rows that leave them little to learn."""

import unittest

from harness import ALL_FINE, USAGE, Case, read_csv, read_json, run, write_csv


class Parameters(Case):
    def setUp(self):
        super().setUp()
        rows = [[f"r{i}", i % 7, (i * 5) % 11, 3.0, i % 7, "abc"[i % 3], "train" if i < 60 else "validation" if i < 70 else "test",
                 "yes" if (i * 5) % 11 > 4 else "no"] for i in range(90)]
        self.header = ["id", "one", "two", "same", "again", "kind", "part", "hit"]
        self.songs = write_csv(self.tmp / "songs.csv", self.header, rows)
        self.rows = rows

    def train(self, *options, songs=None, out="run", target="hit"):
        return run("train", songs or self.songs, "--out", self.tmp / out, "--target", target, "--split-column", "part",
                   "--no-artist", "--quiet", *options)

    def test_unknown_heads_and_parameters_are_refused_with_the_nearest_known(self):
        for head, *parts in (("knm", "head 'knm' is unknown", "did you mean 'knn'?"),
                             ("knn:n_neighbor=3", "head 'knn' has no parameter 'n_neighbor'", "did you mean 'n_neighbors'?"),
                             ("lda:C=1", "head 'lda' has no parameter 'C'", "shrinkage"),
                             ("knn:n_neighbors=0", "head 'knn': n_neighbors is '0'", "from 1 to 1000000"),
                             ("knn:n_neighbors=3.5", "a whole number"),
                             ("knn:weights=far", "one of uniform, distance"),
                             ("svc:gamma=-1", "scale, auto, or a number above 0"),
                             ("logistic:class_weight=1-x", "none, balanced, or a weight per class"),
                             ("random_forest:max_features=0", "auto, all, sqrt, log2, a whole number"),
                             ("knn:,", "NAME:PARAMETER=VALUE"), ("knn(p=1", "lacks its last parenthesis"),
                             ("ridge", "learns values")):
            with self.subTest(head=head):
                self.assertRefused(self.train("--head", head), *parts)
        self.assertFalse((self.tmp / "run").exists() and any((self.tmp / "run").iterdir()))

    def test_a_head_twice_under_other_parameters_is_two_rows_and_under_the_same_is_refused(self):
        self.assertExit(self.train("--head", "knn:n_neighbors=3", "--head", "knn:p=1,n_neighbors=7", "--heads", "knn"), ALL_FINE)
        names = {row["name"] for row in read_json(self.tmp / "run/leaderboard.json")["rows"] if not row["is_baseline"]}
        self.assertEqual(names, {"knn", "knn(n_neighbors=3)", "knn(n_neighbors=7,p=1)"})
        for file in ("knn.safetensors", "knn-n_neighbors=3.safetensors", "knn-n_neighbors=7-p=1.safetensors"):
            self.assertTrue((self.tmp / "run" / file).exists(), file)
        columns = set(read_csv(self.tmp / "run/predictions.csv")[0])
        self.assertLessEqual({"knn(n_neighbors=3):yes", "knn(n_neighbors=7,p=1)"}, columns)
        self.assertRefused(self.train("--head", "knn:n_neighbors=5", "--heads", "knn", out="twice"), "'knn' is named twice")

    def test_more_neighbours_than_rows_and_negative_counts_are_refused(self):
        for head, *parts in (("knn:n_neighbors=61", "n_neighbors is 61, but there are 60 training rows"),
                             ("multinomial_nb:min_max=false", "column 'one' has a value below 0"),
                             ("logistic:class_weight=1-2-3", "3 weights for 2 classes"),
                             ("voting:estimators=cnn", "'cnn'; it must be of logistic,")):
            result = self.train("--head", head, out=head.split(":")[0])
            self.assertExit(result, USAGE)
            self.assertSays(result.err, *parts)
            self.assertEqual(len(result.err.splitlines()), 1, result)

    def test_constant_and_repeated_columns_a_new_category_and_missing_values_harm_no_head(self):
        rows = [list(row) for row in self.rows]
        for row in rows[75:]:
            row[1], row[5] = "", "unseen"
        songs = write_csv(self.tmp / "holes.csv", self.header, rows)
        self.assertExit(self.train("--heads", "all", "--epochs", 1, songs=songs), ALL_FINE)
        heads = [row for row in read_json(self.tmp / "run/leaderboard.json")["rows"] if not row["is_baseline"]]
        self.assertGreater(len(heads), 15)
        for row in read_csv(self.tmp / "run/predictions.csv"):
            for head in heads if row["part"] == "test" else []:
                both = [float(row[f"{head['name']}:{name}"]) for name in ("yes", "no")]
                self.assertAlmostEqual(sum(both), 1.0, delta=1e-5, msg=head["name"])

    def test_a_machine_bears_hundreds_of_rows_that_it_is_sure_of(self):
        """They have no curvature, and none of them is in the sums of a Newton step."""
        rows = [[f"r{i}", x, -x, "train" if i < 700 else "validation" if i < 710 else "test", "no" if x < 0 else "yes"]
                for i, x in enumerate([-3 - i % 5 / 100 for i in range(600)] + [((i * 7) % 41 - 20) / 10 for i in range(150)])]
        songs = write_csv(self.tmp / "sure.csv", ["id", "one", "two", "part", "hit"], rows)
        self.assertExit(self.train("--head", "svc:C=100,exact_up_to=50,n_components=200", "--heads", "linear_svc", songs=songs),
                        ALL_FINE)
        for row in read_json(self.tmp / "run/leaderboard.json")["rows"]:
            self.assertTrue(row["is_baseline"] or row["accuracy"] > 0.9, row["name"])
        notes = [row.get("note", "") for row in read_json(self.tmp / "run/leaderboard.json")["rows"]]
        self.assertIn("Nyström's approximation with 200 rows", notes)

    def test_a_class_that_no_training_row_has_gets_no_probability(self):
        rows = [[*row[:7], "maybe" if 60 <= i < 63 or i > 85 else row[7]] for i, row in enumerate(self.rows)]
        songs = write_csv(self.tmp / "absent.csv", self.header, rows)
        self.assertExit(self.train("--head", "logistic:C=2", "--heads", "random_forest,knn,lda", songs=songs), ALL_FINE)
        for row in read_csv(self.tmp / "run/predictions.csv"):
            if row["part"] == "test":
                self.assertEqual(float(row["logistic(C=2):maybe"]), 0.0)
        self.assertTrue((self.tmp / "run/lda.classes.json").exists())
        one = write_csv(self.tmp / "one.csv", self.header, [[*r[:7], "yes" if i < 60 else r[7]] for i, r in enumerate(self.rows)])
        self.assertRefused(self.train("--heads", "logistic", songs=one, out="one"), "all 60 training rows have the label 'yes'")

    def test_files_of_other_heads_are_refused_by_name(self):
        self.assertExit(self.train("--heads", "lda,gaussian_nb,knn,svc"), ALL_FINE)
        for head in ("lda", "gaussian_nb", "knn", "svc"):
            path = self.tmp / "run" / f"{head}.safetensors"
            good = path.read_bytes()
            path.write_bytes((self.tmp / "run" / ("lda" if head != "lda" else "knn")).with_suffix(".safetensors").read_bytes())
            result = self.train("--heads", "lda,gaussian_nb,knn,svc")
            self.assertExit(result, USAGE)
            self.assertSays(result.err, f"{head}.safetensors: ")
            path.write_bytes(good)
        self.assertExit(self.train("--heads", "lda,gaussian_nb,knn,svc"), ALL_FINE)

    def test_heads_lists_all_and_explains_one(self):
        listed = run("heads")
        self.assertExit(listed, ALL_FINE)
        self.assertSays(listed, "knn *", "classes, values", "logistic ", "cnn ", "spectrograms")
        self.assertSays(run("heads", "knn"), "n_neighbors=N", "power of the Minkowski distance", "algorithm=NAME",
                        "train --head knn:n_neighbors=5")
        self.assertRefused(run("heads", "knm"), "did you mean 'knn'?")
        self.assertLessEqual(max(map(len, run("heads", "svc").out.splitlines())), 80)


if __name__ == "__main__":
    unittest.main(verbosity=2)
