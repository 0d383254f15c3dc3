"""Hosts that ask for patience, by 429, 503 or a quota message, with any Retry-After. Part of fault_catalogue.py."""

import time

from fault_table import MAX_ATTEMPTS, THROTTLES, add, at_first, good, status, text

PATIENCE = 10  # times that 429 and 503 may ask a row to wait; once more is a failure
QUOTA = '{"error":{"type":"Exception","message":"Quota limit exceeded","code":4}}'


def busy(retry_after=None, code=429, pause_s=0.0):
    """429 or 503 at first; notes in call.server.pauses for how long nobody may come back, at least."""
    def handler(call):
        if call.number > 1:
            good(call)
            return
        value = retry_after() if callable(retry_after) else retry_after
        call.answer(code, b"busy\n", *([] if value is None else [f"Retry-After: {value}"]), media_type="text/plain")
        call.server.pauses.append((call.name, time.monotonic(), pause_s))
    return handler


def http_date(seconds_ahead):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + seconds_ahead))


def throttle(name, handler, kind="ok", **expected):
    add(name, handler, kind, table=THROTTLES, **expected)


for code in (429, 503):
    throttle(f"busy_{code}_for_ever", status(code), "throttled", status=code, attempts=PATIENCE + 1,
             words=(f"HTTP status {code}",))
    throttle(f"busy_{code}_twice", at_first(2, status(code)), attempts=3)
    throttle(f"busy_{code}_more_often_than_attempts", at_first(MAX_ATTEMPTS + 2, status(code)),
             attempts=MAX_ATTEMPTS + 3)
throttle("quota_for_ever", text(QUOTA, "application/json"), "throttled", attempts=PATIENCE + 1, words=("quota",))
throttle("quota_twice", at_first(2, text(QUOTA, "application/json")), attempts=3)
for name, value, code, pause in (
        ("seconds", 1, 429, 1), ("seconds_503", 1, 503, 1), ("date", lambda: http_date(2), 429, 1),
        ("date_in_the_past", "Mon, 02 Jan 2023 03:04:05 GMT", 429, 0), ("negative", -5, 429, 0),
        ("garbage", "in a while", 429, 0), ("empty", "", 503, 0), ("zero", 0, 429, 0), ("fraction", "0.5", 429, 0)):
    throttle(f"retry_after_{name}", busy(value, code, pause), attempts=2)
