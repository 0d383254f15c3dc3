"""Several tables make one: rows follow each other by the names of columns, whatever each file is like."""

import unittest

from harness import read_csv, read_json, run
from odd_table_case import HEADER, TableCase, separated, songs


class SeveralTables(TableCase):
    def test_rows_follow_each_other_by_the_names_of_columns(self):
        first = self.write("a.csv", separated(rows=songs()[:25]))
        header = ["popularity", "extra", *HEADER[:-1]]
        second = self.write("b.tsv", separated("\t", [[row[-1], "x", *row[:-1]] for row in songs()[25:]], header))
        schema = self.tmp / "schema.json"
        result = run("audit", first, second, "--save-schema", schema)
        self.assertIn(result.code, (0, 1), result)
        self.assertSays(result.text, "40 rows", "8 columns", f"{first}: has no extra; the cells of its 25 rows are empty",
                        f"table: {first}: 25 rows, 7 columns, UTF-8", f"{second}: 15 rows, 8 columns, separated by tabs")
        trained = run("train", first, second, "--out", self.tmp / "run", "--heads", "logistic")
        self.assertIn(trained.code, (0, 1), trained)
        self.assertEqual([r["id"] for r in read_csv(self.tmp / "run" / "predictions.csv")], [r[0] for r in songs()])

    def test_a_table_for_each_class(self):
        hits = self.write("hits.csv", separated(rows=songs(60)[::2]))
        others = self.write("others.csv", separated(";", songs(60)[1::2]))
        result = run("train", "--label-files", f"hit={hits},miss={others}", "--out", self.tmp / "run", "--heads", "logistic")
        self.assertIn(result.code, (0, 1), result)
        self.assertSays(result.text, "target label: hit 30, miss 30")
        rows = read_csv(self.tmp / "run" / "predictions.csv")
        self.assertEqual({r["target"] for r in rows}, {"hit", "miss"})
        self.assertRefused(run("audit", "--label-files", "hits.csv"), "--label-files", "CLASS=FILE")
        self.assertRefused(run("audit", hits, "--label-files", f"hit={hits}"), "either the argument TABLE or --label-files")

    def test_it_is_said_how_a_joined_table_is_written(self):
        first = self.write("a.csv", separated())
        genres = self.write("genres.txt", "id;genre\n" + "".join(f"t{i:03};{('rock', 'jazz')[i % 2]}\n" for i in range(40)),
                            "utf-16")
        result = run("audit", first, "--join", genres, "--on", "track_id=id")
        self.assertIn(result.code, (0, 1), result)
        self.assertSays(result.text, f"joined table: {genres}: 40 rows, 2 columns, separated by semicolons, UTF-16\n")

    def test_tables_of_different_countries_have_the_same_numbers(self):
        german = [row[:3] + [c.replace(".", ",") for c in row[3:6]] + row[6:] for row in songs()[:20]]
        first = self.write("de.csv", separated(";", german))
        second = self.write("en.csv", separated(rows=songs()[20:]))
        for files in ((first, second), (second, first)):
            result = run("audit", *files, "--save-schema", self.tmp / "schema.json")
            self.assertIn(result.code, (0, 1), result)
            tempo = next(line for line in result.text.splitlines() if line.startswith("tempo "))
            self.assertIn("90 to 160.13", tempo)
            self.assertNotIn("thousands", result.text)
            columns = {c["name"]: c for c in read_json(self.tmp / "schema.json")["columns"]}
            self.assertEqual({columns[n]["type"] for n in HEADER[3:]}, {"number"})

    def test_names_in_another_spelling_are_the_same_columns(self):
        first = self.write("a.csv", separated(rows=songs()[:20]))
        header = ["Track ID", "Artist Name", "Title", "Tempo", "energy", "Loudness", "Popularity"]
        second = self.write("b.csv", separated(rows=songs()[20:], header=header))
        result = run("audit", first, second)
        self.assertIn(result.code, (0, 1), result)
        self.assertSays(result.text, "40 rows, 8 columns", f"{second}: its column 'Track ID' is taken for 'track_id'",
                        f"{second}: has no artist; the cells")

    def test_a_row_is_named_by_its_file(self):
        first = self.write("a.csv", separated(rows=songs()[:20]))
        second = self.write("b.csv", separated(rows=[*songs()[20:39], songs()[3]]))
        result = run("audit", first, second)
        self.assertSays(result.text, f"{second} row 21: id 't003' is already used in {first} row 5")

    def test_commas_between_thousands_are_told(self):
        rows = [row[:3] + [f"{100 + i},{(37 * i) % 900 + 100}"] + row[4:] for i, row in enumerate(songs())]
        result = run("audit", self.write("songs.csv", separated(rows=rows)))
        self.assertSays(result.text, "commas between thousands in: tempo ('100,100' is 100100)", "--schema")


if __name__ == "__main__":
    unittest.main(verbosity=2)
