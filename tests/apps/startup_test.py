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

    @unittest.skipUnless(shutil.which("readelf"), "readelf is not installed")
    def test_only_export_asks_for_opencvs_networks_and_onnx(self):
        """By name: Debian's LibTorch brings both for reasons of its own."""
        wanted = {}
        for verb in ("train", "score", "export"):
            said = subprocess.run(["readelf", "-d", str(LIBEXEC / f"hitscope-{verb}")], capture_output=True, text=True,
                                  check=True).stdout
            wanted[verb] = [name for name in ("libopencv_dnn", "libonnx.") if name in said]
        self.assertEqual(wanted, {"train": [], "score": [], "export": ["libopencv_dnn", "libonnx."]})

    def test_their_help_answers(self):
        for args in (("--help",), ("fetch", "--help"), ("render", "--help"), ("--version",)):
            self.assertExit(run(*args), ALL_FINE)


if __name__ == "__main__":
    unittest.main(verbosity=2)
