"""Many machines, one catalogue: every row is fetched by one share, and the joined store is that of a single run."""

import os
import subprocess
import unittest

from harness import (ALL_FINE, HITSCOPE, SOME_FAILED, Case, FolderServer, front_end, leftovers, read_csv, run, tone, tree,
                     write_csv, write_wav)


class Shares(Case):
    N_CLIPS = 24

    def setUp(self):
        super().setUp()
        served = self.tmp / "served"
        for i in range(self.N_CLIPS):
            write_wav(served / f"{i:02}.wav", tone(200 + 10 * i, 1.0, seed=i // 2 * 2))
        self.server = self.enterContext(FolderServer(served, missing={"/05.wav"}))
        rows = [[f"track {i:02}", self.server.url(f"/{i:02}.wav"), f'Title, "{i}"'] for i in range(self.N_CLIPS)]
        self.catalogue = write_csv(self.tmp / "songs.csv", ["track_id", "preview_url", "status"], rows)

    def fetch(self, store, *options, **environment):
        command = [str(HITSCOPE), "fetch", str(self.catalogue), "--out", str(self.tmp / store),
                   "--allow-private-addresses", *map(str, options)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False,
                              env=os.environ | environment)

    def whole(self):
        self.assertEqual(self.fetch("whole").returncode, SOME_FAILED)
        return read_csv(self.tmp / "whole" / "results.csv")

    def assertJoined(self, store):
        self.assertEqual(read_csv(self.tmp / store / "results.csv"), self.whole())
        self.assertSameTree(self.tmp / store / "clips", self.tmp / "whole" / "clips")
        self.assertEqual(leftovers(self.tmp / store), [])

    def test_three_shares_joined_are_one_store_and_no_row_is_fetched_twice(self):
        for i in range(3):
            share = self.fetch("store", "--shard", f"{i}/3")
            self.assertIn(f"share {i} of 3 (from --shard)", share.stdout, share)
        self.assertEqual(set(self.server.snapshot().values()), {1})
        self.assertEqual(len(self.server.snapshot()), self.N_CLIPS)
        before = self.server.snapshot()
        joined = self.fetch("store", "--merge")
        self.assertEqual(joined.returncode, SOME_FAILED, joined)
        self.assertIn("23 of 24 rows have a clip", joined.stdout)
        self.assertEqual(self.server.snapshot(), before, "joining makes no requests")
        self.assertEqual(self.fetch("store").returncode, SOME_FAILED)
        self.assertEqual(self.server.snapshot(), before, "nor does a fetch after it")
        self.assertJoined("store")
        self.assertEqual(run("fetch", "--out", self.tmp / "store", "--verify").code, ALL_FINE)

    def test_launchers_say_which_share_it_is(self):
        self.fetch("store", SLURM_ARRAY_TASK_ID="4", SLURM_ARRAY_TASK_MIN="4", SLURM_ARRAY_TASK_COUNT="2")
        self.fetch("store", RANK="1", WORLD_SIZE="2")
        self.assertEqual(sorted(p.name for p in (self.tmp / "store").iterdir()),
                         ["share-0000-of-0002", "share-0001-of-0002"])
        self.assertEqual(set(self.server.snapshot().values()), {1})
        self.fetch("store", "--merge")
        self.assertJoined("store")

    def test_stores_named_one_by_one_are_joined_and_a_clip_stands_before_a_failure(self):
        self.fetch("one", "--shard", "0/2")
        self.fetch("other")  # everything, share 0 again
        self.fetch("late", "--shard", "1/2", "--max-megabytes", "0.001")  # all of them too large
        self.fetch("joined", "--merge", self.tmp / "late" / "share-0001-of-0002", self.tmp / "one" / "share-0000-of-0002",
                   self.tmp / "other")
        self.assertJoined("joined")

    def test_a_share_that_is_missing_leaves_rows_that_the_next_fetch_brings(self):
        self.fetch("store", "--shard", "0/2")
        n_first = len(self.server.snapshot())
        self.assertTrue(0 < n_first < self.N_CLIPS)
        joined = self.fetch("store", "--merge")
        self.assertIn("share-0001-of-0002 is missing", joined.stdout)
        rows = read_csv(self.tmp / "store" / "results.csv")
        self.assertEqual(len(rows), self.N_CLIPS, "one row out per row in")
        self.assertEqual([r["kind"] for r in rows].count("not_fetched"), self.N_CLIPS - n_first)
        self.fetch("store")
        self.assertEqual(set(self.server.snapshot().values()), {1})
        self.assertJoined("store")

    def test_a_clip_that_a_share_has_lost_is_its_rows_failure_and_the_next_fetch_brings_it(self):
        self.fetch("store", "--shard", "0/2")
        self.fetch("store", "--shard", "1/2")
        share = self.tmp / "store" / "share-0001-of-0002"
        lost = next(r for r in read_csv(share / "results.csv") if r["status"] == "ok")
        (share / lost["file"]).unlink()
        self.assertEqual(self.fetch("store", "--merge").returncode, SOME_FAILED)
        damaged = [r for r in read_csv(self.tmp / "store" / "results.csv") if r["kind"] == "damaged"]
        self.assertIn(lost["id"], [r["id"] for r in damaged])
        self.fetch("store")
        self.assertJoined("store")

    def test_nothing_to_join_is_said_so(self):
        result = run("fetch", self.catalogue, "--out", self.tmp / "store", "--merge")
        self.assertRefused(result, self.tmp / "store", "holds no share-I-of-N folder")
        result = run("fetch", self.catalogue, "--out", self.tmp / "store", "--merge", self.tmp)
        self.assertRefused(result, self.tmp, "holds no fetch journal")

    def test_the_catalogues_other_columns_are_kept_and_render_reads_on(self):
        rows = self.whole()
        self.assertEqual(rows[3]["catalogue_status"], 'Title, "3"', "a name that is taken gets a prefix")
        failed = read_csv(self.tmp / "whole" / "failures.csv")
        self.assertEqual([(r["id"], r["catalogue_status"]) for r in failed], [("track 05", 'Title, "5"')])
        rendered = run("render", self.tmp / "whole", "--out", self.tmp / "specs", *front_end())
        self.assertExit(rendered, SOME_FAILED)
        self.assertEqual([r["id"] for r in read_csv(self.tmp / "specs" / "index.csv")], [r["id"] for r in rows])


if __name__ == "__main__":
    unittest.main(verbosity=2)
