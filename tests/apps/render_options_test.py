"""What `hitscope render` does on request: a share of the work, adding to a folder, one picture, images of the data."""

import json
import os
import shutil
import struct
import subprocess
import unittest

import numpy

from harness import (ALL_FINE, SOME_FAILED, USAGE, Case, Result, command_of, front_end, make_tones, read_csv, run,
                     tone, tree, write_csv, write_wav)

SCHEDULERS = ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP", "SLURM_ARRAY_TASK_COUNT",
              "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", "RANK",
              "WORLD_SIZE")
N_CLIPS = 20


def run_in(*args, cwd=None, **environment):
    """run() in a folder, with these variables and no scheduler's own."""
    variables = {k: v for k, v in os.environ.items() if k not in SCHEDULERS} | environment
    command = command_of(args)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False, cwd=cwd,
                          env=variables, text=True)
    return Result(command, done.returncode, done.stdout, done.stderr)


def spectrograms(folder):
    """id -> values, read as any Python program would."""
    return {r["id"]: numpy.load(folder / r["shard"], mmap_mode="r")[int(r["offset"])]
            for r in read_csv(folder / "index.csv") if r["status"] == "ok"}


def png_shape(path):
    """(width, height, bit depth, colour type) of a PNG."""
    data = path.read_bytes()
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        raise AssertionError(f"{path} is not a PNG")
    return struct.unpack(">IIBB", data[16:26])


class RenderCase(Case):
    def setUp(self):
        super().setUp()
        self.clips, self.out = self.tmp / "clips", self.tmp / "specs"

    def render(self, *options, **environment):
        return run_in("render", self.clips, "--out", self.out, *front_end(), *options, **environment)

    def folders(self):
        return sorted(p.name for p in self.out.iterdir() if p.is_dir())


class Shares(RenderCase):
    def setUp(self):
        super().setUp()
        self.ids = sorted(name for name, _ in make_tones(self.clips, N_CLIPS, seconds=0.2))

    def share_ids(self, i, n):
        return [r["id"] for r in read_csv(self.out / f"share-{i:04}-of-{n:04}" / "index.csv")]

    def test_shares_are_disjoint_complete_and_hold_the_same_spectrograms(self):
        found = {}
        for i in range(3):
            result = self.render("--shard", f"{i}/3")
            self.assertExit(result, ALL_FINE)
            ids = self.share_ids(i, 3)
            self.assertSays(result.out, f"share {i} of 3 (by --shard): {len(ids)} of {N_CLIPS} clips")
            self.assertEqual(set(found) & set(ids), set(), "a clip is in two shares")
            found |= spectrograms(self.out / f"share-{i:04}-of-0003")
        self.assertEqual(sorted(found), self.ids)
        self.assertEqual(self.folders(), ["share-0000-of-0003", "share-0001-of-0003", "share-0002-of-0003"])
        self.assertExit(run_in("render", self.clips, "--out", self.tmp / "whole", *front_end()), ALL_FINE)
        for name, values in spectrograms(self.tmp / "whole").items():
            numpy.testing.assert_array_equal(values, found[name], name)

    def test_a_share_resumes_and_a_longer_list_leaves_its_clips_where_they_were(self):
        self.render("--shard", "0/2")
        before = self.share_ids(0, 2)
        self.assertSays(self.render("--shard", "0/2").out, "(all done before)")
        for i in range(10):
            write_wav(self.clips / f"new-{i}.wav", tone(500 + 10 * i, 0.2))
        self.assertExit(self.render("--shard", "0/2"), ALL_FINE)
        self.assertEqual([name for name in self.share_ids(0, 2) if name in self.ids], before)

    def test_shares_of_a_single_clip_are_empty_but_one_and_none_fails(self):
        for clip in sorted(self.clips.iterdir())[1:]:
            clip.unlink()
        counts = []
        for i in range(3):
            self.assertExit(self.render("--shard", f"{i}/3"), ALL_FINE)
            counts.append(len(self.share_ids(i, 3)))
        self.assertEqual(sorted(counts), [0, 0, 1])

    def test_one_share_of_one_is_everything_in_the_folder_itself(self):
        self.assertExit(self.render("--shard", "0/1"), ALL_FINE)
        self.assertEqual([r["id"] for r in read_csv(self.out / "index.csv")], self.ids)
        self.assertEqual(self.folders(), [])

    def test_schedulers_name_the_share(self):
        for origin, environment, i, n in (
                ("SLURM_ARRAY_TASK_ID", {"SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_COUNT": "3"}, 2, 3),
                ("SLURM_ARRAY_TASK_ID", {"SLURM_ARRAY_TASK_ID": "9", "SLURM_ARRAY_TASK_MIN": "1",
                                         "SLURM_ARRAY_TASK_STEP": "4", "SLURM_ARRAY_TASK_COUNT": "4"}, 2, 4),
                ("OMPI_COMM_WORLD_RANK", {"OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "5"}, 0, 5),
                ("JOB_COMPLETION_INDEX", {"JOB_COMPLETION_INDEX": "5", "JOB_COMPLETIONS": "6"}, 5, 6),
                ("RANK", {"RANK": "1", "WORLD_SIZE": "7"}, 1, 7),
                ("--shard", {"RANK": "1", "WORLD_SIZE": "7", "flag": "7/8"}, 7, 8),
                ("SLURM_ARRAY_TASK_ID", {"SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_COUNT": "9", "RANK": "1",
                                         "WORLD_SIZE": "7"}, 0, 9)):
            with self.subTest(**environment):
                flag = environment.pop("flag", None)
                result = self.render(*(("--shard", flag) if flag else ()), **environment)
                self.assertExit(result, ALL_FINE)
                self.assertSays(result.out, f"share {i} of {n} (by {origin}): ")
                self.assertIn(f"share-{i:04}-of-{n:04}", self.folders())

    def test_variables_that_name_no_share_mean_everything(self):
        for environment in ({"RANK": "1"}, {"WORLD_SIZE": "4"}, {"SLURM_ARRAY_TASK_ID": ""},
                            {"OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"}):
            with self.subTest(**environment):
                self.assertExit(self.render(**environment), ALL_FINE)
                self.assertEqual(len(read_csv(self.out / "index.csv")), N_CLIPS)
                shutil.rmtree(self.out)

    def test_bad_shares_are_refused_by_value_and_rule(self):
        for flag in ("3", "1/", "/2", "a/b", "1/2/3", "1.0/2", " 1/2"):
            with self.subTest(flag=flag):
                self.assertRefused(self.render("--shard", flag), f"--shard is '{flag}'", "must be i/N")
        for flag, i, n in (("3/3", 3, 3), ("1/0", 1, 0), ("0/100001", 0, 100001)):
            with self.subTest(flag=flag):
                self.assertRefused(self.render("--shard", flag), f"--shard gives share {i} of {n}", "0 <= i < N")
        self.assertRefused(self.render("--shard=-1/3"), "--shard gives share -1 of 3", "0 <= i < N")
        self.assertFalse(self.out.exists())

    def test_bad_variables_are_refused_by_value_and_rule(self):
        for environment, *parts in (
                ({"SLURM_ARRAY_TASK_ID": "two"}, "SLURM_ARRAY_TASK_ID is 'two'", "whole number"),
                ({"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "3"}, "share 7 of 3", "0 <= i < N"),
                ({"OMPI_COMM_WORLD_RANK": "4", "OMPI_COMM_WORLD_SIZE": "4"}, "OMPI_COMM_WORLD_RANK", "share 4 of 4"),
                ({"JOB_COMPLETION_INDEX": "0"}, "JOB_COMPLETIONS", "--shard i/N"),
                ({"RANK": "0", "WORLD_SIZE": "many"}, "WORLD_SIZE is 'many'", "whole number")):
            with self.subTest(**environment):
                self.assertRefused(self.render(**environment), *parts)
        self.assertFalse(self.out.exists())


class SharesTogether(RenderCase):
    def test_training_reads_all_shares_as_one_and_names_a_missing_one(self):
        made = make_tones(self.clips, 24, seconds=0.5)
        catalogue = write_csv(self.tmp / "songs.csv", ["track_id", "pitch"], made)
        train = ("train", catalogue, "--spectrograms", self.out, "--target", "pitch", "--features", "none", "--epochs",
                 "1", "--threads", "1", "--out")
        for i in range(3):
            if i == 2:
                self.assertRefused(run(*train, self.tmp / "early"), "share-0002-of-0003", "share 2 of 3 is missing")
            self.assertExit(self.render("--shard", f"{i}/3"), ALL_FINE)
        result = run(*train, self.tmp / "run")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.out, "24 of 24 rows used")
        self.assertExit(self.render(), ALL_FINE)  # beside the shares
        self.assertRefused(run(*train, self.tmp / "both"), self.out, "a render of its own and shares")


class Input(RenderCase):
    def test_a_file_named_twice_is_one_row_and_one_failure(self):
        write_wav(self.clips / "a.wav", tone(440, 0.5))
        table = write_csv(self.clips / "list.csv", ["path"], [["a.wav"], ["a.wav"]])
        result = run_in("render", table, "--out", self.out, *front_end())
        self.assertExit(result, SOME_FAILED)
        good, bad = read_csv(self.out / "index.csv")
        self.assertEqual((good["id"], good["status"]), ("a.wav", "ok"))
        self.assertRow(bad, "catalogue", "duplicate_id", "a.wav", "earlier row")

    def test_a_clip_may_have_to_be_longer_than_what_is_kept_of_it(self):
        write_wav(self.clips / "long.wav", tone(440, 3.0))
        write_wav(self.clips / "short.wav", tone(440, 1.5))
        result = self.render("--min-duration", "2")  # front_end() keeps one second
        self.assertExit(result, SOME_FAILED)
        self.assertEqual({r["id"]: r["kind"] for r in read_csv(self.out / "index.csv")},
                         {"long": "", "short": "too_short"})

    def test_parameters_that_are_not_used_do_not_part_folders(self):
        write_wav(self.clips / "a.wav", tone(440, 0.5))
        self.assertExit(self.render(), ALL_FINE)
        self.assertSays(self.render("--n-mfcc", "13", "--preset", "librosa-0.9", "--pad-mode", "constant").out,
                        "all done before")
        self.assertRefused(self.render("--top-db", "60"), "top_db is 80.0 there and 60.0 now")

    def test_the_hash_of_a_front_end_stays_what_it_was(self):
        """Spectrograms and trained runs on people's disks carry these."""
        write_wav(self.clips / "a.wav", tone(440, 0.5))
        for i, (options, expected) in enumerate((
                ((), "6f2a9e2edf4cb778048314fb78e197beb698ff06ab61413f8bac9df981208d4b"),
                (("--preset", "torchaudio", "--n-fft", "512"),
                 "5fcc6f1a2f50801119f08808f8201638b8df3d6b7c8f967b65adf5e1ec84c6e4"),
                (("--preset", "panns", "--duration", "10", "--dtype", "float32"),
                 "e9710faa566b8bcf5aad0bd1b2b2b19b8567460b56d65500c3f5f2e96f3d6f87"),
                (("--feature", "mfcc", "--n-mfcc", "40", "--fast"),
                 "0a36314e5f651893436ed854dd1d947c77bcee5826ea6d476b163139c2f9fd66"),
                (("--feature", "spectrogram", "--scale", "power", "--no-center", "--sr", "16000", "--fmin", "20"),
                 "4046fba0f7d88b7224c7384b861b09428888f508eaed76f6ee9e1200d3bfd6a6"))):
            with self.subTest(options=options):
                out = self.tmp / f"specs-{i}"
                self.assertExit(run("render", self.clips, "--out", out, *options), ALL_FINE)
                settings = json.loads((out / "render.json").read_text())
                self.assertEqual(settings["front_end_hash"], "sha256:" + expected)
                self.assertEqual(list(settings["front_end"]), sorted(settings["front_end"]))

    def test_a_switch_with_an_opposite_may_be_given_either_way(self):
        write_wav(self.clips / "a.wav", tone(440, 0.5))
        for i, (options, expected) in enumerate(((("--center",), True), (("--no-center",), False))):
            with self.subTest(options=options):
                out = self.tmp / f"specs-{i}"
                self.assertExit(run("render", self.clips, "--out", out, *front_end(), *options), ALL_FINE)
                self.assertEqual(json.loads((out / "render.json").read_text())["front_end"]["center"], expected)


class Incremental(RenderCase):
    def index(self):
        return {r["id"]: (r["status"], r["row"], r["shard"], r["offset"]) for r in read_csv(self.out / "index.csv")}

    def test_clips_gone_from_the_input_stay_with_it_and_leave_without_it(self):
        for name in ("a", "b", "c"):
            write_wav(self.clips / f"{name}.wav", tone(440, 0.2))
        (self.clips / "broken.wav").write_bytes(b"")
        self.assertExit(self.render(), SOME_FAILED)
        before = self.index()
        (self.clips / "b.wav").unlink()
        (self.clips / "broken.wav").unlink()
        write_wav(self.clips / "d.wav", tone(880, 0.2))
        result = self.render("--incremental")
        self.assertExit(result, SOME_FAILED)
        self.assertSays(result.out, "4 of 5 clips (1 rendered in", "failed decode/empty: 1")
        now = self.index()
        self.assertEqual({k: v for k, v in now.items() if k != "d"}, before, "what was there keeps its place")
        self.assertEqual(now["d"][0], "ok")
        self.assertEqual(sorted(spectrograms(self.out)), ["a", "b", "c", "d"])
        self.assertExit(self.render(), ALL_FINE)
        self.assertEqual(sorted(self.index()), ["a", "c", "d"])
        numpy.testing.assert_array_equal(spectrograms(self.out)["a"], spectrograms(self.out)["c"])

    def test_a_changed_clip_is_rendered_anew(self):
        for name in ("a", "b"):
            write_wav(self.clips / f"{name}.wav", tone(440, 0.2))
        self.render()
        old = numpy.array(spectrograms(self.out)["a"])
        write_wav(self.clips / "a.wav", tone(1500, 0.3))
        result = self.render("--incremental")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.out, "2 of 2 clips (1 rendered in")
        self.assertGreater(numpy.abs(spectrograms(self.out)["a"].astype(float) - old).max(), 10.0)

    def test_lists_that_share_no_clip_are_joined(self):
        for part in ("monday", "tuesday"):
            write_wav(self.tmp / part / f"{part}.wav", tone(440, 0.2))
            self.clips = self.tmp / part
            self.assertExit(self.render("--incremental"), ALL_FINE)
        self.assertEqual(sorted(self.index()), ["monday", "tuesday"])


class Pictures(RenderCase):
    def setUp(self):
        super().setUp()
        write_wav(self.clips / "one.wav", tone(440, 0.5))
        write_wav(self.clips / "two.wav", tone(880, 0.5))

    def show(self, *args):
        (self.tmp / "here").mkdir(exist_ok=True)
        return run_in("render", *args, *front_end(), "--show", cwd=self.tmp / "here")

    def test_show_draws_one_picture_here_and_says_where(self):
        result = self.show(self.clips / "one.wav")
        self.assertExit(result, ALL_FINE)
        picture = self.tmp / "here" / "one.png"
        self.assertSays(result.out, f"{picture}: 32 x ", "0.50 s of 8000 Hz")
        self.assertEqual(sorted(tree(self.tmp / "here")), ["one.png"], "nothing else is stored")
        width, height, _, _ = png_shape(picture)
        self.assertGreater(min(width, height), 200)
        self.assertEqual(sorted(p.name for p in self.clips.iterdir()), ["one.wav", "two.wav"])

    def test_show_draws_into_the_folder_of_pictures_where_one_is_named(self):
        result = self.show(self.clips / "one.wav", "--png", self.tmp / "pictures")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.out, self.tmp / "pictures" / "one.png")
        self.assertEqual(sorted(tree(self.tmp / "here")), [])

    def test_show_refuses_what_is_not_one_good_file(self):
        (self.tmp / "text.mp3").write_text("not a sound\n" * 50)
        for args, *parts in (((self.clips,), self.clips, "holds 2 clips", "--show draws one file"),
                             ((self.tmp / "none.wav",), self.tmp / "none.wav", "no such file"),
                             ((self.tmp / "text.mp3",), self.tmp / "text.mp3", "its bytes are not those of"),
                             ((self.clips / "one.wav", "--out", self.out), "--show", "--out")):
            with self.subTest(args=args):
                self.assertRefused(self.show(*args), *parts)
                self.assertEqual(sorted(tree(self.tmp / "here")), [])
        self.assertFalse(self.out.exists())

    def test_neither_out_nor_show_is_refused(self):
        self.assertRefused(run("render", self.clips), "--out FOLDER is required", "--show")

    def test_images_are_grey_and_have_a_pixel_per_value(self):
        result = self.render("--image", self.tmp / "images")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.out, f"2 of 2 in {self.tmp / 'images'}")
        self.assertEqual(sorted(tree(self.tmp / "images")), [".pictures.csv", "one.png", "two.png"])
        n_bins, n_frames = next(iter(spectrograms(self.out).values())).shape
        self.assertEqual((n_bins, n_frames), (32, 26))
        for name in ("one.png", "two.png"):
            self.assertEqual(png_shape(self.tmp / "images" / name), (n_frames, n_bins, 8, 0))

    def test_pictures_follow_their_clips_and_their_range(self):
        images = self.tmp / "images"
        self.render("--image", images)
        first = tree(images)
        self.render("--image", images)
        self.assertEqual(tree(images), first)
        self.render("--image", images, "--image-range", "-100", "0")
        ranged = tree(images)
        self.assertNotEqual(ranged["one.png"], first["one.png"])
        write_wav(self.clips / "one.wav", tone(1234))
        self.render()  # without pictures
        (self.clips / "two.wav").unlink()
        self.render("--image", images, "--image-range", "-100", "0")
        self.assertEqual(sorted(tree(images)), [".pictures.csv", "one.png"])
        self.assertNotEqual(tree(images)["one.png"], ranged["one.png"])

    def test_an_image_range_that_is_none_is_refused(self):
        for low, high in (("40", "-60"), ("0", "0"), ("nan", "1")):
            with self.subTest(low=low, high=high):
                result = self.render("--image", self.tmp / "images", "--image-range", low, high)
                self.assertExit(result, USAGE)
                self.assertOneLine(result)
                self.assertSays(result.err, "range")
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
