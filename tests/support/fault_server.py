"""A loopback HTTP/1.1 server on raw sockets whose every answer is a small function, so that it can break any rule.

    def cut(call):                      # a handler: bytes out, in any order and shape
        call.head(200, length=100)
        call.send(b"only these")
        call.close()

    with FaultServer({"cut": cut}) as server:
        server.url("/cut.mp3")          # the handler is found by the first path segment, less its extension
        server.requests["/cut.mp3"]     # how often it was asked for
        server.seen("cut")[0].headers   # what the requests said
        server.most_open                # most connections open at once

It ends itself after `lifetime_s`, and no handler outlives its client. The table of faults is fault_catalogue.py.
"""

import collections
import contextlib
import dataclasses
import http
import select
import socket
import ssl
import struct
import threading
import time
import urllib.parse

GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR
LONGEST_REQUEST = 64 * 1024


class ConnectionOver(Exception):
    """The client went, the server is stopping, or the handler has closed the connection."""


@dataclasses.dataclass(frozen=True)
class Seen:
    """One request as it came; `headers` by lower-case name, `time` monotonic."""

    time: float
    name: str
    path: str
    query: str
    target: str
    headers: dict


def hung_up(sock, wait_s=0.0):
    """True as soon as the client has closed or reset the connection, False after `wait_s`."""
    poll = select.poll()
    poll.register(sock, GONE)
    return bool(poll.poll(wait_s * 1000))


def head_bytes(status, *headers):
    """A status line and header lines, with the empty line."""
    try:
        reason = http.HTTPStatus(status).phrase
    except ValueError:
        reason = "Something"
    return "\r\n".join([f"HTTP/1.1 {status} {reason}", *headers, "", ""]).encode("latin-1")


class Call:
    """One request and the ways to answer it. A handler that returns keeps the connection alive."""

    def __init__(self, server, sock, seen, number):
        self.server, self.seen, self.number = server, seen, number
        self.name, self.path, self.query, self.headers = seen.name, seen.path, seen.query, seen.headers
        self._sock = sock

    def send(self, data):
        self.server.count_bytes(self.name, len(data))
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise ConnectionOver from error

    def head(self, status=200, *headers, length=None):
        """Status line and headers only; `length` is what Content-Length claims."""
        claim = [] if length is None else [f"Content-Length: {length}"]
        self.send(head_bytes(status, *headers, *claim))

    def answer(self, status=200, body=b"", *headers, media_type="audio/wav"):
        """A whole, honest answer."""
        typed = [f"Content-Type: {media_type}"] if media_type else []
        self.send(head_bytes(status, *headers, *typed, f"Content-Length: {len(body)}") + body)

    def chunk(self, data):
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def sleep(self, seconds):
        """Waits; ends at once where the client goes or the server stops."""
        until = min(time.monotonic() + seconds, self.server.deadline)
        while (left := until - time.monotonic()) > 0:
            if self.server.stopping.is_set() or hung_up(self._sock, min(left, 0.05)):
                raise ConnectionOver

    def hang(self):
        """Says nothing more until the client gives up."""
        self.sleep(self.server.deadline - time.monotonic())
        raise ConnectionOver

    def close(self):
        raise ConnectionOver

    def reset(self):
        """RST instead of FIN, after the client had time to read what was sent."""
        self.sleep(0.05)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionOver


class FaultServer:
    """Listens on 127.0.0.1 and, where there is IPv6, on ::1, at one ephemeral port unless given one."""

    def __init__(self, handlers, port=0, lifetime_s=120.0):
        self.handlers = dict(handlers)
        self.deadline = time.monotonic() + lifetime_s
        self.stopping = threading.Event()
        self.requests = collections.Counter()
        self.bytes_sent = collections.Counter()
        self.most_open = 0
        self.faulty_handlers = []  # exceptions of handlers that are no ConnectionOver: mistakes in a test
        self.pauses = []  # (name, when, for how many seconds) handlers asked the client to stay away
        self._seen = []
        self._open = set()
        self._lock = threading.Lock()
        self._listeners = [socket.create_server(("127.0.0.1", port), backlog=256)]
        self.port = self._listeners[0].getsockname()[1]
        with contextlib.suppress(OSError):
            self._listeners.append(socket.create_server(("::1", self.port), family=socket.AF_INET6, backlog=256))
        self._threads = [threading.Thread(target=self._listen, args=(s,), daemon=True) for s in self._listeners]

    def url(self, path="", host="127.0.0.1", scheme="http"):
        return f"{scheme}://{host}:{self.port}{path}"

    def seen(self, name=None):
        """The requests so far in order of arrival, those of one handler where it is named."""
        with self._lock:
            return [s for s in self._seen if name is None or s.name == name]

    def snapshot(self):
        """Requests per path so far, as a copy."""
        with self._lock:
            return collections.Counter(self.requests)

    def count_bytes(self, name, n):
        with self._lock:
            self.bytes_sent[name] += n

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self._threads:
            thread.join(timeout=5)
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def _listen(self, listener):
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        with listener:
            while not self.stopping.is_set() and time.monotonic() < self.deadline:
                if poll.poll(50):
                    sock, _ = listener.accept()
                    self._enter(sock)
                    threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _enter(self, sock):
        """Counts the connection; one that the client has left already, unnoticed by its thread, is not open."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(max(0.1, self.deadline - time.monotonic()))
        with self._lock:
            self._open.add(sock)
            self.most_open = max(self.most_open, sum(not hung_up(s) for s in self._open))

    def _serve(self, sock):
        try:
            while (call := self._next_call(sock)) is not None:
                self.handlers.get(call.name, nothing_here)(call)
        except (ConnectionOver, OSError):
            pass
        except Exception as error:  # noqa: BLE001  (the test shows it)
            self.faulty_handlers.append(error)
        finally:
            with self._lock:
                self._open.discard(sock)
                sock.close()

    def _next_call(self, sock):
        """The next request of a connection, None at its end or where the bytes are no request."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = sock.recv(4096)
            data += more
            if data.startswith(b"\x16"):  # TLS: answered as plain servers do
                sock.sendall(head_bytes(400, "Content-Length: 0"))
                return None
            if not more or len(data) > LONGEST_REQUEST or self.stopping.is_set():
                return None
        now = time.monotonic()
        first, *lines = data.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        if len(first.split(" ")) != 3:
            return None
        target = first.split(" ")[1]
        parts = urllib.parse.urlsplit(target)
        headers = {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
        name = parts.path.strip("/").split("/")[0].partition(".")[0]
        seen = Seen(now, name, parts.path, parts.query, target, headers)
        with self._lock:
            self.requests[parts.path] += 1
            self._seen.append(seen)
            return Call(self, sock, seen, self.requests[parts.path])


def nothing_here(call):
    call.answer(404, b"no such fault\n", media_type="text/plain")


@contextlib.contextmanager
def closed_port():
    """A port of 127.0.0.1 at which nobody listens, and nobody else will meanwhile."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@contextlib.contextmanager
def deaf_port():
    """A port of 127.0.0.1 whose queue is full: connecting to it never ends."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@contextlib.contextmanager
def tls_port(certificate, key):
    """A port of 127.0.0.1 that speaks TLS with this certificate, but only as far as the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def shake_hands():
        with contextlib.suppress(OSError):
            while True:
                sock, _ = listener.accept()
                with contextlib.suppress(OSError), context.wrap_socket(sock, server_side=True):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        thread = threading.Thread(target=shake_hands, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)
