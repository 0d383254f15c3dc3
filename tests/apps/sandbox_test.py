"""Every verb restricts itself, and ordinary uses are not in its way: links, standard input, paths elsewhere, files as
outputs."""

import os
import pathlib
import shutil
import subprocess
import unittest

from harness import ALL_FINE, SOME_FAILED, Case, command_of, front_end, make_run, read_csv, run, write_csv


def landlock_works():
    """As --verbose says of a verb that reads next to nothing."""
    return "restricted by Landlock" in run("audit", "/dev/null", "--verbose").err


@unittest.skipUnless(landlock_works(), "this kernel has no Landlock")
class Sandbox(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.shared_folder()
        cls.folder = folder
        cls.songs = make_run(folder)

    def runTest(self):
        """Only the holder of the class's folder."""

    def restricted(self, *args, code=ALL_FINE, writes=None, program=None, **options):
        done = subprocess.run(command_of((*args, "--verbose")), capture_output=True, text=True, timeout=120, check=False,
                              stdin=subprocess.DEVNULL if "input" not in options else None, **options)
        self.assertEqual(done.returncode, code, done.stderr)
        said = [line for line in done.stderr.splitlines() if "restricted by Landlock" in line]
        self.assertTrue(said, done.stderr)
        self.assertIn(f"writes only {writes}" if writes else "writes nothing", said[-1])
        self.assertNotIn("reads any file", said[-1])
        return done

    def test_every_verb_is_restricted_to_what_its_command_line_names(self):
        out = self.tmp / "out"
        self.restricted("render", self.folder / "clips", "--out", out, *front_end(), writes=out)
        self.restricted("audit", self.songs, "--target", "pitch", "--no-artist")
        self.restricted("score", self.folder / "run", self.folder / "clips" / "clip-000.wav", "--threads", "1")
        self.restricted("export", self.folder / "run", "--torchscript", out / "n.pt", "--threads", "1", writes=out / "n.pt")
        self.restricted("train", self.songs, "--out", self.tmp / "run", "--target", "pitch", "--spectrograms",
                        self.folder / "specs", "--features", "none", "--epochs", "1", "--threads", "1",
                        writes=self.tmp / "run")
        urls = write_csv(self.tmp / "urls.csv", ["id", "url"], [["a", "http://127.0.0.1:2/a"]])
        self.restricted("fetch", urls, "--out", out / "store", "--no-proxy", "--max-attempts", "1", code=SOME_FAILED,
                        writes=out / "store")

    def test_no_sandbox_switches_it_off(self):
        result = run("audit", self.songs, "--target", "pitch", "--no-artist", "--verbose", "--no-sandbox")
        self.assertExit(result, ALL_FINE)
        self.assertNotIn("Landlock", result.err)

    def test_links_to_clips_elsewhere_are_followed(self):
        links = self.tmp / "links"
        links.mkdir()
        for i in range(3):
            (links / f"{i}.wav").symlink_to(self.folder / "clips" / f"clip-00{i}.wav")
        (self.tmp / "linked").symlink_to(links)
        for name in (links, self.tmp / "linked"):
            out = self.tmp / f"specs-{name.name}"
            self.restricted("render", name, "--out", out, *front_end(), writes=out)

    def test_a_csv_of_paths_elsewhere_is_rendered(self):
        clip = self.folder / "clips" / "clip-000.wav"
        paths = write_csv(self.tmp / "paths.csv", ["path"], [[clip], [os.path.relpath(clip, self.tmp)]])
        self.restricted("render", paths, "--out", self.tmp / "specs", *front_end(), writes=self.tmp / "specs")

    def test_a_table_comes_from_standard_input_or_another_process(self):
        text = pathlib.Path(self.songs).read_text(encoding="utf-8")
        self.restricted("audit", "-", "--target", "pitch", "--no-artist", input=text)
        command = " ".join(command_of(["audit", f"<(cat {self.songs})", "--target", "pitch", "--no-artist"]))
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, ALL_FINE, done.stderr)

    def test_relative_paths_and_files_as_outputs(self):
        shutil.copy(self.songs, self.tmp / "t.csv")
        self.restricted("audit", "t.csv", "--target", "pitch", "--no-artist", "--save-schema", "s.json", writes="s.json", cwd=self.tmp)
        self.assertTrue((self.tmp / "s.json").exists())
        self.restricted("score", self.folder / "run", self.folder / "clips", "--threads", "1", "--format", "csv", "--output",
                        "scores.csv", writes="scores.csv", cwd=self.tmp)
        self.restricted("render", self.folder / "clips" / "clip-000.wav", "--show", *front_end(), writes=".", cwd=self.tmp)
        self.assertTrue((self.tmp / "clip-000.spectrogram.png").exists())

    def test_pictures_go_to_folders_of_their_own(self):
        out, pictures = self.tmp / "specs", self.tmp / "deep" / "pictures"
        done = subprocess.run(command_of(["render", self.folder / "clips", "--out", out, "--png", pictures, *front_end()]),
                              capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, ALL_FINE, done.stderr)
        self.assertEqual(len(list(pictures.glob("*.png"))), 24)

    def test_labels_and_splits_come_from_files(self):
        mapping = write_csv(self.tmp / "map.csv", ["pitch", "class"], [["low", "deep"], ["high", "shrill"]])
        ids = [row["track_id"] for row in read_csv(self.songs)]
        split = write_csv(self.tmp / "split.csv", ["id", "part"],
                          [[name, ("train", "train", "validation", "test")[i % 4]] for i, name in enumerate(ids)])
        self.restricted("audit", self.songs, "--target", "pitch", "--no-artist", "--labels", f"map:{mapping}", "--split-file", split)


if __name__ == "__main__":
    unittest.main()
