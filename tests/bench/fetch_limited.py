#!/usr/bin/python3
"""A host that limits requests per second: how hitscope fetch, aria2c and curl get along with it.

    tests/bench/fetch_limited.py [--rows 1000] [--per-second 20] [--window sliding|fixed|bucket]
                                 [--tools hitscope,aria2c,curl] [--with="--rate 20/1s"] [--refusal 503]

A loopback server (tests/support/limited_server.py) answers what is beyond the limit with 429 (or 503) and
`Retry-After: 1`. Each tool fetches the rows from a server of its own, with 16 connections and its own way of retrying:
`hitscope fetch`, `aria2c -j16 --max-tries=5 --retry-wait=1`, `curl -f --parallel --parallel-max 16 --retry 5`. A row
counts as fetched where its file has the body that was sent. Needs the Debian packages aria2 and curl.
"""
import argparse
import csv
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from limited_server import LimitedServer, Window  # noqa: E402
from nginx import refuse_without  # noqa: E402


def hitscope(options, server, paths, work):
    """The command, and what counts the rows that it fetched."""
    catalogue, store = work / "songs.csv", work / "store"
    catalogue.write_text("track_id,preview_url\n" + "".join(f"{path[1:-4]},{server.url(path)}\n" for path in paths))
    command = [options.hitscope, "fetch", catalogue, "--out", store, "--connections", "16", "--allow-private-addresses",
               *shlex.split(options.extra)]

    def n_fetched():
        if not (store / "results.csv").exists():
            return 0
        with open(store / "results.csv", newline="", encoding="utf-8") as file:
            return sum(row["status"] == "ok" and is_body(store / row["file"], row["url"][len(server.url()):])
                       for row in csv.DictReader(file))
    return command, n_fetched


def aria2c(_, server, paths, work):
    (work / "urls").write_text("".join(server.url(path) + "\n" for path in paths))
    command = ["aria2c", "-q", "--no-conf", "-j", "16", "-s", "1", "-x", "1", "--max-tries=5", "--retry-wait=1",
               "--file-allocation=none", "-d", work / "out", "-i", work / "urls"]
    return command, lambda: sum(is_body(work / "out" / path[1:], path) for path in paths)


def curl(_, server, paths, work):
    (work / "out").mkdir()
    (work / "config").write_text("".join(f'url="{server.url(path)}"\noutput="{work}/out{path}"\n' for path in paths))
    command = ["curl", "-q", "-s", "-f", "--parallel", "--parallel-max", "16", "--retry", "5", "-K", work / "config"]
    return command, lambda: sum(is_body(work / "out" / path[1:], path) for path in paths)


TOOLS = {"hitscope": hitscope, "aria2c": aria2c, "curl": curl}


def is_body(file, path):
    return file.is_file() and file.read_bytes() == LimitedServer.body(path)


def measured(options, tool):
    """One tool against a server of its own; it is ended after --limit seconds."""
    paths = [f"/track-{i:06}.wav" for i in range(options.rows)]
    with tempfile.TemporaryDirectory(prefix="hitscope-bench-") as folder, \
            LimitedServer(options.per_second, options.window, options.refusal) as server:
        command, n_fetched = TOOLS[tool](options, server, paths, pathlib.Path(folder))
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=None if options.verbose else subprocess.DEVNULL)
        try:
            process.wait(timeout=options.limit)
        except subprocess.TimeoutExpired:
            print(f"{tool} is ended after {options.limit} s", file=sys.stderr)
            process.terminate()
            process.wait(timeout=30)
        finally:
            process.kill()
            process.wait()
        seconds = time.monotonic() - start
        requests = sorted(server.accepted + server.refused)
        late = sum(at > requests[0] + 1 for at in server.refused) if requests else 0
        return {"tool": tool, "rows": options.rows, "fetched": n_fetched(), "seconds": round(seconds, 1),
                "requests": len(requests), "refused": len(server.refused), "refused_later": late,
                "refused_later_percent": round(100 * late / max(1, len(requests)), 2),
                "most_connections": server.most_connections, "exit_code": process.returncode}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--per-second", type=int, default=20)
    parser.add_argument("--window", choices=Window.KINDS, default="sliding")
    parser.add_argument("--refusal", type=int, choices=(429, 503), default=429, help="status beyond the limit")
    parser.add_argument("--tools", default=",".join(TOOLS), help="which, with commas between them")
    parser.add_argument("--with", dest="extra", default="", metavar="FLAGS", help="further flags of hitscope fetch")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a tool is ended")
    parser.add_argument("--verbose", action="store_true", help="show what the tools say")
    parser.add_argument("--hitscope", default=os.environ.get("HITSCOPE", str(ROOT / "build/release/bin/hitscope")))
    options = parser.parse_args()
    tools = options.tools.split(",")
    if unknown := set(tools) - set(TOOLS):
        parser.error(f"unknown tools: {', '.join(sorted(unknown))}")
    refuse_without(*(tool for tool in tools if tool != "hitscope"))
    print(f"{options.rows} rows, {options.per_second} requests/s ({options.window}): "
          f"{options.rows / options.per_second:.0f} s at best\n"
          "tool      rows fetched  seconds  requests  refused  after the first second  connections")
    results = []
    for tool in tools:
        r = measured(options, tool)
        results.append(r)
        print(f"{tool:9} {r['fetched']:12} {r['seconds']:8.1f} {r['requests']:9} {r['refused']:8} "
              f"{r['refused_later']:13} ({r['refused_later_percent']:5.2f} %) {r['most_connections']:12}", flush=True)
    print(json.dumps({"bench": "fetch_limited", "per_second": options.per_second, "window": options.window,
                      "refusal": options.refusal, "results": results}))


if __name__ == "__main__":
    sys.exit(main())
