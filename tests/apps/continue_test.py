"""A run that is there goes on with more epochs or another patience where that means the same as from the start."""

import json
import shutil
import signal
import unittest

from harness import (ALL_FINE, STOPPED, USAGE, Case, front_end, leftovers, make_tones, read_csv, read_json, run,
                     run_and_signal, write_csv)

N_CLIPS = 40


class TrainingCase(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.shared_folder()
        cls.clips, cls.specs, cls.table = folder / "clips", folder / "specs", folder / "songs.csv"
        cls.clips.mkdir()
        names = [name for name, _ in make_tones(cls.clips, N_CLIPS, 1, 8000)]
        write_csv(cls.table, ["track_id", "kind", "artist", "loudness"],
                  [[name, ("low", "high")[i % 2], f"a{i}", i % 7] for i, name in enumerate(names)])
        cls.rendered = run("render", cls.clips, "--out", cls.specs, *front_end())

    def runTest(self):
        """Only the holder of the class's folder."""

    def args(self, out, *options, heads="cnn", epochs=3, patience=10):
        self.assertExit(self.rendered, ALL_FINE)
        return ("train", self.table, "--spectrograms", self.specs, "--out", self.tmp / out, "--heads", heads, "--target",
                "kind", "--epochs", epochs, "--patience", patience, "--threads", 1, "--split", "random", "--batch-size", 8,
                *options)

    def train(self, out, *options, code=ALL_FINE, **limits):
        result = run(*self.args(out, *options, **limits), timeout=300)
        self.assertExit(result, code)
        return result

    def continued(self, result):
        return [json.loads(line) for line in result.err.splitlines() if '"continue"' in line]

    def assertSameRun(self, one, other, *heads):
        """The numbers of two runs, and what their heads weigh."""
        names = ["metrics.json", "predictions.csv", "split.csv", "run.json"]
        for head in heads:
            names += [f"{head}.safetensors"]
            history = [read_json(self.tmp / folder / f"{head}.history.json") for folder in (one, other)]
            self.assertEqual(history[0]["epochs"], history[1]["epochs"])
        for name in names:
            self.assertEqual((self.tmp / one / name).read_bytes(), (self.tmp / other / name).read_bytes(), name)
        self.assertEqual(leftovers(self.tmp / one), [])


class Continued(TrainingCase):
    def test_more_epochs_go_on_where_the_fit_ended(self):
        heads = ("cnn", "mlp")
        self.train("run", heads=",".join(heads), epochs=3)
        more = self.train("run", heads=",".join(heads), epochs=6)
        self.assertEqual(self.continued(more), [{"event": "continue", "head": head, "epoch": 4, "at_most": 6} for head in heads])
        self.train("whole", heads=",".join(heads), epochs=6)
        self.assertSameRun("run", "whole", *heads)
        again = self.train("run", heads=",".join(heads), epochs=6)
        self.assertEqual((again.out, self.continued(again)), (more.out, []))

    def test_another_patience_goes_on_or_says_why_not(self):
        self.train("run", heads="mlp", epochs=40, patience=1)
        epochs = read_json(self.tmp / "run" / "mlp.history.json")["epochs"]
        self.assertLess(len(epochs), 40, "patience must have ended it")
        self.train("run", heads="mlp", epochs=40, patience=6)
        self.train("whole", heads="mlp", epochs=40, patience=6)
        self.assertSameRun("run", "whole", "mlp")
        longer = read_json(self.tmp / "run" / "mlp.history.json")["epochs"]
        back = run(*self.args("run", heads="mlp", epochs=40, patience=1))
        best = max(i for i, epoch in enumerate(longer) if epoch["best"]) + 1
        if best > len(epochs):
            self.assertExit(back, USAGE)
            self.assertSays(back.err, f"has come to epoch {len(longer)}", f"its best lies behind epoch {len(epochs)}",
                            "--patience", "--warm-start")
        else:
            self.assertExit(back, ALL_FINE)

    def test_a_rate_that_falls_over_all_epochs_does_not_go_on(self):
        self.train("run", heads="four_block_cnn", epochs=2)
        result = self.train("run", heads="four_block_cnn", epochs=4, code=USAGE)
        self.assertSays(result.err, "follows a schedule over all its epochs (2)", "--warm-start")
        self.train("run", heads="four_block_cnn", epochs=2)

    def test_a_refusal_changes_no_head(self):
        heads = "cnn,four_block_cnn"
        self.train("run", heads=heads, epochs=2)
        before = {p.name: p.read_bytes() for p in (self.tmp / "run").iterdir() if p.is_file()}
        result = self.train("run", heads=heads, epochs=5, code=USAGE)
        self.assertSays(result.err, "four_block_cnn.training.safetensors", "schedule")
        self.assertEqual({p.name: p.read_bytes() for p in (self.tmp / "run").iterdir() if p.is_file()}, before)
        self.assertExit(run("score", self.tmp / "run", self.clips / "clip-000.wav"), ALL_FINE)
        self.train("run", heads=heads, epochs=2)

    def test_a_run_of_an_earlier_version_goes_on_too(self):
        self.train("run", heads="mlp", epochs=2)
        history = self.tmp / "run" / "mlp.history.json"
        old = read_json(history)
        del old["limits"]
        history.write_text(json.dumps(old))
        self.train("run", heads="mlp", epochs=2)
        self.assertNotIn("limits", read_json(history), "it is what was asked for")
        self.train("run", heads="mlp", epochs=5)
        self.assertEqual(len(read_json(history)["epochs"]), 5)

    def test_folds_with_other_limits_are_told(self):
        self.train("run", "--cv", 2, heads="mlp", epochs=1)
        self.assertSays(self.train("run", heads="mlp", epochs=2).out, "note: folds.csv is of an earlier command")
        again = self.train("run", "--cv", 2, heads="mlp", epochs=2)
        self.assertNotIn("note: folds.csv", again.out)

    def test_trees_are_fitted_anew_and_other_heads_stay(self):
        self.train("run", heads="boosted_trees,logistic,mlp", patience=1)
        result = self.train("run", heads="boosted_trees,logistic,mlp", patience=8)
        self.assertNotIn('"head":"logistic"', result.err)
        self.train("whole", heads="boosted_trees,logistic,mlp", patience=8)
        self.assertEqual(read_json(self.tmp / "run" / "metrics.json"), read_json(self.tmp / "whole" / "metrics.json"))

    def test_another_number_of_folds_keeps_the_run(self):
        heads = "mlp"
        self.train("run", "--cv", 2, heads=heads)
        before = (self.tmp / "run" / "mlp.history.json").read_bytes()
        first = (self.tmp / "run" / "folds" / "1-of-2" / "metrics.json").read_bytes()
        self.train("run", "--cv", 3, heads=heads)
        self.assertEqual((self.tmp / "run" / "mlp.history.json").read_bytes(), before)
        self.assertEqual((self.tmp / "run" / "folds" / "1-of-2" / "metrics.json").read_bytes(), first)
        self.assertTrue((self.tmp / "run" / "folds" / "3-of-3" / "metrics.json").exists())

    def test_other_settings_are_refused_as_before(self):
        self.train("run")
        result = self.train("run", "--learning-rate", 0.01, epochs=5, code=USAGE)
        self.assertSays(result.err, "learning_rate", "--out")
        self.assertNotIn("epochs", result.err, "which may differ")

    def test_a_stopped_run_says_where_it_continues(self):
        args = self.args("run", "--checkpoint-every", 0, heads="four_block_cnn", epochs=60, patience=100)
        result = run_and_signal(args, (self.tmp / "run" / "four_block_cnn.checkpoint").exists, signal.SIGINT)
        self.assertEqual(result.code, STOPPED, result)
        again = self.train("run", "--checkpoint-every", 0, heads="four_block_cnn", epochs=60, patience=100)
        told = self.continued(again)
        self.assertEqual([(t["head"], t["at_most"]) for t in told], [("four_block_cnn", 60)])
        self.assertGreater(told[0]["epoch"], 1)


class WarmStart(TrainingCase):
    def test_begins_with_the_weights_of_a_run(self):
        self.train("first", heads="four_block_cnn", epochs=6)
        self.train("warm", "--warm-start", self.tmp / "first", heads="four_block_cnn", epochs=1)
        self.train("cold", heads="four_block_cnn", epochs=1)
        losses = {name: read_json(self.tmp / name / "four_block_cnn.history.json")["epochs"][0]["train_loss"]
                  for name in ("warm", "cold")}
        self.assertLess(losses["warm"], losses["cold"])
        self.assertEqual(len(read_json(self.tmp / "warm" / "run.json")["warm_start_sha256"]), 64)
        self.assertNotIn("warm_start_sha256", read_json(self.tmp / "cold" / "run.json"))

    def test_refuses_what_would_score_rows_that_were_learned(self):
        self.train("first", epochs=1)
        result = self.train("second", "--warm-start", self.tmp / "first", "--seed", 5, code=USAGE)
        self.assertSays(result.err, "are training or validation rows of that run", "--split-file")
        result = self.train("second", "--warm-start", self.tmp / "first", "--cv", 2, code=USAGE)
        self.assertSays(result.err, "--warm-start", "--cv")

    def variant(self, name, change):
        """A table with other ids or artists, on spectrograms by those ids."""
        rows = read_csv(self.table)
        table = write_csv(self.tmp / f"{name}.csv", list(rows[0]), [list(change(dict(row), i).values()) for i, row in enumerate(rows)])
        specs = self.tmp / f"specs-{name}"
        shutil.copytree(self.specs, specs)
        lines = read_csv(specs / "index.csv")
        ids = {row["track_id"]: change(dict(row), i)["track_id"] for i, row in enumerate(rows)}
        for line in lines:
            line["id"] = ids[line["id"]]
        write_csv(specs / "index.csv", list(lines[0]), [list(line.values()) for line in lines])
        args = list(self.args(f"run-{name}", "--warm-start", self.tmp / "first", "--seed", 5, epochs=1))
        args[1], args[args.index("--spectrograms") + 1] = table, specs
        return run(*args)

    def test_rows_are_known_by_other_ids_by_their_sound_and_by_their_artist(self):
        self.train("first", epochs=1)
        for name, change in (("extension", lambda row, i: row | {"track_id": row["track_id"] + ".wav"}),
                             ("clip", lambda row, i: row | {"track_id": f"other {i}", "artist": f"nobody {i}"})):
            with self.subTest(name):
                result = self.variant(name, change)
                self.assertExit(result, USAGE)
                self.assertSays(result.err, "are training or validation rows of that run")
        other = self.tmp / "others"
        other.mkdir()
        make_tones(other, 24, 1, 8000, first_hz=700)
        for file in list(other.iterdir()):
            file.rename(file.with_name(f"other-{file.name}"))
        names = sorted(file.stem for file in other.iterdir())
        specs = self.tmp / "other-specs"
        self.assertExit(run("render", other, "--out", specs, *front_end()), ALL_FINE)
        for artist, code in (("a", USAGE), ("b", ALL_FINE)):  # the artists of other songs
            table = write_csv(self.tmp / f"{artist}.csv", ["track_id", "kind", "artist", "loudness"],
                              [[name, ("low", "high")[i % 2], f"{artist}{i}", i % 7] for i, name in enumerate(names)])
            args = list(self.args(f"by-{artist}", "--warm-start", self.tmp / "first", epochs=1))
            args[1], args[args.index("--spectrograms") + 1] = table, specs
            with self.subTest(artist=artist):
                self.assertExit(run(*args), code)

    def test_a_run_that_began_with_another_is_refused(self):
        self.train("first", epochs=1)
        self.train("second", "--warm-start", self.tmp / "first", epochs=1)
        result = self.train("third", "--warm-start", self.tmp / "second", epochs=1, code=USAGE)
        self.assertSays(result.err, "began with the weights of another")
        result = self.train("second", epochs=1, code=USAGE)
        self.assertSays(result.err, "warm_start_sha256 is", "not given now")

    def test_refuses_runs_that_it_cannot_use(self):
        self.train("first", epochs=1)
        missing = self.train("second", "--warm-start", self.tmp / "first", heads="musicnn", code=USAGE)
        self.assertSays(missing.err, "holds no musicnn (it holds cnn)")
        other = self.tmp / "other"
        self.assertExit(run("render", self.clips, "--out", other, *front_end(), "--f-min", 100), ALL_FINE)
        args = ["--spectrograms" if a == "--spectrograms" else a for a in self.args("second", "--warm-start", self.tmp / "first")]
        args[args.index(self.specs)] = other
        result = run(*args)
        self.assertExit(result, USAGE)
        self.assertSays(result.err, "another front end")


if __name__ == "__main__":
    unittest.main()
