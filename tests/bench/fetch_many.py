#!/usr/bin/python3
"""A catalogue of very many rows: seconds and memory of hitscope fetch, and of running it again when all is done.

    tests/bench/fetch_many.py [--rows 1000000] [--connections 16] [--keep FOLDER] [--with="FLAGS"]

nginx answers every row with a few bytes that begin as FLAC does and differ from row to row, so that what is measured is
hitscope's own work per row: the request, the file, the journal, the results. The second run finds everything in the
journal and must make no request. Exit code 1 where a row has no clip or the second run asks again. Every clip is a file:
1,000,000 rows take 4 GB and as many inodes of --keep, or of a temporary folder. Needs the Debian packages nginx-light and
libnginx-mod-http-echo.
"""
import argparse
import csv
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from nginx import Nginx, refuse_without  # noqa: E402

# In /proc/PID/status. The ru_maxrss of wait4 would count what Python held when it forked.
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


def fetch(options, catalogue, store):
    """Runs hitscope to its end: seconds, CPU seconds, peak resident memory in MB (looked at every 20 ms), exit code."""
    command = [options.hitscope, "fetch", catalogue, "--out", store, "--connections", str(options.connections),
               "--allow-private-addresses", *shlex.split(options.extra)]
    start, peak_kb, status = time.perf_counter(), 0, 0
    with open(catalogue.with_name("said"), "wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid != 0:
                    break
                if time.perf_counter() - start > options.limit:
                    raise TimeoutError(f"hitscope still runs after {options.limit} s")
                if match := PEAK.search(pathlib.Path(f"/proc/{process.pid}/status").read_text()):
                    peak_kb = int(match[1])
                time.sleep(0.02)
        except BaseException:
            process.kill()
            process.wait()
            raise
    process.returncode = os.waitstatus_to_exitcode(status)
    return {"seconds": round(time.perf_counter() - start, 2), "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
            "peak_mb": round(peak_kb / 1024, 1), "exit_code": process.returncode}


def write_catalogue(file, n, base):
    with open(file, "w", encoding="utf-8") as out:
        out.write("track_id,artist_name,track_name,preview_url\n")
        for i in range(n):
            out.write(f"track-{i:08},artist {i // 10},a name of usual length {i},{base}/clips/{i:08}\n")


def n_clips(store):
    """Rows of results.csv with a clip, and different files among them."""
    with open(store / "results.csv", newline="", encoding="utf-8") as file:
        n_ok = sum(row["status"] == "ok" for row in csv.DictReader(file))
    return n_ok, sum(len(files) for _, _, files in os.walk(store / "clips"))


def report(name, rows, run):
    print(f"{name}: {run['seconds']:.2f} s, {rows / run['seconds']:.0f} rows/s, CPU {run['cpu_s']:.2f} s, peak memory "
          f"{run['peak_mb']:.1f} MB, {run['requests']} requests, exit code {run['exit_code']}", flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER", help="a new folder to work in and to leave there")
    parser.add_argument("--with", dest="extra", default="", metavar="FLAGS", help="further flags of hitscope fetch")
    parser.add_argument("--limit", type=float, default=3600, help="seconds after which a run is ended")
    parser.add_argument("--hitscope", default=os.environ.get("HITSCOPE", str(ROOT / "build/release/bin/hitscope")))
    options = parser.parse_args()
    refuse_without("nginx")
    if options.keep:
        options.keep.mkdir(parents=True)
        return measure(options, options.keep)
    with tempfile.TemporaryDirectory(prefix="hitscope-bench-") as folder:
        return measure(options, pathlib.Path(folder))


def measure(options, work):
    catalogue, store = work / "songs.csv", work / "store"
    with Nginx('location /clips/ { return 200 "fLaC of $uri, which no decoder could do anything with"; }') as server:
        write_catalogue(catalogue, options.rows, server.url())
        first = fetch(options, catalogue, store)
        first["requests"] = server.requests()
        report("first run", options.rows, first)
        if not (store / "results.csv").exists():
            print((work / "said").read_text(errors="replace")[-1000:], file=sys.stderr)
            return 1
        n_ok, n_files = n_clips(store)
        again = fetch(options, catalogue, store)
        again["requests"] = server.requests() - first["requests"]
        report("again", options.rows, again)
    megabytes = {name: (store / name).stat().st_size / 1e6 for name in ("journal.sqlite", "results.csv")}
    print(f"{n_ok} of {options.rows} rows have a clip, {n_files} files; journal {megabytes['journal.sqlite']:.1f} MB, "
          f"results {megabytes['results.csv']:.1f} MB")
    print(json.dumps({"bench": "fetch_many", "rows": options.rows, "connections": options.connections, "first": first,
                      "again": again, "clips": n_ok, "files": n_files}))
    good = n_ok == n_files == options.rows and again["requests"] == 0 and first["exit_code"] == again["exit_code"] == 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
