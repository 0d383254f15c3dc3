"""Nothing that a server sends stops the run for the other rows: every status, hostile headers and trailers, one fetch."""

import random
import unittest

from harness import ALL_FINE, SOME_FAILED
from fault_runs import FetchCase
from fault_table import audio, good

STATUSES = (*range(100, 600), 0, 1, 42, 99, 600, 666, 999, 1000, 70000)
HEADERS = ("Retry-After: 0", "Retry-After: -1", "Retry-After: 1e999", "Location: http://", "Location: file:///etc/passwd",
           "Location: //:0/", "Proxy-Authenticate: Basic realm=x", "Proxy-Authorization: x", "WWW-Authenticate: Negotiate",
           "Connection: upgrade", "Upgrade: h2c", "Transfer-Encoding: gzip, chunked", "Content-Encoding: br",
           "Content-Range: bytes */0", "Content-Range: bytes 9-1/3", "Set-Cookie: " + "a" * 5000, "Alt-Svc: h3=\":1\"",
           "Strict-Transport-Security: max-age=1e9", "X-Robots-Tag: \x1b[2J", "ETag: \"\x7f\"", "Trailer: Location",
           ": no name", "no colon", "X:" + "y" * 9000, "Content-Length: -5", "Content-Length: 18446744073709551616")
TRAILERS = ("HTTP/1.1 407 x: y", "HTTP/1.1 500: z", "Location: http://127.0.0.1:1/", "Content-Length: 1", "Retry-After: 99",
            "X-Robots-Tag: noai", "\x00: \x01", "Proxy-Authenticate: Basic")


def hostile(status, draw):
    """A handler that answers with this status and, by chance, with headers, a body and trailers that nobody asked for."""
    headers = draw.sample(HEADERS, draw.randrange(4))
    body = draw.choice([b"", b"<html>no</html>", audio(str(status)), bytes(range(256))])
    trailers = draw.sample(TRAILERS, draw.randrange(3))
    is_interim = 100 <= status < 200

    def answer(call):
        if trailers and not is_interim:
            call.head(status, *headers, "Transfer-Encoding: chunked")
            if body:
                call.chunk(body)
            call.send(b"0\r\n" + "".join(f"{line}\r\n" for line in trailers).encode("latin-1") + b"\r\n")
        else:
            call.head(status, *headers, length=len(body))
            call.send(body)
        call.close()  # a server whose answers have no end would only cost time
    return answer


class ServersCannotStop(FetchCase):
    def test_whatever_is_answered_every_row_has_a_result_and_good_rows_have_clips(self):
        for seed in (1, 2):
            draw = random.Random(seed)
            good_names = [f"good-{i}" for i in range(40)]
            bad = {f"bad-{status}": hostile(status, draw) for status in STATUSES}
            bad_server = self.serve(**bad)
            good_server = self.serve(**{name: good for name in good_names})
            rows = [[name, bad_server.url(f"/{name}")] for name in bad]
            rows += [[name, good_server.url(f"/{name}")] for name in good_names]
            draw.shuffle(rows)
            store = f"store-{seed}"
            result = self.fetch(self.catalogue(rows), store, max_attempts=1, max_host_failures=100000, max_pause=0,
                                connections=32, longest_s=120)
            self.assertIn(result.code, (ALL_FINE, SOME_FAILED), f"\n{result}")
            results = self.results(store)
            self.assertEqual(results.keys(), {name for name, _ in rows}, "every row has a result")
            self.assertAllStored(good_names, store)
            for name, row in results.items():
                self.assertIn(row["status"], ("ok", "failed"))
                self.assertTrue(row["status"] == "ok" or row["kind"], row)
            self.assertFalse([c for c in result.text if ord(c) < 32 and c not in "\n\t"], "no control characters")


if __name__ == "__main__":
    unittest.main()
