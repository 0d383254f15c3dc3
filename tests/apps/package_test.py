"""What `cmake --install` makes: programs that run wherever they lie, manual pages, completions, and a CMake package with
which a program outside of the tree decodes a file and prints its mel spectrogram."""

import gzip
import pathlib
import re
import shutil
import subprocess
import unittest

import numpy

from harness import ALL_FINE, HITSCOPE, ROOT, VERBS, Case, run, tone, write_wav

BUILD = HITSCOPE.resolve().parents[1]
WITH_MODELS = {"train", "score", "export", "heads"}
# The words on a command line, and what bash proposes for the last.
COMPLETIONS = (
    (["hitscope", "fe"], ["fetch"]),
    (["hitscope", "help", "aud"], ["audit"]),
    (["hitscope", "fetch", "--dry"], ["--dry-run"]),
    (["hitscope", "fetch", "--format", "js"], ["jsonl"]),
    (["hitscope", "train", "--heads", "mlp,logi"], ["mlp,logistic"]),
    (["hitscope", "render", "--n-mels", ""], []),
    (["hitscope", "fetch", "--format", "=", "js"], ["jsonl"]),
    (["hitscope", "fetch", "--format", "="], ["auto", "csv", "tsv", "semicolons", "bars", "jsonl"]),
    (["hitscope", "fetch", "ne"], ["new.csv", "new_folder"]),
    (["hitscope", "fetch", "--out", "ne"], ["new_folder"]),
    (["hitscope", "fetch", "--out", "=", "ne"], ["new_folder"]),
)


def install(prefix, *components):
    for component in components:
        subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix, "--component", component], check=True,
                       capture_output=True, timeout=60)


class Package(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prefix = cls.shared_folder() / "a place with blanks"
        install(cls.prefix, "hitscope", "dev")

    def installed(self, *args):
        return run(*args, program=self.prefix / "bin/hitscope")

    def test_the_first_package_is_whole_without_the_second(self):
        for verb in VERBS:
            with self.subTest(verb=verb):
                result = self.installed(verb, "--help")
                if verb in WITH_MODELS:
                    self.assertOneLine(result)
                    self.assertSays(result.err, "cannot start", "package hitscope-models")
                else:
                    self.assertExit(result, ALL_FINE)
                    self.assertIn(f"usage: hitscope {verb}", result.out)
        self.assertIn("libcurl", self.installed("--version").out)
        self.assertIn("hitscope-models", self.installed("doctor").out)
        programs = {path.name for path in (self.prefix / "libexec/hitscope").iterdir()}
        self.assertEqual(programs, {f"hitscope-{verb}" for verb in VERBS if verb not in WITH_MODELS})

    def test_both_packages_together_have_every_verb(self):
        whole = self.tmp / "whole"
        install(whole, "hitscope", "models")
        for verb in VERBS:
            self.assertExit(run(verb, "--help", program=whole / "bin/hitscope"), ALL_FINE)
        pages = {path.name for path in (whole / "share/man/man1").iterdir()}
        self.assertEqual(pages, {"hitscope.1.gz", *(f"hitscope-{verb}.1.gz" for verb in VERBS)})

    def test_a_manual_page_has_every_option_of_the_help(self):
        whole = self.tmp / "whole"
        install(whole, "hitscope", "models")
        for verb in VERBS:
            page = gzip.decompress((whole / f"share/man/man1/hitscope-{verb}.1.gz").read_bytes()).decode()
            headings = re.findall(r"^\.TP\n\.B (.*)$", page.replace("\\-", "-"), re.MULTILINE)
            flags = set(re.findall(r"^  ((?:-\w, )?--[a-z0-9-]+)", run(verb, "--help").out, re.MULTILINE))
            self.assertTrue(flags)
            self.assertEqual(flags, {m[0] for m in (re.match(r"(-\w, )?--[a-z0-9-]+", h) for h in headings) if m}, verb)
            for section in (".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", ".SH EXAMPLES", ".SH EXIT STATUS"):
                self.assertIn(section, page, verb)

    @unittest.skipUnless(shutil.which("man"), "man is not installed")
    def test_man_has_nothing_to_say_against_the_pages(self):
        for page in (self.prefix / "share/man/man1").iterdir():
            read = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True, check=True,
                                  env={"MANWIDTH": "80", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
            self.assertEqual(read.stderr, "", page.name)
            self.assertIn("OPTIONS" if page.name != "hitscope.1.gz" else "VERBS", read.stdout)

    def test_bash_completes_verbs_flags_and_names(self):
        script = self.prefix / "share/bash-completion/completions/hitscope"
        (self.tmp / "new_folder").mkdir()
        (self.tmp / "new.csv").touch()
        for words, wanted in COMPLETIONS:
            with self.subTest(words=words):
                program = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hitscope; '
                           'printf "%s\\n" "${COMPREPLY[@]}"')
                said = subprocess.run(["bash", "-c", program, "bash", script, *words], capture_output=True, text=True,
                                      check=True, cwd=self.tmp)
                self.assertEqual((sorted(said.stdout.split()), said.stderr), (sorted(wanted), ""))

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_completes_the_verb_that_stands_first(self):
        script = self.prefix / "share/fish/vendor_completions.d/hitscope.fish"
        for name in ("fetch", "new_folder"):
            (self.tmp / name).mkdir()
        (self.tmp / "new.csv").touch()
        for line, wanted in (("hitscope help tr", ["train"]), ("hitscope hel", ["help"]), ("hitscope fetch fetch --form", ["--format"]),
                             ("hitscope train --heads cnn,musi", ["cnn,musicnn"]), ("hitscope fetch --out ne", ["new_folder/"]),
                             ("hitscope render fetch --for", [])):
            said = subprocess.run(["fish", "-c", f'source "$argv[1]"; complete -C "{line}"', script], capture_output=True,
                                  text=True, check=True, cwd=self.tmp)
            self.assertEqual([found.split("\t")[0] for found in said.stdout.splitlines()], wanted, line)

    def test_the_other_shells_read_their_completions(self):
        shells = [("zsh", "share/zsh/vendor-completions/_hitscope"), ("fish", "share/fish/vendor_completions.d/hitscope.fish")]
        for shell, script in shells:
            self.assertIn("--max-attempts" if shell == "zsh" else "-l max-attempts", (self.prefix / script).read_text())
            with self.subTest(shell=shell):
                if not shutil.which(shell):
                    self.skipTest(f"{shell} is not installed")
                subprocess.run([shell, "-n", self.prefix / script], check=True)

    def test_colons_of_names_do_not_end_a_part_of_zshs_specifications(self):
        script = (self.prefix / "share/zsh/vendor-completions/_hitscope").read_text()
        self.assertIn(r"equal-width\:5", script)
        self.assertNotIn("equal-width:5 ", script)

    def test_a_program_outside_of_the_tree_prints_a_mel_spectrogram(self):
        build = self.tmp / "build"
        for command in (["cmake", "-S", ROOT / "tests/support/outside", "-B", build, "-G", "Ninja",
                         f"-DCMAKE_PREFIX_PATH={self.prefix}"], ["cmake", "--build", build]):
            made = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
            self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        song = self.tmp / "song.wav"
        write_wav(song, tone(440, 2.0, 44100), 44100)
        printed = subprocess.run([build / "mel_of", song], capture_output=True, text=True, check=True).stdout
        mel = numpy.array([[float(cell) for cell in line.split()] for line in printed.strip().split("\n")])
        rendered = run("render", song, "--out", self.tmp / "mel", "--duration", 2, "--dtype", "float32")
        self.assertExit(rendered, ALL_FINE)
        expected = numpy.load(self.tmp / "mel/shard-00000.npy")[0]
        self.assertEqual(mel.shape, expected.shape)
        numpy.testing.assert_allclose(mel, expected, atol=1e-3)
        wrong = pathlib.Path(self.tmp / "text.wav")
        wrong.write_text("no sound")
        refused = subprocess.run([build / "mel_of", wrong], capture_output=True, text=True, check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("text.wav", refused.stderr)


if __name__ == "__main__":
    unittest.main()
