"""Before and after a fetch: what would be requested, which links have expired, and reasons that later runs keep."""

import time
import unittest

from harness import ALL_FINE, SOME_FAILED, USAGE, run, write_csv
from fault_runs import FetchCase
from fault_table import audio, good, status


def stamp(text):
    return int(time.mktime(time.strptime(text, "%Y-%m-%d"))) - time.timezone


class DryRun(FetchCase):
    def plan(self, songs, **flags):
        result = self.fetch(songs, dry_run=True, **flags)
        self.assertExit(result, ALL_FINE)
        return result.out.splitlines()

    def test_says_what_would_be_requested_and_which_links_have_expired(self):
        server = self.serve(a=good, b=good)
        early, late = 1500000000, 4500000000
        rows = [["r1", server.url("/a?1")], ["r2", server.url(f"/a?exp={early}")], ["r3", server.url(f"/b?Expires={late}")],
                ["r4", ""], ["r5", "ftp://127.0.0.1/x"], ["r6", f"http://127.0.0.2:{server.port}/b?exp={early}"]]
        songs = self.catalogue(rows)
        lines = self.plan(songs)
        self.assertEqual(lines[:5], [
            "dry run: 4 of 6 rows would be requested", f"  3 rows of 127.0.0.1:{server.port}",
            f"  1 row of 127.0.0.2:{server.port}",
            "  2 links have expired by their own time (2017-07-14 02:40 UTC): r2, r6; get new links from the source of the "
            "catalogue",
            "  1 link has its expiry to come (2112-08-07 08:00 UTC)"])
        text = "\n".join(lines)
        self.assertIn("failed catalogue/no_url: 1", text)
        self.assertIn("failed catalogue/bad_url: 1", text)
        self.assertEqual(server.seen(), [], "no requests")
        self.assertFalse((self.tmp / "store").exists(), "nothing is written")

    def test_counts_what_is_there_and_what_failed_before(self):
        server = self.serve(a=good, b=status(404), c=good)
        songs = self.catalogue([["a", server.url("/a")], ["b", server.url("/b")]])
        self.assertExit(self.fetch(songs), SOME_FAILED)
        more = self.catalogue([["a", server.url("/a")], ["b", server.url("/b")], ["c", server.url("/c")]])
        n_seen = len(server.seen())
        self.assertEqual(self.plan(more)[0], "dry run: 1 of 3 rows would be requested; 1 has a clip already; 1 failed before, "
                                             "which --retry-failed requests again")
        self.assertEqual(self.plan(more, retry_failed=True)[0],
                         "dry run: 2 of 3 rows would be requested; 1 has a clip already")
        self.assertEqual(len(server.seen()), n_seen)

    def test_a_row_has_expired_with_all_its_urls(self):
        server = self.serve(a=good)
        songs = write_csv(self.tmp / "mirrors.csv", ["track_id", "url", "mirror"],
                          [["a", server.url("/a?exp=1500000000"), server.url("/a")],
                           ["b", server.url("/a?exp=1500000000"), server.url("/a?exp=4500000000")]])
        lines = self.plan(songs, url_column=["url", "mirror"])
        self.assertEqual(lines[2:], ["  1 link has its expiry to come (2112-08-07 08:00 UTC)"])

    def test_addresses_that_are_not_connected_to_are_refused(self):
        songs = self.catalogue([["a", "http://8.8.8.8/a"], ["b", "http://127.0.0.1:8080/b"], ["c", "https://[2001:4860::1]/c"],
                                ["d", "http://example.com/d"], ["e", "http://010.8.8.8/e"]])
        result = run("fetch", songs, "--out", self.tmp / "store", "--dry-run", "--deny", "8.8.8.0/24", "--deny", "2001:4860::/32")
        self.assertExit(result, ALL_FINE)
        self.assertIn("dry run: 1 of 5 rows would be requested", result.out)
        self.assertIn("failed fetch/forbidden_address: 4", result.out)
        self.assertIn("the host's address is in 8.8.8.0/24, which --deny names", result.out)

    def test_works_on_no_store_without_a_catalogue_either(self):
        for flag in ("--verify", "--rebuild"):
            self.tmp.joinpath("store").mkdir(exist_ok=True)
            result = run("fetch", "--out", self.tmp / "store", "--dry-run", flag)
            self.assertExit(result, USAGE)
            self.assertEqual(list(self.tmp.joinpath("store").iterdir()), [])

    def test_cannot_be_used_with_what_works_on_the_store(self):
        for flag in ("verify", "rebuild", "merge"):
            result = self.fetch(self.catalogue([["a", "http://127.0.0.1:9999/a"]]), dry_run=True, **{flag: True})
            self.assertExit(result, USAGE)
            self.assertIn("--dry-run", result.text)


class Reasons(FetchCase):
    def test_a_host_that_is_down_later_does_not_replace_what_it_said_of_a_clip(self):
        server = self.serve(a=status(404), b=status(403), c=lambda call: call.answer(200, b"{}"))
        songs = self.catalogue([[name, server.url(f"/{name}")] for name in "abc"])
        self.assertExit(self.fetch(songs), SOME_FAILED)
        before = self.kinds()
        self.assertEqual(before, {"a": "http_status", "b": "http_status", "c": "error_body"})
        server.__exit__(None, None, None)
        for most in (1000, 2):  # as network, as host_down
            self.assertExit(self.fetch(songs, retry_failed=True, max_host_failures=most), SOME_FAILED)
            self.assertEqual(self.kinds(), before)
            self.assertIn("HTTP status 404", self.results()["a"]["detail"])

    def test_a_host_that_asks_for_too_long_a_pause_does_not_replace_it_either(self):
        answers = iter([404, 503])
        server = self.serve(a=lambda call: call.answer(next(answers), b"", "Retry-After: 99999"))
        songs = self.catalogue([["a", server.url("/a")]])
        self.assertExit(self.fetch(songs), SOME_FAILED)
        self.assertExit(self.fetch(songs, retry_failed=True), SOME_FAILED)
        self.assertEqual(len(server.seen()), 2)
        self.assertEqual(self.kinds(), {"a": "http_status"})
        self.assertIn("HTTP status 404", self.results()["a"]["detail"])

    def test_a_new_link_has_a_reason_of_its_own(self):
        server = self.serve(a=status(404))
        self.assertExit(self.fetch(self.catalogue([["a", server.url("/a")]])), SOME_FAILED)
        other = self.catalogue([["a", server.url("/moved")]])
        server.__exit__(None, None, None)
        self.assertExit(self.fetch(other, max_host_failures=1000), SOME_FAILED)
        self.assertEqual(self.kinds(), {"a": "network"})


class Hints(FetchCase):
    def test_the_words_after_a_failure_are_all_that_is_needed(self):
        server = self.serve(a=good, b=lambda call: call.answer(200, audio("b") + bytes(2_000_000)))
        songs = self.catalogue([["a", f"http://localhost:{server.port}/a"]])
        refused = self.fetch(songs, allow_private_addresses=None)
        self.assertExit(refused, SOME_FAILED)
        self.assertIn("forbidden_address: leave out --deny, or add --allow-private-addresses for private ones, to request them after all", refused.out)
        self.assertExit(self.fetch(songs), ALL_FINE)
        large = self.catalogue([["b", server.url("/b")]])
        refused = self.fetch(large, max_megabytes=1)
        self.assertIn("too_large: add --retry-kind too_large --max-megabytes MB", refused.out)
        self.assertExit(self.fetch(large, retry_kind="too_large", max_megabytes=5), ALL_FINE)


if __name__ == "__main__":
    unittest.main()
