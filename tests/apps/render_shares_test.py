"""Shares of `hitscope render`: named by flag or by a scheduler, disjoint, complete, and read together by train."""

import shutil
import unittest

import numpy

from harness import ALL_FINE, front_end, make_tones, read_csv, run, tone, write_csv, write_wav
from render_case import RenderCase, run_in, spectrograms

N_CLIPS = 20



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
        self.assertSays(self.render("--shard", "0/2").out, "(nothing new to render)")
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
                self.assertRefused(self.render("--shard", flag), f"--shard is '{flag}'", "must be I/N")
        for flag, i, n in (("3/3", 3, 3), ("1/0", 1, 0), ("0/100001", 0, 100001)):
            with self.subTest(flag=flag):
                self.assertRefused(self.render("--shard", flag), f"--shard gives share {i} of {n}", "0 <= I < N")
        self.assertRefused(self.render("--shard=-1/3"), "--shard gives share -1 of 3", "0 <= I < N")
        self.assertFalse(self.out.exists())

    def test_bad_variables_are_refused_by_value_and_rule(self):
        for environment, *parts in (
                ({"SLURM_ARRAY_TASK_ID": "two"}, "SLURM_ARRAY_TASK_ID is 'two'", "whole number"),
                ({"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "3"}, "share 7 of 3", "0 <= I < N"),
                ({"OMPI_COMM_WORLD_RANK": "4", "OMPI_COMM_WORLD_SIZE": "4"}, "OMPI_COMM_WORLD_RANK", "share 4 of 4"),
                ({"JOB_COMPLETION_INDEX": "0"}, "JOB_COMPLETIONS", "--shard I/N"),
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
        self.assertRefused(run(*train, self.tmp / "both"), self.out, "both directly and in shares")


if __name__ == "__main__":
    unittest.main(verbosity=2)
