#!/usr/bin/python3
"""Which tables hitscope reads as a person would, beside pandas' sniffing and Python's csv.Sniffer.

    tests/bench/tables_vs_peers.py [--tables 200] [--show]

Writes one invented table of 30 songs in many ways: delimiter (comma, tab, semicolon, bar), quoting (where needed, all cells,
texts), encoding (UTF-8 with and without mark, Windows-1252, UTF-16), decimal point or comma, line ends (LF, CRLF, CR),
Excel's first line "sep=;", trailing empty columns. A reader is right if the names of the columns, the number of rows, all
texts and all numbers are. pandas is asked with sep=None, engine="python" (and is told the encoding and the decimal mark,
which it does not find by itself, in a second column); csv.Sniffer is given the decoded text. Needs python3-pandas;
`cmake --build build/release --target table_cells` first.
"""
import argparse
import csv
import io
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import pandas

ROOT = pathlib.Path(__file__).resolve().parents[2]
CELLS = pathlib.Path(os.environ.get("TABLE_CELLS", ROOT / "build/release/tests/table_cells"))

HEADER = ["track_id", "artist", "title", "tempo", "energy", "plays", "popularity"]
ARTISTS = ["Ada Vale, Dune Sisters", "Brisk & Co", "Élan Vital", 'The "Quiet" Ones', "Cold Harbour", "Ñandú; Friends"]
NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}


def songs():
    dice = random.Random(3)
    return [[f"t{i:03}", ARTISTS[i % len(ARTISTS)], f"Song {i}", round(dice.uniform(60, 190), 3),
             round(dice.uniform(0, 1), 4), dice.randrange(100, 2_000_000), dice.randrange(0, 101)] for i in range(30)]


def ways(n):
    """n different ways to write the table, the same for the same n."""
    every = [dict(delimiter=d, quoting=q, encoding=e, decimal=m, end=l, sep_line=s, trailing=t)
             for d in NAMES for q in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)
             for e in ("utf-8", "utf-8-sig", "cp1252", "utf-16") for m in ".," for l in ("\n", "\r\n", "\r")
             for s in (False, True) for t in (0, 0, 0, 2)
             if not (m == "," and d == ",")]
    random.Random(1).shuffle(every)
    return every[:n]


def write(path, way):
    text = io.StringIO(newline="")
    if way["sep_line"]:
        text.write(f"sep={way['delimiter']}{way['end']}")
    writer = csv.writer(text, delimiter=way["delimiter"], quoting=way["quoting"], lineterminator=way["end"])
    empty = [""] * way["trailing"]
    if way["quoting"] != csv.QUOTE_MINIMAL and empty:
        empty = [""] * way["trailing"]
    writer.writerow(HEADER + empty)
    for row in songs():
        cells = [str(v).replace(".", way["decimal"]) if isinstance(v, float) else v for v in row]
        writer.writerow(cells + empty)
    path.write_bytes(text.getvalue().encode(way["encoding"]))


def is_right(header, rows):
    wanted = songs()
    if header != HEADER or len(rows) != len(wanted):
        return False
    for row, want in zip(rows, wanted):
        for got, value in zip(row, want):
            if isinstance(value, str) and got != value:
                return False
            if not isinstance(value, str):
                try:
                    if not math.isclose(float(got), value, rel_tol=1e-9):
                        return False
                except (TypeError, ValueError):
                    return False
    return True


def hitscope(path, _):
    table = json.loads(subprocess.run([CELLS, path], capture_output=True, check=True).stdout)
    return "header" in table and is_right(table["header"], table["rows"])


def by_pandas(path, told):
    try:
        frame = pandas.read_csv(path, sep=None, engine="python", **told)
    except Exception:  # noqa: BLE001  (whatever it says, it has not read the table)
        return False
    frame = frame.loc[:, [c for c in frame if not str(c).startswith("Unnamed")]]
    return is_right(list(map(str, frame.columns)), frame.values.tolist())


def by_sniffer(path, way):
    text = path.read_bytes().decode(way["encoding"])
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), csv.Sniffer().sniff(text[:8192])))
    except csv.Error:
        return False
    return is_right(rows[0], [[c.replace(way["decimal"], ".") if i == 3 or i == 4 else c for i, c in enumerate(r)]
                              for r in rows[1:]])


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--show", action="store_true", help="print the tables that hitscope does not read")
    options = parser.parse_args()
    counts = {"hitscope": 0, "pandas": 0, "pandas, told encoding and decimal": 0, "csv.Sniffer, told both": 0}
    with tempfile.TemporaryDirectory(prefix="hitscope-bench-") as tmp:
        for i, way in enumerate(ways(options.tables)):
            path = pathlib.Path(tmp) / f"table-{i}.csv"
            write(path, way)
            right = hitscope(path, way)
            counts["hitscope"] += right
            counts["pandas"] += by_pandas(path, {})
            counts["pandas, told encoding and decimal"] += by_pandas(
                path, {"encoding": way["encoding"], "decimal": way["decimal"]})
            counts["csv.Sniffer, told both"] += by_sniffer(path, way)
            if options.show and not right:
                print(way, subprocess.run([CELLS, path], capture_output=True, check=False).stdout[:400])
    for name, n in counts.items():
        print(f"{name:36} {n} of {options.tables} tables right")
    return 0 if counts["hitscope"] == options.tables else 1


if __name__ == "__main__":
    sys.exit(main())
