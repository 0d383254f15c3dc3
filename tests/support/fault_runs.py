"""What the tests of the misbehaving server share: flags, catalogues, running fetch, reading what it left behind."""

import contextlib
import gzip
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from fault_server import FaultServer
from fault_table import FLAGS, audio

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "apps"))
from harness import Case, Result, command_of, read_csv, sha256, write_csv  # noqa: E402

# A proxy of the environment must not stand between a test and its server.
for variable in [variable for variable in os.environ if variable.lower().endswith("_proxy")]:
    del os.environ[variable]

# Both must say the same of a row.
COMMON = ("row", "id", "url", "status", "http_status", "attempts", "file", "bytes", "sha256", "media_type", "kind")


def flags(**changes):
    """FLAGS as arguments with changes such as stall_timeout=60; True is a bare flag, None leaves one out, a list
    repeats it."""
    words = []
    for name, value in (FLAGS | {"--" + key.replace("_", "-"): value for key, value in changes.items()}).items():
        for each in value if isinstance(value, (list, tuple)) else [value]:
            words += [] if each is None else [name] if each is True else [name, str(each)]
    return words


def peak_rss_megabytes(process):
    """The most memory the running process has held so far, 0 where it has ended."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


FULL_DISK = r"""
mount -t tmpfs -o size=3m none "$DISK" || exit 77
"$@" > "$KEPT/first.out" 2> "$KEPT/first.err"
echo $? > "$KEPT/first.code"
cp -a "$DISK/store" "$KEPT/first"
mount -o remount,size=64m "$DISK" || exit 77
"$@" > "$KEPT/second.out" 2> "$KEPT/second.err"
echo $? > "$KEPT/second.code"
cp -a "$DISK/store" "$KEPT/second"
"""


def run_on_a_full_disk(command, disk, kept):
    """Runs the command, whose store is `disk`/store, on a file system of 3 MB, which is mounted at `disk` for nobody
    else, and then of 64 MB. What it said, its exit codes and copies of the store go to `kept`: first*, second*. Returns
    why that is impossible here, '' where it was done."""
    if shutil.which("unshare") is None:
        return "unshare, the program, is absent"
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    done = subprocess.run([*unshare, "sh", "-c", FULL_DISK, "sh", *command], stdin=subprocess.DEVNULL, timeout=60,
                          env=os.environ | {"DISK": str(disk), "KEPT": str(kept)}, capture_output=True, check=False)
    impossible = done.returncode == 77 or b"unshare" in done.stderr
    return f"no file system can be mounted here: {done.stderr.decode()}" if impossible else ""


class FetchCase(Case):
    """Runs fetch with the flags of the fault table against servers that end with the test."""

    def setUp(self):
        super().setUp()
        self.peak_mb = 0.0

    def serve(self, **handlers):
        """A server with these handlers; each call must be one that the table's helpers could make."""
        server = self.enterContext(FaultServer(handlers, lifetime_s=60))
        self.addCleanup(lambda: self.assertEqual(server.faulty_handlers, [], "a handler is mistaken"))
        return server

    def assertPeakMemoryBelow(self, megabytes):
        """Of the last run; not under sanitizers, which keep books of their own."""
        if "HITSCOPE_SANITIZED" not in os.environ:
            self.assertLess(self.peak_mb, megabytes, "megabytes")

    def catalogue(self, rows, header=("id", "url"), name="songs.csv"):
        return write_csv(self.tmp / name, header, rows)

    def arguments(self, catalogue, store="store", **changes):
        return ("fetch", catalogue, "--out", self.tmp / store, *flags(**changes))

    def fetch(self, catalogue, store="store", stdin=None, env=None, longest_s=60, **changes):
        """Runs it to its end and notes its peak memory. `env` is added to the environment."""
        command = command_of(self.arguments(catalogue, store, **changes))
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(stdin or b"")
            given.seek(0)
            start = time.monotonic()
            process = subprocess.Popen(command, stdin=given, stdout=out, stderr=err, env=os.environ | (env or {}))
            try:
                while process.poll() is None:
                    self.peak_mb = max(self.peak_mb, peak_rss_megabytes(process))
                    if time.monotonic() - start > longest_s:
                        self.fail(f"not over within {longest_s} s: {' '.join(command)}")
                    time.sleep(0.01)
            finally:
                process.kill()  # nothing where it has ended
                process.wait()
            texts = []
            for stream in (out, err):
                stream.seek(0)
                texts.append(stream.read().decode("utf-8", "replace"))
        return Result(command, process.returncode, *texts)

    def results(self, store="store"):
        return {row["id"]: row for row in read_csv(self.tmp / store / "results.csv")}

    def journal(self, store="store"):
        """Records by id, every value as the text that results.csv would hold."""
        with contextlib.closing(sqlite3.connect(self.tmp / store / "journal.sqlite")) as database:
            database.row_factory = sqlite3.Row
            rows = database.execute("SELECT * FROM fetches").fetchall()
        return {row["id"]: {key: str(row[key]) for key in row.keys()} for row in rows}

    def assertAgree(self, row, record):
        """A row of results.csv says what its record in the journal says."""
        said = {key: row[key] for key in COMMON}
        if row["status"] == "failed":
            said["bytes"] = said["bytes"] or "0"  # empty in the one, 0 in the other
        self.assertEqual(said, {key: record[key] for key in COMMON})
        self.assertIn(record["detail"], row["detail"])
        self.assertEqual(row["stage"], "" if row["status"] == "ok" else "fetch")

    def assertStored(self, row, body, store="store"):
        """An ok row, whose file holds these bytes."""
        self.assertEqual((row["status"], row["kind"], row["detail"]), ("ok", "", ""), row)
        self.assertTrue((self.tmp / store / row["file"]).read_bytes() == body, f"not the bytes that were served: {row}")
        self.assertEqual((row["bytes"], row["sha256"]), (str(len(body)), sha256(self.tmp / store / row["file"])))
        self.assertEqual((pathlib.Path(row["file"]).suffix, row["media_type"]), (".wav", "audio/wav"))

    def assertAllStored(self, names, store="store"):
        """These rows are ok, with the clip that has the row's name."""
        rows = self.results(store)
        for name in names:
            self.assertStored(rows[name], audio(name), store)

    def wait_for(self, condition, longest_s=20):
        until = time.monotonic() + longest_s
        while not condition():
            self.assertLess(time.monotonic(), until, "did not come about")
            time.sleep(0.01)

    def kinds(self, store="store"):
        """Outcome by id: 'ok' or the kind of the failure."""
        return {name: row["kind"] or row["status"] for name, row in self.results(store).items()}


def json_lines(rows):
    return "".join(json.dumps({"id": name, "url": url}) + "\n" for name, url in rows).encode()


def gzipped_tsv(rows):
    return gzip.compress("".join("\t".join(row) + "\n" for row in [("id", "url"), *rows]).encode())
