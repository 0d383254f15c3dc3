"""Loopback HTTP/1.1 servers that cost little CPU: a base to subclass, and a host that limits its requests per second.

    with LimitedServer(per_second=20, window="sliding") as server:   # 429 with Retry-After: 1 beyond that
        server.url("/a.wav")
        server.accepted, server.refused    # seconds on the monotonic clock
        server.most_connections
"""

import asyncio
import collections
import random
import struct
import threading
import time

REASONS = {200: "OK", 206: "Partial Content", 404: "Not Found", 416: "Range Not Satisfiable", 429: "Too Many Requests",
           503: "Service Unavailable"}


def wav(samples):
    """A WAV file, 16-bit mono at 44,100 Hz, around these bytes (an even number of them)."""
    form = struct.pack("<HHIIHH", 1, 1, 44100, 88200, 2, 16)
    return (b"RIFF" + struct.pack("<I", 36 + len(samples)) + b"WAVEfmt " + struct.pack("<I", len(form)) + form
            + b"data" + struct.pack("<I", len(samples)) + samples)


class Connection(asyncio.Protocol):
    """One client's connection. Requests are GETs without bodies, one at a time."""

    def __init__(self, server):
        self.server = server
        self.transport = None
        self.received = b""

    def connection_made(self, transport):
        self.transport = transport
        self.server.connections.add(self)
        self.server.most_connections = max(self.server.most_connections, len(self.server.connections))

    def connection_lost(self, error):
        self.server.connections.discard(self)

    def data_received(self, data):
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            first, *lines = self.received[:end].decode("latin-1").split("\r\n")
            self.received = self.received[end + 4:]
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            self.server.take(self, first.split(" ")[1], headers)

    def send(self, status, body, *headers, media_type="audio/wav", body_bytes=None):
        """An answer; with body_bytes it announces that many and sends only `body`."""
        length = len(body) if body_bytes is None else body_bytes
        lines = [f"HTTP/1.1 {status} {REASONS[status]}", f"Content-Type: {media_type}", f"Content-Length: {length}",
                 *headers]
        self.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def write(self, data):
        if not self.transport.is_closing():
            self.transport.write(data)


class LoopbackServer:
    """Listens on 127.0.0.1 at an ephemeral port, in a thread of its own. Subclasses answer: take() is called there."""

    def __init__(self):
        self.connections = set()
        self.most_connections = 0
        self.port = None
        self.loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def take(self, connection, path, headers):
        raise NotImplementedError

    def url(self, path=""):
        return f"http://127.0.0.1:{self.port}{path}"

    def _serve(self):
        asyncio.set_event_loop(self.loop)
        listening = self.loop.run_until_complete(
            self.loop.create_server(lambda: Connection(self), "127.0.0.1", 0, backlog=1024))
        self.port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        self.loop.run_forever()
        listening.close()
        for connection in list(self.connections):
            connection.transport.abort()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, asyncio.sleep(0), return_exceptions=True))
        self.loop.close()

    def __enter__(self):
        self._thread.start()
        if not self._ready.wait(timeout=10):
            raise RuntimeError("the server does not start")
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=10)


class Window:
    """Admits `per_second` requests a second: in every second of the clock ("fixed"), in any second ("sliding"), or at a
    steady rate after a burst of as many ("bucket"). What is refused does not count."""

    KINDS = ("sliding", "fixed", "bucket")

    def __init__(self, kind, per_second):
        self.kind, self.per_second = kind, per_second
        self.admitted = collections.deque()
        self.second = 0
        self.tokens, self.filled_at = float(per_second), 0.0

    def admits(self, now):
        if self.kind == "bucket":
            self.tokens = min(self.per_second, self.tokens + (now - self.filled_at) * self.per_second)
            self.filled_at = now
            if self.tokens < 1:
                return False
            self.tokens -= 1
            return True
        if self.kind == "fixed" and self.second != int(now):
            self.second = int(now)
            self.admitted.clear()
        while self.kind == "sliding" and self.admitted and self.admitted[0] <= now - 1:
            self.admitted.popleft()
        if len(self.admitted) >= self.per_second:
            return False
        self.admitted.append(now)
        return True


class LimitedServer(LoopbackServer):
    """Every path is a WAV of about 2 KB, different for different paths; beyond the limit 429 (or 503) with
    Retry-After: 1."""

    def __init__(self, per_second=20, window="sliding", refusal=429):
        super().__init__()
        self.window, self.refusal = Window(window, per_second), refusal
        self.accepted, self.refused = [], []

    @staticmethod
    def body(path):
        return wav(random.Random(path).randbytes(2000))

    def take(self, connection, path, headers):
        now = time.monotonic()
        if self.window.admits(now):
            self.accepted.append(now)
            connection.send(200, self.body(path))
        else:
            self.refused.append(now)
            connection.send(self.refusal, b"too many requests\n", "Retry-After: 1", media_type="text/plain")
