"""What `hitscope fetch` makes of its rows against faults: second URLs, retries of failed rows, bodies that break
off."""

import os
import signal
import time
import unittest

from harness import ALL_FINE, SOME_FAILED, STOPPED, leftovers, run_and_signal
import fault_catalogue  # noqa: F401  (fills the tables)
from fault_resumptions import BROKEN_AT, LONG, NEW, asked_start, break_off, long_audio, part
from fault_runs import FetchCase, gzipped_tsv, json_lines
from fault_server import closed_port
from fault_statuses import PAGE
from fault_table import HANDLERS, at_first, audio, good, status, text



class Rows(FetchCase):
    def test_a_body_longer_than_its_length_harms_no_following_row(self):
        def longer(call):
            call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + audio("longer", 4000) + bytes(2000))

        server = self.serve(longer=longer, after=good, last=good)
        songs = self.catalogue([[name, server.url(f"/{name}")] for name in server.handlers])
        self.assertExit(self.fetch(songs, connections=1), ALL_FINE)
        self.assertStored(self.results()["longer"], audio("longer", 4000))
        self.assertAllStored(["after", "last"])
        self.assertEqual(set(server.snapshot().values()), {1})

    def test_a_transfer_that_never_stalls_ends_with_the_timeout(self):
        def steady(call):
            call.head(200, length=6000)
            for start in range(0, 6000, 60):
                call.send(audio("steady")[start:start + 60])
                call.sleep(0.1)

        server = self.serve(steady=steady)
        start = time.monotonic()
        self.fetch(self.catalogue([["steady", server.url("/steady")]]), min_speed=100, timeout=3, max_attempts=1)
        self.assertLess(time.monotonic() - start, 5)
        row = self.results()["steady"]
        self.assertEqual((row["kind"], row["http_status"], row["attempts"]), ("timeout", "200", "1"), row)

    def test_a_second_url_serves_where_the_first_fails(self):
        server = self.serve(fine=good, second=good, gone=status(404), refused=status(403), page=text(PAGE, "text/html"))
        with closed_port() as port:
            closed = f"http://127.0.0.1:{port}/clip"
            url = {name: server.url(f"/{name}") for name in server.handlers} | {"closed": closed, "": ""}
            pairs = {"first": ("fine", "second"), "missing": ("gone", "second"), "no-audio": ("page", "second"),
                     "down": ("closed", "second"), "none": ("gone", "refused"), "no-second": ("gone", ""),
                     "no-first": ("", "second")}
            rows = [[name, url[one], url[other]] for name, (one, other) in pairs.items()]
            songs = self.catalogue(rows, header=("id", "preview_url", "mirror"))
            result = self.fetch(songs, url_column=["preview_url", "mirror"], max_attempts=1)
        self.assertExit(result, SOME_FAILED)
        rows, records = self.results(), self.journal()
        for name in ("missing", "no-audio", "down", "no-first"):
            with self.subTest(row=name):
                self.assertStored(rows[name], audio("second"))
                self.assertEqual(rows[name]["url"], url["second"])
                self.assertAgree(rows[name], records[name])
        self.assertEqual(rows["first"]["url"], url["fine"])
        self.assertStored(rows["first"], audio("fine"))
        self.assertRow(rows["none"], "fetch", "http_status", "HTTP status 403", url["refused"])
        self.assertEqual(rows["none"]["http_status"], "403")
        self.assertRow(rows["no-second"], "fetch", "http_status", "HTTP status 404", url["gone"])
        self.assertEqual(server.snapshot(), {"/fine": 1, "/gone": 3, "/second": 4, "/refused": 1, "/page": 1})
        before = server.snapshot()
        self.fetch(songs, url_column=["preview_url", "mirror"], max_attempts=1)
        self.assertEqual(server.snapshot(), before, "a second run requests nothing")

    def test_failed_rows_are_requested_again_only_on_request_and_by_kind(self):
        server = self.serve(fine=good, gone=status(404), page=text(PAGE, "text/html"), void=HANDLERS["empty_body"])
        songs = self.catalogue([[name, server.url(f"/{name}")] for name in server.handlers])
        kinds = {"fine": "ok", "gone": "http_status", "page": "error_body", "void": "empty"}
        for changes, expected in (({}, set(kinds)), ({}, set()), ({"retry_kind": "error_body"}, {"page"}),
                                  ({"retry_kind": ["http_status", "empty"]}, {"gone", "void"}),
                                  ({"retry_kind": "timeout"}, set()), ({"retry_failed": True}, set(kinds) - {"fine"})):
            with self.subTest(changes=changes):
                before = server.snapshot()
                self.assertExit(self.fetch(songs, max_attempts=1, **changes), SOME_FAILED)
                self.assertEqual({path.strip("/") for path in server.snapshot() - before}, expected)
                self.assertEqual(self.kinds(), kinds)
        server.handlers |= {"gone": good}
        self.fetch(songs, retry_kind="http_status")
        self.assertAllStored(["gone"])
        result = self.fetch(songs, retry_kind="bad_mood")
        self.assertRefused(result, "bad_mood", "http_status")

    def test_rows_come_from_standard_input_and_from_packed_tables(self):
        server = self.serve(one=good, two=good)
        rows = [(name, server.url(f"/{name}")) for name in server.handlers]
        (self.tmp / "songs.tsv.gz").write_bytes(gzipped_tsv(rows))
        (self.tmp / "songs.jsonl").write_bytes(json_lines(rows))
        for number, (catalogue, stdin) in enumerate((
                ("-", json_lines(rows)), ("-", gzipped_tsv(rows)), (self.tmp / "songs.tsv.gz", None),
                (self.tmp / "songs.jsonl", None))):
            with self.subTest(number=number, catalogue=str(catalogue)):
                store = f"store-{number}"
                self.assertExit(self.fetch(catalogue, store=store, stdin=stdin), ALL_FINE)
                self.assertAllStored(server.handlers, store)
                self.assertEqual(server.snapshot(), {"/one": number + 1, "/two": number + 1})


class Parts(FetchCase):
    """Long bodies are cut off with the run itself; the next run goes on where it can, and never wrongly."""

    SLOW = {"stall_timeout": 60, "timeout": 100}
    NAMES = ("whole", "shortened", "changed")

    def stop_in_mid_body(self, signal_number):
        """A store that was left when two of three megabytes of every row had come."""
        def stuck(call):
            call.head(200, 'ETag: "one"', "Accept-Ranges: bytes", length=LONG)
            call.send(long_audio(call.name)[:BROKEN_AT])
            call.hang()

        def going_on(call):
            if (start := asked_start(call)) is None:
                call.answer(200, long_audio(call.name), 'ETag: "one"')
            else:
                part(call, start, 'ETag: "one"')

        def changed(call):
            call.answer(200, NEW, 'ETag: "two"')

        self.server = self.serve(whole=at_first(1, stuck, going_on), shortened=at_first(1, stuck, going_on),
                                 changed=at_first(1, stuck, changed))
        self.songs = self.catalogue([[name, self.server.url(f"/{name}")] for name in self.NAMES])
        moment = []

        def arrived():
            if any(self.server.bytes_sent[name] < BROKEN_AT for name in self.NAMES):
                return False
            moment.append(time.monotonic())
            return moment[-1] - moment[0] > 0.3

        result = run_and_signal(self.arguments(self.songs, **self.SLOW), arrived, signal_number)
        self.assertIn(result.code, (STOPPED, -signal_number), f"\n{result}")

    def go_on(self):
        """The next run; where the last request of every row began."""
        self.assertExit(self.fetch(self.songs, **self.SLOW), ALL_FINE)
        for name, body in zip(self.NAMES, (long_audio("whole"), long_audio("shortened"), NEW)):
            self.assertStored(self.results()[name], body)
        self.assertEqual(leftovers(self.tmp / "store"), [])
        return {name: asked_start(self.server.seen(name)[-1]) for name in self.NAMES}

    def test_the_run_after_an_interrupted_one_asks_only_for_the_rest_of_what_it_has(self):
        self.stop_in_mid_body(signal.SIGINT)
        [shortened] = [path for path in leftovers(self.tmp / "store") if "shortened" in path]
        os.truncate(shortened, 1_000_000)
        starts = self.go_on()
        self.assertEqual(starts["whole"], BROKEN_AT)
        self.assertIn(starts["shortened"], (None, 1_000_000))
        self.assertEqual(self.server.seen("whole")[-1].headers["if-range"], '"one"')

    def test_the_run_after_a_killed_one_ends_with_the_right_bytes(self):
        self.stop_in_mid_body(signal.SIGKILL)
        self.go_on()

    def test_bodies_that_break_off_do_not_pile_up_in_memory(self):
        def broken(call):
            if call.number == 1:
                break_off(call, 'ETag: "one"', upto=600_000, body=body)
            part(call, asked_start(call) or 0, 'ETag: "one"', body=body)

        body = audio("broken", 700_000)
        server = self.serve(**{f"clip-{i:03}": broken for i in range(300)})
        songs = self.catalogue([[name, server.url(f"/{name}")] for name in server.handlers])
        self.assertExit(self.fetch(songs), ALL_FINE)
        self.assertPeakMemoryBelow(100)


if __name__ == "__main__":
    unittest.main(verbosity=2)
