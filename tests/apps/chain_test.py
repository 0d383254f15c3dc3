"""The whole chain over loopback, fetch -> render -> train -> score: on invented songs always, on real recordings of
spoken digits where they are."""

import shutil
import unittest

from harness import (ALL_FINE, SOME_FAILED, Case, FolderServer, front_end, make_demo, read_csv, read_json, real_data,
                     run, sha256, timed, write_csv)


class InventedSongs(Case):
    def test_every_stage_has_one_row_out_per_row_in(self):
        demo = make_demo(self.tmp / "demo", 8, 4, 2)
        songs = read_csv(demo / "catalogue.csv")
        self.assertEqual(len(songs), 8)
        ids = [s["track_id"] for s in songs]
        gone = ids[2]
        with FolderServer(demo / "clips", busy_first={f"/{ids[0]}.mp3": 1, f"/{ids[5]}.mp3": 2},
                          missing={f"/{gone}.mp3"}) as server:
            make_demo(demo, 8, 4, 2, base_url=server.url())  # the clips are kept, the URLs are the server's
            catalogue = demo / "catalogue.csv"
            store, specs, trained = (self.tmp / name for name in ("store", "specs", "run"))

            fetched = run("fetch", catalogue, "--out", store, "--allow-private-addresses")
            self.assertExit(fetched, SOME_FAILED)
            rows = read_csv(store / "results.csv")
            self.assertEqual([r["id"] for r in rows], ids)
            self.assertEqual([r["status"] for r in rows], ["ok" if i != gone else "failed" for i in ids])
            self.assertEqual([(r["attempts"], r["http_status"]) for r in rows],
                             [("2", "200"), ("1", "200"), ("1", "404"), ("1", "200"), ("1", "200"), ("3", "200"),
                              ("1", "200"), ("1", "200")])
            self.assertRow(rows[2], "fetch", "http_status", catalogue, "row 4", server.url(f"/{gone}.mp3"),
                           "HTTP status 404")
            for row in rows:
                if row["status"] == "ok":
                    self.assertEqual(row["sha256"], sha256(demo / "clips" / f"{row['id']}.mp3"))
                    self.assertEqual(row["sha256"], sha256(store / row["file"]))
            self.assertEqual(server.snapshot().total(), 11)

        rendered = run("render", store, "--out", specs, *front_end(duration=2, hop_length=160))
        self.assertExit(rendered, SOME_FAILED)
        index = read_csv(specs / "index.csv")
        self.assertEqual([r["id"] for r in index], ids)
        self.assertRow(index[2], "fetch", "http_status", "HTTP status 404")
        self.assertEqual(len({r["xxh128"] for r in index}), len({r["sha256"] for r in rows}))
        self.assertEqual([r["offset"] for r in index], ["0", "1", "", "2", "3", "4", "5", "6"])

        result = run("train", catalogue, "--spectrograms", specs, "--out", trained, "--epochs", 2, "--threads", 1,
                     "--test-fraction", "0.25", "--validation-fraction", "0.3", "--split", "random")
        self.assertExit(result, SOME_FAILED)
        predictions = read_csv(trained / "predictions.csv")
        self.assertEqual([r["id"] for r in predictions], ids)
        self.assertRow(predictions[2], "fetch", "http_status", "HTTP status 404")
        parts = {r["id"]: r["part"] for r in read_csv(trained / "split.csv")}
        self.assertEqual(sorted(parts), sorted(i for i in ids if i != gone))
        self.assertEqual(set(parts.values()), {"train", "validation", "test"})
        metrics = read_json(trained / "metrics.json")["rows"]
        self.assertEqual([m["name"] for m in metrics[:2]], ["majority", "prior"])
        usual = {"boosted_trees", "cnn", "fusion", "logistic", "mlp", "random_forest", "short_chunk_resnet"}
        self.assertLessEqual(usual, {m["name"] for m in metrics[2:]})

        # Two networks, and of each clip that the report shows the spectrogram and where they looked.
        page = (trained / "report.html").read_text(encoding="utf-8")
        n_clips = page.count('"image":"data:image/png;base64,')
        self.assertGreaterEqual(n_clips, 2)
        self.assertEqual(page.count('"looked":"data:image/png;base64,'), n_clips)

        names = read_json(trained / "bundle.json")["labels"]["class_names"]
        files = [store / r["file"] for r in rows if r["status"] == "ok"]
        scored = run("score", trained, *files, "--format", "csv", "--output", self.tmp / "scores.csv", "--threads", 1)
        self.assertExit(scored, ALL_FINE)
        scores = read_csv(self.tmp / "scores.csv")
        self.assertEqual([r["file"] for r in scores], [str(f) for f in files])
        for row in scores:
            self.assertIn(row["class"], names)
            self.assertEqual(row["front_end_hash"], read_json(specs / "render.json")["front_end_hash"])
        # What score hears in a clip is what train predicted for its row.
        by_id = {r["id"]: r for r in predictions}
        for row, name in zip(scores, [r["id"] for r in rows if r["status"] == "ok"]):
            if parts[name] == "test":
                for label in names:
                    self.assertAlmostEqual(float(row[f"p:{label}"]), float(by_id[name][f"{row['head']}:{label}"]), delta=0.02)

        # The store itself, the failed row included, is as good an input as files.
        scored = run("score", trained, store, "--format", "csv", "--output", self.tmp / "all.csv", "--threads", 1)
        self.assertExit(scored, SOME_FAILED)
        self.assertEqual([r["status"] for r in read_csv(self.tmp / "all.csv")], [r["status"] for r in rows])


class SpokenDigits(Case):
    """3,000 recordings: does the network learn from our spectrograms, also for speakers it never heard?"""

    HELD_OUT = ("theo", "yweweler")
    # One thread: the same bytes on every run, and no waiting for each other where other programs run too.
    TRAINING = ("--target", "digit", "--features", "none", "--threads", 1)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        recordings = real_data("spoken_digits", "recordings")
        folder = cls.shared_folder()
        cls.store, cls.specs, cls.catalogue = folder / "store", folder / "specs", folder / "digits.csv"
        names = sorted(p.stem for p in recordings.glob("*_*_*.wav"))
        with FolderServer(recordings) as server:
            rows = []
            for name in names:
                digit, speaker, _ = name.split("_")
                fold = "test" if speaker in cls.HELD_OUT else "train"
                rows.append([name, server.url(f"/{name}.wav"), digit, speaker, fold])
            write_csv(cls.catalogue, ["track_id", "preview_url", "digit", "speaker", "fold"], rows)
            cls.fetched, fetch_s = timed("fetch", cls.catalogue, "--out", cls.store, "--allow-private-addresses")
            cls.requests = server.snapshot()
        cls.rendered, render_s = timed("render", cls.store, "--out", cls.specs, "--duration", 1, "--sample-rate", 8000,
                                       "--n-fft", 256, "--hop-length", 160, "--n-mels", 40, "--top-db", 50)
        print(f"\nspoken digits: {len(names)} recordings, fetch {fetch_s:.1f} s, render {render_s:.1f} s", flush=True)
        cls.n_rows = len(names)

    def runTest(self):
        """Only the holder of the class's folder."""

    def train(self, out, *options, head="cnn"):
        result, seconds = timed("train", self.catalogue, "--spectrograms", self.specs, "--out", out, *self.TRAINING,
                                "--heads", head, *options, timeout=600)
        self.assertExit(result, ALL_FINE)
        rows = {m["name"]: m for m in read_json(out / "metrics.json")["rows"]}
        n_epochs = result.err.count('"event":"epoch"')
        for name in ("majority", head):
            m = rows[name]
            print(f"\n  {out.name}: {name} accuracy {m['accuracy']:.4f} {interval(m['accuracy_95'])}, "
                  f"macro-F1 {m['macro_f1']:.4f} {interval(m['macro_f1_95'])}", end="", flush=True)
        print(f"  ({n_epochs} epochs, {seconds:.0f} s)", flush=True)
        return rows

    def test_1_every_recording_is_fetched_once_and_rendered(self):
        self.assertExit(self.fetched, ALL_FINE)
        self.assertSays(self.fetched.out, f"{self.n_rows} of {self.n_rows} rows have a clip")
        self.assertEqual((len(self.requests), self.requests.total()), (self.n_rows, self.n_rows))
        self.assertExit(self.rendered, ALL_FINE)
        self.assertSays(self.rendered.out, f"{self.n_rows} of {self.n_rows} clips")
        self.assertEqual(self.n_rows, 3000)

    def test_2_digits_are_told_apart_under_a_random_split(self):
        out = self.holder.tmp / "random"
        shutil.rmtree(out, ignore_errors=True)
        rows = self.train(out, "--split", "random", "--epochs", 60)
        # Measured: 0.955 with this seed, 0.94 to 0.97 with others, so that the interval of 600 test rows reaches over 0.95.
        # The floor leaves room for another machine's rounding; what falls through it has stopped learning.
        self.assertGreater(rows["cnn"]["accuracy_95"][1], 0.95)
        self.assertGreater(rows["cnn"]["accuracy"], 0.93)
        self.assertGreater(rows["cnn"]["macro_f1"], 0.93)
        self.assertTrue(rows["cnn"]["beats_majority"])

        # The test recordings as files: score hears what train predicted.
        predicted = {r["id"]: r for r in read_csv(out / "predictions.csv") if r["part"] == "test"}
        stored = {r["id"]: self.store / r["file"] for r in read_csv(self.store / "results.csv")}
        files = [stored[name] for name in predicted]
        self.assertExit(run("score", out, *files, "--format", "csv", "--output", self.tmp / "scores.csv", "--threads",
                            1), ALL_FINE)
        scores = read_csv(self.tmp / "scores.csv")
        self.assertEqual([r["file"] for r in scores], [str(f) for f in files])
        right = sum(row["class"] == r["target"] for row, r in zip(scores, predicted.values()))
        print(f"\n  {right} of {len(files)} test files scored as their own digit", flush=True)
        self.assertGreater(right / len(files), 0.94)
        # Longer recordings are heard in two windows; single against half precision may turn a tie.
        short = [(row["class"], r["cnn"]) for row, r in zip(scores, predicted.values()) if float(row["seconds"]) <= 1.0]
        self.assertGreater(len(short), 500)
        self.assertLessEqual(sum(one != other for one, other in short), 2)

    def test_3_speakers_never_heard_are_understood_better_than_by_the_baseline(self):
        out = self.holder.tmp / "speakers"
        shutil.rmtree(out, ignore_errors=True)
        rows = self.train(out, "--split-column", "fold", "--group-column", "speaker", "--epochs", 30)
        split = read_csv(out / "split.csv")
        sides = {part: {r["group"] for r in split if r["part"] == part} for part in ("train", "validation", "test")}
        self.assertEqual(sides["test"], set(self.HELD_OUT))
        self.assertFalse(sides["test"] & (sides["train"] | sides["validation"]))
        self.assertFalse(sides["train"] & sides["validation"])
        self.assertGreater(rows["cnn"]["macro_f1"], 0.1)
        self.assertGreater(rows["cnn"]["macro_f1"], rows["majority"]["macro_f1"])
        # Two speakers do not show what a third would be like.
        self.assertEqual((rows["cnn"]["verdict"], rows["cnn"]["beats_majority"]), ("too few test groups to tell (2)", False))

    def test_4_the_residual_network_understands_speakers_it_never_heard(self):
        """Measured on the 15 pairs of speakers: 0.80 to 0.97, 0.89 on average; on this one 0.931."""
        heard = ("--epochs", 40, "--clip-normalisation", "bins")
        rows = self.train(self.holder.tmp / "unheard", "--split-column", "fold", *heard, head="short_chunk_resnet")
        self.assertGreater(rows["short_chunk_resnet"]["macro_f1"], 0.9)
        rows = self.train(self.holder.tmp / "heard", "--split", "random", *heard, head="short_chunk_resnet")
        self.assertGreater(rows["short_chunk_resnet"]["macro_f1"], 0.99)


def interval(pair):
    return f"[{pair[0]:.3f}, {pair[1]:.3f}]"


if __name__ == "__main__":
    unittest.main(verbosity=2)
