"""The shape of the source tree: arrows between top folders, third-party headers in their places, the top level, format."""

import re
import shutil
import subprocess
import unittest

from harness import ROOT
from source_tree import FOLDERS, git, includes, reachable, sources

TOP_LEVEL = {*FOLDERS, "CMakeLists.txt", "README.md", "LICENSE", "CMakePresets.json"}
IGNORED = {"build", "demo"}
# What a folder must not include. The rest is allowed.
FORBIDDEN_ARROWS = {"dsp": ("ingest", "models", "apps", "assets", "tests"), "ingest": ("models", "apps", "assets", "tests"),
                    "models": ("ingest", "apps", "assets", "tests"), "apps": ("tests", "assets")}
# Third-party header -> files that may include it.
PLACES = (
    (r"(torch|ATen|c10)/", r"models/(.+\.cpp|(neural|neural/networks|neural/graphs|neural/ranks|tensors)/[^/]+\.h)"
     r"|tests/models/graph_export_test\.cpp|tests/fuzz/targets/checkpoints\.cpp"),
    (r"Eigen/", r"models/classical/.+"),
    (r"xgboost/", r"models/classical/trees/xgboost_handles\.h|tests/models/boosted_trees_test\.cpp"),
    (r"opencv2?/", r"(dsp/(picture|library_versions)|models/neural/graphs/onnx_check)\.cpp"),
    (r"onnx/", r"models/neural/graphs/[^/]+"),
    (r"png\.h", r"(dsp/(picture|library_versions)|tests/dsp/picture_test)\.cpp"),
    (r"libav", r"ingest/(decode_ffmpeg\.cpp|ffmpeg_library\.h)"),
    (r"(event\.pb\.h|google/protobuf/)", r"apps/train/event_file\.cpp"),
    (r"mpg123\.h", r"(ingest/(decode_mpg123|library_versions)\.cpp|tests/.*)"),
    (r"(sndfile\.h|sndfile\.hh|curl/|sqlite3\.h)", r"(ingest/[^/]+\.cpp|assets/[^/]+\.cpp|tests/.+)"),
    (r"zlib\.h", r"(ingest/(gzip_body|tables/byte_source)\.cpp|tests/.+)"),
    (r"(fftw3\.h|soxr\.h)", r"(dsp/[^/]+\.cpp|tests/.+)"),
)
# Put together so that this file does not hold them.
REGISTRY_HOSTS = [".".join(parts).encode() for parts in (("deb", "debian", "org"), ("registry", "npmjs", "org"))]


def in_git():
    return shutil.which("git") and subprocess.run(["git", "-C", str(ROOT), "rev-parse"], capture_output=True,
                                                  check=False).returncode == 0


class Structure(unittest.TestCase):
    def test_there_are_sources_to_look_at(self):
        found = list(includes())
        for folder in FORBIDDEN_ARROWS:
            self.assertTrue(any(file.startswith(folder + "/") for file, _, _ in found), folder)

    def test_no_forbidden_arrow_between_folders(self):
        wrong = [f"{file} includes {name}" for file, _, name in includes()
                 if name.split("/")[0] in FORBIDDEN_ARROWS.get(file.split("/")[0], ())]
        self.assertEqual(wrong, [])

    def test_own_headers_are_included_from_the_root(self):
        wrong = [f'{file} includes "{name}"' for file, mark, name in includes()
                 if mark == '"' and not (ROOT / name).is_file()]
        self.assertEqual(wrong, [])

    def test_third_party_headers_stay_in_their_places(self):
        wrong = [f"{file} includes <{name}>" for header, place in PLACES for file, _, name in includes()
                 if re.match(header, name) and not re.fullmatch(place, file)]
        self.assertEqual(wrong, [])

    def test_public_headers_of_models_do_not_reach_torch(self):
        """Not even by way of another header: what apps include must compile without LibTorch's headers."""
        graph = {}
        for file, _, name in includes():
            graph.setdefault(file, set()).add(name)
        for file in [f for f in graph if f.startswith("apps/")]:
            reached = [name for name in reachable(graph, file) if re.match(r"(torch|ATen|c10)/", name)]
            self.assertEqual(reached, [], f"{file} reaches LibTorch")

    def test_headers_are_guarded_once(self):
        wrong = [str(p.relative_to(ROOT)) for p in sources() if p.suffix == ".h"
                 and "#pragma once" not in p.read_text(encoding="utf-8")]
        self.assertEqual(wrong, [])

    def test_the_top_level_holds_only_what_it_may(self):
        entries = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}
        self.assertEqual(sorted(entries - TOP_LEVEL - IGNORED), [])
        self.assertEqual(sorted(TOP_LEVEL - entries), [], "missing")

    @unittest.skipUnless(in_git(), "not a git checkout")
    def test_git_tracks_only_what_the_top_level_may_hold_and_ignores_what_is_built(self):
        tracked = {name.split("/")[0] for name in git("ls-files").splitlines()}
        self.assertEqual(sorted(n for n in tracked if n not in TOP_LEVEL and not n.startswith(".")), [])
        for name in sorted(IGNORED):
            with self.subTest(ignored=name):
                self.assertEqual(git("check-ignore", f"{name}/x").strip(), f"{name}/x")

    @unittest.skipUnless(in_git(), "not a git checkout")
    def test_no_registry_host_stands_in_a_tracked_file(self):
        wrong = []
        for name in git("ls-files", "-z").split("\0"):
            path = ROOT / name
            if name and path.is_file():
                data = path.read_bytes()
                wrong += [f"{name}: {host.decode()}" for host in REGISTRY_HOSTS if host in data]
        self.assertEqual(wrong, [])

    def test_the_workflow_fuzzes_every_target(self):
        workflow = (ROOT / ".github/workflows/ci.yml").read_text()
        targets = {path.stem for path in (ROOT / "tests/fuzz/targets").glob("*.cpp")}
        self.assertEqual(set(re.findall(r"tests/fuzz/run\.sh (\w+)", workflow)), targets)

    def test_sources_are_formatted(self):
        program = shutil.which("clang-format-14") or shutil.which("clang-format")
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout if program \
            else ""
        if "version 14." not in version:
            self.skipTest("clang-format 14 is not installed")
        result = subprocess.run([program, "--dry-run", "-Werror", *map(str, sources())], cwd=ROOT, capture_output=True,
                                text=True, check=False)
        said = "\n".join(line for line in result.stderr.splitlines() if "error:" in line)
        self.assertEqual(result.returncode, 0, "\n" + said[:4000])


if __name__ == "__main__":
    unittest.main(verbosity=2)
