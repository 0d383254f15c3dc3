"""Every fault a server can have: `hitscope fetch` ends each row as the table in support/fault_catalogue.py says, in
results.csv and in the journal, with as many requests as that takes."""

import pathlib
import unittest

from harness import ALL_FINE, SOME_FAILED, leftovers
import fault_catalogue  # noqa: F401  (fills the tables)
from fault_resumptions import BROKEN_AT, NEVER_GLUED, asked_start
from fault_runs import FetchCase
from fault_table import FAULTS, FLAGS, HANDLERS, THROTTLES, good
from fault_throttles import busy, http_date

CONNECTIONS = FLAGS["--connections"]



def within(number, allowed):
    return int(number) in allowed if isinstance(allowed, range) else int(number) == allowed


class TableCase(FetchCase):
    """Runs a table of faults once and compares."""

    def run_table(self, table, rows, **changes):
        """Both files that say what became of the rows, once they agree on which there are."""
        self.songs = self.catalogue(rows)
        self.assertExit(self.fetch(self.songs, **changes), SOME_FAILED)
        results, records = self.results(), self.journal()
        self.assertEqual(list(results), [name for name, _ in rows], "one row out per row in, in order")
        self.assertEqual(sorted(records), sorted(results))
        return results, records

    def check(self, fault, row, record, server):
        self.assertAgree(row, record)
        outcome = "ok" if fault.kind == "ok" else "failed"
        self.assertEqual((row["status"], row["kind"]), (outcome, "" if outcome == "ok" else fault.kind), row)
        self.assertTrue(within(row["http_status"], fault.status), row)
        self.assertTrue(within(row["attempts"], fault.attempts), f"attempts: {fault.attempts}\n{row}")
        n_requests = len(server.seen(fault.name))
        expected = fault.requests if fault.requests is not None else int(row["attempts"])
        self.assertTrue(within(n_requests, expected), f"{n_requests} requests instead of {expected}\n{row}")
        if outcome == "ok":
            self.assertStored(row, fault.expected_body)
        else:
            self.assertEqual((row["file"], row["sha256"], row["media_type"]), ("", "", ""))
            url = server.url(fault.path, scheme=fault.scheme)
            self.assertSays(row["detail"].lower(), *(str(w).lower() for w in (self.songs, url, *fault.words)))


class EveryFault(TableCase):
    def test_every_fault_ends_as_the_table_says_and_harms_no_other_row(self):
        self.server = self.serve(**HANDLERS)
        urls = [[f.name, self.server.url(f.path, scheme=f.scheme)] for f in FAULTS]
        rows, records = self.run_table(FAULTS, urls)
        for fault in FAULTS:
            with self.subTest(fault=fault.name):
                if fault.name in NEVER_GLUED and rows[fault.name]["status"] == "failed":
                    continue  # as good as the right bytes
                self.check(fault, rows[fault.name], records[fault.name], self.server)
        for part in (self.connections, self.requests, self.resumption, self.floods, self.files, self.stalls,
                     self.second_run):
            with self.subTest(part=part.__name__):
                part()

    def connections(self):
        self.assertLessEqual(self.server.most_open, CONNECTIONS)
        self.assertGreater(self.server.most_open, CONNECTIONS // 2, "so many at once are wanted")

    def requests(self):
        for seen in self.server.seen():
            self.assertTrue(seen.headers["user-agent"].startswith("hitscope/"), seen)
            self.assertEqual(seen.headers.keys() & {"accept-encoding", "authorization", "cookie"}, set(), seen)

    def resumption(self):
        """Each asks for the rest of just what it has."""
        for name, validator in (("goes_on", '"one"'), ("range_ignored", '"one"'), ("changed_meanwhile", '"one"'),
                                ("range_refused", '"one"'), ("date_only", "Mon, 02 Jan 2023 03:04:05 GMT")):
            with self.subTest(name=name):
                first, second, *_ = self.server.seen(name)
                self.assertEqual(first.headers.keys() & {"range", "if-range"}, set())
                self.assertEqual(second.headers["range"], f"bytes={BROKEN_AT}-")
                self.assertEqual(second.headers["if-range"], validator)
        starts = [asked_start(seen) for seen in self.server.seen("goes_on_twice")]
        self.assertEqual(starts, [None, BROKEN_AT, BROKEN_AT + 400_000])
        for seen in self.server.seen("weak_etag"):
            self.assertNotIn("if-range", seen.headers, "a weak ETag does not vouch for bytes")
            self.assertIsNone(asked_start(seen), "without a validator the rest may be another clip's")
        for seen in self.server.seen("range_refused")[2:]:
            self.assertIsNone(asked_start(seen), "from the start after status 416")

    def floods(self):
        """Neither the wire nor the memory carries much more than the limit."""
        sent = self.server.bytes_sent
        for name in ("endless_chunks", "endless_without_length", "endless_early_hints"):
            self.assertLess(sent[name], 24_000_000, name)
        for name in ("ten_gigabytes", "length_beyond_64_bits"):
            self.assertLess(sent[name], 1_000_000, f"{name}: the length alone is reason enough")
        self.assertPeakMemoryBelow(150)

    def files(self):
        rows, clips = self.results(), self.tmp / "store" / "clips"
        same = {(self.tmp / "store" / rows[f"same_{n}"]["file"]).stat().st_ino for n in ("one", "two", "three")}
        self.assertEqual(len(same), 1, "equal bytes are stored once")
        unfinished = {pathlib.Path(path).stem for path in leftovers(self.tmp / "store")}
        self.assertLessEqual(unfinished, {name for name, row in rows.items() if row["status"] == "failed"})
        named = {pathlib.Path(row["file"]).name for row in rows.values() if row["file"]}
        self.assertEqual({p.name for p in clips.rglob("*") if p.is_file()}, named, "only what a row names")

    def stalls(self):
        """--stall-timeout ends them, long before --timeout does."""
        for name in ("stall_in_mid_body", "never_answers", "dripping_body", "dripping_headers"):
            times = [seen.time for seen in self.server.seen(name)]
            for one, other in zip(times, times[1:]):
                self.assertLess(other - one, 4, name)

    def second_run(self):
        before, results = self.server.snapshot(), (self.tmp / "store" / "results.csv").read_bytes()
        again = self.fetch(self.songs)
        self.assertExit(again, SOME_FAILED)
        self.assertEqual(self.server.snapshot() - before, {}, "a second run requests nothing")
        self.assertEqual((self.tmp / "store" / "results.csv").read_bytes(), results)


class Throttles(TableCase):
    """Every throttle has a server, and so a host, of its own: what a host teaches is that host's."""

    def test_every_throttle_ends_as_the_table_says_and_no_request_breaks_a_pause(self):
        servers = {f.name: self.serve(**{f.name: f.handler, **{name: good for name in self.others(f)}})
                   for f in THROTTLES}
        urls = [[name, servers[f.name].url(f"/{name}.mp3")] for f in THROTTLES for name in (f.name, *self.others(f))]
        rows, records = self.run_table(THROTTLES, urls, connections=1, max_pause=3)
        for fault in THROTTLES:
            with self.subTest(fault=fault.name):
                self.check(fault, rows[fault.name], records[fault.name], servers[fault.name])
                self.assertAllStored(self.others(fault))
                self.pauses(servers[fault.name])

    @staticmethod
    def others(fault):
        """Rows behind the one that is told when to come back."""
        return [f"{fault.name}-{i}" for i in range(3)] if "retry_after" in fault.name else []

    def pauses(self, server):
        times = [seen.time for seen in server.seen()]
        self.assertEqual(server.most_open, 1)
        for name, told, pause_s in server.pauses:
            following = min(t for t in times if t > told) - told
            self.assertGreater(following, pause_s - 0.02)
            jitter = 1.5 if name == "retry_after_date" else 0.5  # a date is of whole seconds
            self.assertLess(following, pause_s + jitter, "no longer than asked")

    def test_a_host_that_asks_for_a_longer_pause_than_allowed_is_left_alone_until_the_next_run(self):
        for value, said in ((2, "2 s"), (10**9, "1000000000 s"), (10**30, "1000000000 s"),
                            (lambda: http_date(5000), "s, which is longer")):
            with self.subTest(value=said):
                names = ["busy", "one", "two"]
                server = self.serve(busy=busy(value, 503), one=good, two=good)
                songs, store = self.catalogue([[n, server.url(f"/{n}")] for n in names]), f"store-{server.port}"
                result = self.fetch(songs, store, connections=1, max_pause=1)
                self.assertExit(result, SOME_FAILED)
                self.assertEqual(self.kinds(store), dict.fromkeys(names, "host_down"))
                self.assertEqual(server.snapshot(), {"/busy": 1}, "nothing after it asked")
                for row in self.results(store).values():
                    self.assertSays(row["detail"], "asks for a pause of", said, "--max-pause allows (1 s)")
                self.assertSays(result.out, "--max-pause SECONDS")
                self.assertExit(self.fetch(songs, store, connections=1, max_pause=1), ALL_FINE)
                self.assertAllStored(names, store)

    def test_a_pause_halts_all_transfers_to_the_host(self):
        names = [f"clip-{i:02}" for i in range(24)]
        slowly = {name: lambda call: (call.sleep(0.03), good(call)) for name in names}  # not over before the pause
        server = self.serve(**slowly, busy=busy(1, pause_s=1))
        rows = [[name, server.url(f"/{name}")] for name in names]
        rows.insert(10, ["busy", server.url("/busy")])
        self.assertExit(self.fetch(self.catalogue(rows), connections=4), ALL_FINE)
        [(_, told, pause_s)] = server.pauses
        times = [seen.time for seen in server.seen()]
        self.assertEqual([t - told for t in times if told + 0.15 < t < told + pause_s - 0.02], [])
        self.assertGreater(sum(t > told + pause_s for t in times), 10, "the others went on after it")
        self.assertLessEqual(server.most_open, 4)
        self.assertAllStored(names)


if __name__ == "__main__":
    unittest.main(verbosity=2)
