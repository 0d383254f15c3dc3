"""Real Spotify rows: heads on table columns under an artist-grouped and a random split, and the leaks between them."""

import json
import unittest

from harness import ALL_FINE, DATA, Case, run

TRACKS = DATA / "spotify_songs_20k/tracks.csv"
AUDIO_FEATURES = ("song_duration_ms,song_danceability,energy,key,loudness,mode,speechiness,acousticness,"
                  "instrumentalness,liveness,valence,tempo,time_signature")


@unittest.skipUnless(TRACKS.exists(), f"no real data at {TRACKS}")
class SpotifyRows(Case):
    def test_both_splits_are_printed_and_the_random_one_names_its_leaks(self):
        result = run("train", TRACKS, "--out", self.tmp / "run", "--heads", "random_forest,mlp,logistic", "--features", AUDIO_FEATURES,
                     "--compare-splits", "--epochs", 4)
        self.assertExit(result, ALL_FINE)
        self.assertIn("the same heads under each split", result.out)
        grouped = json.loads((self.tmp / "run" / "audit.json").read_text())
        self.assertTrue(grouped["clean"])
        credits = [f["detail"] for f in grouped["findings"] if f["rule"] == "group-overlap"]
        self.assertEqual(len(credits), 1, "artists that are credited second are on both sides, and it says so")
        found = {(f["rule"], f["severity"]): f["detail"]
                 for f in json.loads((self.tmp / "run" / "random-split" / "audit.json").read_text())["findings"]}
        self.assertRegex(found["group-overlap", "leak"], r"9\d(\.\d)? %")
        self.assertIn(("duplicate-overlap", "leak"), found)
        accuracies = {}
        for split, folder in (("group", self.tmp / "run"), ("random", self.tmp / "run" / "random-split")):
            rows = {row["name"]: row for row in json.loads((folder / "metrics.json").read_text())["rows"]}
            accuracies[split] = {name: row["accuracy"] for name, row in rows.items()}
            print(split, {name: round(row["accuracy"], 3) for name, row in rows.items()})
            self.assertLess(rows["majority"]["accuracy"], 0.4)
            for head in ("random_forest", "mlp", "logistic"):
                self.assertTrue(rows[head]["beats_majority"], head)
        # What the forest knows of artists it has seen, a table of artists' means knows better.
        self.assertGreater(accuracies["random"]["random_forest"], accuracies["group"]["random_forest"] + 0.15)
        self.assertGreater(accuracies["random"]["group mean"], accuracies["random"]["random_forest"])
        self.assertNotIn("group mean", accuracies["group"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
