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
