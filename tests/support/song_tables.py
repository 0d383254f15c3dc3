"""Made-up songs as a table: artists with several songs, columns shaped as audio features are, a popularity that depends
moderately on them. Same seed, same table. A table is a dictionary: column -> list of cells."""

import math
import random

NUMBERS = ("danceability", "loudness", "tempo", "acousticness", "speechiness", "valence")
GENRES = ("pop", "rock", "jazz", "folk", "dance", "metal")


def songs(n_rows, seed, **columns):
    """n_rows songs, and the columns given (a list, or a function of the row's number) beside them."""
    dice = random.Random(seed)
    table = {name: [] for name in ("track_id", "artist", "genre", *NUMBERS, "popularity")}
    for row in range(n_rows):
        x, genre = dice.gauss(0, 1), dice.randrange(len(GENRES))
        numbers = (1 / (1 + math.exp(-dice.gauss(0, 1))), -8 + 4 * x, 120 + 30 * dice.gauss(0, 1), dice.random() ** 3,
                   0.05 + 0.3 * dice.random() ** 2, dice.random())
        popularity = 40 + 8 * x + 15 * numbers[0] + 2 * genre + 8 * dice.gauss(0, 1)
        cells = (f"t{row:05}", f"artist {dice.randrange(n_rows // 5 + 1)}", GENRES[genre],
                 *(round(number, 5) for number in numbers), round(min(100, max(0, popularity)), 3))
        for column, cell in zip(table.values(), cells):
            column.append(cell)
    for name, cells in columns.items():
        table[name] = [cells(row) for row in range(n_rows)] if callable(cells) else cells
    return table


def rows_of(table):
    return list(zip(*table.values(), strict=True))


def with_rows(table, rows):
    """The same columns with these rows."""
    return dict(zip(table, (list(column) for column in zip(*rows)), strict=True))
