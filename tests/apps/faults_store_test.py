"""The store of `hitscope fetch` under faults: damaged and lost clips, a second process, an interrupt, a full disk."""

import signal
import subprocess
import time
import unittest

from harness import ALL_FINE, SOME_FAILED, STOPPED, USAGE, command_of, leftovers, run_and_signal, sha256
import fault_catalogue  # noqa: F401  (fills the tables)
from fault_runs import FetchCase, flags, run_on_a_full_disk
from fault_table import HANDLERS, at_first, audio, good



class Stores(FetchCase):
    def test_verify_names_damaged_and_lost_clips_and_the_next_run_fetches_just_those(self):
        names = ("whole", "flipped", "lost", "cut")
        server = self.serve(**{name: good for name in names})
        songs = self.catalogue([[name, server.url(f"/{name}")] for name in names])
        self.assertExit(self.fetch(songs), ALL_FINE)
        self.assertExit(self.fetch(songs, verify=True), ALL_FINE)
        files = {name: self.tmp / "store" / row["file"] for name, row in self.results().items()}
        bytes_ = bytearray(files["flipped"].read_bytes())
        bytes_[3000] ^= 1
        for path in files.values():
            path.chmod(0o644)
        files["flipped"].write_bytes(bytes_)
        files["lost"].unlink()
        files["cut"].write_bytes(audio("cut")[:3000])
        result = self.fetch(songs, verify=True)
        self.assertExit(result, SOME_FAILED)
        self.assertEqual(set(server.snapshot().values()), {1}, "verifying requests nothing")
        rows = self.results()
        self.assertEqual({name: row["kind"] for name, row in rows.items()},
                         {"whole": "", "flipped": "damaged", "lost": "damaged", "cut": "damaged"})
        for name in ("flipped", "lost", "cut"):
            self.assertSays(rows[name]["detail"], files[name].name)
            self.assertSays(result, files[name].name)
        self.assertExit(self.fetch(songs), ALL_FINE)
        self.assertEqual(server.snapshot(), {"/whole": 1, "/flipped": 2, "/lost": 2, "/cut": 2})
        self.assertAllStored(names)
        self.assertExit(self.fetch(songs, verify=True), ALL_FINE)

    def test_a_second_process_is_refused_and_the_first_ends_well(self):
        server = self.serve(slow=lambda call: (call.sleep(1.5), good(call)), fine=good)
        songs = self.catalogue([[name, server.url(f"/{name}")] for name in server.handlers])
        process = subprocess.Popen(command_of(self.arguments(songs, stall_timeout=10)), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            self.wait_for(lambda: len(server.seen()) == 2)
            second = self.fetch(songs)
            said, _ = process.communicate(timeout=20)
        finally:
            process.kill()
        self.assertIn(second.code, (USAGE, STOPPED), f"\n{second}")
        self.assertSays(second.err, "another hitscope", self.tmp / "store")
        self.assertEqual(process.returncode, ALL_FINE, said)
        self.assertAllStored(server.handlers)
        self.assertEqual(set(server.snapshot().values()), {1})

    def test_an_interrupt_does_not_wait_for_a_stalled_transfer(self):
        names = [f"clip-{i}" for i in range(6)]
        server = self.serve(stuck=at_first(1, HANDLERS["stall_in_mid_body"]), **{name: good for name in names})
        songs = self.catalogue([[name, server.url(f"/{name}")] for name in server.handlers])
        changes = {"stall_timeout": 60, "timeout": 100}
        moment = []

        def stuck_with_the_rest_done():
            if len(server.seen()) < 7:
                return False
            moment.append(time.monotonic())
            return moment[-1] - moment[0] > 0.3

        result = run_and_signal(self.arguments(songs, **changes), stuck_with_the_rest_done, signal.SIGINT)
        self.assertLess(time.monotonic() - moment[-1], 6.5)
        self.assertExit(result, STOPPED)
        self.assertSays(result, "run the same command again to continue")
        self.assertAllStored(names)
        self.assertEqual(leftovers(self.tmp / "store"), [])
        self.assertExit(self.fetch(songs, **changes), ALL_FINE)
        self.assertEqual(server.snapshot(), {"/stuck": 2, **{f"/{name}": 1 for name in names}})


class FullDisk(FetchCase):
    def test_a_full_disk_stops_the_run_harms_nothing_and_the_same_command_continues(self):
        names = [f"clip-{i:02}" for i in range(10)]
        clips = {name: audio(name, 600_000) for name in names}
        server = self.serve(**{name: lambda call: call.answer(200, clips[call.name]) for name in names})
        songs = self.catalogue([[name, server.url(f"/{name}")] for name in names])
        disk = self.tmp / "disk"
        disk.mkdir()
        command = command_of(("fetch", songs, "--out", disk / "store", *flags(connections=1)))
        if impossible := run_on_a_full_disk(command, disk, kept=self.tmp):
            self.skipTest(impossible)
        said = {name: (self.tmp / name).read_text() for name in ("first.out", "first.err", "first.code", "second.code")}
        self.assertEqual(said["first.code"].strip(), str(STOPPED), said)
        self.assertEqual(said["first.err"].lower().count("no space left"), 1, said)
        self.assertSays(said["first.err"], disk / "store")
        kept = [row for row in self.journal("first").values() if row["status"] == "ok"]
        self.assertTrue(0 < len(kept) < len(names), kept)
        for row in kept:
            self.assertEqual(sha256(self.tmp / "first" / row["file"]), row["sha256"])
        self.assertEqual(said["second.code"].strip(), str(ALL_FINE), (self.tmp / "second.err").read_text())
        rows = self.results("second")
        for name in names:
            self.assertStored(rows[name], clips[name], "second")
        self.assertEqual([server.snapshot()[f"/{row['id']}"] for row in kept], [1] * len(kept), "kept is kept")
        self.assertEqual(leftovers(self.tmp / "second"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
