"""What the tests of `hitscope render` share: running it in a folder without a scheduler, reading what it wrote."""

import os
import subprocess

import numpy

from harness import Case, Result, command_of, front_end, read_csv

SCHEDULERS = ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP", "SLURM_ARRAY_TASK_COUNT",
              "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", "RANK",
              "WORLD_SIZE")


def run_in(*args, cwd=None, **environment):
    """run() in a folder, with these variables and no scheduler's own."""
    variables = {k: v for k, v in os.environ.items() if k not in SCHEDULERS} | environment
    command = command_of(args)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False, cwd=cwd,
                          env=variables, text=True)
    return Result(command, done.returncode, done.stdout, done.stderr)


def spectrograms(folder):
    """id -> values, read as any Python program would."""
    return {r["id"]: numpy.load(folder / r["shard"], mmap_mode="r")[int(r["offset"])]
            for r in read_csv(folder / "index.csv") if r["status"] == "ok"}


class RenderCase(Case):
    def setUp(self):
        super().setUp()
        self.clips, self.out = self.tmp / "clips", self.tmp / "specs"

    def render(self, *options, **environment):
        return run_in("render", self.clips, "--out", self.out, *front_end(), *options, **environment)

    def folders(self):
        return sorted(p.name for p in self.out.iterdir() if p.is_dir())
