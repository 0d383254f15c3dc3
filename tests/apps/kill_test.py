"""kill -9 at any moment: the same command again ends with the bytes of an undisturbed run, and redoes no finished work.

Every verb is run undisturbed once. Then target folders are started and killed several times in a row, at moments
spread over the undisturbed duration, and finished.
"""

import signal
import threading
import time
import unittest

from harness import (ALL_FINE, STOPPED, Case, FolderServer, front_end, kill_after, leftovers, make_tones, read_csv,
                     run, run_and_signal, timed, tone, tree, write_csv, write_wav)

# When to kill, as shares of the undisturbed duration: one line per target folder, kills in a row. The first of a row
# is early, so that it meets a running program however the machine's speed changes.
MOMENTS = ((0.1, 0.3), (0.4, 0.4), (0.25, 0.6, 0.7))


class KilledFetch(Case):
    N_CLIPS = 60
    CONNECTIONS = 4

    def setUp(self):
        super().setUp()
        served = self.tmp / "served"
        for i in range(self.N_CLIPS):
            write_wav(served / f"{i:02}.wav", tone(200 + 10 * i, 0.1, seed=i))
        self.server = self.enterContext(FolderServer(served, delay_s=0.02))
        rows = [[f"track {i:02}", self.server.url(f"/{i:02}.wav")] for i in range(self.N_CLIPS)]
        self.catalogue = write_csv(self.tmp / "songs.csv", ["track_id", "preview_url"], rows)

    def fetch(self, store):
        return ("fetch", self.catalogue, "--out", self.tmp / store, "--connections", self.CONNECTIONS,
                "--allow-private-addresses")

    def undisturbed(self):
        result, seconds = timed(*self.fetch("whole"))
        self.assertExit(result, ALL_FINE)
        self.assertEqual(set(self.server.snapshot().values()), {1})
        return seconds

    def assertEqualStores(self, store):
        whole, other = self.tmp / "whole", self.tmp / store
        self.assertEqual((other / "results.csv").read_bytes(), (whole / "results.csv").read_bytes())
        self.assertSameTree(other / "clips", whole / "clips")
        self.assertEqual(leftovers(other), [])

    def test_killed_fetches_end_as_undisturbed_ones_and_request_finished_rows_once(self):
        seconds = self.undisturbed()
        for number, moments in enumerate(MOMENTS):
            with self.subTest(moments=moments):
                store, kills = f"store-{number}", 0
                before = self.server.snapshot()
                for share in moments:
                    kills += kill_after(self.fetch(store), share * seconds)
                result = run(*self.fetch(store))
                self.assertExit(result, ALL_FINE)
                self.assertEqualStores(store)
                requests = self.server.snapshot() - before
                self.assertEqual(len(requests), self.N_CLIPS)
                again = requests.total() - self.N_CLIPS
                self.assertGreater(kills, 0)
                self.assertLessEqual(again, kills * 2 * self.CONNECTIONS,
                                     "only what was in flight, or on its way to the disk, is requested again")

    def test_a_second_fetch_requests_nothing(self):
        self.undisturbed()
        before, store = self.server.snapshot(), tree(self.tmp / "whole" / "clips")
        result = run(*self.fetch("whole"))
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.out, "60 of 60 rows have a clip (none new)")
        self.assertEqual(self.server.snapshot(), before)
        self.assertEqual(tree(self.tmp / "whole" / "clips"), store)

    def test_an_interrupted_fetch_says_how_to_go_on_and_does(self):
        self.undisturbed()
        half = self.server.snapshot().total() + self.N_CLIPS // 2
        result = run_and_signal(self.fetch("store"), lambda: self.server.snapshot().total() >= half, signal.SIGINT)
        self.assertExit(result, STOPPED)
        self.assertSays(result.out, "stopped: run the same command again to continue")
        before = self.server.snapshot()
        n_done = len(read_csv(self.tmp / "store" / "results.csv"))
        self.assertTrue(0 < n_done < self.N_CLIPS, n_done)
        self.assertExit(run(*self.fetch("store")), ALL_FINE)
        self.assertEqual((self.server.snapshot() - before).total(), self.N_CLIPS - n_done,
                         "what was in flight at the interrupt was finished and kept")
        self.assertEqualStores("store")


class KilledRender(Case):
    N_CLIPS = 300

    def setUp(self):
        super().setUp()
        self.clips = self.tmp / "clips"
        make_tones(self.clips, self.N_CLIPS, seconds=0.3, rate=16000)
        (self.clips / "broken.wav").write_bytes(b"RIFF")  # failed rows leave no gap, killed or not

    def render(self, folder, threads=1):
        return ("render", self.clips, "--out", self.tmp / folder, "--threads", threads, *front_end(
            duration=5, sample_rate=22050, n_fft=2048, hop_length=256, n_mels=64))

    def undisturbed(self):
        result, seconds = timed(*self.render("whole"))
        self.assertExit(result, 1)
        self.assertSays(result.out, "300 of 301 clips")
        return seconds

    def files(self, folder):
        return tree(self.tmp / folder, ignore=("render.sqlite", "render.sqlite-wal", "render.sqlite-shm", ".lock"))

    def test_killed_renders_end_with_the_bytes_of_undisturbed_ones(self):
        seconds = self.undisturbed()
        whole = self.files("whole")
        self.assertEqual(sorted(whole), ["failures.csv", "index.csv", "render.json"] + [f"shard-0000{i}.npy" for i in range(5)])
        kills = 0
        for number, moments in enumerate(MOMENTS):
            with self.subTest(moments=moments):
                folder, threads = f"specs-{number}", 1 + number % 2
                for share in moments:
                    kills += kill_after(self.render(folder, threads), share * seconds / threads)
                self.assertExit(run(*self.render(folder, threads)), 1)
                self.assertEqual(self.files(folder), whole)
        self.assertGreaterEqual(kills, len(MOMENTS))

    def test_rows_rendered_before_the_kill_are_not_rendered_again(self):
        first_shard = self.tmp / "specs" / "shard-00000.npy"
        self.assertTrue(kill_after(self.render("specs"), first_shard.exists))
        written = first_shard.stat().st_mtime_ns
        result = run(*self.render("specs"))
        n_rendered = int(result.out.split("(")[1].split(" ")[0])
        self.assertTrue(0 < n_rendered <= self.N_CLIPS + 1 - 64, f"\n{result}")
        self.assertEqual(first_shard.stat().st_mtime_ns, written, "a finished shard is never touched again")

    def test_a_second_render_does_nothing(self):
        self.undisturbed()
        before = self.files("whole")
        times = {p.name: p.stat().st_mtime_ns for p in (self.tmp / "whole").glob("shard-*.npy")}
        result = run(*self.render("whole"))
        self.assertExit(result, 1)
        self.assertSays(result.out, "300 of 301 clips (nothing new to render)")
        self.assertEqual(self.files("whole"), before)
        self.assertEqual({p.name: p.stat().st_mtime_ns for p in (self.tmp / "whole").glob("shard-*.npy")}, times)

    def test_an_interrupted_render_says_how_to_go_on_and_does(self):
        self.undisturbed()
        result = run_and_signal(self.render("specs"), (self.tmp / "specs" / "shard-00001.npy").exists, signal.SIGINT)
        self.assertExit(result, STOPPED)
        self.assertSays(result.out, "stopped: run the same command again to continue")
        self.assertExit(run(*self.render("specs")), 1)
        self.assertEqual(self.files("specs"), self.files("whole"))


class KilledTrain(Case):
    N_CLIPS = 80

    def setUp(self):
        super().setUp()
        clips, specs = self.tmp / "clips", self.tmp / "specs"
        made = make_tones(clips, self.N_CLIPS, seconds=0.5)
        result = run("render", clips, "--out", specs, *front_end())
        self.assertExit(result, ALL_FINE)
        rows = [[name, f"artist {i // 4}", label, (i * 7) % 11 + (label == "low"), (i * 5) % 13]
                for i, (name, label) in enumerate(made)]
        self.catalogue = write_csv(self.tmp / "songs.csv", ["track_id", "artist", "pitch", "tempo", "energy"], rows)

    def train(self, folder):
        return ("train", self.catalogue, "--spectrograms", self.tmp / "specs", "--out", self.tmp / folder, "--target",
                "pitch", "--heads", "cnn,short_chunk_resnet,mlp", "--epochs", 40, "--patience", 40, "--learning-rate", 0.0001,
                "--checkpoint-every", 0, "--threads", 1)

    def undisturbed(self):
        result, seconds = timed(*self.train("whole"))
        self.assertExit(result, ALL_FINE)
        self.assertEqual(result.err.count('"event":"epoch"'), 120)
        return result, seconds

    def assertEqualRuns(self, folder):
        # These tell how long it took and where it went.
        timed_files = ("cnn.history.json", "short_chunk_resnet.history.json", "mlp.history.json", "leaderboard.csv",
                       "leaderboard.json", "leaderboard.txt", "report.html", "MODEL_CARD.md")
        self.assertSameTree(self.tmp / folder, self.tmp / "whole", ignore=(".lock", *timed_files))
        self.assertEqual(leftovers(self.tmp / folder), [])

    def test_killed_trainings_end_with_the_bytes_of_undisturbed_ones(self):
        _, seconds = self.undisturbed()
        files = tree(self.tmp / "whole")
        for name in ("bundle.json", "cnn.safetensors", "short_chunk_resnet.safetensors", "mlp.safetensors",
                     "metrics.json", "predictions.csv", "split.csv", "report.html", "run.json", "MODEL_CARD.md"):
            self.assertIn(name, files)
        for number, moments in enumerate(MOMENTS):
            with self.subTest(moments=moments):
                folder, kills, n_epochs = f"run-{number}", 0, 0
                for share in moments:
                    result = run_and_signal(self.train(folder), share * seconds, signal.SIGKILL)
                    kills += result.code == -signal.SIGKILL
                    n_epochs += result.err.count('"event":"epoch"')
                result = run(*self.train(folder))
                self.assertExit(result, ALL_FINE)
                n_epochs += result.err.count('"event":"epoch"')
                self.assertGreater(kills, 0)
                self.assertLessEqual(n_epochs, 120 + kills, "an epoch is repeated only where it was not yet saved")
                self.assertEqualRuns(folder)

    def test_a_second_training_prints_the_same_leaderboard(self):
        first, _ = self.undisturbed()
        before = tree(self.tmp / "whole")
        second = run(*self.train("whole"))
        self.assertExit(second, ALL_FINE)
        self.assertEqual(second.out, first.out)
        self.assertNotIn('"event":"epoch"', second.err)
        self.assertEqual(tree(self.tmp / "whole"), before)

    def test_an_interrupted_training_says_how_to_go_on_and_does(self):
        self.undisturbed()
        result = run_and_signal(self.train("run"), (self.tmp / "run" / "mlp.checkpoint").exists, signal.SIGINT)
        self.assertExit(result, STOPPED)
        self.assertSays(result.out, "stopped: run the same command again to continue")
        self.assertFalse((self.tmp / "run" / "bundle.json").exists(), "a folder with a bundle is complete")
        result = run("score", self.tmp / "run", self.tmp / "clips" / "clip-000.wav")
        self.assertRefused(result, self.tmp / "run" / "bundle.json", "is missing")
        self.assertExit(run(*self.train("run")), ALL_FINE)
        self.assertEqualRuns("run")


class TwoAtOnce(Case):
    def test_a_second_process_in_the_same_folder_is_refused_and_the_first_finishes(self):
        served = self.tmp / "served"
        write_wav(served / "a.wav", tone(440, 0.1))
        with FolderServer(served, delay_s=1.0) as server:
            catalogue = write_csv(self.tmp / "songs.csv", ["id", "url"], [["a", server.url("/a.wav")]])
            args = ("fetch", catalogue, "--out", self.tmp / "store", "--allow-private-addresses")
            results = []
            first = threading.Thread(target=lambda: results.append(run(*args)))
            first.start()
            until = time.monotonic() + 20
            while not server.snapshot() and time.monotonic() < until:
                time.sleep(0.01)
            second = run(*args)
            first.join()
        self.assertExit(second, STOPPED)
        self.assertSays(second.err, "another hitscope process is using", self.tmp / "store")
        self.assertExit(results[0], ALL_FINE)


if __name__ == "__main__":
    unittest.main(verbosity=2)
