"""The last screen of demo.sh: what was done, what was found, what it means, what to open. Reads the run folder only.

    demo_summary.py RUN WORK CATALOGUE
"""

import csv
import json
import pathlib
import sys
import textwrap

HEARS = {"cnn": "sound", "fusion": "sound + table"}


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def say(text):
    print(textwrap.fill(text, 79, subsequent_indent=" " * (len(text) - len(text.lstrip())), break_long_words=False,
                        break_on_hyphens=False))


def main(run, work, catalogue):
    metrics = json.loads((run / "metrics.json").read_text())
    audit = json.loads((run / "audit.json").read_text())
    parts = [row["part"] for row in rows_of(run / "split.csv")]
    artists = len({row["artist_name"] for row in rows_of(catalogue)})
    rows = metrics["rows"]
    constant, heads = next(r for r in rows if r["is_baseline"]), [r for r in rows if not r["is_baseline"]]
    print("\n== what was done")
    say(f"{len(parts)} SYNTHETIC songs of {artists} invented artists were downloaded and turned into mel spectrograms. "
        f"{len(heads)} heads learned from {parts.count('train')} songs to tell the more from the less popular half: from "
        "the sound, from the columns of the table (genre, tempo, label's size, ...), or from both. "
        f"{parts.count('test')} songs of artists that no head had met were kept for the test.")
    print(f"""
== what was found
  reads          head                 right   lead over a constant answer (95 %)
  -              always the commonest {constant['accuracy']:4.0%}""")
    for row in sorted(heads, key=lambda r: -r["accuracy"]):
        low, high = row["accuracy_over_majority_95"]
        shown = "shown" if row["beats_majority"] else row["verdict"]
        print(f"  {HEARS.get(row['name'], 'table'):<14} {row['name']:<20} {row['accuracy']:4.0%}   "
              f"{100 * low:+3.0f} to {100 * high:+3.0f} points: {shown}")
    print("\n== what it means")
    leaks = [f for f in audit["findings"] if f["severity"] == "leak"]
    if leaks:
        say("Some songs stand in this catalogue twice, under two artists.")
        say(f"NOT CLEAN. The audit found {len(leaks)} leak{'s' if len(leaks) > 1 else ''}, so that these figures are too "
            "good to be true:")
        for leak in leaks[:3]:
            say(f"  {leak['rule']}, {leak['subject']}: {leak['detail']}")
    else:
        say("The songs were made so that a part of their popularity can only be heard (brightness, voice), a part stands "
            "only in the table (the label's size), and a part is in both. So sound and table each beat a constant answer, "
            "and fusion, which has both, does best. The audit found no leak. It is synthetic all the same: it shows that "
            "the program works, not what makes a hit. `apps/demo.sh --with-leak` shows what the audit says of a bad split.")
    print(f"""
== what to open
  report       {run / 'report.html'}
  leaderboard  {run / 'leaderboard.txt'}
  pictures     {work / 'pictures'}
  your own     apps/demo.sh --catalogue songs.csv""")


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
