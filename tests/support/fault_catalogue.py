"""The faults of fault_server.py as tables: what the server does, and what `hitscope fetch` must make of it.

By hand: python3 fault_catalogue.py [--port N] [--for SECONDS]   prints a catalogue of all faults and serves them.
"""

import argparse
import functools
import sys
import time
import zlib

import fault_resumptions  # noqa: F401  (enters its faults)
import fault_throttles  # noqa: F401
from fault_server import FaultServer
from fault_table import (FAULTS, HANDLERS, MAX_ATTEMPTS, MAX_REDIRECTS, THROTTLES, add, at_first, audio, fault, good,
                         status, text, to)

# --- Statuses -------------------------------------------------------------------------------------------------------

EXPIRED = {"exp": "exp=1500000000", "hdnea": "hdnea=exp=1500000000~acl=/*~hmac=x",
           "expires": "Expires=1500000000&Signature=x", "amz": "X-Amz-Date=20200101T000000Z&X-Amz-Expires=3600"}
FUTURE = {"exp": "exp=4500000000", "hdnea": "hdnea=exp=4500000000~acl=/*~hmac=x",
          "expires": "Expires=4500000000&Signature=x", "amz": "X-Amz-Date=20200101T000000Z&X-Amz-Expires=4000000000"}

for code in (400, 401, 403, 404, 410, 451):
    add(f"status_{code}", status(code), "http_status", status=code, words=(f"HTTP status {code}",))
for code in (408, 425, 500, 502, 504):
    add(f"status_{code}_for_ever", status(code), "http_status", status=code, attempts=MAX_ATTEMPTS,
        words=(f"HTTP status {code}",))
    add(f"status_{code}_at_first", at_first(1, status(code)), attempts=2)
add("status_500_twice", at_first(2, status(500)), attempts=3)
add("status_206_unasked", status(206, body=audio("status_206_unasked")), "http_status", status=206,
    words=("HTTP status 206",))
add("status_302_to_nowhere", status(302), "http_status", status=302, words=("HTTP status 302",))
add("status_304_unasked", lambda call: call.head(304), "http_status", status=304, words=("HTTP status 304",))


@fault("http_status", status=204, words=("HTTP status 204",))
def status_204(call):
    call.head(204)


for form, query in EXPIRED.items():
    add(f"expired_{form}_403", status(403), "expired_link", status=403, query=query, words=("link ended",))
    add(f"expired_{form}_410", status(410), "expired_link", status=410, query=query, words=("link ended",))
for form, query in FUTURE.items():
    add(f"unexpired_{form}_403", status(403), "http_status", status=403, query=query, words=("HTTP status 403",))
add("expired_but_served", good, query=EXPIRED["exp"])
add("expired_404", status(404), "http_status", status=404, query=EXPIRED["exp"], words=("HTTP status 404",))


# --- Bodies that are no clip ----------------------------------------------------------------------------------------

PAGE = "<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body>This song is not here</body></html>\n"

add("html_page", text(PAGE, "text/html"), "error_body", words=("web page", "html"))
add("html_page_that_says_audio", text("\n  <html><body>no</body></html>", "audio/mpeg"), "error_body",
    words=("web page", "html"))
add("json_message", text('{"error":{"type":"DataException","message":"no data","code":800}}', "application/json"),
    "error_body", words=("JSON",))
add("random_bytes", lambda call: call.answer(200, b"\x00\x01\x02\x03" * 1000), "not_audio", words=("not audio",))
add("a_picture", lambda call: call.answer(200, b"\x89PNG\r\n\x1a\n" + bytes(2000), media_type="image/png"),
    "not_audio", words=("not audio", "PNG"))
add("empty_body", lambda call: call.answer(200), "empty", attempts=MAX_ATTEMPTS, words=("empty",))


@functools.cache
def bomb():
    """1 GiB of zeros, gzipped to 1 MiB."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = squeeze.compress(b"") + squeeze.flush(zlib.Z_FULL_FLUSH)
    mebibyte = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return head + mebibyte * 1024


@fault("not_audio", words=("not audio",))
def gzip_bomb(call):
    call.answer(200, bomb(), "Content-Encoding: gzip")


@fault("not_audio", words=("not audio",))
def gzipped_though_not_asked(call):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    call.answer(200, squeeze.compress(audio(call.name)) + squeeze.flush(), "Content-Encoding: gzip")


# --- Bodies that do not end as they should --------------------------------------------------------------------------

@fault("truncated", attempts=MAX_ATTEMPTS, words=("bytes",))
def shorter_than_promised(call):
    call.head(200, length=9000)
    call.send(audio(call.name))
    call.close()


@fault("network", attempts=MAX_ATTEMPTS)
def reset_in_mid_body(call):
    call.head(200, length=6000)
    call.send(audio(call.name)[:3000])
    call.reset()


# Where a connection that had served before dies without an answer, libcurl asks again by itself, up to five times; the
# first attempt of a row may meet such connections, the others ask on fresh ones.
DEAD = {"status": 0, "attempts": MAX_ATTEMPTS, "requests": range(MAX_ATTEMPTS, MAX_ATTEMPTS + 6)}


@fault("network", **DEAD)
def reset_before_any_answer(call):
    call.reset()


@fault("network", **DEAD)
def close_without_answer(call):
    call.close()


@fault("timeout", attempts=MAX_ATTEMPTS)
def stall_in_mid_body(call):
    call.head(200, length=6000)
    call.send(audio(call.name)[:3000])
    call.hang()


@fault("timeout", status=0, attempts=MAX_ATTEMPTS)
def never_answers(call):
    call.hang()


def drip(call, data, pause_s):
    for byte in data:
        call.send(bytes([byte]))
        call.sleep(pause_s)
    call.hang()


@fault("timeout", attempts=MAX_ATTEMPTS)
def dripping_body(call):
    call.head(200, length=6000)
    drip(call, audio(call.name), 0.2)


@fault("timeout", status=0, attempts=MAX_ATTEMPTS)
def dripping_headers(call):
    drip(call, b"HTTP/1.1 200 OK\r\nX-Slow: 1\r\n", 0.2)


def flood(call, piece, longest=30_000_000):
    """The piece over and over until the client goes."""
    for _ in range(longest // len(piece)):
        call.send(piece)
    call.hang()


@fault("too_large", words=("larger than the limit",))
def endless_chunks(call):
    call.head(200, "Transfer-Encoding: chunked")
    call.chunk(audio(call.name))
    flood(call, b"10000\r\n" + bytes(65536) + b"\r\n")


@fault("too_large", words=("larger than the limit",))
def endless_without_length(call):
    call.head(200, "Connection: close")
    call.send(audio(call.name))
    flood(call, bytes(65536))


@fault("too_large", words=("larger than the limit",))
def ten_gigabytes(call):
    call.head(200, length=10_000_000_000)
    call.sleep(0.2)
    flood(call, bytes(65536))


@fault("too_large", words=("larger than the limit",))
def length_beyond_64_bits(call):
    call.head(200, length=10**30)
    call.sleep(0.2)
    flood(call, bytes(65536))


@fault("network", attempts=MAX_ATTEMPTS)
def negative_length(call):
    call.head(200, length=-5)
    call.send(audio(call.name))
    call.close()


@fault("network", attempts=MAX_ATTEMPTS)
def bad_chunk_size(call):
    call.head(200, "Transfer-Encoding: chunked")
    call.chunk(audio(call.name)[:3000])
    call.send(b"xyzzy\r\nwhat?\r\n")
    call.close()


@fault("network", attempts=MAX_ATTEMPTS)
def chunk_size_beyond_64_bits(call):
    call.head(200, "Transfer-Encoding: chunked")
    call.chunk(audio(call.name)[:3000])
    call.send(b"F" * 40 + b"\r\nwhat?\r\n")
    call.close()


# curl_easy_perform gives code 18 here, as for a Content-Length that is not reached.
@fault("truncated", attempts=MAX_ATTEMPTS)
def chunks_that_end_early(call):
    call.head(200, "Transfer-Encoding: chunked")
    call.chunk(audio(call.name)[:3000])
    call.close()


# --- What is not quite HTTP -----------------------------------------------------------------------------------------

@fault()
def continue_first(call):
    call.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    good(call)


@fault()
def early_hints_first(call):
    call.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    good(call)


@fault("network", status=range(104), attempts=MAX_ATTEMPTS)
def endless_early_hints(call):
    flood(call, b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * 50)


@fault("network", attempts=MAX_ATTEMPTS)
def header_line_of_a_megabyte(call):
    call.head(200, "X-Long: " + "a" * 1_000_000)
    good(call)


@fault("network", attempts=MAX_ATTEMPTS)
def headers_of_a_megabyte(call):
    call.head(200, *(f"X-Header-{i}: {'a' * 1000}" for i in range(1000)), "Content-Length: 6000")
    call.send(audio(call.name))


@fault("network", attempts=MAX_ATTEMPTS)
def header_without_colon(call):
    call.send(b"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 6000\r\n\r\n" + audio(call.name))


@fault("network", attempts=MAX_ATTEMPTS)
def nul_in_a_header(call):
    call.send(b"HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nContent-Length: 6000\r\n\r\n" + audio(call.name))


@fault("network", status=0, attempts=MAX_ATTEMPTS)
def another_protocol(call):
    call.send(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    call.close()


@fault("network", status=0, attempts=MAX_ATTEMPTS)
def http_0_9(call):
    call.send(audio(call.name))
    call.close()


add("tls_to_a_plain_port", good, "network", status=0, attempts=MAX_ATTEMPTS, requests=0, scheme="https")


@fault()
def http_1_0(call):
    call.send(b"HTTP/1.0 200 OK\r\nContent-Type: audio/wav\r\n\r\n" + audio(call.name))
    call.close()


@fault()
def no_length_but_the_end_of_the_connection(call):
    call.head(200, "Connection: close")
    call.send(audio(call.name))
    call.close()


@fault()
def honest_chunks(call):
    call.head(200, "Transfer-Encoding: chunked")
    for start in range(0, 6000, 700):
        call.chunk(audio(call.name)[start:start + 700])
    call.send(b"0\r\nX-Trailer: 1\r\n\r\n")


@fault()
def thinks_before_it_answers(call):
    call.sleep(0.4)
    good(call)


@fault()
def hesitates_in_mid_body(call):
    call.head(200, length=6000)
    call.send(audio(call.name)[:3000])
    call.sleep(0.4)
    call.send(audio(call.name)[3000:])


add("lying_type", lambda call: call.answer(200, audio(call.name), media_type="text/html"))
add("no_type", lambda call: call.answer(200, audio(call.name), media_type=None))
for name in ("same_one", "same_two", "same_three"):
    add(name, lambda call: call.answer(200, audio("same")), body=audio("same"))


# --- Redirects ------------------------------------------------------------------------------------------------------

def chain(n):
    """n redirects, then the clip."""
    def handler(call):
        hop = int(call.path.split("/")[2]) if call.path.count("/") > 1 else 0
        if hop < n:
            call.answer(301 + hop % 2, b"", f"Location: /{call.name}/{hop + 1}/x.mp3")
        else:
            good(call)
    return handler


def two_steps(location, then=good):
    """One redirect to another path of the fault, then another answer."""
    return lambda call: to(location)(call) if call.path.count("/") == 1 else then(call)


add("redirect_loop", lambda call: to(call.path)(call), "bad_redirect", status=302, requests=MAX_REDIRECTS + 1,
    words=("redirect", MAX_REDIRECTS))
add("six_redirects", chain(6), "bad_redirect", status=range(301, 303), requests=MAX_REDIRECTS + 1,
    words=("redirect", MAX_REDIRECTS))
add("five_redirects", chain(5), requests=6)
add("relative_redirect", two_steps("relative_redirect/clip"), requests=2)
add("redirect_with_307", lambda call: good(call) if "/b" in call.path else to("/redirect_with_307/b", 307)(call),
    requests=2)
add("redirect_to_a_missing_page", two_steps("/redirect_to_a_missing_page/x", status(404)), "http_status", status=404,
    requests=2, words=("HTTP status 404",))
for scheme, target in {"file": "file:///etc/passwd", "gopher": "gopher://127.0.0.1:70/_x", "data": "data:,RIFF",
                       "ftp": "ftp://127.0.0.1/x.mp3"}.items():
    add(f"redirect_to_{scheme}", to(target), "bad_redirect", status=302, words=(scheme,))
add("redirect_to_a_port_beyond_all", to("http://127.0.0.1:99999/x.mp3"), "bad_redirect", status=302, words=("99999",))
add("redirect_to_a_lost_name", to("http://no-such-host.invalid/x.mp3"), "network", status=0, attempts=MAX_ATTEMPTS,
    words=("no-such-host.invalid",))


# --- Robots ---------------------------------------------------------------------------------------------------------

ROBOTS = {"noai": "noai", "noindex": "noindex", "in_capitals": "NoAI", "among_others": "max-snippet: 5, noai",
          "to_hitscope": "hitscope: noindex"}
for name, tag in ROBOTS.items():
    add(f"robots_{name}", lambda call, tag=tag: good(call, f"X-Robots-Tag: {tag}"), "opted_out",
        words=("X-Robots-Tag", tag))
add("robots_twice", lambda call: good(call, "X-Robots-Tag: all", "X-Robots-Tag: noai"), "opted_out",
    words=("X-Robots-Tag", "noai"))
for name, tag in {"to_another": "otherbot: noindex", "all": "all", "snippet": "max-snippet: 5"}.items():
    add(f"robots_{name}", lambda call, tag=tag: good(call, f"X-Robots-Tag: {tag}"))


def main():
    parser = argparse.ArgumentParser(description="Serves every fault on 127.0.0.1 and prints a catalogue of them.")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--for", dest="seconds", type=float, default=600.0, help="seconds to serve, then end")
    options = parser.parse_args()
    with FaultServer(HANDLERS, options.port, options.seconds) as server:
        print("id,url,expected")
        for row in FAULTS + THROTTLES:
            print(f"{row.name},{server.url(row.path, scheme=row.scheme)},{row.kind}", flush=True)
        time.sleep(options.seconds)


if __name__ == "__main__":
    sys.exit(main())
