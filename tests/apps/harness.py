"""What the end-to-end tests share: running hitscope, temporary folders, invented clips, CSV files, tree hashes.

Programs come from the environment, so that ctest can name them:
    HITSCOPE       bin/hitscope                                (default: build/release/bin/hitscope)
    HITSCOPE_DEMO  libexec/hitscope/make_demo_catalogue        (default: beside the program)
    HITSCOPE_DATA  real data; tests that need it are skipped without it (default: ../shared/data beside the checkout)
"""

import csv
import hashlib
import io
import json
import math
import os
import pathlib
import re
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import wave

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from serve import FolderServer  # noqa: E402,F401  (tests take it from here)

HITSCOPE = pathlib.Path(os.environ.get("HITSCOPE", ROOT / "build/release/bin/hitscope"))
LIBEXEC = HITSCOPE.resolve().parents[1] / "libexec/hitscope"
DEMO = pathlib.Path(os.environ.get("HITSCOPE_DEMO", LIBEXEC / "make_demo_catalogue"))
DATA = pathlib.Path(os.environ.get("HITSCOPE_DATA", ROOT.parent / "shared/data"))

ALL_FINE, SOME_FAILED, USAGE, STOPPED = 0, 1, 2, 3  # exit codes, as every --help says
VERBS = tuple(re.findall(r"^  (\w+) .*-> ", subprocess.run([HITSCOPE, "--help"], capture_output=True, text=True,
                                                             check=True).stdout, re.M)) if HITSCOPE.exists() else ()

# A front end that renders a one-second clip in a millisecond: 32 mels, 26 frames.
SMALL_FRONT_END = {"--duration": 1, "--sample-rate": 8000, "--n-fft": 256, "--hop-length": 320, "--n-mels": 32}


class Result:
    """How a program ended."""

    def __init__(self, command, code, out, err):
        self.command, self.code, self.out, self.err = command, code, out, err

    @property
    def text(self):
        return self.out + self.err

    def __str__(self):
        return f"$ {' '.join(self.command)}\nexit code {self.code}\n{self.out}{self.err}"


def front_end(**changes):
    """SMALL_FRONT_END as arguments, with changes such as n_mels=40."""
    options = SMALL_FRONT_END | {"--" + name.replace("_", "-"): value for name, value in changes.items()}
    return [str(word) for option in options.items() for word in option]


def command_of(args):
    return [str(HITSCOPE), *map(str, args)]


def run(*args, timeout=120, program=None):
    """Runs `hitscope args…` (or another program) to its end."""
    command = command_of(args) if program is None else [str(program), *map(str, args)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False)
    return Result(command, done.returncode, done.stdout.decode("utf-8", "replace"),
                  done.stderr.decode("utf-8", "replace"))


def run_and_signal(args, when, signal_number, timeout=60):
    """Starts `hitscope args…`, sends the signal after `when` seconds, or as soon as `when()` is true, unless the
    program has ended by then; waits for its end."""
    start = time.monotonic()
    due = when if callable(when) else lambda: time.monotonic() - start >= when
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        command = command_of(args)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        while process.poll() is None and not due() and time.monotonic() - start < timeout:
            time.sleep(0.002)
        process.send_signal(signal_number)  # nothing where it has ended
        try:
            process.wait(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
        return Result(command, process.returncode, *texts)


def kill_after(args, when):
    """kill -9 as in run_and_signal; True where the program was still running then."""
    return run_and_signal(args, when, signal.SIGKILL).code == -signal.SIGKILL


class Case(unittest.TestCase):
    """A test with a folder of its own, `self.tmp`, and assertions that print what the program said."""

    maxDiff = 4000

    @classmethod
    def shared_folder(cls):
        """A folder for all tests of the class, which needs a method runTest; for setUpClass."""
        cls.holder = cls("runTest")
        cls.holder.setUp()
        cls.addClassCleanup(cls.holder.doCleanups)
        return cls.holder.tmp

    def setUp(self):
        self.tmp = pathlib.Path(tempfile.mkdtemp(prefix="hitscope-test-"))
        self.addCleanup(shutil.rmtree, self.tmp, ignore_errors=True)

    def assertExit(self, result, code):
        self.assertEqual(result.code, code, f"\n{result}")

    def assertSays(self, text, *parts):
        """Every part stands in `text` (a Result's output, or a string)."""
        text = str(text) if isinstance(text, Result) else text
        for part in parts:
            self.assertIn(str(part), text)

    def assertOneLine(self, result):
        """A refusal is one line on standard error, nothing on standard output."""
        self.assertEqual(result.out, "", f"\n{result}")
        self.assertEqual(len(result.err.splitlines()), 1, f"\n{result}")

    def assertRefused(self, result, *parts):
        """Exit code 2 with one line that holds every part."""
        self.assertExit(result, USAGE)
        self.assertOneLine(result)
        self.assertSays(result.err, *parts)

    def assertRow(self, row, stage, kind, *parts):
        """A failed row of a result file says stage, kind and, in its detail, every part."""
        self.assertEqual((row["status"], row["stage"], row["kind"]), ("failed", stage, kind), row)
        self.assertSays(row["detail"], *parts)

    def assertSameTree(self, one, other, ignore=()):
        """Equal bytes under both folders, but for files whose names `ignore` holds."""
        left, right = tree(one, ignore), tree(other, ignore)
        self.assertEqual(sorted(left), sorted(right))
        self.assertEqual([name for name in left if left[name] != right[name]], [], "these files differ")


def real_data(*parts):
    """A path under HITSCOPE_DATA; skips the test, visibly, where it is absent."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        raise unittest.SkipTest(f"real data is absent: {path} (HITSCOPE_DATA)")
    return path


def write_csv(path, header, rows):
    """Writes a CSV; returns its path."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path = pathlib.Path(path)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def read_csv(path):
    """Rows as dictionaries; fails where a row has not the header's cells."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, strict=True))
    for row in rows:
        if None in row or None in row.values():
            raise AssertionError(f"{path}: a row has not as many cells as the header: {row}")
    return rows


def read_json(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def tree(folder, ignore=()):
    """Relative path -> sha256 of every file under the folder."""
    folder = pathlib.Path(folder)
    return {str(p.relative_to(folder)): sha256(p)
            for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in ignore}


def leftovers(folder):
    """Files that only a run under way may have."""
    return [str(p) for p in pathlib.Path(folder).rglob("*")
            if p.suffix in (".part", ".tmp", ".checkpoint")]


def tone(hz, seconds=1.0, rate=8000, noise=0.05, seed=0):
    """Samples in [-1, 1]: a sine with a little noise, the same for the same arguments."""
    dice = random.Random(seed)
    return [0.6 * math.sin(2 * math.pi * hz * t / rate) + noise * dice.uniform(-1, 1)
            for t in range(int(seconds * rate))]


def wav_bytes(samples, rate=8000, channels=1):
    """16-bit PCM; mono samples are copied to every channel."""
    frames = [max(-32768, min(32767, round(32767 * x))) for x in samples for _ in range(channels)]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{len(frames)}h", *frames))
    return buffer.getvalue()


def float_wav_bytes(samples, rate=8000):
    """32-bit IEEE float WAV, mono: the only way to put a NaN into a file."""
    data = struct.pack(f"<{len(samples)}f", *samples)
    form = struct.pack("<HHIIHH", 3, 1, rate, 4 * rate, 4, 32)
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def write_wav(path, samples, rate=8000, channels=1):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav_bytes(samples, rate, channels))
    return path


def make_tones(folder, n, seconds=1.0, rate=8000, first_hz=0, noise=0.05):
    """n short clips clip-000.wav …: even ones low, odd ones high. Returns (id, class) pairs."""
    made = []
    for i in range(n):
        name, label = f"clip-{i:03}", ("low", "high")[i % 2]
        hz = (300 if label == "low" else 1500) + 3 * i + first_hz
        write_wav(pathlib.Path(folder) / f"{name}.wav", tone(hz, seconds, rate, noise, seed=i), rate)
        made.append((name, label))
    return made


def make_run(folder):
    """24 tones of two pitches in folder/clips, rendered into folder/specs; folder/run learned them in one epoch from
    folder/songs.csv, whose path is returned."""
    songs = write_csv(folder / "songs.csv", ["track_id", "pitch"], make_tones(folder / "clips", 24, seconds=0.5))
    for args in (("render", folder / "clips", "--out", folder / "specs", *front_end()),
                 ("train", songs, "--spectrograms", folder / "specs", "--out", folder / "run", "--target", "pitch",
                  "--features", "none", "--epochs", "1", "--threads", "1")):
        result = run(*args)
        if result.code != ALL_FINE:
            raise AssertionError(str(result))
    return songs


def make_demo(folder, tracks, artists, seconds, base_url="http://127.0.0.1:9"):
    """The synthetic catalogue: folder/catalogue.csv and folder/clips/*.mp3. Returns the folder."""
    result = run(folder, "--tracks", tracks, "--artists", artists, "--seconds", seconds, "--base-url", base_url,
                 program=DEMO)
    if result.code != 0:
        raise AssertionError(str(result))
    return pathlib.Path(folder)


def timed(*args, timeout=180):
    """(Result, seconds) of a run."""
    start = time.monotonic()
    result = run(*args, timeout=timeout)
    return result, time.monotonic() - start
