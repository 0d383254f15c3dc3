#!/usr/bin/python3
"""kill -9 at random moments of a fetch with faults: is the store in the end that of an undisturbed run?

    tests/bench/fetch_kills.py [--kills 50] [--rows 2000] [--seed 1] [--connections 16]

A loopback server delays every answer by 10 to 20 ms; every tenth row has a fault, by turns: 404; 503 twice, then fine; cut
short once; a page instead of audio; a reset connection once. Every 300th clip has 3 MB, comes slowly and by Range too.
Some clips are the same bytes at another URL. An undisturbed run comes first. Then the same is fetched into another store
with SIGKILL at --kills moments: after so many requests, within the first milliseconds, and near the end. Compared are the
files under clips/ (names and bytes), the journal and results.csv without the number of attempts (and with 206, the end of
a resumed clip, taken for 200). After each kill, the rows that a copy of the journal calls finished are noted: the server
must not be asked for them again. Then `hitscope fetch --verify` must find the store sound. Exit code 1 on any difference.
"""
import argparse
import asyncio
import collections
import csv
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from limited_server import LoopbackServer, wav  # noqa: E402

FAULTS = ("missing", "busy twice", "cut short once", "not audio", "reset once")
LARGE_BYTES = 3_000_000
RUN_LIMIT_S = 300
BACKOFF = ("--backoff", "0.05", "--max-backoff", "0.5")  # seconds: the faults pass quickly


class FaultyServer(LoopbackServer):
    """Serves /0.wav, /1.wav, …. What a row's n-th request gets depends on the row and n alone; reset() starts anew."""

    def __init__(self):
        super().__init__()
        self.tasks = set()
        self.reset()

    def reset(self):
        self.counts = collections.Counter()  # requests by row
        self.resumed = 0                     # answered with 206

    @staticmethod
    def fault(row):
        return FAULTS[row // 10 % len(FAULTS)] if row % 10 == 3 else None

    @staticmethod
    def body(row):
        if row % 50 == 29:
            row -= 1  # the bytes of the row before
        n = LARGE_BYTES if row % 300 == 150 else 2000 + 2 * (row % 500)
        return wav(random.Random(row).randbytes(n))

    def take(self, connection, path, headers):
        row = int(re.fullmatch(r"/(\d+)\.wav", path)[1])
        self.counts[row] += 1
        task = self.loop.create_task(self.answer(connection, row, self.counts[row], headers))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def answer(self, connection, row, number, headers):
        await asyncio.sleep(0.01 + 0.001 * (row % 11))
        fault = self.fault(row)
        if connection.transport.is_closing():  # the client was killed
            return
        if fault == "missing":
            connection.send(404, b"not here\n", media_type="text/plain")
        elif fault == "not audio":
            connection.send(200, b"<html><body>a page</body></html>\n", media_type="text/html")
        elif fault == "busy twice" and number <= 2:
            connection.send(503, b"busy\n", media_type="text/plain")
        elif fault == "reset once" and number == 1:
            connection.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                                                     struct.pack("ii", 1, 0))
            connection.transport.abort()
        else:
            await self.send_clip(connection, row, headers, cut_short=fault == "cut short once" and number == 1)

    async def send_clip(self, connection, row, headers, cut_short):
        body = self.body(row)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        about = ["Accept-Ranges: bytes", f"ETag: {etag}"]
        wanted = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
        start = int(wanted[1]) if wanted and headers.get("if-range", etag) == etag else 0
        if start >= len(body):
            connection.send(416, b"", f"Content-Range: bytes */{len(body)}", *about)
            return
        if start > 0:
            about.append(f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}")
            self.resumed += 1
        status, rest = (206, body[start:]) if start > 0 else (200, body)
        if cut_short:
            connection.send(status, rest[:len(rest) // 2], *about, body_bytes=len(rest))
            connection.transport.close()
            return
        piece = 100_000
        connection.send(status, rest[:piece], *about, body_bytes=len(rest))
        for at in range(piece, len(rest), piece):  # a clip of 3 MB takes 0.3 s
            await asyncio.sleep(0.01)
            connection.write(rest[at:at + piece])


class Kills:
    """Fetches into a store, killing; `asked_again` are the requests for rows that the journal called finished."""

    def __init__(self, options, server, command, store, undisturbed_s):
        self.options, self.server, self.command, self.store = options, server, command, store
        self.length_s = 0.2 * undisturbed_s  # of the rest of the work, later of the last run that came to its end
        self.dice = random.Random(options.seed)
        self.finished = {}  # row -> requests for it when the journal first called it finished
        self.kills = self.before_any_request = 0

    def moment(self):
        """When to kill: a function of (seconds, requests of this process)."""
        share, dice = self.kills / self.options.kills, self.dice
        if share >= 0.8:  # the end of the run, then runs that find nothing left to do
            seconds = dice.uniform(0, self.length_s)
            return lambda s, _: s >= seconds
        if self.kills % 5 == 4:
            seconds = dice.uniform(0, 0.03)
            return lambda s, _: s >= seconds
        requests = dice.uniform(0, 2 * self.options.rows / self.options.kills)
        return lambda _, n: n >= requests

    def run(self):
        for _ in range(4 * self.options.kills):  # some runs come to their end first
            if self.kills == self.options.kills:
                return
            due, before, start = self.moment(), self.server.counts.total(), time.monotonic()
            process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            while (process.poll() is None and time.monotonic() - start < RUN_LIMIT_S
                   and not due(time.monotonic() - start, self.server.counts.total() - before)):
                time.sleep(0.001)
            process.kill()
            if process.wait() == -9:
                self.kills += 1
                self.before_any_request += self.server.counts.total() == before
            else:
                self.length_s = time.monotonic() - start
            self.note_finished()

    def note_finished(self):
        for row in journal(self.store):
            self.finished.setdefault(row["row"] - 2, self.server.counts[row["row"] - 2])  # the header is row 1

    def asked_again(self):
        return {row: self.server.counts[row] - n for row, n in self.finished.items() if self.server.counts[row] > n}


def journal(store):
    """The journal's rows, read from a copy: what an open process has in its write-ahead log is there too."""
    with tempfile.TemporaryDirectory(prefix="hitscope-journal-") as folder:
        for name in ("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-journal"):
            if (store / name).exists():
                shutil.copy(store / name, folder)
        database = sqlite3.connect(pathlib.Path(folder) / "journal.sqlite")
        database.row_factory = sqlite3.Row
        try:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'fetches'").fetchone():
                return []
            return [dict(row) for row in
                    database.execute("SELECT * FROM fetches WHERE status IN ('ok', 'failed') ORDER BY row, id")]
        finally:
            database.close()


def contents(store):
    """What two equal stores share: key -> value, for files, journal rows and results."""
    found = {f"file {p.relative_to(store)}": hashlib.sha256(p.read_bytes()).hexdigest()
             for p in (store / "clips").rglob("*") if p.is_file()}
    found |= {f"left over {p.relative_to(store)}": "" for p in store.rglob("*") if p.suffix in (".part", ".tmp")}
    fields = ("id", "row", "url", "status", "http_status", "file", "bytes", "sha256", "media_type", "kind")
    for row in journal(store):
        found[f"journal {row['id']}"] = {name: row[name] for name in fields} | {"http_status": plain(row["http_status"])}
    with open(store / "results.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, strict=True):
            found[f"results {row['id']}"] = row | {"http_status": plain(row["http_status"]), "attempts": ""}
    return found


def plain(http_status):
    return "200" if str(http_status) == "206" else str(http_status)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--hitscope", default=os.environ.get("HITSCOPE", str(ROOT / "build/release/bin/hitscope")))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hitscope-kills-") as folder, FaultyServer() as server:
        complaints = compare(options, server, pathlib.Path(folder))
    for complaint in complaints:
        print(f"WRONG: {complaint}")
    print("killed and undisturbed runs are equal" if not complaints else f"{len(complaints)} complaints")
    return 1 if complaints else 0


def compare(options, server, work):
    """Returns what is wrong, as sentences."""
    catalogue = work / "songs.csv"
    catalogue.write_text("track_id,title,preview_url\n" +
                         "".join(f"track-{i},number {i},{server.url(f'/{i}.wav')}\n" for i in range(options.rows)))
    whole, killed = work / "whole", work / "killed"

    def command(store, *flags):
        return [options.hitscope, "fetch", str(catalogue), "--out", str(store), "--connections", str(options.connections),
                "--allow-private-addresses", *BACKOFF, *flags]

    def finish(store, *flags):
        done = subprocess.run(command(store, *flags), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=RUN_LIMIT_S)
        return done.returncode, f"exit code {done.returncode}\n{(done.stdout + done.stderr)[-1000:]}"

    start, wrong = time.monotonic(), []
    code, said = finish(whole)
    seconds, asked, resumed = time.monotonic() - start, server.counts.total(), server.resumed
    n_failed = sum(server.fault(row) in ("missing", "not audio") for row in range(options.rows))
    expected = contents(whole) if code in (0, 1) else {}
    n_clips = sum(key.startswith("journal") and row["status"] == "ok" for key, row in expected.items())
    print(f"undisturbed: {seconds:.1f} s, {n_clips} clips, {asked} requests ({resumed} resumed a clip)")
    if n_clips != options.rows - n_failed or code != (1 if n_failed else 0):
        return [f"the undisturbed run has {n_clips} clips instead of {options.rows - n_failed}: {said}"]

    server.reset()
    kills = Kills(options, server, command(killed), killed, seconds)
    kills.run()
    code, said = finish(killed)
    kills.note_finished()
    found, again = contents(killed), kills.asked_again()
    print(f"killed {kills.kills} times ({kills.before_any_request} before the first request of a process): "
          f"{server.counts.total()} requests ({server.resumed} resumed a clip)\n"
          f"finished rows requested again: {len(again)}")
    if kills.kills < options.kills:
        wrong.append(f"only {kills.kills} of {options.kills} kills met a running process")
    if code != (1 if n_failed else 0):
        wrong.append(f"the last run: {said}")
    wrong += [f"row {row} was finished and then requested {n} times more" for row, n in list(again.items())[:5]]
    different = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    print(f"{len(expected)} files, journal rows and results compared: {len(different)} different")
    wrong += [f"{key}: {expected.get(key)} undisturbed, {found.get(key)} killed" for key in different[:10]]
    before = server.counts.total()
    for store in (whole, killed):
        code, said = finish(store, "--verify")
        if code != 0:
            wrong.append(f"--verify of {store.name}: {said}")
    if server.counts.total() != before:
        wrong.append("--verify makes requests")
    print(json.dumps({"bench": "fetch_kills", "rows": options.rows, "kills": kills.kills, "different": len(different),
                      "asked_again": len(again), "requests_undisturbed": asked, "requests": server.counts.total()}))
    return wrong


if __name__ == "__main__":
    sys.exit(main())
