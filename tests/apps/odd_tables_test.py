"""Tables as people have them: exported by Excel, Exportify, pandas or a web service. Each kind is made here; the files of
../shared/cases are tried, too, where they are."""

import gzip
import json
import subprocess
import time
import unittest

from harness import ALL_FINE, DATA, FolderServer, command_of, read_csv, read_json, run, tone, wav_bytes, write_csv
from odd_table_case import ARTISTS, HEADER, TableCase, separated, songs

CASES = DATA.parent / "cases" / "tables"
SPELLINGS = ["Artist Name(s)", "artist(s)_name", "artistName", "Artist(s)", "artist_credit", "ARTIST", "Artists", "artist name",
             "Artist-Names", "track.artist", "track_artist", "trackArtist", "Performer", "performers", "Album Artist",
             "album_artist_name", "Main Artist", "artist.name", "Primary Artist", "artist_id"]


class OddTables(TableCase):
    def test_delimiters_and_line_ends(self):
        for delimiter, words in ((",", ""), ("\t", "separated by tabs"), (";", "separated by semicolons"),
                                 ("|", "separated by bars")):
            for end in ("\n", "\r\n", "\r"):
                with self.subTest(delimiter=delimiter, end=end):
                    self.assertSongs(self.columns(self.write("songs.csv", separated(delimiter, end=end))))
                    self.assertSays(self.text, words)
        excel = "sep=;\r\n" + separated(";", end="\r\n")
        self.assertSongs(self.columns(self.write("songs.csv", excel)))

    def test_encodings(self):
        for encoding in ("utf-8-sig", "cp1252", "utf-16", "utf-16-le"):
            with self.subTest(encoding=encoding):
                self.assertSongs(self.columns(self.write("songs.csv", separated("\t"), encoding)))
        packed = self.write("songs.csv.gz", gzip.compress(separated("\t").encode("utf-16")))
        self.assertSongs(self.columns(packed))

    def test_decimal_commas_are_those_of_the_whole_table(self):
        rows = [[c.replace(".", ",") if i > 2 else c for i, c in enumerate(row)] for row in songs()]
        columns = self.columns(self.write("songs.csv", separated(";", rows)))
        self.assertSongs(columns)
        self.assertEqual([columns[n].get("decimal") for n in ("tempo", "energy", "loudness")], [","] * 3)
        self.assertSays(self.text, "decimal commas in: tempo, energy, loudness")

    def test_semicolons_mean_decimal_commas(self):
        rows = "".join(f"t{i};{100 + i},{100 + 7 * i:03};-{5 + i % 3},12{i % 10};{i}\n" for i in range(40))
        columns = self.columns(self.write("songs.csv", "id;tempo;loudness;popularity\n" + rows), "--no-artist")
        self.assertEqual([columns[n].get("decimal") for n in ("tempo", "loudness")], [",", ","])

    def test_empty_cells_at_the_ends_of_rows(self):
        for name, text in (("header.csv", separated(header=HEADER + ["", ""], rows=[r + ["", ""] for r in songs()])),
                           ("rows.csv", separated(rows=[r + [""] for r in songs()]))):
            with self.subTest(name=name):
                self.assertSongs(self.columns(self.write(name, text)))

    def test_two_lines_of_header(self):
        head = ",track,track,track,album\n,title,tempo,popularity,title\ntrack_id,,,,\n"
        rows = "".join(f"{i},Song {i},{90 + i % 7},{(37 * i) % 101},Album {i % 4}\n" for i in range(40))
        columns = self.columns(self.write("tracks.csv", head + rows), "--target", "track.popularity", "--no-artist")
        self.assertEqual(list(columns), ["track_id", "track.title", "track.tempo", "track.popularity", "album.title"])
        self.assertSays(self.text, "3 lines of header")

    def test_lists_at_the_ends_of_rows(self):
        rows = [[f"track_{i}", f"artist_{i % 8}", ("rock", "jazz")[i % 2]] + ["voice", "dark"][:i % 3] for i in range(40)]
        columns = self.columns(self.write("tags.tsv", separated("\t", rows, ["TRACK_ID", "ARTIST_ID", "TAGS"])),
                               "--target", "TAGS")
        self.assertEqual(list(columns), ["TRACK_ID", "ARTIST_ID", "TAGS", "TAGS.others"])
        self.assertSays(self.text, "lists at the ends of rows")

    def test_quotes(self):
        cells = [row[:2] + [f"It's {row[2]}, \"again\"", *row[3:]] for row in songs()]
        singly = "\n".join(",".join("'" + c.replace("'", "''") + "'" for c in row) for row in [HEADER, *cells])
        backslash = "\n".join(",".join('"' + c.replace('"', '\\"') + '"' for c in row) for row in [HEADER, *cells])
        for name, text, words in (("singly.csv", singly, "single quotes"), ("backslash.csv", backslash, "backslashes")):
            with self.subTest(name=name):
                self.assertSongs(self.columns(self.write(name, text + "\n")))
                self.assertSays(self.text, words)

    def test_a_pipe_that_sends_a_line_at_a_time_is_judged_by_its_first_rows(self):
        head = ["track_id;artist;track;track\n", ";;tempo;popularity\n"]
        rows = [f"t{i};{ARTISTS[i % 5]};{90 + i % 7},5;{(37 * i) % 101}\n" for i in range(40)]
        command = command_of(("audit", "-", "--target", "track.popularity"))
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            for line in head + rows:
                process.stdin.write(line.encode())
                process.stdin.flush()
                time.sleep(0.01)
            text = process.communicate(timeout=60)[0].decode()
        self.assertSays(text, "40 rows, 4 columns, separated by semicolons, 2 lines of header", "decimal commas in: track.tempo")

    def test_a_table_that_is_mostly_refused_is_no_table(self):
        rows = [row + (["unquoted", "comma"] if i % 3 else []) for i, row in enumerate(songs())]
        result = run("audit", self.write("songs.csv", separated(rows=rows)))
        self.assertRefused(result, "26 of 40 rows cannot be read", "9 cells; the header has 7")

    def test_json_that_breaks_off_or_goes_on(self):
        objects = [dict(zip(HEADER, row)) for row in songs()]
        cut = self.write("cut.json", json.dumps(objects)[:-40])
        self.assertSays(run("audit", cut).text, "39 rows", "the JSON document is cut short")
        line = json.dumps({"tracks": objects[:2], **objects[0]})
        lines = self.write("lines.json", line + " " + json.dumps(objects[0]))
        self.assertRefused(run("audit", lines), "more follows behind the first JSON document")

    def test_json(self):
        objects = [dict(zip(HEADER, row[:3] + [float(c) for c in row[3:]])) for row in songs()]
        for i in range(0, 40, 3):
            objects[i]["tempo"] = float("nan")
        for name, text in (("nan.jsonl", "\n".join(map(json.dumps, objects))), ("array.json", json.dumps(objects)),
                           ("answer.json", json.dumps({"resultCount": 40, "results": objects})),
                           ("pretty.json", json.dumps({"tracks": {"href": "x", "items": objects}}, indent=2))):
            with self.subTest(name=name):
                self.assertSongs(self.columns(self.write(name, text)))

    def test_what_fits_two_ways_is_asked(self):
        for name in ("songs.txt", "songs.csv"):
            path = self.write(name, "a;b,c\n" + "".join(f"{i};{i + 1},{i + 2}\n" for i in range(9)))
            self.assertRefused(run("audit", path, "--target", "a"), path, "semicolons (2 columns)", "commas (2 columns)",
                               "--format")
        self.assertSays(run("audit", path, "--target", "a", "--format", "semicolons", "--no-artist").text, "2 columns")

    def test_other_formats_are_answered_with_what_converts_them(self):
        for name, head, *words in (("songs.parquet", b"PAR1\x15\x04", "Parquet", "pandas.read_parquet"),
                                   ("songs.xlsx", b"PK\x03\x04\x14\x00", "Excel", "pandas.read_excel"),
                                   ("songs.db", b"SQLite format 3\x00", "SQLite", "sqlite3 -header -csv"),
                                   ("songs.csv.zst", b"\x28\xb5\x2f\xfd\x04", "Zstandard", "zstd -d")):
            with self.subTest(name=name):
                path = self.write(name, head + bytes(100))
                self.assertRefused(run("audit", path), path, *words)
                self.assertRefused(run("fetch", path, "--out", self.tmp / "out"), path, *words)


class Artists(TableCase):
    def test_an_artist_column_is_found_however_it_is_spelled_or_its_absence_is_said(self):
        for name in SPELLINGS:
            with self.subTest(name=name):
                path = self.write("songs.csv", separated(header=[name if n == "artist" else n for n in HEADER]))
                self.columns(path)
                self.assertNotIn("unknown-groups", self.text)
                self.assertSays(self.text, name)

    def test_no_artist_is_no_clean_verdict(self):
        for name, likely in (("who", ""), ("singer_of_it", "singer_of_it")):
            path = self.write("songs.csv", separated(header=[name if n == "artist" else n for n in HEADER]))
            result = run("audit", path)
            self.assertExit(result, 1)
            self.assertSays(result.out, "unknown-groups", "--artist-column", "--no-artist", "NOT known to be clean", likely)
            self.assertExit(run("audit", path, "--no-artist"), ALL_FINE)
        trained = run("train", path, "--out", self.tmp / "run", "--heads", "logistic")
        self.assertExit(trained, ALL_FINE)
        self.assertSays(trained.text, "no column of artists was found")
        self.assertFalse(read_json(self.tmp / "run" / "metrics.json")["clean"])
        for name in ("report.html", "MODEL_CARD.md"):
            self.assertSays((self.tmp / "run" / name).read_text(encoding="utf-8"), "no column of artists was found")

    def test_the_first_of_several_artists_is_the_group(self):
        lists = ["['Ada Vale', 'Brisk']", "Ada Vale;Cold", "Ada Vale feat. Cold", "Ada Vale & Cold", "Ada Vale", "Cold",
                 "ada vale, Cold", "Brisk"]
        rows = [[row[0], lists[i % 8], *row[2:]] for i, row in enumerate(songs(80))]
        path = write_csv(self.tmp / "songs.csv", HEADER, rows)
        self.assertIn(run("train", path, "--out", self.tmp / "run", "--heads", "logistic").code, (0, 1))
        parts = {r["id"]: r["part"] for r in read_csv(self.tmp / "run" / "split.csv")}
        by_ada = {parts[row[0]] for row in rows if row[1].lower().lstrip("['").startswith("ada vale")}
        self.assertEqual(len(by_ada), 1, "all spellings of one artist are in one part")


class Cases(TableCase):
    def setUp(self):
        super().setUp()
        if not CASES.exists():
            self.skipTest(f"the cases are absent: {CASES}")

    def test_every_table_has_its_forty_rows(self):
        for name in ("exportify.csv", "artists-as-list.csv", "trailing-commas.csv", "rows-end-in-a-comma.csv",
                     "tabs-named-csv.csv", "semicolons-decimal-commas.csv", "nan.jsonl"):
            with self.subTest(name=name):
                columns = self.columns(CASES / name)
                self.assertEqual(len(columns), 7, columns)
                self.assertNotIn("unknown-groups", self.text)
                tempo = next(c for n, c in columns.items() if n.lower() == "tempo")
                self.assertEqual(tempo["type"], "number")

    def test_the_others(self):
        columns = self.columns(CASES / "two-header-lines.csv", "--target", "track.listens", "--no-artist", rows=30)
        self.assertSays(list(columns), "track_id", "album.title", "track.title")
        columns = self.columns(CASES / "ragged-tags.tsv", "--target", "TAGS", rows=30)
        self.assertSays(list(columns), "TAGS", "TAGS.others")

    def test_what_itunes_answers_is_a_catalogue_without_flags(self):
        folder = self.tmp / "files"
        folder.mkdir()
        for i in range(8):
            (folder / f"{i}.m4a").write_bytes(wav_bytes(tone(300 + 50 * i, 0.5)))
        with FolderServer(folder) as server:
            for name in ("itunes.jsonl", "itunes-answer.json"):
                with self.subTest(name=name):
                    text = (CASES / name).read_text().replace("http://127.0.0.1:PORT", server.url().rstrip("/"))
                    path = self.write(name, text)
                    self.assertExit(run("fetch", path, "--out", self.tmp / f"store-{name}", "--allow-private-addresses"),
                                    ALL_FINE)
                    rows = read_csv(self.tmp / f"store-{name}" / "results.csv")
                    self.assertEqual([r["id"] for r in rows][:2], ["100", "101"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
