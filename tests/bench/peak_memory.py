#!/usr/bin/python3
"""Peak memory of each verb on each of many files, most of them odd or hostile.

    tests/bench/peak_memory.py FOLDER... [--limit-mb 200] [--per-byte 4]

Every file under the folders is rendered and scored as audio, audited as a table, and fetched: as a catalogue, and as a
clip from a server on loopback. Each is a process of its own; its largest resident size is held against --limit-mb plus
--per-byte times the size of the file. Prints, per verb, the highest peak and its file, and every file over the bound;
exit code 1 if there is one. Folders to try: tests/fuzz/corpus tests/fuzz/regressions.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "apps"))
from harness import FolderServer, command_of, front_end, make_run, write_csv  # noqa: E402

SECONDS = 60


def peak_mb(*args):
    """(largest resident size in MB, exit code) of `hitscope args…`."""
    with open(os.devnull, "r+b") as nothing:
        process = subprocess.Popen(["timeout", "--foreground", str(SECONDS), *command_of(args)], stdin=nothing,
                                   stdout=nothing, stderr=nothing)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1000, process.returncode


def verbs(file, tmp, url):
    """Verb -> its arguments for this file."""
    clip = write_csv(tmp / "clip.csv", ["track_id", "preview_url"], [["a", url]])
    return {"render": ("render", file, "--out", tmp / "specs", *front_end()),
            "score": ("score", tmp.parent / "run", file),
            "audit": ("audit", file),
            "fetch (table)": ("fetch", file, "--out", tmp / "store", "--max-attempts", 1, "--connect-timeout", 1),
            "fetch (clip)": ("fetch", clip, "--out", tmp / "clips", "--allow-private-addresses", "--max-attempts", 1)}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--limit-mb", type=float, default=200)
    parser.add_argument("--per-byte", type=float, default=4)
    options = parser.parse_args()
    highest, over, n = {}, [], 0
    with tempfile.TemporaryDirectory(prefix="hitscope-bench-") as folder:
        make_run(pathlib.Path(folder))
        for root in options.folders:
            files = sorted(p for p in root.resolve().rglob("*") if p.is_file() and not p.is_symlink())
            with FolderServer(root.resolve()) as server:
                for file in files:
                    n += 1
                    bound = options.limit_mb + options.per_byte * file.stat().st_size / 1e6
                    with tempfile.TemporaryDirectory(dir=folder) as tmp:
                        url = server.url("/" + str(file.relative_to(root.resolve())))
                        for verb, args in verbs(file, pathlib.Path(tmp), url).items():
                            peak, code = peak_mb(*args)
                            highest[verb] = max(highest.get(verb, (0.0, "")), (peak, str(file)))
                            if peak > bound or code not in (0, 1, 2):
                                over.append(f"{verb} {file}: {peak:.0f} MB of at most {bound:.0f}, exit code {code}")
    for verb, (peak, file) in highest.items():
        print(f"{verb:14} at most {peak:4.0f} MB  ({file})")
    print(f"{n} files, {len(over)} over {options.limit_mb:.0f} MB + {options.per_byte:.0f} times the file, or ended")
    print("\n".join(over))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
