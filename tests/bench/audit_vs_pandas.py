#!/usr/bin/env python3
"""How long `hitscope audit` takes for a large table, and how long pandas takes only to read it.

    tests/bench/audit_vs_pandas.py [--rows 500000] [--turns 5]

audit loads, types, cleans (missing and zero cells, short tracks, exact copies, same song, same ISRC), splits by artist
and looks for leaks; `pandas.read_csv` reads the same file in a process of its own, its import not counted. They take
turns; medians of seconds and the peak resident memory are printed. Needs Debian's python3-pandas.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
HITSCOPE = pathlib.Path(os.environ.get("HITSCOPE", HERE.parents[1] / "build/release/bin/hitscope"))
CLEANING = ["--drop-missing", "tempo", "--drop-zero", "tempo,time_signature", "--min-duration", "30",
            "--drop-duplicates", "exact,song,isrc"]
READ = "import sys, time, pandas; t = time.time(); pandas.read_csv(sys.argv[1]); print(time.time() - t)"


def measured(command):
    """(seconds, MiB, what it printed)"""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024, said


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--turns", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / "songs.csv"
        subprocess.run(["/usr/bin/python3", HERE / "make_table.py", table, "--rows", str(args.rows)], check=True)
        ours, theirs, said = [], [], ""
        for _ in range(args.turns):
            seconds, mib, said = measured([HITSCOPE, "audit", table, *CLEANING])
            ours.append((seconds, mib))
            _, mib, printed = measured(["/usr/bin/python3", "-c", READ, table])
            theirs.append((float(printed), mib))
        size = table.stat().st_size / 1e6
    print(next(line for line in said.splitlines() if line.startswith("verdict")))
    for name, runs in (("hitscope audit, all of it", ours), ("pandas.read_csv alone", theirs)):
        print(f"{args.rows} rows x 20 columns, {size:.0f} MB: {name}: {statistics.median(s for s, _ in runs):.2f} s "
              f"({min(s for s, _ in runs):.2f} to {max(s for s, _ in runs):.2f}), "
              f"{max(m for _, m in runs):.0f} MiB")


if __name__ == "__main__":
    main()
