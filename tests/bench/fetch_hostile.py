#!/usr/bin/python3
"""10,000 rows over 2,000 hosts, of which some misbehave in every way that the tests know, and kills: is everything good
fetched, and nothing else harmed?

    tests/bench/fetch_hostile.py [--rows 10000] [--hosts 2000] [--kills 20] [--seed 1]

Hosts are addresses of loopback with one port. One row in a hundred asks a host of its own for one of the faults of
tests/support/fault_catalogue.py; all others ask for a clip. The fetch is ended by SIGKILL at random moments and begun again.
At the end every good row must have its clip, byte for byte, every row a result, the store must be found sound by --verify,
and nothing beside the store may have changed. Exit code 1 where that is not so.
"""

import argparse
import csv
import pathlib
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "tests/apps")]
import fault_catalogue  # noqa: E402,F401  (fills the tables)
from fault_runs import flags, peak_rss_megabytes  # noqa: E402
from fault_server import FaultServer  # noqa: E402
from fault_table import FAULTS, HANDLERS, audio  # noqa: E402
from harness import command_of, sha256  # noqa: E402


class ManyHosts(FaultServer):
    """Listens at one port of many loopback addresses."""

    def __init__(self, handlers, n_hosts, lifetime_s):
        super().__init__(handlers, lifetime_s=lifetime_s)
        port = int(self.url("/").split(":")[2].strip("/"))
        self.hosts = []
        self.listeners = []
        for i in range(n_hosts):
            address = f"127.{1 + i // 62500}.{i // 250 % 250}.{1 + i % 250}"
            self.listeners.append(socket.create_server((address, port), backlog=64))
            self.hosts.append(f"http://{address}:{port}")
        self._threads.append(threading.Thread(target=self._listen_to_all, daemon=True))

    def _listen_to_all(self):
        poll = select.poll()
        by_number = {listener.fileno(): listener for listener in self.listeners}
        for number in by_number:
            poll.register(number, select.POLLIN)
        while not self.stopping.is_set():
            for number, _ in poll.poll(50):
                sock, _ = by_number[number].accept()
                self._enter(sock)
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()
        for listener in self.listeners:
            listener.close()

    def _enter(self, sock):  # without counting who is connected, which costs by the number of connections
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(max(0.1, self.deadline - time.monotonic()))
        with self._lock:
            self._open.add(sock)


def catalogue(path, options, server, draw):
    """Writes it; returns the ids of good rows, and of the others the name of their fault."""
    faults = {}
    rows = []
    names = [fault.name for fault in FAULTS if fault.scheme == "http"]
    n_bad = max(len(names), options.rows // 100)
    n_good_hosts = options.hosts - n_bad
    for i in range(options.rows - n_bad):
        rows.append((f"good-{i}", f"{server.hosts[i % n_good_hosts]}/good/{i}.wav"))
    for i in range(n_bad):
        faults[f"bad-{i}"] = names[i % len(names)]
        rows.append((f"bad-{i}", f"{server.hosts[n_good_hosts + i]}/{faults[f'bad-{i}']}.mp3"))
    draw.shuffle(rows)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "url"])
        writer.writerows(rows)
    return {name for name, _ in rows if name.startswith("good")}, faults


def good(call):
    call.answer(200, audio(call.path.rsplit("/", 1)[1]))


def fetch(command, options, draw):
    """Runs it until it ends by itself; its exit code, the number of kills and the peak memory in megabytes."""
    n_kills, peak = 0, 0.0
    while True:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        until = time.monotonic() + draw.uniform(0.05, 1.5) if n_kills < options.kills else float("inf")
        while process.poll() is None and time.monotonic() < until:
            peak = max(peak, peak_rss_megabytes(process))
            time.sleep(0.01)
        if process.poll() is not None:
            print(process.stdout.read().decode("utf-8", "replace"))
            return process.returncode, n_kills, peak
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        n_kills += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10000)
    parser.add_argument("--hosts", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    wrong = []
    with tempfile.TemporaryDirectory() as folder, ManyHosts(HANDLERS | {"good": good}, options.hosts, 1500) as server:
        folder = pathlib.Path(folder)
        (folder / "beside").write_text("not the store")
        songs = folder / "songs.csv"
        good_ids, faults = catalogue(songs, options, server, draw)
        before = {path: sha256(path) for path in folder.iterdir()}
        store = folder / "store"
        start = time.monotonic()
        command = command_of(["fetch", songs, "--out", store, *flags(connections=16)])
        code, n_kills, peak = fetch(command, options, draw)
        seconds = time.monotonic() - start
        with open(store / "results.csv", newline="", encoding="utf-8") as file:
            results = {row["id"]: row for row in csv.DictReader(file)}
        wrong += [f"exit code {code}"] if code not in (0, 1) else []
        wrong += [f"{options.rows - len(results)} rows have no result"] if len(results) != options.rows else []
        for name in good_ids:
            row = results.get(name, {})
            wanted = audio(name.split("-")[1] + ".wav")
            if row.get("status") != "ok" or (store / row["file"]).read_bytes() != wanted:
                wrong.append(f"{name}: {row}")
        if {path: sha256(path) for path in before} != before or {*folder.iterdir()} != {*before, store}:
            wrong.append("something beside the store has changed")
        verified = subprocess.run(command_of(["fetch", "--out", store, "--verify"]), capture_output=True, text=True, check=False)
        print(verified.stdout)
        wrong += ["--verify finds damage"] if verified.returncode != 0 else []
        n_ok = sum(results[name]["status"] == "ok" for name in faults if name in results)
        print(f"{options.rows} rows, {options.hosts} hosts, {n_kills} kills: {seconds:.0f} s, peak {peak:.0f} MB; "
              f"{len(good_ids)} good rows, {len(faults)} with {len(set(faults.values()))} faults, of which {n_ok} got a clip "
              f"in the end; {len(server.faulty_handlers)} handlers mistaken; wrong: {len(wrong)}")
    for line in wrong[:20]:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
