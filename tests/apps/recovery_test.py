"""What `hitscope fetch` does with a damaged journal, and with limits of the disk."""

import os
import pathlib
import sqlite3
import unittest

from harness import ALL_FINE, SOME_FAILED, STOPPED, USAGE, front_end, make_tones, run, sha256
import fault_catalogue  # noqa: F401  (fills the tables)
from fault_runs import FetchCase
from fault_table import HANDLERS, audio, good

PAGE = 4096


def zero_a_page(data):
    data[2 * PAGE:3 * PAGE] = bytes(PAGE)


def cut_to_half(data):
    del data[len(data) // 2:]


def put_noise(data):
    data[PAGE:PAGE + 1900] = os.urandom(1900)


def lose_the_header(data):
    data[:PAGE] = bytes(PAGE)


def replace_by_text(data):
    data[:] = b"this is no database at all\n" * 1000


DAMAGE = (zero_a_page, cut_to_half, put_noise, lose_the_header, replace_by_text)


class Recovery(FetchCase):
    N = 120

    def setUp(self):
        super().setUp()
        self.names = [f"song-{i:03}" for i in range(self.N)]
        self.server = self.serve(**{name: good for name in self.names}, lost=HANDLERS["status_404"])
        self.songs = self.catalogue([[name, self.server.url(f"/{name}")] for name in (*self.names, "lost")])
        self.assertExit(self.fetch(self.songs), SOME_FAILED)
        self.store = self.tmp / "store"
        self.assertTrue((self.store / "journal.copy.sqlite").exists())
        self.before = self.journal()
        self.requests = self.server.snapshot()

    def damage(self, change):
        path = self.store / "journal.sqlite"
        data = bytearray(path.read_bytes())
        self.assertGreater(len(data), 6 * PAGE)
        change(data)
        path.write_bytes(data)
        for rest in self.store.glob("journal.sqlite-*"):
            rest.unlink()

    def store_alone(self, *words):
        return run("fetch", "--out", self.store, *words)

    def test_each_damage_is_found_at_once_and_the_journal_is_made_anew(self):
        whole = (self.store / "journal.sqlite").read_bytes()
        for change in DAMAGE:
            with self.subTest(change.__name__):
                (self.store / "journal.sqlite").write_bytes(whole)
                self.damage(change)
                damaged = (self.store / "journal.sqlite").read_bytes()
                for result in (self.fetch(self.songs), self.fetch(self.songs, verify=True), self.store_alone("--verify")):
                    self.assertExit(result, USAGE)
                    self.assertSays(result.err, self.store / "journal.sqlite", "the journal is damaged or lost", "--rebuild")
                    self.assertNotIn("continues", result.err)
                self.assertEqual((self.store / "journal.sqlite").read_bytes(), damaged, "it was left as it was")
                self.assertExit(self.store_alone("--rebuild"), ALL_FINE)
                kept = sorted((self.store / "damaged").glob("journal.sqlite*"))
                self.assertIn(damaged, [path.read_bytes() for path in kept])
                self.assertEqual({name: (row["sha256"], row["kind"]) for name, row in self.journal().items()},
                                 {name: (row["sha256"], row["kind"]) for name, row in self.before.items()})
                self.assertExit(self.fetch(self.songs), SOME_FAILED)
                self.assertEqual(self.server.snapshot(), self.requests, "nothing was requested again")
                self.assertExit(self.store_alone("--verify"), ALL_FINE)

    def test_results_csv_alone_is_enough_and_lost_clips_are_found(self):
        (self.store / "journal.copy.sqlite").unlink()
        self.damage(lose_the_header)
        rows = self.results()
        (self.store / rows["song-003"]["file"]).unlink()
        result = self.store_alone("--rebuild")
        self.assertExit(result, SOME_FAILED)
        self.assertSays(result, "results.csv", "song-003", "is missing")
        self.assertExit(self.fetch(self.songs), SOME_FAILED)
        again = {path: n for path, n in self.server.snapshot().items() if n != self.requests[path]}
        self.assertEqual(again, {"/song-003": 2})
        self.assertAllStored(self.names)

    def test_a_lost_journal_is_not_taken_for_a_new_store(self):
        whole = (self.store / "journal.sqlite").read_bytes()
        for content in (None, b""):
            with self.subTest(content=content):
                (self.store / "journal.sqlite").unlink()
                if content is not None:
                    (self.store / "journal.sqlite").write_bytes(content)
                results, copy = sha256(self.store / "results.csv"), sha256(self.store / "journal.copy.sqlite")
                for result in (self.fetch(self.songs), self.store_alone("--verify"),
                               self.fetch(self.songs, store="all", merge=str(self.store))):
                    self.assertExit(result, USAGE)
                    self.assertSays(result.err, "--rebuild")
                self.assertEqual((sha256(self.store / "results.csv"), sha256(self.store / "journal.copy.sqlite")),
                                 (results, copy))
                self.assertExit(self.store_alone("--rebuild"), ALL_FINE)
                self.assertExit(self.fetch(self.songs), SOME_FAILED)
                self.assertEqual(self.server.snapshot(), self.requests)
                (self.store / "journal.sqlite").write_bytes(whole)

    def test_a_rebuild_keeps_what_an_intact_journal_alone_knows(self):
        (self.store / "journal.copy.sqlite").unlink()
        lines = (self.store / "results.csv").read_text().splitlines(True)
        (self.store / "results.csv").write_text("".join(lines[:20]))
        self.assertExit(self.store_alone("--rebuild"), ALL_FINE)
        self.assertEqual(self.journal().keys(), self.before.keys())
        self.assertExit(self.fetch(self.songs), SOME_FAILED)
        self.assertEqual(self.server.snapshot(), self.requests)

    def test_verify_mends_a_damaged_copy(self):
        path = self.store / "journal.copy.sqlite"
        data = bytearray(path.read_bytes())
        zero_a_page(data)
        path.write_bytes(data)
        self.assertSays(self.store_alone("--verify").out, "the copy of the journal was damaged and was written again")
        self.assertNotIn("copy", self.store_alone("--verify").out)

    def test_the_copy_alone_is_enough(self):
        (self.store / "results.csv").unlink()
        (self.store / "journal.sqlite").unlink()
        self.assertExit(self.store_alone("--rebuild"), ALL_FINE)
        self.assertEqual(self.journal().keys(), self.before.keys())

    def test_without_either_there_is_nothing_to_make_it_of(self):
        for name in ("results.csv", "journal.copy.sqlite"):
            (self.store / name).unlink()
        journal = sha256(self.store / "journal.sqlite")
        result = self.store_alone("--rebuild")
        self.assertExit(result, USAGE)
        self.assertSays(result.err, "results.csv", "journal.copy.sqlite")
        self.assertEqual(sha256(self.store / "journal.sqlite"), journal)

    def test_a_rebuild_believes_no_file_name(self):
        victim = self.tmp / "victim.wav"
        victim.write_bytes(audio("victim"))
        (self.store / "journal.copy.sqlite").unlink()
        text = (self.store / "results.csv").read_text()
        rows = self.results()
        (self.store / "results.csv").write_text(text.replace(rows["song-001"]["file"], "../victim.wav")
                                                .replace(rows["song-002"]["file"], str(victim)))
        self.damage(zero_a_page)
        self.assertExit(self.store_alone("--rebuild"), SOME_FAILED)
        self.assertEqual(victim.read_bytes(), audio("victim"))
        journal = self.journal()
        self.assertEqual({journal[name]["kind"] for name in ("song-001", "song-002")}, {"damaged"})

    def test_a_rebuild_with_a_catalogue_then_fetches(self):
        (self.store / "journal.copy.sqlite").unlink()
        (self.store / "results.csv").write_text("".join((self.store / "results.csv").read_text().splitlines(True)[:50]))
        self.damage(cut_to_half)
        self.assertExit(self.fetch(self.songs, rebuild=True), SOME_FAILED)
        self.assertAllStored(self.names)

    def test_a_damaged_journal_of_another_store_is_not_merged(self):
        self.damage(zero_a_page)
        result = self.fetch(self.songs, store="all", merge=str(self.store))
        self.assertExit(result, USAGE)
        self.assertSays(result.err, self.store, "its journal is damaged", "--rebuild")

    def test_merging_writes_nothing_in_the_other_store(self):
        def state():
            return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(self.store.rglob("*"))}
        database = sqlite3.connect(self.store / "journal.sqlite")
        database.execute("UPDATE fetches SET attempts = 2")
        database.commit()  # left in the write-ahead log, as by a process that was killed
        before = {path: value for path, value in state().items() if not path.name.endswith("-shm")}
        self.assertExit(self.fetch(self.songs, store="all", merge=str(self.store)), SOME_FAILED)
        self.assertEqual({path: value for path, value in state().items() if not path.name.endswith("-shm")}, before)
        self.assertEqual({row["attempts"] for row in self.journal("all").values()}, {"2"})
        database.close()
        self.assertAllStored(self.names, "all")
        self.assertFalse((self.tmp / "all" / ".merged").exists())


class RenderRecovery(FetchCase):
    def test_a_damaged_journal_of_render_is_found_at_once(self):
        make_tones(self.tmp / "clips", 40, seconds=0.2)
        command = ("render", self.tmp / "clips", "--out", self.tmp / "specs", *front_end())
        self.assertExit(run(*command), ALL_FINE)
        journal = self.tmp / "specs" / "render.sqlite"
        data = bytearray(journal.read_bytes())
        put_noise(data)
        journal.write_bytes(data)
        shards = sha256(self.tmp / "specs" / "shard-00000.npy")
        self.assertRefused(run(*command), journal, "render into another folder")
        self.assertEqual(sha256(self.tmp / "specs" / "shard-00000.npy"), shards)
        journal.unlink()
        self.assertExit(run(*command), ALL_FINE)


class DiskLimits(FetchCase):
    def test_a_total_stops_the_run_and_a_higher_one_continues_it(self):
        names = [f"song-{i:03}" for i in range(60)]
        server = self.serve(**{name: good for name in names})
        songs = self.catalogue([[name, server.url(f"/{name}")] for name in names])
        limit = 20 * len(audio("song-000")) / 1e6
        result = self.fetch(songs, max_total=limit, connections=2)
        self.assertExit(result, STOPPED)
        self.assertSays(result.out, "--max-total")
        n_stored = sum(1 for row in self.results().values() if row["status"] == "ok")
        self.assertTrue(15 <= n_stored <= 30, n_stored)
        again = self.fetch(songs, max_total=limit, connections=2)
        self.assertExit(again, STOPPED)
        self.assertEqual(sum(server.snapshot().values()), n_stored, "a full store requests nothing")
        self.assertExit(self.fetch(songs, max_total=1000), ALL_FINE)
        self.assertEqual(set(server.snapshot().values()), {1})
        self.assertAllStored(names)

    def test_a_disk_that_is_nearly_full_stops_the_run_before_it_is_full(self):
        server = self.serve(song=good)
        songs = self.catalogue([["song", server.url("/song")]])
        result = self.fetch(songs, min_free=1e9)
        self.assertExit(result, STOPPED)
        self.assertSays(result.out, "--min-free", self.tmp / "store")
        self.assertEqual(server.snapshot(), {})
        self.assertExit(self.fetch(songs), ALL_FINE)


if __name__ == "__main__":
    unittest.main()
