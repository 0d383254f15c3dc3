"""Folders as people have them: links that lead in circles or elsewhere, files without an extension, what macOS leaves
behind, names that are not UTF-8. render and score list them alike."""

import json
import os
import pathlib
import unittest

from harness import ALL_FINE, SOME_FAILED, Case, front_end, make_run, read_csv, run, tone, wav_bytes, write_csv, write_wav

NOTE = "clips: "


def note_of(result):
    """The lines on what was passed over."""
    return [line for line in result.err.splitlines() if line.startswith(NOTE)]


class Folders(Case):
    def setUp(self):
        super().setUp()
        self.clips = self.tmp / "clips"
        write_wav(self.clips / "one.wav", tone(300))
        self.elsewhere = self.tmp / "elsewhere"
        write_wav(self.elsewhere / "deep" / "far.wav", tone(400))

    def render(self, *more, code=ALL_FINE):
        """The rows of index.csv by id, and how the run ended."""
        result = run("render", self.clips, "--out", self.tmp / "specs", *front_end(), *more)
        self.assertExit(result, code)
        return {row["id"]: row for row in read_csv(self.tmp / "specs" / "index.csv")}, result

    def test_nothing_is_said_of_a_folder_that_holds_clips_only(self):
        rows, result = self.render()
        self.assertEqual((list(rows), note_of(result)), (["one"], []))

    def test_links_that_lead_nowhere_or_in_circles_end_no_run(self):
        (self.clips / "loop.wav").symlink_to("loop.wav")
        (self.clips / "there.wav").symlink_to("back.wav")
        (self.clips / "back.wav").symlink_to("there.wav")
        (self.clips / ".hidden.wav").symlink_to(".hidden.wav")
        (self.clips / "gone.wav").symlink_to("nowhere")
        (self.clips / "up").symlink_to(".")
        (self.clips / "above").symlink_to("..")
        rows, result = self.render()
        self.assertEqual(sorted(rows), ["above/elsewhere/deep/far", "one"], "each real folder once")
        self.assertEqual(note_of(result), ["clips: 1 file passed over: 1 hidden; 1 link that leads nowhere; "
                                           "3 links that lead in a circle; 1 link that leads to what is there already"])

    def test_links_are_followed_to_each_folder_and_file_once(self):
        (self.clips / "linked").symlink_to(self.elsewhere)
        (self.clips / "again").symlink_to(self.elsewhere)
        (self.elsewhere / "circle").symlink_to(self.clips)
        (self.clips / "a-far.wav").symlink_to(self.elsewhere / "deep" / "far.wav")
        (self.clips / "a-one.wav").symlink_to("one.wav")
        write_wav(self.tmp / "single.wav", tone(500))
        (self.clips / "single").symlink_to(self.tmp / "single.wav")
        (self.clips / "zwilling.wav").symlink_to(self.tmp / "single.wav")
        rows, result = self.render()
        self.assertEqual(sorted(rows), ["again/deep/far", "one", "single"], "in the order of their names")
        self.assertEqual({row["status"] for row in rows.values()}, {"ok"}, "readable within the sandbox")
        self.assertEqual(note_of(result), ["clips: 5 links that lead to what is there already"])

    def test_hard_links_are_files_of_their_own(self):
        os.link(self.clips / "one.wav", self.clips / "two.wav")
        rows, result = self.render()
        self.assertEqual((sorted(rows), note_of(result)), (["one", "two"], []))

    def test_files_are_told_by_their_bytes_whatever_their_names(self):
        for i, name in enumerate(["3f9a0c", "odd.wave", "named.txt", "deep/track.3n3Ppam7vgaVa1iaRUc9Lp"]):
            write_wav(self.clips / name, tone(600 + i))
        (self.clips / "broken.mp3").write_bytes(b"no audio")
        others = {"notes.txt": b"text", "cover.jpg": b"\xff\xd8\xff\xe0" + bytes(100_000), "empty": b"",
                  "noise.bin": bytes(range(256)) * 400, "song.mp3.json": b"{}"}
        for name, data in others.items():
            (self.clips / name).write_bytes(data)
        os.mkfifo(self.clips / "pipe.wav")
        rows, result = self.render(code=SOME_FAILED)
        self.assertEqual(sorted(rows), ["3f9a0c", "broken", "deep/track.3n3Ppam7vgaVa1iaRUc9Lp", "named", "odd", "one"])
        self.assertRow(rows["broken"], "decode", "not_audio", "broken.mp3")
        self.assertEqual(note_of(result), ["clips: 6 files passed over: 6 not audio"])

    def test_hidden_files_and_companions_are_left_out(self):
        for name in (".secret.wav", "._one.wav", ".AppleDouble/one.wav", "__MACOSX/one.wav", "__MACOSX/._one.wav"):
            write_wav(self.clips / name, tone(700))
        rows, result = self.render()
        self.assertEqual((list(rows), note_of(result)), (["one"], ["clips: 4 files passed over: 4 hidden"]))

    def test_quiet_says_nothing(self):
        (self.clips / "notes.txt").write_bytes(b"text")
        _, result = self.render("--quiet")
        self.assertEqual(result.err, "")

    def test_a_folder_without_clips_says_what_it_holds(self):
        (self.clips / "one.wav").rename(self.clips / ".one.wav")
        (self.clips / "notes.txt").write_bytes(b"text")
        result = run("render", self.clips, "--out", self.tmp / "specs")
        self.assertRefused(result, self.clips, "holds no audio file", "2 files passed over: 1 not audio, 1 hidden")

    def test_what_cannot_be_read_is_counted(self):
        if os.geteuid() == 0:
            self.skipTest("root reads everything")
        for name in ("shut", "closed"):
            (self.clips / name).mkdir(mode=0)
        _, result = self.render()
        self.assertEqual(note_of(result), ["clips: 2 files passed over: 2 not readable"])


class Names(Case):
    """File names are bytes; ids are text."""

    # Of each pair the bytes and the id; the second is a name that looks like the id of the first.
    PAIRS = ((b"caf\xe9", r"caf\xe9"), (rb"caf\xe9", r"caf\x5cxe9"), ("café".encode(), "café"), (b"a\\b", "a\\b"),
             (b"deep\xff/\xfe\xfd", r"deep\xff/\xfe\xfd"))

    def write(self, folder):
        for i, (name, _) in enumerate(self.PAIRS):
            path = os.path.join(os.fsencode(folder), name + b".wav")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(wav_bytes(tone(300 + 200 * i, seconds=0.5)))

    def test_index_csv_is_utf_8_and_train_finds_its_ids(self):
        songs = make_run(self.tmp)
        self.write(self.tmp / "clips")
        result = run("render", self.tmp / "clips", "--out", self.tmp / "specs", *front_end())
        self.assertExit(result, ALL_FINE)
        rows = {row["id"]: row for row in read_csv(self.tmp / "specs" / "index.csv")}
        self.assertLessEqual({text for _, text in self.PAIRS}, set(rows))
        self.assertEqual(rows[r"caf\xe9"]["clip"], r"caf\xe9.wav")
        table = read_csv(songs) + [{"track_id": text, "pitch": "low"} for _, text in self.PAIRS]
        write_csv(songs, ["track_id", "pitch"], [row.values() for row in table])
        result = run("train", songs, "--spectrograms", self.tmp / "specs", "--out", self.tmp / "again", "--target", "pitch",
                     "--features", "none", "--epochs", "1", "--threads", "1")
        self.assertExit(result, ALL_FINE)
        used = {row["id"] for row in read_csv(self.tmp / "again" / "split.csv")}
        self.assertLessEqual({text for _, text in self.PAIRS}, used)

    def test_failures_are_utf_8(self):
        (self.tmp / "bad").mkdir()
        with open(os.path.join(os.fsencode(self.tmp / "bad"), b"\xe9.mp3"), "wb") as file:
            file.write(b"no audio")
        result = run("render", self.tmp / "bad", "--out", self.tmp / "specs", *front_end())
        self.assertExit(result, SOME_FAILED)
        [row] = read_csv(self.tmp / "specs" / "failures.csv")
        self.assertEqual((row["id"], row["clip"]), (r"\xe9", r"\xe9.mp3"))
        self.assertSays(row["detail"], r"bad/\xe9.mp3")
        self.assertSays(result.out, r"bad/\xe9.mp3")

    def test_score_names_and_finds_them(self):
        make_run(self.tmp)
        odd = self.tmp / "odd"
        self.write(odd)
        def score(*inputs):
            result = run("score", self.tmp / "run", *inputs, "--format", "jsonl", "--threads", "1", "--quiet")
            self.assertExit(result, ALL_FINE)
            return {pathlib.Path(row["file"]).name: row["class"] for row in map(json.loads, result.out.splitlines())}

        names = {pathlib.Path(text).name + ".wav" for _, text in self.PAIRS}
        from_folder = score(odd)
        self.assertEqual(set(from_folder), names)
        self.assertEqual(score(*(odd / f"{text}.wav" for _, text in self.PAIRS)), from_folder)
        paths = write_csv(odd / "paths.csv", ["path"], [[f"{text}.wav"] for _, text in self.PAIRS])
        self.assertEqual(score(paths), from_folder)
        table = run("score", self.tmp / "run", odd, "--threads", "1", "--quiet")
        self.assertSays(table.out, r"odd/caf\xe9.wav", r"odd/caf\x5cxe9.wav", "odd/café.wav", r"odd/a\b.wav")


if __name__ == "__main__":
    unittest.main(verbosity=2)
