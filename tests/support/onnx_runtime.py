"""ONNX Runtime, as the npm package onnxruntime-web in Node.js: tests/run.sh installs it in build/npm.

    ONNXRUNTIME_WEB  the package's folder dist/ elsewhere
"""

import json
import os
import pathlib
import shutil
import subprocess

import numpy

HERE = pathlib.Path(__file__).resolve().parent
DIST = pathlib.Path(os.environ.get("ONNXRUNTIME_WEB") or
                    HERE.parents[1] / "build/npm/node_modules/onnxruntime-web/dist")
MISSING = None if DIST.is_dir() and shutil.which("node") else f"onnxruntime-web is not in {DIST}, or there is no node"


def run_all(jobs, folder):
    """The outputs [n_rows, ...] of jobs (ONNX file, input [n_rows, ...])."""
    folder.mkdir(exist_ok=True)
    lines = []
    for i, (model, values) in enumerate(jobs):
        (folder / f"{i}.in").write_bytes(numpy.ascontiguousarray(values, "<f4").tobytes())
        lines.append({"model": str(model), "input": str(folder / f"{i}.in"), "output": str(folder / f"{i}.out"),
                      "shape": list(values.shape)})
    (folder / "jobs.json").write_text(json.dumps(lines))
    done = subprocess.run(["node", HERE / "onnx_runtime.mjs", DIST, folder / "jobs.json"], capture_output=True, text=True,
                          timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    outputs = [numpy.fromfile(line["output"], "<f4") for line in lines]
    return [output.reshape(len(values), -1) for output, (_, values) in zip(outputs, jobs)]
