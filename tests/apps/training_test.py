"""How networks learn, as a user asks for it: objectives, samplers, schedules, the learning rate that is looked for; what
spoils a training is named; a run that is killed ten times ends as one that was not."""

import json
import random
import resource
import shutil
import signal
import struct
import subprocess
import unittest

import numpy

from harness import (ALL_FINE, STOPPED, USAGE, Case, Result, command_of, front_end, leftovers, make_tones, read_csv, read_json,
                     run, run_and_signal, timed, write_csv)


class TrainingCase(Case):
    N_CLIPS = 80

    def setUp(self):
        super().setUp()
        clips, self.specs = self.tmp / "clips", self.tmp / "specs"
        self.made = make_tones(clips, self.N_CLIPS, seconds=0.5)
        self.assertExit(run("render", clips, "--out", self.specs, *front_end()), ALL_FINE)
        # popularity: 300 and 1500 Hz with 3 Hz a clip, and what the tempo says
        rows = [[name, f"artist {i // 4}", label, ("none", "some", "more", "all")[i % 2 * 2 + (i // 2) % 2],
                 10 + 60 * (label == "high") + i // 4 % 20, (i // 2) % 2 + 0.1 * (i % 3)]
                for i, (name, label) in enumerate(self.made)]
        self.catalogue = write_csv(self.tmp / "songs.csv", ["track_id", "artist", "pitch", "amount", "popularity",
                                                            "tempo"], rows)

    def train(self, folder, *more, head="short_chunk_resnet", target="pitch"):
        return ("train", self.catalogue, "--spectrograms", self.specs, "--out", self.tmp / folder, "--target", target,
                "--heads", head, "--threads", 1, *more)

    def metrics(self, folder, head="short_chunk_resnet"):
        heads = read_json(self.tmp / folder / "metrics.json")["rows"]
        return next(h for h in heads if h["name"] == head)

    def history(self, folder, head="short_chunk_resnet"):
        return read_json(self.tmp / folder / f"{head}.history.json")


class Objectives(TrainingCase):
    def test_ordered_classes_are_learned_by_a_cumulative_link(self):
        self.assertExit(run(*self.train("run", "--objective", "ordinal", "--labels", "quantiles:3", "--epochs", 25,
                                        target="popularity")), ALL_FINE)
        self.assertEqual(read_json(self.tmp / "run" / "short_chunk_resnet.json")["objective"], "ordinal")
        self.assertGreater(self.metrics("run")["spearman"], 0.6)
        result = run("score", self.tmp / "run", self.tmp / "clips" / "clip-000.wav", "--format", "jsonl")
        self.assertExit(result, ALL_FINE)

    def test_ranking_puts_values_in_order_and_gives_them_in_their_units(self):
        self.assertExit(run(*self.train("run", "--objective", "ranking", "--labels", "regression", "--epochs", 25,
                                        target="popularity")), ALL_FINE)
        scores = self.metrics("run")
        self.assertGreater(scores["spearman"], 0.6)
        self.assertLess(scores["mae"], 25)
        self.assertSays(run(*self.train("run", "--objective", "ranking", "--labels", "regression", "--epochs", 25,
                                        target="popularity")).out, "short_chunk_resnet")

    def test_percentiles_are_values_of_0_to_100(self):
        self.assertExit(run(*self.train("run", "--labels", "percentile", "--epochs", 20, target="popularity")), ALL_FINE)
        rows = [r for r in read_csv(self.tmp / "run" / "predictions.csv") if r["part"] == "test"]
        truths = [float(row["target"]) for row in rows]
        self.assertGreaterEqual(min(truths), 0.0)
        self.assertLessEqual(max(truths), 100.0)
        self.assertGreater(self.metrics("run")["spearman"], 0.6)

    def test_focal_loss_balanced_batches_accumulation_one_cycle_and_a_metric_to_stop_on(self):
        result = run(*self.train("run", "--focal-gamma", 2, "--balanced-batches", "--accumulate", 2, "--schedule",
                                 "one-cycle", "--stop-on", "accuracy", "--epochs", 15, "--patience", 15))
        self.assertExit(result, ALL_FINE)
        epochs = self.history("run")["epochs"]
        best = max(epoch["metric"] for epoch in epochs)
        kept = [epoch for epoch in epochs if epoch["best"]][-1]
        self.assertEqual(kept["metric"], best)
        lines = [json.loads(line) for line in result.err.splitlines() if '"event":"epoch"' in line]
        self.assertEqual({line["metric_name"] for line in lines}, {"accuracy"})
        self.assertTrue(all(line["eta_s"] >= 0 for line in lines))

    def test_what_does_not_go_together_is_refused_before_anything_is_written(self):
        for words, more in ((("--objective ranking", "--labels categories"), ("--objective", "ranking")),
                            (("--objective ordinal", "ordered"), ("--objective", "ordinal", "--target", "amount")),
                            (("--stop-on", "spearman", "values"), ("--stop-on", "spearman")),
                            (("--balanced-batches", "regression"),
                             ("--balanced-batches", "--labels", "regression", "--target", "popularity")),
                            (("cuda", "cpu"), ("--device", "cuda")),
                            (("gpu", "cpu, cuda or cuda:N"), ("--device", "gpu"))):
            with self.subTest(more=more):
                args = [a for a in self.train("refused")]
                if "--target" in more:
                    args[args.index("--target") + 1] = more[-1]
                    more = more[:-2]
                result = run(*args, *more)
                self.assertRefused(result, *words)
                self.assertFalse((self.tmp / "refused" / "bundle.json").exists())
                shutil.rmtree(self.tmp / "refused", ignore_errors=True)


    def test_a_name_that_an_option_does_not_know_is_refused_in_one_line(self):
        for option in ("--objective", "--schedule", "--stop-on", "--precision", "--calibrate", "--clip-normalisation"):
            with self.subTest(option=option):
                self.assertRefused(run(*self.train("refused", option, "temperature")), "temperature", "must be one of")


class LearningRates(TrainingCase):
    def test_auto_finds_a_rate_that_learns_and_keeps_what_it_tried(self):
        self.assertExit(run(*self.train("run", "--learning-rate", "auto", "--epochs", 20)), ALL_FINE)
        history = self.history("run")
        trials = history["learning_rate_trials"]
        self.assertGreater(len(trials), 20)
        self.assertIn(history["learning_rate"], [trial["learning_rate"] for trial in trials])
        self.assertTrue(1e-5 < history["learning_rate"] < 0.5, history["learning_rate"])
        self.assertGreater(self.metrics("run")["accuracy"], 0.9)
        self.assertEqual(run(*self.train("other", "--learning-rate", "fast")).code, 2)

    def test_a_loss_that_is_not_finite_stops_and_leaves_the_batch(self):
        # Values of 1e30 times 1e30 are infinite; a constant schedule reaches the rate at once.
        result = run(*self.train("run", "--learning-rate", 1e30, "--schedule", "constant", "--warm-up", 0, "--clip-gradient",
                                 0, "--epochs", 3, head="cnn"))
        self.assertExit(result, STOPPED)
        path = self.tmp / "run" / "cnn.bad_batch.safetensors"
        self.assertSays(result.err, "the loss is not finite in epoch 1", path, "lower learning rate")
        data = path.read_bytes()
        header = json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])
        self.assertEqual(set(header) - {"__metadata__"}, {"inputs", "outputs", "rows"})
        self.assertEqual(header["inputs"]["shape"][0], header["rows"]["shape"][0])
        self.assertFalse((self.tmp / "run" / "bundle.json").exists())


class SpoiledInput(TrainingCase):
    def test_a_shard_with_nan_is_named_by_its_clip(self):
        index = read_csv(self.specs / "index.csv")
        shard = self.specs / "shard-00000.npy"
        values = numpy.load(shard)
        values[5, 3, 2] = numpy.nan
        numpy.save(shard, values)
        clip = [row["id"] for row in index if row["status"] == "ok"][5]
        result = run(*self.train("run", "--epochs", 2))
        self.assertExit(result, 2)
        self.assertSays(result.err, self.specs, f"'{clip}'", "not finite")
        self.assertNotIn("epoch", result.err)
        self.assertFalse((self.tmp / "run" / "bundle.json").exists())

    def test_spectrograms_of_another_preset_are_refused_by_the_run_that_was_begun(self):
        self.assertExit(run(*self.train("run", "--epochs", 2)), ALL_FINE)
        other = self.tmp / "other"
        self.assertExit(run("render", self.tmp / "clips", "--out", other, *front_end(n_mels=40)), ALL_FINE)
        args = [other if a == self.specs else a for a in self.train("run", "--epochs", 2)]
        self.assertRefused(run(*args), "front_end_hash", "another --out")

    def test_a_class_that_is_absent_in_training_is_said(self):
        rows = read_csv(self.catalogue)
        for row in rows:
            row["part"] = "test" if row["amount"] == "all" else "train"
        for row in rows[::7]:
            row["part"] = "test"
        write_csv(self.catalogue, list(rows[0]), [list(row.values()) for row in rows])
        result = run(*self.train("run", "--split-column", "part", "--epochs", 2, target="amount"))
        self.assertIn(result.code, (ALL_FINE, 1, 2))
        self.assertSays(result.out + result.err, "'all'", "training")

    def test_a_checkpoint_of_another_network_is_refused_and_stays(self):
        args = self.train("run", "--epochs", 400, "--patience", 400, "--checkpoint-every", 0.05)
        run_and_signal(args, (self.tmp / "run" / "short_chunk_resnet.checkpoint").exists, signal.SIGKILL)
        checkpoint = self.tmp / "run" / "short_chunk_resnet.checkpoint"
        cnn = self.tmp / "cnn"
        run_and_signal(self.train("cnn", "--epochs", 400, "--patience", 400, "--checkpoint-every", 0.05, head="cnn"),
                       (cnn / "cnn.checkpoint").exists, signal.SIGKILL)
        shutil.copy(cnn / "cnn.checkpoint", checkpoint)
        bytes_before = checkpoint.read_bytes()
        result = run(*args)
        self.assertExit(result, USAGE)
        self.assertSays(result.err, checkpoint, "the checkpoint belongs to cnn", "not to short_chunk_resnet", "remove it")
        self.assertEqual(checkpoint.read_bytes(), bytes_before)

    def test_a_disk_that_fills_during_a_checkpoint_leaves_the_last_good_one(self):
        args = self.train("run", "--epochs", 400, "--patience", 400, "--checkpoint-every", 0.05)
        checkpoint = self.tmp / "run" / "short_chunk_resnet.checkpoint"
        run_and_signal(args, checkpoint.exists, signal.SIGKILL)
        good = checkpoint.read_bytes()

        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (len(good) // 2, len(good) // 2))

        done = subprocess.run(command_of(args), stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
                              preexec_fn=small_files)
        result = Result(command_of(args), done.returncode, done.stdout.decode(), done.stderr.decode())
        self.assertExit(result, STOPPED)
        self.assertSays(result.err, checkpoint, "File too large")
        self.assertEqual(checkpoint.read_bytes(), good)


class KilledTenTimes(TrainingCase):
    def test_ten_kills_at_random_moments_change_no_byte(self):
        options = ("--epochs", 250, "--patience", 250, "--checkpoint-every", 0.02, "--mixup", 0.2, "--batch-size", 8)
        whole, seconds = timed(*self.train("whole", *options))
        self.assertExit(whole, ALL_FINE)
        _, startup = timed(*self.train("startup", "--epochs", 1, "--batch-size", 8))
        moments = random.Random(6)  # the same in every run of the test; what they meet is the machine's
        n_epochs = 0
        for _ in range(10):
            after = startup + moments.uniform(0.0, 0.06) * (seconds - startup)
            result = run_and_signal(self.train("run", *options), after, signal.SIGKILL)
            self.assertEqual(result.code, -signal.SIGKILL, result)
            n_epochs += result.err.count('"event":"epoch"')
        self.assertGreater(n_epochs, 5, "they met a training under way")
        self.assertExit(run(*self.train("run", *options)), ALL_FINE)
        for name in ("short_chunk_resnet.safetensors", "metrics.json", "predictions.csv"):
            self.assertEqual((self.tmp / "run" / name).read_bytes(), (self.tmp / "whole" / name).read_bytes(), name)
        self.assertEqual(leftovers(self.tmp / "run"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
