"""Small tables of songs, and what audit reads of them."""

import csv
import io

from harness import Case, read_json, run

HEADER = ["track_id", "artist", "title", "tempo", "energy", "loudness", "popularity"]
ARTISTS = ["Ada Vale, Dune Sisters", "Brisk & Co", "Cold Harbour", "Dune Sisters", "Élan Vital"]


def songs(n=40):
    return [[f"t{i:03}", ARTISTS[i % 5], f"Song {i}", f"{90 + 7.013 * (i % 11):.3f}", f"{0.1 + 0.021 * i:.4f}",
             f"{-14 + 0.25 * i:.3f}", str((37 * i) % 101)] for i in range(n)]


def separated(delimiter=",", rows=None, header=HEADER, end="\n", tail=""):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=tail + end)
    writer.writerow(header)
    writer.writerows(songs() if rows is None else rows)
    return text.getvalue()


class TableCase(Case):
    def write(self, name, text, encoding="utf-8"):
        path = self.tmp / name
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return path

    def columns(self, table, *options, rows=40):
        """Name -> description of the columns that audit finds."""
        schema = self.tmp / "schema.json"
        result = run("audit", table, "--save-schema", schema, *options)
        self.assertIn(result.code, (0, 1), result)
        self.assertSays(result.text, f"{rows} rows")
        self.text = result.text
        return {c["name"]: c for c in read_json(schema)["columns"]}

    def assertSongs(self, columns):
        self.assertEqual(list(columns), HEADER, self.text)
        self.assertEqual([columns[n]["type"] for n in HEADER[3:]], ["number"] * 4, columns)
        self.assertSays(self.text, "artist")
        self.assertNotIn("unknown-groups", self.text)
