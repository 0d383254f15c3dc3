"""Every fault a server can have: `hitscope fetch` ends each row as the table in support/fault_catalogue.py says, in
results.csv and in the journal, with as many requests as that takes; and what the flags promise holds against faults."""

import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

from harness import ALL_FINE, SOME_FAILED, STOPPED, USAGE, command_of, leftovers, run_and_signal, sha256
from fault_catalogue import PAGE, ROBOTS
from fault_resumptions import BROKEN_AT, LONG, NEVER_GLUED, NEW, asked_start, break_off, long_audio, part
from fault_runs import FetchCase, flags, gzipped_tsv, json_lines, run_on_a_full_disk
from fault_server import FaultServer, closed_port, deaf_port, tls_port
from fault_table import FAULTS, FLAGS, HANDLERS, THROTTLES, at_first, audio, good, status, text, to
from fault_throttles import busy

for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[name]

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
        rows, records = self.run_table(THROTTLES, urls, connections=1, max_pause=1)
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
        for _, told, pause_s in server.pauses:
            following = min(t for t in times if t > told) - told
            self.assertGreater(following, pause_s - 0.02)
            self.assertLess(following, pause_s + 0.5, "no longer than asked, or than --max-pause")

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


class Politeness(FetchCase):
    def test_no_more_requests_than_the_rate_allows(self):
        names = [f"clip-{i}" for i in range(12)]
        server = self.serve(**{name: good for name in names})
        self.assertExit(self.fetch(self.catalogue([[n, server.url(f"/{n}")] for n in names]), rate="5/1s"), ALL_FINE)
        times = [seen.time for seen in server.seen()]
        self.assertEqual(len(times), 12)
        self.assertLess(times[-1] - times[0], 5)
        for time_ in times:
            self.assertLessEqual(sum(time_ <= t < time_ + 0.9 for t in times), 5, times)

    def test_total_connections_bounds_all_hosts_together(self):
        names = [f"clip-{i:02}" for i in range(24)]
        server = self.serve(**{name: lambda call: (call.sleep(0.05), good(call)) for name in names})
        hosts = ("127.0.0.1", "localhost")
        songs = self.catalogue([[n, server.url(f"/{n}", host=hosts[i % 2])] for i, n in enumerate(names)])
        self.assertExit(self.fetch(songs, connections=3, total_connections=4), ALL_FINE)
        self.assertEqual(server.most_open, 4)
        self.assertAllStored(names)

    def test_another_user_agent_on_request(self):
        server = self.serve(clip=good)
        self.fetch(self.catalogue([["clip", server.url("/clip")]]), user_agent="listener/2 (mail@example.org)")
        self.assertEqual([s.headers["user-agent"] for s in server.seen()], ["listener/2 (mail@example.org)"])

    def test_ignore_robots_tag_takes_what_asks_to_be_left_alone(self):
        server = self.serve(**{f"robots_{name}": HANDLERS[f"robots_{name}"] for name in ROBOTS})
        rows = [[name, server.url(f"/{name}")] for name in server.handlers]
        self.assertExit(self.fetch(self.catalogue(rows), ignore_robots_tag=True), ALL_FINE)
        self.assertAllStored(server.handlers)

    def test_a_host_that_is_down_is_left_alone_and_asked_again_by_the_next_run(self):
        names = [f"clip-{i}" for i in range(8)]
        with closed_port() as port:
            songs = self.catalogue([[n, f"http://127.0.0.1:{port}/{n}"] for n in names])
            result = self.fetch(songs, connections=1, max_attempts=1, max_host_failures=3)
        self.assertExit(result, SOME_FAILED)
        self.assertEqual(list(self.kinds().values()), ["network"] * 3 + ["host_down"] * 5)
        rows, records = self.results(), self.journal()
        for name in names[3:]:
            self.assertEqual((rows[name]["attempts"], rows[name]["http_status"]), ("0", "0"), rows[name])
            self.assertSays(rows[name]["detail"], "127.0.0.1", name)
            self.assertAgree(rows[name], records[name])
        with FaultServer({name: good for name in names}, port=port) as server:
            self.assertExit(self.fetch(songs), SOME_FAILED)
            self.assertEqual(sorted(s.name for s in server.seen()), names[3:], "without any flag")
        self.assertEqual(list(self.kinds().values()), ["network"] * 3 + ["ok"] * 5)

    def test_any_other_answer_shows_that_a_host_is_up(self):
        names = [f"{kind}-{i}" for i in range(3) for kind in ("shut", "down", "gone")]
        shut = HANDLERS["reset_before_any_answer"]
        server = self.serve(**{name: status(404) if "gone" in name else shut for name in names})
        songs = self.catalogue([[n, server.url(f"/{n}")] for n in names])
        self.fetch(songs, connections=1, max_attempts=1, max_host_failures=3)
        self.assertEqual(list(self.kinds().values()), ["network", "network", "http_status"] * 3)


class Addresses(FetchCase):
    def test_no_way_of_writing_a_private_address_gets_a_request_through(self):
        server = self.serve(clip=good)
        hosts = ("127.0.0.1", "[::1]", "localhost", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1", "127.1",
                 "[::ffff:127.0.0.1]", "[::]", "10.0.0.1", "169.254.169.254", "192.168.0.1", "[fe80::1]", "[fd00::1]")
        songs = self.catalogue([[f"row-{i}", server.url("/clip", host=host)] for i, host in enumerate(hosts)])
        self.assertExit(self.fetch(songs, allow_private_addresses=None), SOME_FAILED)
        rows, records = self.results(), self.journal()
        for (name, row), host in zip(rows.items(), hosts):
            with self.subTest(host=host):
                self.assertAgree(row, records[name])
                self.assertRow(row, "fetch", "forbidden_address", songs, server.url("/clip", host=host),
                               "private or loopback")
                self.assertEqual((row["attempts"], row["http_status"]), ("1", "0"))
        self.assertEqual((server.seen(), server.most_open), ([], 0), "not even a connection")

    def test_a_host_that_never_accepts_is_a_timeout(self):
        with deaf_port() as port:
            songs = self.catalogue([["deaf", f"http://127.0.0.1:{port}/clip"]])
            self.fetch(songs, connect_timeout=1, max_attempts=2)
        row = self.results()["deaf"]
        self.assertEqual((row["kind"], row["attempts"], row["http_status"]), ("timeout", "2", "0"), row)

    def test_a_name_that_does_not_exist_is_a_network_failure(self):
        self.fetch(self.catalogue([["lost", "http://no-such-host.invalid/clip"]]), max_attempts=2)
        row = self.results()["lost"]
        self.assertRow(row, "fetch", "network", "no-such-host.invalid")
        self.assertEqual((row["attempts"], row["http_status"]), ("2", "0"))

    def test_a_certificate_that_nobody_vouches_for_is_refused(self):
        if shutil.which("openssl") is None:
            self.skipTest("openssl, the program, is absent")
        key, certificate = self.tmp / "key.pem", self.tmp / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", certificate, "-subj", "/CN=127.0.0.1", "-days", "2"],
                       check=True, capture_output=True)
        with tls_port(certificate, key) as port:
            self.fetch(self.catalogue([["tls", f"https://127.0.0.1:{port}/clip"]]), max_attempts=2)
        row = self.results()["tls"]
        self.assertRow(row, "fetch", "network", "certificate")
        self.assertEqual((row["http_status"], row["attempts"]), ("0", "1"), "another attempt would not help")

    def test_no_proxy_goes_straight_there(self):
        server, proxy = self.serve(clip=good), self.serve(clip=status(502))
        songs, env = self.catalogue([["clip", server.url("/clip")]]), {"http_proxy": proxy.url()}
        self.assertExit(self.fetch(songs, env=env), ALL_FINE)
        self.assertEqual((len(server.seen()), len(proxy.seen())), (1, 0))
        self.fetch(songs, store="through-proxy", env=env, no_proxy=None, max_attempts=1)
        self.assertEqual((len(server.seen()), len(proxy.seen())), (1, 1))
        self.assertEqual(proxy.seen()[0].target, server.url("/clip"))


class Secrets(FetchCase):
    def redirect(self, location, user="", **changes):
        """The requests of a fetch that is redirected from one server to `location(server, other)`."""
        server, other = self.serve(), self.serve(clip=good)
        server.handlers |= {"start": to(location(server, other)), "clip": good}
        url = server.url("/start").replace("//", f"//{user}") if user else server.url("/start")
        self.fetch(self.catalogue([["clip", url]]), **changes)
        self.assertAllStored(["clip"])
        [first] = server.seen("start")
        [last] = server.seen("clip") + other.seen("clip")
        return first.headers, last.headers

    HEADERS = ("Authorization: secret", "X-Api-Key: secret", "Cookie: secret")
    NAMES = ("authorization", "x-api-key", "cookie")

    def test_headers_follow_no_redirect_to_another_host(self):
        for where, location in {"port": lambda _, other: other.url("/clip"),
                                "name": lambda server, _: server.url("/clip", host="localhost"),
                                "both": lambda _, other: other.url("/clip", host="localhost")}.items():
            with self.subTest(another=where):
                shutil.rmtree(self.tmp / "store", ignore_errors=True)
                first, last = self.redirect(location, header=self.HEADERS)
                self.assertEqual([first.get(name) for name in self.NAMES], ["secret"] * 3)
                self.assertEqual([last.get(name) for name in self.NAMES], [None] * 3)

    def test_headers_follow_a_redirect_on_the_same_host(self):
        first, last = self.redirect(lambda server, _: server.url("/clip"), header=self.HEADERS)
        self.assertEqual([last.get(name) for name in self.NAMES], ["secret"] * 3)

    def test_a_password_in_a_url_follows_no_redirect_to_another_host(self):
        for where, location in {"port": lambda _, other: other.url("/clip"),
                                "name": lambda server, _: server.url("/clip", host="localhost")}.items():
            with self.subTest(another=where):
                shutil.rmtree(self.tmp / "store", ignore_errors=True)
                first, last = self.redirect(location, user="user:word@")
                self.assertEqual(first.get("authorization"), "Basic dXNlcjp3b3Jk")
                self.assertNotIn("authorization", last)


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
        self.assertSays(result, "the same command again continues")
        self.assertAllStored(names)
        self.assertEqual(leftovers(self.tmp / "store"), [])
        self.assertExit(self.fetch(songs, **changes), ALL_FINE)
        self.assertEqual(server.snapshot(), {"/stuck": 2, **{f"/{name}": 1 for name in names}})


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
