#!/usr/bin/env python3
"""A large table of made-up songs, for measuring what reads, cleans and learns from tables.

    tests/bench/make_table.py OUT.csv --rows 500000

Twenty columns as Spotify's tables have them: track_id, isrc, artist_name, track_name, release_date, popularity (0 to
100), genre, and 13 audio features. 80 MB for 500,000 rows. As in the wild:

- 2 % of the rows repeat an earlier song (same artist, title, ISRC and features; another track_id),
- 1 % of the cells of genre, tempo, loudness, valence, isrc and release_date are missing: empty, NA or null,
- 5 % of duration_ms have thousands separators ("230,666"), one time in 1,000 tempo and time_signature are 0,
- a third of the dates have a year only,
- names have commas, quotes and letters outside ASCII.

Popularity follows from artist, genre, date and features, with noise, so that there is something to learn: by features
alone some 10 % of its variance, with the artist some 60 %.
Deterministic: the same rows and seed make the same bytes.
"""
import argparse
import csv
import datetime

import numpy as np

GENRES = ["pop", "rock", "hip hop", "r&b", "latin", "edm", "jazz", "classical", "country", "folk", "metal", "k-pop"]
FEATURES = ["duration_ms", "danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness",
            "instrumentalness", "liveness", "valence", "tempo", "time_signature"]
WORDS = ("love night blue heart Señorita fire rain dance summer Déjà dream road moon river gold broken light home "
         "ghost wild angel Über city midnight sugar Straße paper thunder velvet winter 愛 stars").split()
LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))


def artists(random, n):
    """Names without repetition: two words and a number where the words run out; some with commas and quotes."""
    names = []
    for i in range(n):
        first, second = random.integers(len(WORDS), size=2)
        name = f"{WORDS[first].title()} {WORDS[second].title()} {i}"
        if i % 50 == 0:
            name = f'{name} & "The {WORDS[second].title()}s"'
        if i % 70 == 0:
            name = f"{name}, Jr."
        names.append(name)
    return names


def songs(rows, random):
    """Every column as a list of texts, before cells go missing."""
    n_artists = max(rows // 20, 1)
    names = artists(random, n_artists)
    artist = np.minimum((n_artists * random.random(rows) ** 2).astype(int), n_artists - 1)
    fame = random.normal(0, 12, n_artists)
    home = random.integers(len(GENRES), size=n_artists)
    genre = np.where(random.random(rows) < 0.8, home[artist], random.integers(len(GENRES), size=rows))
    energy = random.beta(3, 2, rows)
    dance = np.clip(random.beta(4, 3, rows) + 0.02 * (genre % 4), 0, 1)
    loudness = -14 + 10 * energy + random.normal(0, 2, rows)
    tempo = np.clip(random.normal(120, 28, rows), 45, 230)
    days = (365.25 * 60 * random.random(rows) ** 0.5).astype(int)
    popularity = (28 + fame[artist] + 1.2 * genre + 25 * (dance - 0.5) + loudness + days / 1500
                  + random.normal(0, 8, rows))
    year_only = random.random(rows) < 1 / 3
    start = datetime.date(1964, 1, 1)
    dates = [start + datetime.timedelta(days=int(d)) for d in days]
    duration = np.clip(random.normal(215_000, 55_000, rows), 20_000, 900_000).astype(int)
    grouped = random.random(rows) < 0.05
    zero = random.random(rows) < 0.001
    title = random.integers(len(WORDS), size=(rows, 3))
    unit = [f"{x:.3g}" for x in random.beta(1, 6, rows)]
    return {
        "isrc": [f"QM{'ABCXZ'[i % 5]}7{d.year % 100:02d}{i % 100000:05d}" for i, d in enumerate(dates)],
        "artist_name": [names[a] for a in artist],
        "track_name": [f"{WORDS[a].title()}, {WORDS[b]} {i}" if a % 9 == 0 else f"{WORDS[a].title()} {WORDS[b]} "
                       f"{WORDS[c]} {i}" for i, (a, b, c) in enumerate(title)],
        "release_date": [str(d.year) if short else d.isoformat() for d, short in zip(dates, year_only)],
        "popularity": [str(int(p)) for p in np.clip(popularity, 0, 100)],
        "genre": [GENRES[g] for g in genre],
        "duration_ms": [f"{d:,}" if g else str(d) for d, g in zip(duration, grouped)],
        "danceability": [f"{x:.3f}" for x in dance],
        "energy": [f"{x:.3f}" for x in energy],
        "key": [str(k) for k in random.integers(12, size=rows)],
        "loudness": [f"{x:.3f}" for x in loudness],
        "mode": [str(m) for m in (random.random(rows) < 0.6).astype(int)],
        "speechiness": [f"{x:.4f}" for x in random.beta(1, 9, rows)],
        "acousticness": [f"{x:.3g}" for x in random.beta(0.6, 1.4, rows)],
        "instrumentalness": ["0" if x < 0.4 else f"{x ** 8:.3g}" for x in random.random(rows)],
        "liveness": unit,
        "valence": [f"{x:.3f}" for x in random.beta(2, 2, rows)],
        "tempo": ["0" if z else f"{t:.3f}" for t, z in zip(tempo, zero)],
        "time_signature": ["0" if z else str(t) for t, z in
                           zip(random.choice([3, 4, 4, 4, 4, 4, 5], size=rows), zero)],
    }


def write_table(path, rows, seed):
    random = np.random.default_rng(seed)
    columns = songs(rows, random)
    source = np.arange(rows)
    repeats = np.flatnonzero(random.random(rows) < 0.02)
    repeats = repeats[repeats > 0]
    source[repeats] = (repeats * random.random(len(repeats))).astype(int)
    columns = {name: [cells[i] for i in source] for name, cells in columns.items()}
    for name in ["genre", "tempo", "loudness", "valence", "isrc", "release_date"]:
        for i in np.flatnonzero(random.random(rows) < 0.01):
            columns[name][i] = ("", "", "NA", "null")[i % 4]
    ids = ["".join(row) for row in LETTERS[random.integers(len(LETTERS), size=(rows, 22))]]
    header = ["track_id", "isrc", "artist_name", "track_name", "release_date", "popularity", "genre"] + FEATURES
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(zip(ids, *(columns[name] for name in header[1:])))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.rows < 1:
        parser.error(f"--rows is {arguments.rows}; it must be at least 1")
    write_table(arguments.out, arguments.rows, arguments.seed)


if __name__ == "__main__":
    main()
