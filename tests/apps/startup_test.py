"""Verbs that need no tensors do not load LibTorch."""

import shutil
import subprocess
import unittest

from harness import ALL_FINE, HITSCOPE, LIBEXEC, Case, run

HEAVY = ("libtorch", "libc10")


def libraries(program):
    return subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout


@unittest.skipUnless(shutil.which("ldd"), "ldd is not installed")
class Startup(Case):
    def test_the_launcher_fetch_and_render_do_not_link_libtorch(self):
        for program in (HITSCOPE, LIBEXEC / "hitscope-fetch", LIBEXEC / "hitscope-render"):
            with self.subTest(program=program.name):
                loaded = libraries(program)
                self.assertIn("libc.so", loaded)
                self.assertNotIn("not found", loaded)
                for name in HEAVY:
                    self.assertNotIn(name, loaded)

    def test_train_and_score_do_so_that_this_test_would_notice(self):
        for verb in ("train", "score"):
            self.assertIn("libtorch", libraries(LIBEXEC / f"hitscope-{verb}"))

    def test_their_help_answers(self):
        for args in (("--help",), ("fetch", "--help"), ("render", "--help"), ("--version",)):
            self.assertExit(run(*args), ALL_FINE)


if __name__ == "__main__":
    unittest.main(verbosity=2)
