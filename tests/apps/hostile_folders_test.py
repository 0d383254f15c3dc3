"""Folders that somebody hands over: whatever they name or link to, nothing outside the outputs is written, and nothing but
the inputs and the system's own files is read. Watched by strace, with --no-sandbox: Landlock would hide a fault."""

import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import unittest

from harness import Case, command_of, front_end, make_run, read_json, run, sha256, write_csv

CALLS = ("open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,"
         "symlinkat,truncate,chmod,fchmodat,mknod,mknodat,execve")
SYSTEM = ("/usr", "/lib", "/etc", "/proc", "/sys", "/dev")
CALL = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)\) = (-?\d+)(<.*>)?")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def traced(args, log):
    """Runs hitscope under strace; the calls on files that succeeded: name, arguments, path of what was opened."""
    command = ["strace", "-f", "-y", "-qq", "-s", "4096", "-o", str(log), "-e", f"trace={CALLS}", *command_of(args)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=240, check=False)
    calls = []
    for line in log.read_text(errors="replace").splitlines():
        match = CALL.match(line)
        if match and int(match[3]) >= 0:
            calls.append((match[1], match[2], match[4]))
    return done, calls


def can_trace():
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


def paths_of(arguments):
    """The paths that a call names, from the folder that it names them in (strace -y shows descriptors' paths)."""
    paths = []
    at = re.findall(r"(?:AT_FDCWD|\d+)<([^>]*)>", arguments)
    for i, name in enumerate(QUOTED.findall(arguments)):
        base = at[min(i, len(at) - 1)] if at else os.getcwd()
        paths.append(os.path.normpath(os.path.join(base, name)))
    return paths


@unittest.skipUnless(can_trace(), "strace is absent, or may not trace")
class HostileFolders(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.shared_folder()
        cls.songs = make_run(folder)
        cls.good = folder

    def runTest(self):
        """Only the holder of the class's folder."""

    def setUp(self):
        super().setUp()
        self.outside = self.tmp / "outside"
        self.outside.mkdir()
        for name in ("secret.txt", "victim.wav", "secret.npy", "secret.json"):
            (self.outside / name).write_text("not yours\n")
        self.victims = {path: sha256(path) for path in self.outside.iterdir()}

    def harmless(self, *args, outputs, inputs):
        """The verb neither writes beside `outputs` nor reads beside `inputs` and the system."""
        done, calls = traced((*args, "--no-sandbox"), self.tmp / "trace.log")
        self.assertGreater(len(calls), 20, done.stderr)
        self.assertNotIn(done.returncode, (-11, -6, 99), done.stderr[-2000:])
        may_write = [str(path) for path in outputs]
        may_read = [str(path) for path in (*inputs, *outputs)] + [str(pathlib.Path(run.__globals__["HITSCOPE"]).parents[1])]
        for name, arguments, opened in calls:
            if name.startswith(("open", "creat")):
                writes = name == "creat" or re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC)", arguments)
                path = (opened or "<?>")[1:-1]
                allowed = may_write if writes else [*may_read, *SYSTEM]
                if writes:
                    allowed = [*allowed, "/dev/null", "/dev/tty", "/dev/shm", "pipe:", "anon_inode"]
                is_dir_on_the_way = not writes and "O_PATH" in arguments  # to walk through, not to read
                if not is_dir_on_the_way and not path.startswith(tuple(allowed)) and path != "/":
                    self.fail(f"{' '.join(map(str, args))}: {name}({arguments}) = {path}")
            elif name != "execve":
                paths = paths_of(arguments)
                for path in paths[-1:] if name.startswith("link") else paths:  # a clip may be linked from another store
                    self.assertTrue(path.startswith(tuple(may_write)), f"{name}({arguments}) = {path}")
        self.assertEqual({path: sha256(path) for path in self.outside.iterdir()}, self.victims)
        return done

    def links(self, folder, **names):
        for name, target in names.items():
            path = folder / name.replace("__", "/").replace("_dot_", ".")
            if path.is_symlink() or path.exists():
                path.unlink()
            path.symlink_to(self.outside / target)

    def hostile_store(self):
        """A store of one good clip, whose journal and results name files outside, with links at all names of ours."""
        sha = sha256(self.good / "clips" / "clip-000.wav")
        store = self.tmp / "store"
        (store / "clips" / sha[:2]).mkdir(parents=True)
        shutil.copy(self.good / "clips" / "clip-000.wav", store / "clips" / sha[:2] / f"{sha}.wav")
        size = (self.good / "clips" / "clip-000.wav").stat().st_size
        songs = write_csv(self.tmp / "urls.csv", ["id", "url"], [[i, f"http://127.0.0.1:2/{i}"] for i in "abcd"])
        run("fetch", songs, "--out", store, "--max-attempts", "1", "--no-proxy")
        names = [("a", f"clips/{sha[:2]}/{sha}.wav", sha), ("b", "../outside/victim.wav", "0" * 64),
                 ("c", str(self.outside / "victim.wav"), "1" * 64), ("d", f"clips/{sha[:2]}/{'2' * 64}.wav", "2" * 64)]
        database = sqlite3.connect(store / "journal.sqlite")
        for name, file, digest in names:
            database.execute("UPDATE fetches SET status='ok', kind='', detail='', file=?, sha256=?, bytes=?, "
                             "media_type='audio/wav' WHERE id=?", (file, digest, size, name))
        database.execute("UPDATE settings SET value='another boot' WHERE name='boot'")
        database.execute("UPDATE settings SET value='0' WHERE name='synced'")
        database.commit()
        database.close()
        lines = (store / "results.csv").read_text().splitlines()
        rows = [f"{i + 2},{name},u,ok,{file},{size},{digest},audio/wav,200,1,,,"
                for i, (name, file, digest) in enumerate(names)]
        (store / "results.csv").write_text("\n".join([lines[0], *rows]) + "\n")
        (store / "clips" / sha[:2] / f"{'2' * 64}.wav").symlink_to(self.outside / "victim.wav")
        self.links(store, results_dot_csv_dot_tmp="secret.txt", failures_dot_csv_dot_tmp="secret.txt",
                   journal_dot_copy_dot_sqlite_dot_tmp="secret.txt", parts___dot_reserve_dot_tmp="secret.txt")
        return songs, store

    def test_a_store_that_is_fetched_into_verified_and_made_anew(self):
        songs, store = self.hostile_store()
        for words in ((songs,), ("--verify",), ("--rebuild",)):
            self.harmless("fetch", *words, "--out", store, "--max-attempts", "1", outputs=[store], inputs=[songs])

    def test_stores_and_shares_that_are_merged(self):
        songs, store = self.hostile_store()
        into = self.tmp / "into"
        before = {path: path.lstat().st_mtime_ns for path in store.rglob("*")}
        self.harmless("fetch", songs, "--out", into, "--merge", store, outputs=[into], inputs=[songs, store])
        self.assertEqual({path: path.lstat().st_mtime_ns for path in store.rglob("*")}, before, "theirs is read only")
        shares = self.tmp / "shares"
        shares.mkdir()
        store.rename(shares / "share-0000-of-0002")
        (shares / "share-0001-of-0002").symlink_to(self.outside)
        self.harmless("fetch", songs, "--out", shares, "--merge", outputs=[shares], inputs=[songs])

    def test_a_store_that_is_rendered(self):
        _, store = self.hostile_store()
        specs = self.tmp / "specs"
        self.harmless("render", store, "--out", specs, *front_end(), outputs=[specs], inputs=[store])

    def test_spectrograms_that_are_learned_from_and_rendered_into(self):
        specs = self.tmp / "specs"
        shutil.copytree(self.good / "specs", specs)
        index = (specs / "index.csv").read_text()
        (specs / "index.csv").write_text(index.replace("shard-00000.npy", "../outside/secret.npy", 3)
                                         .replace("shard-00000.npy", str(self.outside / "secret.npy"), 3))
        self.links(specs, render_dot_json_dot_tmp="secret.txt", index_dot_csv_dot_tmp="secret.txt", _dot_lock="secret.txt")
        out = self.tmp / "run"
        for change in ({}, {"shard-00000_dot_npy": "secret.npy"}, {"render_dot_json": "secret.json"}):
            self.links(specs, **change)
            self.harmless("train", self.songs, "--spectrograms", specs, "--out", out, "--target", "pitch", "--features",
                          "none", "--epochs", "1", "--threads", "1", outputs=[out], inputs=[self.songs, specs])
            self.harmless("render", self.good / "clips", "--out", specs, *front_end(), outputs=[specs],
                          inputs=[self.good / "clips"])

    def test_a_run_that_is_scored_exported_audited_and_continued(self):
        for change in ("names", "links"):
            folder = self.tmp / f"run-{change}"
            shutil.copytree(self.good / "run", folder)
            head = read_json(folder / "bundle.json")["heads"][0]["name"]
            if change == "names":
                text = (folder / "bundle.json").read_text()
                (folder / "bundle.json").write_text(text.replace(f"{head}.safetensors", "../outside/secret.txt"))
                history = folder / f"{head}.history.json"
                history.write_text(history.read_text().replace(f"{head}.safetensors", str(self.outside / "secret.txt")))
            else:
                self.links(folder, bundle_dot_json_dot_tmp="secret.txt", split_dot_csv="secret.txt",
                           **{f"{head}_dot_safetensors": "secret.txt", f"{head}_dot_history_dot_json": "secret.json",
                              f"{head}_dot_checkpoint": "secret.txt", "run_dot_json_dot_tmp": "secret.txt"})
            clip = self.good / "clips" / "clip-000.wav"
            self.harmless("score", folder, clip, "--threads", "1", outputs=[], inputs=[folder, clip])
            exported = self.tmp / "exported"
            exported.mkdir(exist_ok=True)
            self.harmless("export", folder, "--torchscript", exported / "n.pt", "--threads", "1", outputs=[exported],
                          inputs=[folder])
            self.harmless("audit", self.songs, "--run", folder, "--target", "pitch", outputs=[], inputs=[self.songs, folder])
            self.harmless("train", self.songs, "--spectrograms", self.good / "specs", "--out", folder, "--target", "pitch",
                          "--features", "none", "--epochs", "1", "--threads", "1", outputs=[folder],
                          inputs=[self.songs, self.good / "specs"])


if __name__ == "__main__":
    unittest.main()
