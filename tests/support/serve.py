"""A loopback HTTP server that serves a folder and misbehaves on request: slow answers, 503 at first, 404.

    with FolderServer(folder, delay_s=0.02, busy_first={"/a.wav": 2}, missing={"/b.wav"}) as server:
        server.url("/a.wav")     # http://127.0.0.1:PORT/a.wav
        server.requests["/a.wav"]  # how often it was asked for

By hand: python3 serve.py FOLDER [--port N] [--delay SECONDS] [--for SECONDS] [--busy PATH=N] [--missing PATH]
"""

import argparse
import collections
import contextlib
import http.server
import mimetypes
import pathlib
import threading
import time
import urllib.parse

MAX_BODIES_AT_ONCE = 64


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10  # an idle connection ends: no handler outlives its client for long
    wbufsize = -1  # status, headers and body leave together
    disable_nagle_algorithm = True

    def do_GET(self):
        owner = self.server.owner
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        number = owner.count(path)
        with owner.slots:
            if owner.delay_s > 0:
                time.sleep(owner.delay_s)
            if number <= owner.busy_first.get(path, 0):
                self.answer(503, b"busy\n")
                return
            body = None if path in owner.missing else owner.read(path)
            if body is None:
                self.answer(404, b"not here\n")
            else:
                self.answer(200, body, mimetypes.guess_type(path)[0] or "application/octet-stream")

    def answer(self, status, body, media_type="text/plain"):
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def handle(self):
        # A client that is killed in mid-answer is what some tests are about.
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().handle()

    def finish(self):
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().finish()

    def log_message(self, *args):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class FolderServer:
    """Listens on 127.0.0.1, at an ephemeral port unless given one. `requests` counts GETs per path."""

    def __init__(self, folder, port=0, delay_s=0.0, busy_first=None, missing=()):
        self.folder = pathlib.Path(folder).resolve()
        self.delay_s = delay_s
        self.busy_first = dict(busy_first or {})
        self.missing = set(missing)
        self.requests = collections.Counter()
        self.slots = threading.BoundedSemaphore(MAX_BODIES_AT_ONCE)
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self):
        return self._http.server_address[1]

    def url(self, path=""):
        """`path` starts with a slash, or is empty for the server itself."""
        return f"http://127.0.0.1:{self.port}{urllib.parse.quote(path)}"

    def count(self, path):
        with self._lock:
            self.requests[path] += 1
            return self.requests[path]

    def snapshot(self):
        """The counts so far, as a copy."""
        with self._lock:
            return collections.Counter(self.requests)

    def read(self, path):
        """The file's bytes, or None where there is none inside the folder."""
        file = (self.folder / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.folder) or not file.is_file():
            return None
        return file.read_bytes()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=5)


def main():
    parser = argparse.ArgumentParser(description="Serves a folder on 127.0.0.1, for tests and trials.")
    parser.add_argument("folder")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before every answer")
    parser.add_argument("--for", dest="seconds", type=float, default=600.0, help="seconds to serve, then end")
    parser.add_argument("--busy", action="append", default=[], metavar="PATH=N", help="503 for the first N requests")
    parser.add_argument("--missing", action="append", default=[], metavar="PATH", help="404")
    options = parser.parse_args()
    busy = {path: int(n) for path, n in (entry.rsplit("=", 1) for entry in options.busy)}
    with FolderServer(options.folder, options.port, options.delay, busy, options.missing) as server:
        print(server.url(), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            time.sleep(options.seconds)


if __name__ == "__main__":
    main()
