"""Faults of a long body that breaks off: what comes when the rest is asked for. Part of fault_catalogue.py."""

from fault_table import MAX_ATTEMPTS, add, audio

LONG, BROKEN_AT = 3_000_000, 2_000_000


def long_audio(name):
    return audio(name, LONG)


def break_off(call, *headers, upto=BROKEN_AT, start=0, body=None):
    """The long clip, or another body, less its end."""
    body = long_audio(call.name) if body is None else body
    if start:
        headers = (*headers, f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}")
    call.head(206 if start else 200, "Accept-Ranges: bytes", *headers, length=len(body) - start)
    call.send(body[start:upto])
    call.close()


def asked_start(call):
    """N of `Range: bytes=N-`, None where nothing of the sort is asked for."""
    words = call.headers.get("range", "").removeprefix("bytes=").partition("-")
    return int(words[0]) if words[0].isdigit() and words[1] else None


def part(call, start, *headers, body=None, total=None):
    """The rest of the long clip, or of another body, from `start`."""
    body = long_audio(call.name) if body is None else body
    total = len(body) if total is None else total
    call.answer(206, body[start:], *headers, f"Content-Range: bytes {start}-{len(body) - 1}/{total}")


def going_on(name, then, *headers, attempts=2, **expected):
    """Breaks off at first; `then(call, start)` answers the requests for the rest, and any other gets all of it."""
    def handler(call):
        start = asked_start(call)
        if call.number == 1:
            break_off(call, *headers)
        elif start is None:
            call.answer(200, long_audio(call.name), *headers)
        else:
            then(call, start)
    add(name, handler, attempts=attempts, **{"body": long_audio(name), **expected})


def broken_again(call, start):
    if call.number == 2:
        break_off(call, 'ETag: "one"', start=start, upto=start + 400_000)
    part(call, start, 'ETag: "one"')


def behind_a_redirect(call):
    start = asked_start(call)
    if call.path.count("/") == 1:
        call.answer(302, b"", f"Location: {call.path}/clip")
    elif start is None:
        break_off(call, 'ETag: "one"')
    else:
        part(call, start, 'ETag: "one"')


UP_TO_ALL = range(2, MAX_ATTEMPTS + 1)
NEW = audio("another clip by now", LONG)
going_on("goes_on", lambda call, start: part(call, start, 'ETag: "one"'), 'ETag: "one"', status=206)
going_on("goes_on_twice", broken_again, 'ETag: "one"', attempts=3, status=206)
going_on("date_only", lambda call, start: part(call, start), "Last-Modified: Mon, 02 Jan 2023 03:04:05 GMT", status=206)
add("goes_on_behind_a_redirect", behind_a_redirect, attempts=2, requests=4, status=206,
    body=long_audio("goes_on_behind_a_redirect"))
going_on("range_ignored", lambda call, _: call.answer(200, long_audio(call.name), 'ETag: "one"'), 'ETag: "one"')
going_on("changed_meanwhile", lambda call, _: call.answer(200, NEW, 'ETag: "two"'), 'ETag: "one"', body=NEW)
going_on("weak_etag", lambda call, start: part(call, start, 'W/"one"'), 'ETag: W/"one"')
going_on("range_refused", lambda call, _: call.answer(416, b"", f"Content-Range: bytes */{LONG}"), 'ETag: "one"',
         attempts=3)
# Whole and right in the end, or failed: never glued from what does not fit.
GLUED = {"attempts": UP_TO_ALL, "status": range(200, 207)}
going_on("part_from_before", lambda call, start: part(call, start - 1000, 'ETag: "one"'), 'ETag: "one"', **GLUED)
going_on("part_from_behind", lambda call, start: part(call, start + 1000, 'ETag: "one"'), 'ETag: "one"', **GLUED)
going_on("part_of_another_length", lambda call, start: part(call, start, 'ETag: "one"', total=LONG + 1000),
         'ETag: "one"', **GLUED)
going_on("part_of_another_clip", lambda call, start: part(call, start, 'ETag: "two"', body=NEW), 'ETag: "one"', **GLUED)
going_on("part_without_range", lambda call, start: call.answer(206, long_audio(call.name)[start:], 'ETag: "one"'),
         'ETag: "one"', **GLUED)
NEVER_GLUED = ("part_from_before", "part_from_behind", "part_of_another_length", "part_of_another_clip",
               "part_without_range")
