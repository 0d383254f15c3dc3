"""hitscope doctor: what it says of this machine, and of machines on which something is missing."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from harness import ALL_FINE, HITSCOPE, SOME_FAILED, STOPPED, Case, run


class Doctor(Case):
    def ask(self, *args, program=HITSCOPE, **environment):
        """Each check by its name, and the exit code."""
        said = subprocess.run([program, "doctor", "--json", *map(str, args)], capture_output=True, text=True, timeout=60,
                              env={k: v for k, v in os.environ.items() if "proxy" not in k.lower()} | environment,
                              check=False)
        self.assertEqual(said.stderr, "")
        checks = {line["check"]: line for line in map(json.loads, said.stdout.splitlines())}
        bad = [line for line in checks.values() if line["state"] in ("slow", "fails")]
        self.assertEqual(said.returncode, SOME_FAILED if bad else ALL_FINE, said.stdout)
        return checks

    def program_without(self, *verbs):
        """A copy of the program in which these verbs' programs are left out."""
        folder = self.tmp / "copy"
        (folder / "bin").mkdir(parents=True)
        (folder / "libexec/hitscope").mkdir(parents=True)
        shutil.copy2(HITSCOPE, folder / "bin/hitscope")
        for path in HITSCOPE.resolve().parents[1].glob("libexec/hitscope/hitscope-*"):
            if path.name.removeprefix("hitscope-") not in verbs:
                os.symlink(path, folder / "libexec/hitscope" / path.name)
        # The doctor looks beside its own program.
        doctor = folder / "libexec/hitscope/hitscope-doctor"
        target = doctor.resolve()
        doctor.unlink()
        shutil.copy2(target, doctor)
        return folder / "bin/hitscope"

    def test_every_check_says_what_was_found_and_bad_ones_what_to_do(self):
        checks = self.ask()
        self.assertEqual(set(checks), {"models", "BLAS", "FFmpeg", "certificates", "cores", "memory", "bfloat16", "Landlock",
                                       "proxy", "open files", "clock", "disk"})
        for check in checks.values():
            self.assertIn(check["state"], ("ok", "note", "slow", "fails"))
            self.assertTrue(check["found"])
            if check["state"] in ("slow", "fails"):
                self.assertTrue(check["advice"], check)
        self.assertRegex(checks["models"]["found"], r"LibTorch \d+\.\d+")
        self.assertRegex(checks["FFmpeg"]["found"], r"^\d")
        cores = len(os.sched_getaffinity(0))
        self.assertLessEqual(int(re.match(r"\d+", checks["cores"]["found"])[0]), cores)

    def test_text_says_the_same_in_lines_of_eighty_columns(self):
        said = run("doctor", self.tmp)
        self.assertEqual([line for line in said.out.splitlines() if len(line) > 80], [])
        for name, check in self.ask(self.tmp).items():
            self.assertRegex(said.out, rf"(?m)^{check['state']} +{re.escape(name)} ")

    def test_a_machine_without_the_models_is_told_which_package(self):
        checks = self.ask(program=self.program_without("train"))
        self.assertEqual(checks["models"]["state"], "note")
        self.assertIn("hitscope-models", checks["models"]["advice"])
        self.assertNotIn("BLAS", checks)

    def test_a_train_that_cannot_start_is_quoted(self):
        program = self.program_without("train")
        broken = program.parents[1] / "libexec/hitscope/hitscope-train"
        broken.write_text("#!/bin/sh\necho 'libtorch.so: cannot open shared object file' >&2\nexit 127\n")
        broken.chmod(0o755)
        checks = self.ask(program=program)
        self.assertEqual(checks["models"]["state"], "fails")
        self.assertIn("libtorch.so: cannot open", checks["models"]["found"])

    def test_blas_is_judged_by_its_kind_and_noise_on_standard_error_is_none_of_it(self):
        program = self.program_without("train")
        fake = program.parents[1] / "libexec/hitscope/hitscope-train"
        for blas, state, advice in (("not OpenBLAS", "slow", "libopenblas0-openmp"), ("MKL", "ok", ""),
                                    ("OpenBLAS 0.3.21 (own threads)", "slow", "remove libopenblas0-pthread"),
                                    ("OpenBLAS 0.3.21 (no threads)", "slow", "remove libopenblas0-serial"),
                                    ("OpenBLAS 0.3.21 (OpenMP threads)", "ok", "")):
            said = json.dumps({"libraries": {"LibTorch": "2.0", "XGBoost": "1.7", "BLAS": blas}})
            fake.write_text(f"#!/bin/sh\necho 'libgomp: Invalid value' >&2\necho '{said}'\n")
            fake.chmod(0o755)
            check = self.ask(program=program)["BLAS"]
            self.assertEqual(check["state"], state, blas)
            self.assertIn(advice, check["advice"])
        fake.write_text("#!/bin/sh\nkill -ILL $$\n")
        self.assertIn("Illegal instruction", self.ask(program=program)["models"]["found"])

    def test_proxies_folders_and_limits(self):
        self.assertIn("https_proxy is set", self.ask(https_proxy="http://127.0.0.1:9")["proxy"]["found"])
        file = self.tmp / "file"
        file.touch()
        self.assertEqual(self.ask(file)["disk"]["found"], f"{file}: Not a directory")
        self.assertEqual(self.ask(file / "in/it")["disk"]["state"], "fails")
        self.assertIn(f"free in {self.tmp},", self.ask(self.tmp / "fetch/makes/it")["disk"]["found"])
        self.assertIn("free in .,", self.ask("made_later")["disk"]["found"])
        self.assertEqual(self.ask(https_proxy="http://127.0.0.1:9", no_proxy="*")["proxy"]["found"], "none")
        self.assertIn(str(self.tmp), self.ask(self.tmp)["disk"]["found"])
        limited = subprocess.run(["bash", "-c", 'ulimit -n 100; exec "$0" doctor --json', HITSCOPE], capture_output=True,
                                 text=True, timeout=60, check=False)
        line = next(check for check in map(json.loads, limited.stdout.splitlines()) if check["check"] == "open files")
        self.assertEqual((line["state"], "100" in line["found"]), ("slow", True))

    def test_blas_is_the_one_that_multiplies(self):
        reference = pathlib.Path("/usr/lib/x86_64-linux-gnu/blas")
        if not (reference / "libblas.so.3").exists():
            self.skipTest("the reference BLAS is not installed")
        check = self.ask(LD_LIBRARY_PATH=str(reference))["BLAS"]
        self.assertEqual((check["state"], "neither OpenBLAS nor MKL" in check["found"]), ("slow", True), check)

    def test_too_little_room_is_told_instead_of_waiting_for_threads(self):
        for verb, kilobytes, needed in (("doctor", 200_000, "0.4"), ("train", 800_000, "1.5"), ("score", 100_000, "1.5")):
            said = subprocess.run(["bash", "-c", f'ulimit -v {kilobytes}; exec "$0" {verb} --help', HITSCOPE],
                                  capture_output=True, text=True, timeout=20, check=False)
            self.assertEqual((said.returncode, said.stdout), (STOPPED, ""))
            self.assertIn(f"(ulimit -v); {verb} needs {needed} GB", said.stderr)
        said = subprocess.run(["bash", "-c", 'ulimit -v 3000000; exec "$0" doctor --json', HITSCOPE], capture_output=True,
                              text=True, timeout=60, check=False)
        line = next(check for check in map(json.loads, said.stdout.splitlines()) if check["check"] == "memory")
        self.assertRegex(line["found"], r"^3\.1 GB of .*ulimit -v")

    @unittest.skipUnless(len(os.sched_getaffinity(0)) > 1, "one core only")
    def test_affinity_counts(self):
        one = subprocess.run(["taskset", "-c", str(min(os.sched_getaffinity(0))), HITSCOPE, "doctor", "--json"],
                             capture_output=True, text=True, timeout=60, check=False)
        line = next(check for check in map(json.loads, one.stdout.splitlines()) if check["check"] == "cores")
        self.assertEqual(line["state"], "note")
        self.assertTrue(line["found"].startswith("1 of "), line)


if __name__ == "__main__":
    unittest.main()
