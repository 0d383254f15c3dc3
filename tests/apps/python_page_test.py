"""The programs of apps/python.md, as they stand there: what they print is what hitscope's own files and words say."""

import re
import subprocess
import sys
import unittest

from harness import ALL_FINE, ROOT, SMALL_FRONT_END, SOME_FAILED, Case, make_tones, read_csv, read_json, run, write_csv

BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "apps/python.md").read_text(encoding="utf-8"), re.DOTALL)


class PythonPage(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = folder = cls.shared_folder()
        names = make_tones(folder / "clips", 24, 1, 8000)
        (folder / "clips/broken.wav").write_text("no sound")
        songs = write_csv(folder / "songs.csv", ["track_id", "popularity", "artist", "size"],
                          [[name, label, f"a{i}", i % 7] for i, (name, label) in enumerate(names)])
        front = [word for pair in SMALL_FRONT_END.items() for word in pair]
        assert run("render", folder / "clips", "--out", folder / "spectrograms", *front).code == SOME_FAILED
        trained = run("train", songs, "--spectrograms", folder / "spectrograms", "--out", folder / "run", "--heads",
                      "logistic,cnn", "--epochs", 2, "--target", "popularity", timeout=200)
        assert trained.code == ALL_FINE, trained

    def printed(self, block):
        done = subprocess.run([sys.executable, "-c", block], cwd=self.folder, capture_output=True, text=True, timeout=100,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def board(self):
        return {row["name"]: row for row in read_csv(self.folder / "run/leaderboard.csv")}

    def test_there_is_a_program_for_each_kind_of_file(self):
        self.assertEqual(len(BLOCKS), 4)

    def test_spectrograms(self):
        out = self.printed(BLOCKS[0])
        settings = read_json(self.folder / "spectrograms/render.json")
        self.assertIn(f"24 clips of ({settings['n_bins']}, {settings['n_frames']}) at 8000 Hz", out)
        self.assertRegex(out, r"broken\S* decode not_audio .*broken\.wav")

    def test_scores(self):
        out = self.printed(BLOCKS[1])
        self.assertIn("clean\n", out)
        board = self.board()
        self.assertEqual({line.split()[0] for line in out.splitlines()[1:]}, set(board))
        for name, row in board.items():
            self.assertRegex(out, rf"(?m)^{name} +{float(row['macro_f1']):.3f} \[{float(row['macro_f1_95_low']):.3f}, ")

    def test_predictions(self):
        out = self.printed(BLOCKS[2])
        board = self.board()
        for head in ("logistic", "cnn"):
            self.assertRegex(out, rf"(?m)^{head} +accuracy {float(board[head]['accuracy']):.4f}  "
                                  rf"log loss {float(board[head]['log_loss']):.4f}$")

    def test_weights(self):
        out = self.printed(BLOCKS[3])
        n_values = int(out.split()[0])
        n_parameters = int(self.board()["cnn"]["n_parameters"])
        self.assertGreaterEqual(n_values, n_parameters, "buffers of normalisation come on top")
        self.assertLess(n_values, 1.1 * n_parameters + 4096)


if __name__ == "__main__":
    unittest.main()
