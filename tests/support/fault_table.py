"""What a table of faults consists of, and the answers that many faults share.

A fault is a handler of fault_server.py with the outcome that `hitscope fetch` must report for it. FAULTS run together
in one fetch with FLAGS; THROTTLES, each on a server of its own, in another. HANDLERS holds all of them by name.
"""

import dataclasses
import functools
import random
import struct
from collections.abc import Callable

# Small limits, so that every fault is over soon.
MAX_ATTEMPTS = 3
MAX_REDIRECTS = 5
MAX_MEGABYTES = 4
FLAGS = {"--connections": 12, "--max-attempts": MAX_ATTEMPTS, "--max-redirects": MAX_REDIRECTS,
         "--max-megabytes": MAX_MEGABYTES, "--backoff": 0.02, "--max-backoff": 0.1, "--max-host-failures": 1000,
         "--connect-timeout": 2, "--timeout": 8, "--stall-timeout": 1, "--min-speed": 1000,
         "--allow-private-addresses": True, "--no-proxy": True, "--min-free": 0}


@dataclasses.dataclass(frozen=True)
class Fault:
    """`attempts` and `requests` (on all paths of the fault) are a number or a range; `words` stand in the detail."""

    name: str
    handler: Callable
    kind: str = "ok"
    status: int = 200
    attempts: int | range = 1
    requests: int | range | None = None  # None: as many as attempts
    words: tuple = ()
    query: str = ""
    scheme: str = "http"
    body: bytes | None = None  # what must be stored, where that is not audio(name)

    @property
    def path(self):
        return f"/{self.name}.mp3" + ("?" + self.query if self.query else "")

    @property
    def expected_body(self):
        return audio(self.name) if self.body is None else self.body


FAULTS, THROTTLES, HANDLERS = [], [], {}


def add(name, handler, kind="ok", table=FAULTS, **expected):
    """Enters a fault into a table."""
    row = Fault(name, handler, kind, **expected)
    assert name not in HANDLERS, name
    HANDLERS[name] = handler
    table.append(row)


def fault(kind="ok", **expected):
    """Enters the decorated handler into the table under its own name."""
    def register(handler):
        add(handler.__name__, handler, kind, **expected)
        return handler
    return register


@functools.cache
def audio(name, n_bytes=6000):
    """A WAV of noise, another one for every name."""
    n_data = n_bytes - 44
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    noise = random.Random(name).randbytes(n_data)
    return struct.pack("<4sI4s", b"RIFF", n_bytes - 8, b"WAVE") + form + struct.pack("<4sI", b"data", n_data) + noise


def good(call, *headers):
    call.answer(200, audio(call.name), *headers)


def status(code, *headers, body=b"no\n"):
    return lambda call: call.answer(code, body, *headers, media_type="text/plain")


def at_first(n, fault_handler, then=good):
    """The fault for the first n requests, then another answer."""
    return lambda call: (fault_handler if call.number <= n else then)(call)


def text(body, media_type):
    return lambda call: call.answer(200, body.encode(), media_type=media_type)


def to(location, code=302):
    return lambda call: call.answer(code, b"", f"Location: {location}")
