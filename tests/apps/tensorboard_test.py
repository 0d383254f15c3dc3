"""TensorBoard's event files, decoded here by other means: framing and checksums by hand, messages by Python's protobuf
from descriptors that name tensorflow's field numbers. And the time left that the epochs' lines tell.
"""

import json
import os
import pathlib
import pty
import signal
import struct
import subprocess
import time
import unittest

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from harness import (ALL_FINE, Case, command_of, front_end, make_tones, read_json, run, run_and_signal, tree,
                     write_csv)

FIELD = descriptor_pb2.FieldDescriptorProto


def crc32c(data):
    """Bit by bit, from the definition: polynomial 0x1EDC6F41 reflected, all ones before and after."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(path):
    """The data of every TFRecord; fails at a wrong checksum or at bytes left over."""
    data, place, found = path.read_bytes(), 0, []
    while place < len(data):
        length, crc = struct.unpack_from("<QI", data, place)
        assert crc == masked(data[place:place + 8]), f"{path}: the checksum of a length, at {place}"
        body = data[place + 12:place + 12 + length]
        (crc,) = struct.unpack_from("<I", data, place + 12 + length)
        assert len(body) == length and crc == masked(body), f"{path}: the checksum of a record, at {place}"
        found.append(body)
        place += 16 + length
    return found


def event_class():
    file = descriptor_pb2.FileDescriptorProto(name="event.proto", package="tensorflow", syntax="proto3")

    def message(name, *fields):
        made = file.message_type.add(name=name)
        for number, field, kind, type_name, label in fields:
            made.field.add(name=field, number=number, type=kind, type_name=type_name, label=label)

    one, many = FIELD.LABEL_OPTIONAL, FIELD.LABEL_REPEATED
    message("Value", (1, "tag", FIELD.TYPE_STRING, None, one), (2, "simple_value", FIELD.TYPE_FLOAT, None, one))
    message("Summary", (1, "value", FIELD.TYPE_MESSAGE, ".tensorflow.Value", many))
    message("SessionLog", (1, "status", FIELD.TYPE_INT32, None, one))
    message("Event", (1, "wall_time", FIELD.TYPE_DOUBLE, None, one), (2, "step", FIELD.TYPE_INT64, None, one),
            (3, "file_version", FIELD.TYPE_STRING, None, one),
            (5, "summary", FIELD.TYPE_MESSAGE, ".tensorflow.Summary", one),
            (7, "session_log", FIELD.TYPE_MESSAGE, ".tensorflow.SessionLog", one))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("tensorflow.Event"))


EVENT = event_class()
START = 1


def events(path):
    found = [EVENT.FromString(record) for record in records(path)]
    for event in found:
        assert not event.UnknownFields(), "fields that tensorflow's Event has not"
    return found


def event_files(folder):
    return sorted(pathlib.Path(folder).glob("events.out.tfevents.*"))


def shown(folder):
    """Tag -> {step: value}, as TensorBoard shows a folder: files in the order of their names, and at a SessionLog START
    everything of its step and later ones is forgotten."""
    scalars = {}
    for path in event_files(folder):
        for event in events(path):
            if event.HasField("session_log") and event.session_log.status == START:
                for steps in scalars.values():
                    for step in [s for s in steps if s >= event.step]:
                        del steps[step]
            for value in event.summary.value:
                steps = scalars.setdefault(value.tag, {})
                assert event.step not in steps, f"{path}: step {event.step} of {value.tag} twice"
                steps[event.step] = value.simple_value
    return scalars


class Checksum(unittest.TestCase):
    def test_the_checksum_that_the_files_are_held_against_is_crc_32c(self):
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)
        self.assertEqual(crc32c(bytes(32)), 0x8A9136AA)  # RFC 3720, B.4


class Training(Case):
    def setUp(self):
        super().setUp()
        made = make_tones(self.tmp / "clips", 48, seconds=0.5)
        self.assertExit(run("render", self.tmp / "clips", "--out", self.tmp / "specs", *front_end()), ALL_FINE)
        rows = [[name, f"artist {i // 4}", label, (i * 7) % 11 + (label == "low"), (i * 5) % 13]
                for i, (name, label) in enumerate(made)]
        self.catalogue = write_csv(self.tmp / "songs.csv", ["track_id", "artist", "pitch", "tempo", "energy"], rows)

    def train(self, folder, *options, heads="cnn", epochs=6):
        return ("train", self.catalogue, "--spectrograms", self.tmp / "specs", "--out", self.tmp / folder, "--target",
                "pitch", "--heads", heads, "--epochs", epochs, "--patience", epochs, "--threads", 1, *options)


class TensorBoard(Training):
    def assertShowsHistory(self, run_folder, head):
        """The scalars are those of the history, every epoch once."""
        epochs = read_json(run_folder / f"{head}.history.json")["epochs"]
        scalars = shown(run_folder / "tensorboard" / head)
        keys = [("loss/train", "train_loss"), ("loss/validation", "validation_loss")]
        if any(epoch["metric"] is not None for epoch in epochs):  # of networks
            (metric,) = [tag for tag in scalars if tag.endswith("/validation") and tag != "loss/validation"]
            keys.append((metric, "metric"))
        for tag, key in keys:
            self.assertEqual(sorted(scalars[tag]), [e["epoch"] for e in epochs], tag)
            for epoch in epochs:
                exact = struct.unpack("<f", struct.pack("<f", epoch[key]))[0]
                self.assertEqual(scalars[tag][epoch["epoch"]], exact, (head, tag, epoch["epoch"]))
        return scalars

    def test_every_epoch_of_every_head_stands_in_a_file_with_the_numbers_of_its_history(self):
        before = time.time()
        result = run(*self.train("run", "--tensorboard", heads="cnn,short_chunk_resnet,mlp,boosted_trees"))
        self.assertExit(result, ALL_FINE)
        lines = [json.loads(line) for line in result.err.splitlines()]
        for head in ("cnn", "short_chunk_resnet", "mlp", "boosted_trees"):
            with self.subTest(head=head):
                scalars = self.assertShowsHistory(self.tmp / "run", head)
                (path,) = event_files(self.tmp / "run" / "tensorboard" / head)
                self.assertRegex(path.name, r"^events\.out\.tfevents\.\d{10}\.[^/]+\.\d+$")
                found = events(path)
                self.assertEqual(found[0].file_version, "brain.Event:2")
                self.assertEqual((found[1].session_log.status, found[1].step), (START, 1))
                times = [event.wall_time for event in found]
                self.assertEqual(times, sorted(times))
                self.assertTrue(before <= times[0] and times[-1] <= time.time(), times)
                of_head = [line for line in lines if line["head"] == head]
                if head == "boosted_trees":
                    self.assertEqual(sorted(scalars), ["loss/train", "loss/validation"])
                    continue
                for tag, key in (("samples_per_s", "samples_per_s"), ("waited_share", "waited_for_data")):
                    self.assertEqual(sorted(scalars[tag]), [line["epoch"] for line in of_head])
                    for line in of_head:
                        self.assertAlmostEqual(scalars[tag][line["epoch"]], line[key], delta=1e-6 * (1 + line[key]))

    def test_a_finished_run_writes_nothing_anew_and_the_flag_changes_no_result(self):
        self.assertExit(run(*self.train("run", "--tensorboard")), ALL_FINE)
        self.assertExit(run(*self.train("plain")), ALL_FINE)
        self.assertFalse((self.tmp / "plain" / "tensorboard").exists())
        for name in ("cnn.safetensors", "run.json", "predictions.csv", "metrics.json"):
            self.assertEqual((self.tmp / "run" / name).read_bytes(), (self.tmp / "plain" / name).read_bytes(), name)
        before = tree(self.tmp / "run")
        self.assertExit(run(*self.train("run", "--tensorboard")), ALL_FINE)
        self.assertEqual(tree(self.tmp / "run"), before)

    def test_folds_have_files_of_their_own(self):
        self.assertExit(run(*self.train("run", "--tensorboard", "--cv", 2, epochs=3)), ALL_FINE)
        for folder in (self.tmp / "run", self.tmp / "run" / "folds" / "1-of-2", self.tmp / "run" / "folds" / "2-of-2"):
            self.assertShowsHistory(folder, "cnn")

    def test_killed_runs_go_on_in_files_of_their_own_and_forget_what_they_do_again(self):
        n_epochs, folder = 40, self.tmp / "run" / "tensorboard" / "cnn"
        # No checkpoint in these: all that the first process wrote is done again by the second.
        never = self.train("run", "--tensorboard", "--checkpoint-every", 1000, epochs=n_epochs)
        always = self.train("run", "--tensorboard", "--checkpoint-every", 0, epochs=n_epochs)

        def n_steps(files):
            path = event_files(folder)[files - 1:files]
            return path[0].read_bytes().count(b"loss/train") if path else 0

        first = run_and_signal(never, lambda: n_steps(1) >= 3, signal.SIGKILL)
        self.assertEqual(first.code, -signal.SIGKILL)
        second = run_and_signal(always, lambda: n_steps(2) >= 5, signal.SIGKILL)
        self.assertEqual(second.code, -signal.SIGKILL)
        self.assertExit(run(*always), ALL_FINE)
        files = event_files(folder)
        self.assertEqual(len(files), 3)
        starts = [events(path)[1] for path in files]
        self.assertEqual([start.session_log.status for start in starts], [START] * 3)
        self.assertEqual([start.step for start in starts[:2]], [1, 1])
        self.assertGreaterEqual(starts[2].step, 5, "the third goes on at the checkpoint")
        self.assertShowsHistory(self.tmp / "run", "cnn")
        written = sum(1 for path in files for event in events(path) if event.HasField("summary"))
        self.assertGreater(written, n_epochs, "some steps stand in two files")


class TimeLeft(Training):
    def test_the_time_left_is_the_mean_of_the_epochs_times_those_still_allowed(self):
        result = run(*self.train("run", epochs=12))
        self.assertExit(result, ALL_FINE)
        lines = [json.loads(line) for line in result.err.splitlines()]
        self.assertEqual([line["epoch"] for line in lines], list(range(1, 13)))
        self.assertEqual(lines[-1]["eta_s"], 0.0)
        means = [line["eta_s"] / (12 - line["epoch"]) for line in lines[:-1]]
        self.assertGreater(min(means), 0.0)
        # From the end of the first epoch to that of each other: it can only grow, and the fit took longer than that.
        since_first = [mean * n for n, mean in enumerate(means)]
        rounding = 0.0005 * 11  # of eta_s to milliseconds, times the epochs
        for before, after in zip(since_first, since_first[1:]):
            self.assertGreater(after, before - rounding)
        fit_s = read_json(self.tmp / "run" / "cnn.history.json")["fit_s"]
        self.assertLess(since_first[-1], fit_s)
        self.assertLess(means[0], fit_s)

    def test_a_terminal_is_told_it_too(self):
        ours, theirs = pty.openpty()
        with subprocess.Popen(command_of(self.train("run")), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=theirs) as process:
            os.close(theirs)
            said = b""
            while True:
                try:
                    said += os.read(ours, 4096)
                except OSError:  # how a terminal ends
                    break
        os.close(ours)
        self.assertEqual(process.returncode, ALL_FINE, said)
        lines = said.decode().split("\r")
        for epoch in range(1, 7):
            (line,) = [line for line in lines if line.startswith(f"cnn: epoch {epoch} of at most 6, ")]
            self.assertRegex(line, r", at most \d+ s left")
        self.assertIn("at most 0 s left", lines[-2] + lines[-1])

    def test_trees_count_their_rounds(self):
        result = run(*self.train("run", heads="boosted_trees"))
        self.assertExit(result, ALL_FINE)
        lines = [json.loads(line) for line in result.err.splitlines()]
        self.assertGreater(len(lines), 1)
        self.assertGreater(min(line["eta_s"] for line in lines), 0.0, "--epochs is not what ends them")


if __name__ == "__main__":
    unittest.main(verbosity=2)
