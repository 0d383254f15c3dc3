"""The programs of apps/export/README.md, as they stand there: what they print is what `hitscope score` says.

    ONNXRUNTIME_WEB  the folder dist/ of the npm package onnxruntime-web (default: where tests/run.sh installs it)
    CHROMIUM         the browser (default: chromium on the PATH)
"""

import functools
import html
import http.server
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import unittest

from harness import ALL_FINE, ROOT, Case, make_tones, run, write_csv

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
RUNTIME = pathlib.Path(os.environ.get("ONNXRUNTIME_WEB") or ROOT / "build/npm/node_modules/onnxruntime-web/dist")
README = (ROOT / "apps/export/README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(python|html)\n(.*?)```", README, re.DOTALL)
# What a person does who chooses a file.
CHOOSE = """<script type="module">
const wait = setInterval(async () => {
  const input = document.querySelector("#song");
  if (!input.onchange) return;
  clearInterval(wait);
  input.onchange({target: {files: [new File([await (await fetch("song.wav")).arrayBuffer()], "song.wav")]}});
}, 50);
</script>"""


class Files(http.server.SimpleHTTPRequestHandler):
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript",
                                                                            ".wasm": "application/wasm"}

    def log_message(self, *_):
        """Quiet."""


def installed(module):
    return importlib.util.find_spec(module) is not None


class Snippets(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = folder = cls.shared_folder()
        names = make_tones(folder / "clips", 12, 2, 8000)
        songs = write_csv(folder / "songs.csv", ["track_id", "pitch", "artist"],
                          [[name, label, f"a{i}"] for i, (name, label) in enumerate(names)])
        front = ("--duration", 2, "--sample-rate", 8000, "--n-fft", 256, "--hop-length", 160, "--n-mels", 16)
        shutil.copy(folder / "clips" / f"{names[0][0]}.wav", folder / "song.wav")
        for args in (("render", folder / "clips", "--out", folder / "specs", *front),
                     ("train", songs, "--spectrograms", folder / "specs", "--out", folder / "run", "--target", "pitch",
                      "--heads", "musicnn", "--epochs", 2, "--threads", 1, "--batch-size", 4),
                     ("export", folder / "run", "--onnx", folder / "network.onnx", "--torchscript", folder / "network.pt",
                      "--with-mel-front-end")):
            result = run(*args, timeout=200)
            assert result.code == ALL_FINE, result
        scored = run("score", folder / "run", folder / "song.wav", "--format", "jsonl")
        cls.wanted = json.loads(scored.out)["probabilities"]

    def runTest(self):
        """Only the holder of the class's folder."""

    def assertAnswer(self, text):
        found = {name: float(p) for p, name in (line.split(" ", 1) for line in text.strip().splitlines())}
        self.assertEqual(set(found), set(self.wanted), text)
        for name, p in self.wanted.items():
            self.assertAlmostEqual(found[name], p, delta=6e-4)

    def python(self, module):
        if not installed(module):
            self.skipTest(f"Python's {module} is not installed")
        program, = (text for kind, text in BLOCKS if kind == "python" and f", {module}\n" in text)
        self.assertLessEqual(len(program.splitlines()), 12)
        done = subprocess.run([sys.executable, "-c", program], cwd=self.folder, capture_output=True, text=True, timeout=120,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertAnswer(done.stdout)

    def test_python_with_pytorch(self):
        self.python("torch")

    def test_python_with_onnx_runtime(self):
        self.python("onnxruntime")

    @unittest.skipUnless(CHROMIUM and RUNTIME.is_dir(), f"no Chromium, or no {RUNTIME}")
    def test_a_page_with_onnx_runtime(self):
        page, = (text for kind, text in BLOCKS if kind == "html")
        for file in RUNTIME.glob("ort*wasm*"):
            shutil.copy(file, self.folder)
        (self.folder / "index.html").write_text("<!DOCTYPE html><meta charset='utf-8'>" + page + CHOOSE, encoding="utf-8")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=self.folder))
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                   "--disable-background-networking", f"--user-data-dir={self.tmp / 'profile'}", "--virtual-time-budget=60000",
                   "--dump-dom", f"http://127.0.0.1:{server.server_address[1]}/index.html"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        answer = re.search(r'<pre id="answer">(.*?)</pre>', done.stdout, re.DOTALL)
        self.assertTrue(answer and answer[1], done.stdout + done.stderr[-2000:])
        self.assertAnswer(html.unescape(answer[1]))


if __name__ == "__main__":
    unittest.main()
