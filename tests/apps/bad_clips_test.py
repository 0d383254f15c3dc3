"""Bad audio and bad settings of `hitscope render`: every case ends with the documented exit code and a message that
names file, row, value and rule, and what stands beside it is still rendered."""

import math
import shutil
import unittest

from harness import (ALL_FINE, SOME_FAILED, Case, float_wav_bytes, front_end, make_demo, read_csv, run, tone, tree,
                     wav_bytes, write_csv, write_wav)

INDEX_COLUMNS = ("row", "id", "clip", "status", "shard", "offset", "xxh128", "duration_s", "sample_rate", "channels",
                 "media_type", "stage", "kind", "detail")



class RenderFiles(Case):
    def render(self, source, *options, out="specs", **changes):
        return run("render", source, "--out", self.tmp / out, *front_end(**changes), *options)

    def index(self, out="specs"):
        rows = read_csv(self.tmp / out / "index.csv")
        self.assertEqual(tuple(rows[0]), INDEX_COLUMNS)
        return rows

    def test_every_broken_file_is_one_failed_row_and_the_good_ones_are_rendered(self):
        clips = self.tmp / "clips"
        write_wav(clips / "good.wav", tone(440))
        write_wav(clips / "stereo.wav", tone(440), channels=2)
        (clips / "zero.wav").write_bytes(b"")
        (clips / "text.mp3").write_text("this is a text\n" * 100)
        samples = tone(440)
        samples[1234] = math.nan
        (clips / "nan.wav").write_bytes(float_wav_bytes(samples))
        write_wav(clips / "short.wav", tone(440)[:10])
        write_wav(clips / "eight.wav", tone(440), channels=8)
        (clips / "cut.wav").write_bytes(wav_bytes(tone(440))[:8044])
        (clips / "header.wav").write_bytes(wav_bytes(tone(440))[:20])
        demo = make_demo(self.tmp / "demo", 2, 2, 5)
        whole, other = sorted((demo / "clips").glob("*.mp3"))
        shutil.copy(other, clips / "whole.mp3")
        (clips / "cut.mp3").write_bytes(whole.read_bytes()[:whole.stat().st_size // 2])

        result = self.render(clips, duration=5)
        self.assertExit(result, SOME_FAILED)
        rows = {r["clip"]: r for r in self.index()}
        self.assertEqual(sorted(rows), sorted(p.name for p in clips.iterdir()), "one row out per file in")
        self.assertEqual(len(self.index()), len(rows))
        self.assertEqual(sorted(n for n, r in rows.items() if r["status"] == "ok"),
                         ["good.wav", "stereo.wav", "whole.mp3"])
        self.assertEqual((rows["stereo.wav"]["channels"], rows["whole.mp3"]["media_type"]), ("2", "audio/mpeg"))
        for name, kind, *parts in (
                ("zero.wav", "empty", "no bytes"),
                ("text.mp3", "not_audio", "its first bytes are those of no known audio format"),
                ("nan.wav", "not_finite", "sample 1234", "not a finite number"),
                ("short.wav", "too_short", "10 samples", "at least 0.05 s"),
                ("eight.wav", "too_many_channels", "8 channels", "at most 2"),
                ("cut.wav", "truncated", "says 1 s", "holds 0.5 s"),
                ("cut.mp3", "truncated", "says 5 s", "holds 2."),
                ("header.wav", "undecodable")):
            with self.subTest(clip=name):
                self.assertRow(rows[name], "decode", kind, clips / name, *parts)
                self.assertEqual((rows[name]["shard"], rows[name]["offset"]), ("", ""))
        self.assertSays(result.out, "3 of 11 clips", "decode/truncated: 2", clips / "cut.mp3")

    def test_eight_channels_are_averaged_on_request(self):
        clips = self.tmp / "clips"
        write_wav(clips / "eight.wav", tone(440), channels=8)
        write_wav(clips / "one.wav", tone(440))
        self.assertExit(self.render(clips, "--max-channels", "8"), ALL_FINE)
        self.assertEqual([(r["id"], r["channels"]) for r in self.index()], [("eight", "8"), ("one", "1")])

    def test_a_missing_path_in_a_csv_of_paths_is_a_failed_row(self):
        write_wav(self.tmp / "a.wav", tone(440))
        write_wav(self.tmp / "b.wav", tone(880))
        paths = write_csv(self.tmp / "paths.csv", ["id", "path"], [["a", "a.wav"], ["gone", "gone.wav"], ["b", "b.wav"]])
        self.assertExit(self.render(paths), SOME_FAILED)
        rows = self.index()
        self.assertEqual([(r["id"], r["status"]) for r in rows], [("a", "ok"), ("gone", "failed"), ("b", "ok")])
        self.assertRow(rows[1], "decode", "unreadable", self.tmp / "gone.wav", "No such file")

    def test_unusable_inputs_are_refused(self):
        (self.tmp / "bare").mkdir()
        (self.tmp / "bare" / "notes.txt").write_text("x")
        no_path = write_csv(self.tmp / "no_path.csv", ["id", "title"], [["a", "b"]])
        no_rows = write_csv(self.tmp / "no_rows.csv", ["id", "path"], [])
        (self.tmp / "empty.csv").write_bytes(b"")
        for source, part in ((self.tmp / "bare", "holds no audio file"), (self.tmp / "none", "no such file or folder"),
                             (no_path, "no column of audio paths"), (no_rows, "has a header but no rows"),
                             (self.tmp / "empty.csv", "is empty")):
            with self.subTest(source=source.name):
                self.assertRefused(self.render(source), source, part)
                self.assertFalse((self.tmp / "specs").exists())

    def test_a_folder_rendered_with_other_settings_is_refused_and_left_alone(self):
        write_wav(self.tmp / "clips" / "a.wav", tone(440))
        self.assertExit(self.render(self.tmp / "clips"), ALL_FINE)
        before = tree(self.tmp / "specs")
        result = self.render(self.tmp / "clips", n_mels=40, hop_length=160)
        self.assertRefused(result, self.tmp / "specs" / "render.json", "n_mels is 32 there and 40 now",
                           "hop_length is 320 there and 160 now")
        self.assertNotIn("n_fft is", result.err, "equal fields are not named")
        self.assertEqual(tree(self.tmp / "specs"), before)

    def test_bad_front_end_values_are_refused_by_name_value_and_rule(self):
        write_wav(self.tmp / "a.wav", tone(440))
        for field, value, *parts in (("n_fft", "0", "--n-fft is '0'", "2 to 1048576"),
                                     ("f_max", "20000", "--f-max is 20000", "at most half of --sample-rate"),
                                     ("f_min", "-1", "--f-min is '-1'", "at least 0"),
                                     ("f_min", "4000", "--f-max", "greater than --f-min"),
                                     ("hop_length", "0", "--hop-length is '0'", "at least 1"),
                                     ("win_length", "512", "--win-length is 512", "at most --n-fft"),
                                     ("n_mels", "0", "--n-mels is '0'", "1 to 4096"),
                                     ("sample_rate", "10", "--sample-rate is '10'", "1000 to 384000"),
                                     ("power", "0", "--power is '0'", "greater than 0"),
                                     ("power", "nan", "--power is", "greater than 0"),
                                     ("top_db", "-1", "--top-db is '-1'", "at least 0"),
                                     ("top_db", "nan", "--top-db is", "at least 0"),
                                     ("duration", "0", "--duration is '0'", "greater than 0"),
                                     ("duration", "nan", "--duration is", "greater than 0"),
                                     ("n_mels", "many", "--n-mels", "many"),
                                     ("window", "square", "--window", "square", "hann")):
            with self.subTest(field=field, value=value):
                self.assertRefused(self.render(self.tmp / "a.wav", **{field: value}), *parts)
                self.assertFalse((self.tmp / "specs").exists())

    def test_bad_decoding_limits_are_refused_rather_than_failing_every_row(self):
        write_wav(self.tmp / "a.wav", tone(440))
        for field, value, rule in (("max_channels", "0", "1 to 64"), ("max_channels", "65", "1 to 64"),
                                   ("min_duration", "-1", "0 to 86400"), ("min_duration", "nan", "0 to 86400")):
            with self.subTest(field=field, value=value):
                result = self.render(self.tmp / "a.wav", out=f"{field}-{value}", **{field: value})
                self.assertRefused(result, field.replace("_", "-") + " is", rule)


if __name__ == "__main__":
    unittest.main(verbosity=2)
