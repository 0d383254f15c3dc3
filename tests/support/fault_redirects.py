"""Redirects, and pages that robots are asked to leave alone. Part of fault_catalogue.py."""

from fault_table import MAX_ATTEMPTS, MAX_REDIRECTS, add, good, status, to


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
for port in (25, 6667):
    add(f"redirect_to_port_{port}", to(f"http://127.0.0.1:{port}/x.mp3"), "bad_redirect", status=302,
        words=(f"the port {port}", "another service"))
add("redirect_with_blanks", two_steps(" /redirect_with_blanks/my song.mp3\t"), requests=2)
add("redirect_to_a_lost_name", to("http://no-such-host.invalid/x.mp3"), "network", status=0, attempts=MAX_ATTEMPTS,
    words=("no-such-host.invalid",))


ROBOTS = {"noai": "noai", "noindex": "noindex", "in_capitals": "NoAI", "among_others": "max-snippet: 5, noai",
          "to_hitscope": "hitscope: noindex"}
for name, tag in ROBOTS.items():
    add(f"robots_{name}", lambda call, tag=tag: good(call, f"X-Robots-Tag: {tag}"), "opted_out",
        words=("X-Robots-Tag", tag))
add("robots_twice", lambda call: good(call, "X-Robots-Tag: all", "X-Robots-Tag: noai"), "opted_out",
    words=("X-Robots-Tag", "noai"))
for name, tag in {"to_another": "otherbot: noindex", "all": "all", "snippet": "max-snippet: 5"}.items():
    add(f"robots_{name}", lambda call, tag=tag: good(call, f"X-Robots-Tag: {tag}"))
