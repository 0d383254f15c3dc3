#!/usr/bin/python3
"""How fast train and render are where the machine is not theirs alone: on one core, in a control group of one CPU and of
half a CPU, and beside a busy process on each core.

    tests/bench/shared_machine.py [--rounds 3] [--clips 400]

The medians of some rounds, in seconds; 'share' is the rate as a part of that of the cores that were left: of one core for
'one core' and 'one CPU', of half of it for 'half a CPU', of half of the whole machine beside the busy processes. Control
groups need root, and either version of them with a controller for cpu.
"""
import argparse
import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HITSCOPE = pathlib.Path(os.environ.get("HITSCOPE", ROOT / "build/release/bin/hitscope"))
DEMO = HITSCOPE.parents[1] / "libexec/hitscope/make_demo_catalogue"
PERIOD_US = 100_000


@contextlib.contextmanager
def busy_cores():
    """A process that counts on each core."""
    loops = [subprocess.Popen(["taskset", "-c", str(core), sys.executable, "-c", "while True: pass"])
             for core in sorted(os.sched_getaffinity(0))]
    try:
        time.sleep(0.5)
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def group_with(quota_us):
    """A control group with this quota; None where none can be made."""
    name = f"hitscope-bench-{quota_us}"
    try:
        first = pathlib.Path("/sys/fs/cgroup/cpu")
        group = (first if first.is_dir() else pathlib.Path("/sys/fs/cgroup")) / name
        group.mkdir(exist_ok=True)
        if first.is_dir():
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(quota_us))
        else:
            (group / "cpu.max").write_text(f"{quota_us} {PERIOD_US}")
        return group / ("tasks" if first.is_dir() else "cgroup.procs")
    except OSError as error:
        print(f"no control group of {quota_us} us: {error}", file=sys.stderr)
        return None


def seconds(command, out, tasks=None, cores=None):
    def enter():
        if tasks is not None:
            tasks.write_text(str(os.getpid()))
        if cores is not None:
            os.sched_setaffinity(0, cores)
    shutil.rmtree(out, ignore_errors=True)
    start = time.monotonic()
    subprocess.run([*command, "--out", out], check=True, capture_output=True, preexec_fn=enter)
    return time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clips", type=int, default=400)
    arguments = parser.parse_args()
    core = {min(os.sched_getaffinity(0))}
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "served").mkdir()
        subprocess.run([DEMO, folder / "served", "--tracks", str(arguments.clips), "--artists", str(arguments.clips // 3),
                        "--seconds", "7", "--base-url", "http://127.0.0.1:9"], check=True, capture_output=True)
        clips, table, specs = folder / "served/clips", folder / "served/catalogue.csv", folder / "specs"
        subprocess.run([HITSCOPE, "render", clips, "--out", specs, "--duration", "7", "--n-mels", "64", "--hop-length",
                        "1024"], check=True, capture_output=True)
        commands = {"train": [HITSCOPE, "train", table, "--spectrograms", specs, "--heads", "mlp,cnn", "--epochs", "4",
                              "--labels", "median"],
                    "render": [HITSCOPE, "render", clips, "--duration", "7"]}
        groups = {"one CPU": group_with(PERIOD_US), "half a CPU": group_with(PERIOD_US // 2)}
        for name, command in commands.items():
            seconds(command, folder / "out")  # from here on, everything is in the page cache
            def median(**where):
                return statistics.median(seconds(command, folder / "out", **where) for _ in range(arguments.rounds))
            alone, one = median(), median(cores=core)
            print(f"{name}, alone: {alone:.2f} s\n{name}, one core: {one:.2f} s")
            for group, share in (("one CPU", 1.0), ("half a CPU", 0.5)):
                if groups[group] is not None:
                    took = median(tasks=groups[group])
                    print(f"{name}, {group}: {took:.2f} s, share {one / share / took:.2f}")
            with busy_cores():
                took = median()
            print(f"{name}, beside busy processes: {took:.2f} s, {took / alone:.2f} times as long, share {2 * alone / took:.2f}",
                  flush=True)
        for group in groups.values():
            if group is not None:
                group.parent.rmdir()


if __name__ == "__main__":
    main()
