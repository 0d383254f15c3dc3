"""Bodies that do not end as they should. Part of fault_catalogue.py."""

from fault_table import MAX_ATTEMPTS, audio, fault


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
