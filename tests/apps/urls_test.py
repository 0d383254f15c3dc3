"""URLs as tables have them: pasted blanks, raw spaces, letters of every language, none at all, ports of other services."""

import pathlib
import unittest

from harness import ALL_FINE, DATA, SOME_FAILED
from fault_runs import FetchCase
from fault_table import audio

CASES = DATA.parent / "cases" / "tables" / "urls.csv"


def clip_of_target(call):
    """Another clip for every request line."""
    call.answer(200, audio(call.seen.target))


class Urls(FetchCase):
    def serve_anything(self):
        server = self.serve(a=clip_of_target, My=clip_of_target)
        server.handlers |= {name: clip_of_target for name in ("My%20Song", "My%20S%C3%B6ng", "S%C3%B6ng", "%C3%A9")}
        return server

    def assertFetched(self, server, targets):
        """These rows asked once, with this request line, and a second run does not ask again."""
        rows = self.results()
        for name, target in targets.items():
            with self.subTest(row=name):
                self.assertStored(rows[name], audio(target))
                self.assertEqual(rows[name]["url"], server.url(target))
        self.assertEqual(sorted(seen.target for seen in server.seen()), sorted(set(targets.values())))

    def test_urls_are_read_as_browsers_read_them(self):
        server = self.serve_anything()
        port = server.port
        rows = {"blanks": (f" \thttp://127.0.0.1:{port}/a?1 ", "/a?1"), "break": (f"http://127.0.0.1:{port}/a?2\r\n", "/a?2"),
                "cut": (f"http://127.0.0.1:{port}/a\n?3", "/a?3"), "space": (f"http://127.0.0.1:{port}/My Song", "/My%20Song"),
                "encoded": (f"http://127.0.0.1:{port}/My%20S%C3%B6ng", "/My%20S%C3%B6ng"),
                "letters": (f"http://127.0.0.1:{port}/Söng?é=é", "/S%C3%B6ng?%C3%A9=%C3%A9"),
                "wide": (f"http://１２７.0.0.1:{port}/é", "/%C3%A9"),
                "slashes": (f"http:\\\\127.0.0.1:{port}\\a?b\\c", "/a?b\\c")}
        songs = self.catalogue([[name, url] for name, (url, _) in rows.items()])
        self.assertExit(self.fetch(songs), ALL_FINE)
        self.assertFetched(server, {name: target for name, (_, target) in rows.items()})
        self.assertExit(self.fetch(songs), ALL_FINE)
        self.assertEqual(len(server.seen()), len(rows), "a second run requests nothing")

    def test_one_host_written_in_two_ways_has_one_budget(self):
        server = self.serve(a=lambda call: (call.sleep(0.05), clip_of_target(call)))
        hosts = ("127.0.0.1", "１２７.０.０.１", "127.1", "%31%32%37.0.0.1")
        songs = self.catalogue([[f"row-{i}", f"http://{hosts[i % 4]}:{server.port}/a?{i}"] for i in range(12)])
        self.assertExit(self.fetch(songs, connections=2), ALL_FINE)
        self.assertLessEqual(server.most_open, 2)

    def test_an_ipv6_address_is_a_host(self):
        server = self.serve_anything()
        songs = self.catalogue([["six", server.url("/a b", host="[::1]")]])
        server.handlers["a%20b"] = clip_of_target
        result = self.fetch(songs, max_attempts=1)
        if "[::1]" in result.text and self.kinds() == {"six": "network"}:
            self.skipTest("there is no IPv6 here")
        self.assertStored(self.results()["six"], audio("/a%20b"))

    def test_missing_urls_are_one_kind_that_is_said_once(self):
        server = self.serve_anything()
        marks = ["", "None", "nan", "null", "N/A", " ", "-"]
        rows = [["good", server.url("/a")], *([f"none-{i}", mark] for i, mark in enumerate(marks)), ["bare", "//127.0.0.1/a"]]
        result = self.fetch(self.catalogue(rows))
        self.assertExit(result, SOME_FAILED)
        self.assertEqual(self.kinds(), {"good": "ok", **{f"none-{i}": "no_url" for i in range(7)}, "bare": "bad_url"})
        [line] = [line for line in result.out.splitlines() if "preview URL" in line]
        self.assertEqual(line, "  failed catalogue/no_url: 7; the catalogue has no preview URL for them")
        self.assertRow(self.results()["bare"], "catalogue", "bad_url", "row 10", "'//127.0.0.1/a' has no scheme; write https:")

    def test_ports_of_other_services_are_never_connected_to(self):
        ports = (1, 22, 25, 53, 110, 143, 587, 2049, 6000, 6667, 10080)
        result = self.fetch(self.catalogue([[f"port-{p}", f"http://127.0.0.1:{p}/a"] for p in ports]))
        self.assertExit(result, SOME_FAILED)
        for port, row in zip(ports, self.results().values()):
            self.assertRow(row, "catalogue", "bad_url", f"has the port {port}", "another service")

    def test_the_urls_of_the_shared_cases(self):
        if not CASES.exists():
            raise unittest.SkipTest(f"the shared cases are absent: {CASES}")
        server = self.serve_anything()
        songs = self.tmp / "urls.csv"
        songs.write_text(pathlib.Path(CASES).read_text(encoding="utf-8").replace("PORT", str(server.port)), encoding="utf-8")
        self.assertExit(self.fetch(songs), SOME_FAILED)
        self.assertFetched(server, {"u00": "/a.mp3?1", "u01": "/a.mp3?2", "u02": "/a.mp3?3", "u03": "/a.mp3?4",
                                    "u04": "/My%20Song.mp3", "u05": "/My%20S%C3%B6ng.mp3", "u06": "/a.mp3?x=1%202"})
        self.assertEqual(list(self.kinds().values())[7:], ["bad_url", *["no_url"] * 5])


if __name__ == "__main__":
    unittest.main(verbosity=2)
