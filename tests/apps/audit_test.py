"""`hitscope audit`: leaks of real tables are named, and somebody's predictions are weighed."""

import json
import unittest

from harness import ALL_FINE, DATA, SOME_FAILED, USAGE, Case, run

TOP_SONGS = DATA / "most_streamed_2024/top_songs.csv"
SONGS_19K = DATA / "spotify_songs_19k"


@unittest.skipUnless(TOP_SONGS.exists(), f"no real data at {TOP_SONGS}")
class RealTables(Case):
    def leaks(self, *options):
        result = run("audit", TOP_SONGS, "--target", "Track Score", "--labels", "median", "--json", *options)
        found = json.loads(result.out)
        self.assertExit(result, ALL_FINE if found["clean"] else SOME_FAILED)
        return {finding["subject"] for finding in found["findings"] if finding["severity"] == "leak"}

    def test_the_target_s_own_column_and_its_rank_are_named_until_they_leave(self):
        self.assertEqual(self.leaks("--features", "all"), {"Track Score", "All Time Rank"})
        self.assertEqual(self.leaks(), {"All Time Rank"})

    def test_a_table_of_two_files_loads_with_one_command(self):
        result = run("audit", SONGS_19K / "song_data.csv", "--join", SONGS_19K / "song_info.csv", "--on", "song_name")
        self.assertIn("18,827 of 18,835", result.out)
        self.assertIn("split: by artist_name", result.out)


class Splits(Case):
    """Tables of artists whose songs come out one a month, each a song of its own."""

    def audited(self, artists, *options):
        table = self.tmp / "songs.csv"
        rows = ["artist,title,release_date,popularity,tempo"]
        for i, artist in enumerate(artists):
            rows.append(f'"{artist}",song {i},{1990 + i // 12}-{1 + i % 12:02}-01,{i * 37 % 101},{90 + i * 13 % 57}')
        table.write_text("\n".join(rows) + "\n")
        result = run("audit", table, "--json", *options)
        return {finding["subject"]: finding for finding in json.loads(result.out)["findings"]}

    def test_artists_come_back_over_time_and_that_is_no_leak(self):
        artists = [f"artist {i % 20}" for i in range(200)]
        over_time = self.audited(artists, "--split", "temporal")["artist"]
        self.assertEqual((over_time["severity"], over_time["rule"]), ("warning", "group-overlap"))
        self.assertIn("already known", over_time["detail"])
        self.assertEqual(self.audited(artists, "--split", "random")["artist"]["severity"], "leak")

    def test_a_split_column_that_follows_time_is_known_for_one(self):
        table = self.tmp / "parts.csv"
        rows = ["artist,release_date,part,popularity,tempo"]
        for i in range(100):
            rows.append(f"artist {i % 20},{1990 + i}-01-01,{'test' if i >= 80 else 'train'},{i * 37 % 101},{i * 13 % 57}")
        table.write_text("\n".join(rows) + "\n")
        result = run("audit", table, "--json", "--split-column", "part")
        found = [f for f in json.loads(result.out)["findings"] if f["subject"] == "artist"]
        self.assertEqual([f["severity"] for f in found], ["warning"])

    def test_artists_who_are_credited_together_are_known_by_each_name(self):
        for cell in ("guest {0};star {1}", "Guest {0} feat. star {1}", "guest {0} Ft. star {1}", "['guest {0}', 'star {1}']"):
            artists = [cell.format(i, i % 5) for i in range(200)]
            credited = [f for name, f in self.audited(artists).items() if name.endswith("(credited)")]
            self.assertEqual(len(credited), 1, cell)
            self.assertEqual(credited[0]["severity"], "warning")
            self.assertIn("(100 %)", credited[0]["detail"])
            self.assertIn("'star ", credited[0]["detail"])
        for cell in ("Earth {0}, Wind & Fire", "[Intro {0}]", "soft. {0}"):
            found = self.audited([cell.format(i) for i in range(200)])
            self.assertFalse([name for name in found if name.endswith("(credited)")], cell)

    def test_rows_are_named_by_their_numbers_in_the_file_and_flags_by_theirs(self):
        table = self.tmp / "twice.csv"
        rows = ["artist,title,popularity,tempo,energy,valence"]
        for i in range(100):
            rows.append(f"artist {i},song {i},{i * 37 % 101},{i * 7919 % 1009},{i * 104729 % 1013},{i * 1299709 % 1019}")
        parts = ["part"] + ["test" if i >= 80 else "train" for i in range(100)]
        rows[100] = "artist 0,song 0,7," + rows[1].split(",", 3)[3]
        table.write_text("\n".join(f"{row},{part}" for row, part in zip(rows, parts)) + "\n")
        result = run("audit", table, "--split-column", "part")
        self.assertExit(result, SOME_FAILED)
        self.assertIn("(rows 101)", result.out)
        self.assertIn("--drop-duplicates song", result.out)


class Predictions(Case):
    def audited(self, rows):
        table = self.tmp / "theirs.csv"
        table.write_text("id,y_true,y_pred\n" + "".join(f"{i},{t},{p}\n" for i, (t, p) in enumerate(rows)))
        return run("audit", "--predictions", table)

    def test_always_low_is_said_to_be_worth_nothing_though_it_is_right_96_times_in_100(self):
        result = self.audited([("low", "low")] * 967 + [("high", "low")] * 33)
        self.assertExit(result, SOME_FAILED)
        self.assertIn("majority-predictor", result.out)
        self.assertIn("NOT better than always answering 'low'", result.out)

    def test_good_predictions_are_said_to_be_good(self):
        rows = [("low", "low")] * 450 + [("high", "high")] * 340 + [("low", "high")] * 120 + [("high", "low")] * 90
        result = self.audited(rows)
        self.assertExit(result, ALL_FINE)
        self.assertIn("verdict: better than always answering 'low'", result.out)

    def test_a_row_without_a_prediction_is_refused_by_its_number(self):
        result = self.audited([("low", "low"), ("high", "")])
        self.assertExit(result, USAGE)
        self.assertIn("row 3", result.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
