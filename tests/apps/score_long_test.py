"""`hitscope score` of long files: all of a file is heard, in memory that does not grow with it, and the row says how much
was heard."""

import json
import os
import signal
import subprocess
import time
import unittest
import wave

from harness import ALL_FINE, SOME_FAILED, STOPPED, Case, command_of, make_run, read_csv, run, run_and_signal, tone
from harness import wav_bytes, write_wav

RATE = 8000


def write_long(path, seconds, part=10):
    """A WAV that repeats a few seconds of a tone."""
    frames = wav_bytes(tone(440, seconds=part))[44:]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _ in range(seconds // part):
            file.writeframesraw(frames)
    return path


class ScoreLong(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.shared_folder()
        make_run(folder)  # its windows last a second
        cls.trained, cls.clip = folder / "run", folder / "clips" / "clip-000.wav"
        cls.hour = write_long(folder / "hour.wav", 3600)

    def runTest(self):
        """Only the holder of the class's folder."""

    def row(self, file, *options, code=ALL_FINE):
        out = self.tmp / "scores.csv"
        result = run("score", self.trained, file, "--format", "csv", "--output", out, "--threads", "1", *options)
        self.assertExit(result, code)
        (row,) = read_csv(out)
        return row

    def assertHeard(self, row, seconds, heard, windows):
        self.assertEqual((row["seconds"], row["heard_seconds"], row["windows"]), (seconds, heard, windows), row)

    def test_all_of_an_hour_is_heard(self):
        self.assertHeard(self.row(self.hour), "3600.000", "3600.000", "3600")

    def test_max_duration_limits_what_is_heard_not_what_the_file_is_said_to_last(self):
        self.assertHeard(self.row(self.hour, "--max-duration", "60"), "3600.000", "60.000", "60")

    def test_a_rest_shorter_than_a_tenth_of_a_window_is_not_heard(self):
        for seconds, *heard in ((0.5, "0.500", "1"), (1.0, "1.000", "1"), (2.05, "2.000", "2"), (2.5, "2.500", "3")):
            with self.subTest(seconds=seconds):
                file = write_wav(self.tmp / "tone.wav", tone(440, seconds=seconds))
                self.assertHeard(self.row(file), f"{seconds:.3f}", *heard)

    def test_every_format_says_how_much_was_heard(self):
        args = ("score", self.trained, self.hour, "--threads", "1", "--max-duration", "60")
        line = json.loads(run(*args, "--format", "jsonl").out)
        self.assertEqual((line["seconds"], line["heard_seconds"], line["windows"]), (3600.0, 60.0, 60))
        head, _, cells = (text.split() for text in run(*args).out.splitlines())
        self.assertEqual(dict(zip(head, cells))["seconds"], "3600.0")
        self.assertEqual(dict(zip(head, cells))["heard"], "60.0")

    def test_the_prediction_is_the_mean_over_the_windows(self):
        samples = [x for i in range(7) for x in tone(200 + 250 * i, seed=i)]
        parts = [write_wav(self.tmp / f"part-{i}.wav", samples[i * RATE:(i + 1) * RATE]) for i in range(7)]
        whole = write_wav(self.tmp / "whole.wav", samples)
        result = run("score", self.trained, whole, *parts, "--format", "jsonl", "--threads", "1")
        self.assertExit(result, ALL_FINE)
        together, *alone = (json.loads(line)["probabilities"]["low"] for line in result.out.splitlines())
        self.assertAlmostEqual(together, sum(alone) / 7, places=12)
        self.assertGreater(max(alone) - min(alone), 1e-4, "the parts sound alike")

    def peak_mb(self, file, *options):
        with open(os.devnull, "r+b") as nothing:
            process = subprocess.Popen(command_of(("score", self.trained, file, "--threads", "1", *options)),
                                       stdin=nothing, stdout=nothing, stderr=nothing)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, ALL_FINE)
        return usage.ru_maxrss / 1000

    def test_an_hour_takes_no_more_memory_than_a_clip(self):
        self.assertLess(self.peak_mb(self.hour), self.peak_mb(self.clip) + 24, "the file is 58 MB, its samples 115 MB")

    def test_what_is_wrong_at_the_end_of_a_long_file_is_a_failed_row(self):
        cut = self.tmp / "cut.wav"
        cut.write_bytes(self.hour.read_bytes()[:40_000_044])
        row = self.row(cut, code=SOME_FAILED)
        self.assertRow(row, "decode", "truncated", cut, "the header says 3600 s, the file holds 2500 s")
        self.assertEqual((row["class"], row["heard_seconds"]), ("", ""))
        self.assertHeard(self.row(cut, "--keep-wrong-length"), "2500.000", "2500.000", "2500")

    def test_a_header_that_promises_days_costs_no_memory(self):
        lie = self.tmp / "lie.wav"
        lie.write_bytes(self.clip.read_bytes()[:40] + b"\xfe\xff\xff\xef" + self.clip.read_bytes()[44:])
        self.assertRow(self.row(lie, code=SOME_FAILED), "decode", "truncated", lie)
        self.assertHeard(self.row(lie, "--keep-wrong-length"), "0.500", "0.500", "1")
        self.assertLess(self.peak_mb(lie, "--keep-wrong-length"), self.peak_mb(self.clip) + 24)

    def test_a_signal_ends_a_long_file_without_a_row(self):
        day = self.tmp / "day.wav"  # a day and more of a file that takes no space on the disk
        n_bytes = 2 * RATE * 90000
        with open(day, "wb") as file:
            header = bytearray(self.clip.read_bytes()[:44])
            header[4:8], header[40:44] = ((n + n_bytes).to_bytes(4, "little") for n in (36, 0))
            file.write(header)
            file.truncate(44 + n_bytes)
        start = time.monotonic()
        result = run_and_signal(("score", self.trained, day, "--format", "csv", "--threads", "1"), 4, signal.SIGINT)
        self.assertExit(result, STOPPED)
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(len(result.out.splitlines()), 1, "the header alone")


if __name__ == "__main__":
    unittest.main(verbosity=2)
