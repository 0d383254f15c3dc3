"""What the flags of `hitscope fetch` promise about hosts holds against faults: rates, connections, private addresses,
certificates, proxies, and where headers and passwords may go."""

import shutil
import subprocess
import unittest

from harness import ALL_FINE, SOME_FAILED
import fault_catalogue  # noqa: F401  (fills the tables)
from fault_redirects import ROBOTS
from fault_runs import FetchCase
from fault_server import FaultServer, closed_port, deaf_port, tls_port
from fault_table import HANDLERS, good, status, to



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

    def test_denied_addresses_are_not_connected_to_though_private_ones_are(self):
        server = self.serve(clip=good)
        hosts = ("127.0.0.1", "127.1", "localhost", "[::ffff:127.0.0.1]")
        songs = self.catalogue([[f"row-{i}", server.url("/clip", host=host)] for i, host in enumerate(hosts)])
        self.assertExit(self.fetch(songs, deny=("127.0.0.0/8", "::1")), SOME_FAILED)
        for row in self.results().values():
            self.assertRow(row, "fetch", "forbidden_address", songs, "which --deny names")
        self.assertEqual((server.seen(), server.most_open), ([], 0), "not even a connection")
        refused = self.fetch(songs, deny=("127.0.0.0/40",))
        self.assertRefused(refused, "--deny", "'127.0.0.0/40'", "203.0.113.0/24")

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

    HEADERS = ("127.0.0.1=Authorization: secret", "127.0.0.1=X-Api-Key: secret", "127.0.0.1=Cookie: secret")
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

    def test_cookies_stay_with_the_redirects_of_one_row_and_with_the_host_that_set_them(self):
        def gate(call):
            given = call.headers.get("cookie", "")
            if f"ticket={call.query}" in given:
                good(call)
            else:
                other_host = "localhost" if call.query == "elsewhere" else "127.0.0.1"
                call.answer(302, b"", f"Location: {server.url('/gate', host=other_host)}?{call.query}",
                            f"Set-Cookie: ticket={call.query}; Path=/", "Set-Cookie: old=1; Max-Age=0")

        server = self.serve(gate=gate)
        queries = ["one", "two", "three", "elsewhere"]
        songs = self.catalogue([[q, f"{server.url('/gate')}?{q}"] for q in queries])
        self.fetch(songs, connections=1)
        self.assertEqual(self.kinds(), {"one": "ok", "two": "ok", "three": "ok", "elsewhere": "ok"})
        asked = {q: [(s.headers["host"].split(":")[0], s.headers.get("cookie")) for s in server.seen() if s.query == q]
                 for q in queries}
        for query in queries[:3]:
            self.assertEqual(asked[query], [("127.0.0.1", None), ("127.0.0.1", f"ticket={query}")], "none of another row")
        self.assertEqual(asked["elsewhere"], [("127.0.0.1", None), ("localhost", None), ("localhost", "ticket=elsewhere")],
                         "none of another host")

    def test_a_password_in_a_url_follows_no_redirect_to_another_host(self):
        for where, location in {"port": lambda _, other: other.url("/clip"),
                                "name": lambda server, _: server.url("/clip", host="localhost")}.items():
            with self.subTest(another=where):
                shutil.rmtree(self.tmp / "store", ignore_errors=True)
                first, last = self.redirect(location, user="user:word@")
                self.assertEqual(first.get("authorization"), "Basic dXNlcjp3b3Jk")
                self.assertNotIn("authorization", last)


if __name__ == "__main__":
    unittest.main(verbosity=2)
