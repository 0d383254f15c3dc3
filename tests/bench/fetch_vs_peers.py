#!/usr/bin/python3
"""Files per second of hitscope fetch beside curl and aria2, on the same clips from the same nginx in the same run.

    tests/bench/fetch_vs_peers.py [--part A|B|AB] [--turns 5] [--files 2000] [--keep FOLDER] [--in FOLDER]

Part A: no latency, 16 connections: files/s, and CPU seconds of the client (user + system) per 1,000 files. Part B: every
answer comes after 50 ms, 16, 32 and 64 connections: files/s, beside the most that is possible (connections / 0.05 s).
The clips are as large as 30 s of MP3 (360 KB) and all different. The tools take turns; each figure is the median of
--turns. Every pass writes to a fresh folder in --in, after a sync (a folder in memory, /dev/shm, takes the disk out of
the comparison: ext4 is slow to make files where many have just been deleted, as between passes here), and is over when every file has its right size; for hitscope
it is the whole of `hitscope fetch`, with checking, hashing and its journal. Needs the Debian packages nginx-light,
libnginx-mod-http-echo, curl and aria2, and 1.5 GB of disk.
"""
import argparse
import csv
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from limited_server import wav  # noqa: E402
from nginx import Nginx, refuse_without  # noqa: E402

LATENCY_S = 0.05
PASS_LIMIT_S = 600


def clip_size(i):
    return 360_000 + 4 * (i % 500)


def make_clips(folder, n):
    """Clips that are absent or of another size; returns name -> bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {f"clip-{i:05}.wav": clip_size(i) for i in range(n)}
    for i, (name, size) in enumerate(sizes.items()):
        file = folder / name
        if not file.exists() or file.stat().st_size != size:
            file.write_bytes(wav(random.Random(i).randbytes(size - 44)))
    return sizes


def hitscope(options, urls, connections, work):
    (work / "songs.csv").write_text("track_id,preview_url\n" + "".join(f"{n[:-4]},{url}\n" for n, url in urls.items()))
    return [options.hitscope, "fetch", work / "songs.csv", "--out", work / "out", "--connections", connections,
            "--allow-private-addresses"]


def curl(_, urls, connections, work):
    (work / "out").mkdir()
    (work / "config").write_text("".join(f'url="{url}"\noutput="{work}/out/{n}"\n' for n, url in urls.items()))
    return ["curl", "-q", "-s", "-f", "--parallel", "--parallel-max", connections, "-K", work / "config"]


def aria2c(_, urls, connections, work):
    (work / "urls").write_text("".join(f"{url}\n" for url in urls.values()))
    return ["aria2c", "-q", "--no-conf", "--file-allocation=none", "-j", connections, "-s", "1", "-x", "1",
            "-d", work / "out", "-i", work / "urls"]


TOOLS = {"hitscope": hitscope, "curl": curl, "aria2c": aria2c}


def sizes_found(tool, out):
    """Name -> bytes of what the tool has written."""
    if tool != "hitscope":
        return {file.name: file.stat().st_size for file in out.iterdir()}
    with open(out / "results.csv", newline="", encoding="utf-8") as file:
        return {row["id"] + ".wav": (out / row["file"]).stat().st_size for row in csv.DictReader(file)
                if row["status"] == "ok"}


def one_pass(options, tool, urls, sizes, connections):
    """(files per second, client CPU seconds per 1,000 files)."""
    with tempfile.TemporaryDirectory(prefix="pass-", dir=options.work) as folder:
        work = pathlib.Path(folder)
        command = list(map(str, TOOLS[tool](options, urls, connections, work)))
        os.sync()
        with open(work / "errors", "wb") as errors:
            start = time.perf_counter()
            process = subprocess.Popen(["timeout", "--foreground", str(PASS_LIMIT_S), *command], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=errors)
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                process.terminate()  # timeout hands it on
                process.wait()
                raise
            seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        found = sizes_found(tool, work / "out") if process.returncode == 0 else {}
        if found != sizes:
            wrong = sum(found.get(name) != size for name, size in sizes.items())
            said = (work / "errors").read_text(errors="replace")[:500]
            raise RuntimeError(f"{tool}: exit code {process.returncode}, {wrong} of {len(sizes)} files are absent or of "
                               f"another size\n{said}")
        return len(sizes) / seconds, (usage.ru_utime + usage.ru_stime) * 1000 / len(sizes)


def compare(options, server, folder, sizes, connections):
    """Tool -> median and range of files/s, and CPU seconds per 1,000 files."""
    urls = {name: server.url(f"/{folder}/{name}") for name in sizes}
    passes = {tool: [] for tool in TOOLS}
    for turn in range(options.turns):
        order = list(TOOLS)[turn % len(TOOLS):] + list(TOOLS)[:turn % len(TOOLS)]
        for tool in order:
            passes[tool].append(one_pass(options, tool, urls, sizes, connections))
    table = {}
    print(f"{folder}, {connections} connections" +
          (f": at most {connections / LATENCY_S:.0f} files/s" if folder == "slow" else ""))
    for tool, figures in passes.items():
        rates, cpu = zip(*figures)
        table[tool] = {"files_per_s": round(statistics.median(rates), 1), "lowest": round(min(rates), 1),
                       "highest": round(max(rates), 1), "cpu_s_per_1000": round(statistics.median(cpu), 3)}
        print(f"  {tool:8} {table[tool]['files_per_s']:7.1f} files/s ({min(rates):.1f} to {max(rates):.1f}), "
              f"client CPU {table[tool]['cpu_s_per_1000']:.3f} s per 1,000 files")
    rate = {tool: row["files_per_s"] for tool, row in table.items()}
    ratios = {"to_curl": rate["hitscope"] / rate["curl"], "to_best": rate["hitscope"] / max(rate["curl"], rate["aria2c"]),
              "cpu_to_curl": table["hitscope"]["cpu_s_per_1000"] / table["curl"]["cpu_s_per_1000"]}
    if folder == "slow":
        ratios["to_ideal"] = rate["hitscope"] * LATENCY_S / connections
    ratios = {name: round(value, 3) for name, value in ratios.items()}
    print(f"  hitscope : curl = {ratios['to_curl']:.2f}   hitscope : best of curl and aria2c = {ratios['to_best']:.2f}   "
          f"CPU, hitscope : curl = {ratios['cpu_to_curl']:.2f}"
          + (f"   hitscope : ideal = {ratios['to_ideal']:.2f}" if folder == "slow" else ""), flush=True)
    return {"folder": folder, "connections": connections, **table, "ratios": ratios}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--part", choices=("A", "B", "AB"), default="AB")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER", help="leave the clips there for the next run")
    parser.add_argument("--in", dest="work_in", metavar="FOLDER", help="where the tools write (default: a temporary folder)")
    parser.add_argument("--hitscope", default=os.environ.get("HITSCOPE", str(ROOT / "build/release/bin/hitscope")))
    options = parser.parse_args()
    refuse_without("nginx", "curl", "aria2c")
    with tempfile.TemporaryDirectory(prefix="hitscope-bench-", dir=options.work_in) as folder:
        options.work = pathlib.Path(folder)
        clips = (options.keep or options.work / "clips").resolve()
        sizes = make_clips(clips, options.files)
        locations = f"""
    location /clips/ {{ alias {clips}/; }}
    location /slow/ {{ echo_sleep {LATENCY_S}; echo_exec @after; }}
    location @after {{ rewrite ^/slow/(.*)$ /$1 break; root {clips}; }}"""
        results = []
        with Nginx(locations) as server:
            if "A" in options.part:
                results.append(compare(options, server, "clips", sizes, 16))
            for connections in (16, 32, 64) if "B" in options.part else ():
                results.append(compare(options, server, "slow", sizes, connections))
        print(json.dumps({"bench": "fetch_vs_peers", "files": options.files, "turns": options.turns, "results": results}))


if __name__ == "__main__":
    sys.exit(main())
