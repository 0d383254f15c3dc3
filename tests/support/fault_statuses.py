"""Statuses, expired links, and bodies that are no clip. Part of fault_catalogue.py."""

import functools
import zlib

from fault_table import MAX_ATTEMPTS, add, at_first, audio, fault, good, status, text

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
    add(f"expired_{form}_403", status(403), "expired_link", status=403, query=query, words=("link expired",))
    add(f"expired_{form}_404", status(404), "expired_link", status=404, query=query, words=("link expired",))
    add(f"expired_{form}_410", status(410), "expired_link", status=410, query=query, words=("link expired",))
for form, query in FUTURE.items():
    add(f"unexpired_{form}_403", status(403), "http_status", status=403, query=query, words=("HTTP status 403",))
add("expired_but_served", good, query=EXPIRED["exp"])

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


def gzipped(data):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return squeeze.compress(data) + squeeze.flush()


@fault("too_large", words=("larger than the limit",))
def gzip_bomb(call):
    call.answer(200, bomb(), "Content-Encoding: gzip")


@fault("not_audio", words=("not audio",))
def gzip_that_nothing_names(call):
    call.answer(200, gzipped(audio(call.name)))


@fault()
def gzipped_though_not_asked(call):
    call.answer(200, gzipped(audio(call.name)), "Content-Encoding: gzip")


@fault()
def gzipped_in_chunks(call):
    call.head(200, "Content-Encoding: X-GZip", "Transfer-Encoding: chunked", 'ETag: "one"', "Accept-Ranges: bytes")
    for byte in gzipped(audio(call.name))[:40]:
        call.chunk(bytes([byte]))
    call.chunk(gzipped(audio(call.name))[40:])
    call.send(b"0\r\n\r\n")


@fault()
def gzip_that_is_none(call):
    call.answer(200, audio(call.name), "Content-Encoding: gzip")


@fault("truncated", attempts=MAX_ATTEMPTS, words=("gzip data ends early",))
def half_a_gzip(call):
    call.answer(200, gzipped(audio(call.name))[:3000], "Content-Encoding: gzip", 'ETag: "one"')


@fault("truncated", attempts=MAX_ATTEMPTS, words=("gzip data is damaged",))
def damaged_gzip(call):
    data = gzipped(audio(call.name))
    call.answer(200, data[:1000] + bytes(100) + data[1100:], "Content-Encoding: gzip")


@fault("error_body", words=("web page",))
def gzipped_page(call):
    call.answer(200, gzipped(PAGE.encode()), "Content-Encoding: gzip", media_type="text/html")


@fault("not_audio", words=("not audio", "encoded as 'br'"))
def brotli_though_not_asked(call):
    call.answer(200, b"\x8b\x02\x80" + audio(call.name)[100:], "Content-Encoding: br")


add("encoding_that_is_none", lambda call: call.answer(200, audio(call.name), "Content-Encoding: UTF-8"))
