"""The quarantine of `hitscope render`: one broken clip of every kind is one failed row that says why, the good clips
beside them are rendered, and each --keep flag lets its clips in later without touching the others."""

import math
import re
import shutil
import struct
import unittest

from harness import (ALL_FINE, ROOT, SOME_FAILED, Case, float_wav_bytes, front_end, read_csv, run, sha256, tone,
                     wav_bytes, write_wav)

CORPUS = ROOT / "tests/fuzz/corpus/decode"
GOOD = {"good.wav": None, "good.m4a": "m4a_aac.m4a", "lossless.m4a": "m4a_alac.m4a", "good.aac": "aac_adts.aac",
        "good.opus": "ogg_opus_48000_2.opus", "good.ogg": "ogg_vorbis_stereo.ogg", "good.mp3": "mp3_vbr.mp3",
        "tagged.flac": "flac_behind_id3.flac"}
MEDIA_TYPES = {".wav": "audio/wav", ".m4a": "audio/mp4", ".aac": "audio/aac", ".opus": "audio/ogg",
               ".ogg": "audio/ogg", ".mp3": "audio/mpeg", ".flac": "audio/flac"}


def corpus(name):
    return (CORPUS / name).read_bytes()


def stereo_wav(left, right):
    both = [x for pair in zip(left, right) for x in pair]
    data = bytearray(wav_bytes(both))
    data[22:24] = struct.pack("<H", 2)      # channels
    data[28:32] = struct.pack("<I", 32000)  # bytes per second
    data[32:34] = struct.pack("<H", 4)      # bytes per frame
    return bytes(data)


def flac_promising(n_samples):
    """The STREAMINFO of a FLAC of 1600 samples, 0.2 s, says n_samples."""
    data = bytearray(corpus("flac_16_mono.flac"))
    data[22:26] = struct.pack(">I", n_samples)  # behind the upper 4 of its 36 bits
    return bytes(data)


def aiff_promising(n_samples):
    data = bytearray(corpus("aiff_16.aiff"))
    at = data.index(b"COMM") + 10
    data[at:at + 4] = struct.pack(">I", n_samples)
    return bytes(data)


def mp3_promising(n_frames):
    """The Info header of an MP3 of 0.2 s says n_frames frames."""
    data = bytearray(corpus("mp3_cbr.mp3"))
    at = data.index(b"Info") + 8  # behind the flags
    data[at:at + 4] = struct.pack(">I", n_frames)
    return bytes(data)


def ogg_without_end(data):
    """The last page no longer says that it is the last; its checksum is right."""
    page = data.rindex(b"OggS")
    data = bytearray(data)
    data[page + 5] &= ~4
    data[page + 22:page + 26] = bytes(4)
    crc = 0
    for byte in data[page:]:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    data[page + 22:page + 26] = struct.pack("<I", crc)
    return bytes(data)


def cut(name, share):
    data = corpus(name)
    return data[:int(len(data) * share)]


def with_bad_sample(value):
    samples = tone(440, 0.2)
    samples[1234] = value
    return float_wav_bytes(samples)


def broken_clips():
    """name -> (bytes, kind, parts of the detail besides the file's name)."""
    silent = ("full scale", "below -60.0 dB a clip counts as silent")
    length = ("the header says", "the file holds")
    square = [1.0 if math.sin(0.3 * i) > 0 else -1.0 for i in range(1600)]
    return {
        "text.mp3": (b"this preview is gone\n" * 100, "not_audio", ("its first bytes are those of no known audio format",)),
        "header.wav": (wav_bytes(tone(440, 0.2))[:20], "undecodable", ()),
        "headless.m4a": (cut("m4a_aac.m4a", 0.5), "undecodable", ("M4A: Invalid data",)),
        "noise.flac": (b"fLaC" + bytes(range(256)) * 4, "undecodable", ()),
        "bytes.wav": (b"", "empty", ("the file has no bytes",)),
        "samples.wav": (wav_bytes([]), "empty", ("it holds no samples",)),
        "short.wav": (wav_bytes(tone(440)[:10]), "too_short", ("10 samples (0.00125 s)", "at least 0.05 s")),
        "zeros.wav": (wav_bytes([0.0] * 1600), "silent", ("-240.0 dB", *silent)),
        "cancel.wav": (stereo_wav(tone(440, 0.2), [-x for x in tone(440, 0.2)]), "silent", silent),
        "quiet.wav": (float_wav_bytes([0.0003 * x for x in tone(440, 0.2)]), "silent", silent),
        "square.wav": (wav_bytes(square), "clipped", ("100.0 % of its samples", "at most 5.0 % are allowed")),
        "still.wav": (wav_bytes([0.25] * 1600), "constant", ("every sample has the value 0.2500",)),
        "nan.wav": (with_bad_sample(math.nan), "not_finite", ("sample 1234", "not a finite number")),
        "infinite.wav": (with_bad_sample(math.inf), "not_finite", ("sample 1234", "not a finite number")),
        "eight.wav": (wav_bytes(tone(440, 0.2), channels=8), "too_many_channels", ("8 channels", "at most 2")),
        "cut.wav": (wav_bytes(tone(440, 0.2))[:44 + 1600], "truncated", ("says 0.2 s", "holds 0.1 s", *length)),
        "cut.mp3": (cut("mp3_joint.mp3", 0.6), "truncated", ("says 0.2 s", *length)),
        "cut.m4a": (cut("m4a_aac_stereo.m4a", 0.75), "truncated", ("says 0.2", *length)),
        "cut.flac": (flac_promising(8000), "truncated", ("says 1 s", "holds 0.2 s", *length)),
        "cut.aiff": (aiff_promising(8000), "truncated", ("says 1 s", "holds 0.2 s", *length)),
        "cut.ogg": (ogg_without_end(corpus("ogg_vorbis_mono.ogg")), "truncated", ("without an end mark, after 0.1 s",)),
        "long.mp3": (mp3_promising(3), "too_long", length),
    }


class Quarantine(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared_folder()
        cls.clips, cls.specs = cls.holder.tmp / "clips", cls.holder.tmp / "specs"
        write_wav(cls.clips / "good.wav", tone(440, 0.2))
        for name, source in GOOD.items():
            if source:
                shutil.copy(CORPUS / source, cls.clips / name)
        cls.broken = broken_clips()
        for name, (data, _, _) in cls.broken.items():
            (cls.clips / name).write_bytes(data)
        cls.result = run("render", cls.clips, "--out", cls.specs, *front_end())
        cls.rows = {r["clip"]: r for r in read_csv(cls.specs / "index.csv")}

    def runTest(self):
        """Only the holder of the class's folder."""

    def test_every_broken_clip_is_one_row_that_names_file_value_and_rule(self):
        self.assertExit(self.result, SOME_FAILED)
        self.assertEqual(sorted(self.rows), sorted(p.name for p in self.clips.iterdir()), "one row out per clip in")
        for name, (_, kind, parts) in self.broken.items():
            with self.subTest(clip=name):
                self.assertRow(self.rows[name], "decode", kind, self.clips / name, *parts)
                self.assertEqual((self.rows[name]["shard"], self.rows[name]["offset"]), ("", ""))

    def test_there_is_a_broken_clip_of_every_kind(self):
        header = (ROOT / "ingest/quarantine.h").read_text() + (ROOT / "ingest/decode.h").read_text()
        listed = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
                  for text in re.findall(r"Failures \(stage kDecode\): ([^.]*)", header)
                  for name in re.findall(r"k([A-Z]\w*)", text)}
        listed.remove("no_decoder")  # FFmpeg's libraries are here
        listed.remove("too_large")  # render reads no more of a clip than it renders: see decode_hostile_test.cpp
        self.assertEqual({kind for _, kind, _ in self.broken.values()}, listed)

    def test_the_failures_file_holds_the_failed_rows_of_the_index(self):
        failures = read_csv(self.specs / "failures.csv")
        failed = [r for r in self.rows.values() if r["status"] == "failed"]
        self.assertEqual(len(failures), len(self.broken))
        self.assertEqual(list(failures[0]), ["row", "id", "clip", "stage", "kind", "detail"])
        self.assertEqual(failures, [{key: r[key] for key in failures[0]} for r in failed])

    def test_good_clips_of_every_format_are_rendered(self):
        for name in GOOD:
            with self.subTest(clip=name):
                row = self.rows[name]
                self.assertEqual((row["status"], row["detail"]), ("ok", ""))
                self.assertEqual(row["media_type"], MEDIA_TYPES["." + name.split(".")[1]])
                self.assertAlmostEqual(float(row["duration_s"]), 0.1 if ".flac" in name or ".ogg" in name else 0.2,
                                       delta=0.07)
        self.assertEqual((self.rows["good.opus"]["sample_rate"], self.rows["good.opus"]["channels"]), ("48000", "2"))

    def test_the_summary_counts_by_kind_and_names_examples(self):
        kinds = [kind for _, kind, _ in self.broken.values()]
        self.assertSays(self.result.out, f"{len(GOOD)} of {len(self.rows)} clips", self.specs / "failures.csv",
                        *(f"failed decode/{kind}: {kinds.count(kind)}\n" for kind in kinds), self.clips / "short.wav")

    def test_the_summary_names_the_options_that_accept_such_clips(self):
        self.assertSays(self.result.out, "options that accept some of these clips: --keep-clipped, --keep-constant, "
                                         "--keep-silent, --keep-wrong-length, --max-channels, --min-duration\n")

    def rerun(self, *flags):
        """Into a copy of the folder with these flags: (result, rows, names of the clips let in)."""
        folder = self.tmp / "-".join(flags).strip("-")
        shutil.copytree(self.specs, folder)
        result = run("render", self.clips, "--out", folder, *front_end(), *flags)
        rows = {r["clip"]: r for r in read_csv(folder / "index.csv")}
        let_in = {n for n, r in rows.items() if r["status"] == "ok"} - set(GOOD)
        self.assertEqual(sha256(folder / "shard-00000.npy"), sha256(self.specs / "shard-00000.npy"))
        for name in GOOD:
            self.assertEqual(rows[name], self.rows[name], "a good clip keeps its row and its place")
        self.assertSays(result.out, f"({len(self.broken)} rendered in")
        self.assertEqual(sorted(r["clip"] for r in read_csv(folder / "failures.csv")),
                         sorted(set(self.broken) - let_in))
        return result, rows, let_in

    def test_each_flag_lets_in_its_clips_and_no_others(self):
        for flags, clips in ((("--keep-silent",), {"zeros.wav", "cancel.wav", "quiet.wav"}),
                             (("--silence-db", "-100"), {"quiet.wav"}),
                             (("--keep-clipped",), {"square.wav"}),
                             (("--max-clipped", "1"), {"square.wav"}),
                             (("--keep-constant",), {"still.wav"}),
                             (("--min-duration", "0.001"), {"short.wav"}),
                             (("--max-channels", "8"), {"eight.wav"}),
                             (("--keep-wrong-length",), {"cut.wav", "cut.mp3", "cut.m4a", "cut.flac", "cut.aiff",
                                                         "cut.ogg", "long.mp3"})):
            with self.subTest(flags=flags):
                result, _, let_in = self.rerun(*flags)
                self.assertExit(result, SOME_FAILED)
                self.assertEqual(let_in, clips)

    def test_all_flags_together_let_in_all_that_can_be_decoded(self):
        _, rows, let_in = self.rerun("--keep-silent", "--keep-clipped", "--keep-constant", "--keep-wrong-length",
                                     "--min-duration", "0", "--max-channels", "8")
        kinds = {kind for name, (_, kind, _) in self.broken.items() if name not in let_in}
        self.assertEqual(kinds, {"not_audio", "undecodable", "empty", "not_finite"})
        self.assertEqual((rows["eight.wav"]["channels"], rows["short.wav"]["duration_s"]), ("8", "0.001250"))

    def test_the_same_command_again_renders_nothing_and_says_the_same(self):
        result = run("render", self.clips, "--out", self.specs, *front_end())
        self.assertExit(result, SOME_FAILED)
        self.assertSays(result.out, "(nothing new to render)", "failed decode/truncated: ")
        self.assertEqual({r["clip"]: r for r in read_csv(self.specs / "index.csv")}, self.rows)

    def test_a_clip_that_was_mended_is_rendered_alone(self):
        clips, specs = self.tmp / "clips", self.tmp / "specs"
        shutil.copytree(self.clips, clips)
        for name in self.broken:
            if name != "cut.wav":
                (clips / name).unlink()
        self.assertExit(run("render", clips, "--out", specs, *front_end()), SOME_FAILED)
        write_wav(clips / "cut.wav", tone(440, 0.2))
        result = run("render", clips, "--out", specs, *front_end())
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.out, "(1 rendered in")
        self.assertEqual(read_csv(specs / "failures.csv"), [])

    def test_limits_out_of_range_are_refused_by_name_value_and_rule(self):
        for flag, value, rule in (("--min-duration", "-1", "0 to 86400"), ("--silence-db", "1", "-200 to 0"),
                                  ("--silence-db", "nan", "-200 to 0"), ("--max-clipped", "1.5", "0 to 1"),
                                  ("--max-channels", "0", "1 to 64")):
            with self.subTest(flag=flag, value=value):
                result = run("render", self.clips, "--out", self.tmp / "specs", *front_end(), flag, value)
                self.assertRefused(result, flag.lstrip("-") + " is", value.rstrip("0") or value, rule)
                self.assertFalse((self.tmp / "specs").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
