"""Documents for the report page (see apps/report/page.h), invented but of the shape and size of real ones."""

import base64
import math
import random
import struct
import zlib

GENRES = ["ambient", "hip hop", "indie rock", "jazz", "techno"]
HEADS = ["cnn", "xgboost", "random forest", "mlp (table)", "logistic regression", "k nearest neighbours"]


def picture(dice, width=96, height=48):
    """A grey PNG that looks a little like a spectrogram, as a data URI."""
    rows = b""
    for y in range(height):
        rows += b"\0" + bytes(max(0, min(255, int(40 + 3.5 * y + 60 * math.sin(x / 5 + y / 3) + dice.gauss(0, 25))))
                              for x in range(width))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    png = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
           chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return "data:image/png;base64," + base64.b64encode(png).decode()


def interval(middle, half):
    return [max(0.0, middle - half), min(1.0, middle + half)]


def shown(value, half):
    return "{:.3f} [{:.3f}, {:.3f}]".format(value, *interval(value, half))


def score(key, title, higher_is_better=True):
    return {"key": key, "title": title, "higher_is_better": higher_is_better}


CLASS_SCORES = [score("macro_f1", "macro-F1"), score("accuracy", "accuracy")]


def leaderboard():
    names = ["majority", "prior"] + HEADS
    accuracy = [0.318, 0.241, 0.612, 0.588, 0.571, 0.529, 0.472, 0.341]
    macro_f1 = [0.097, 0.199, 0.587, 0.561, 0.540, 0.498, 0.451, 0.302]
    rows, chart = [], []
    for i, name in enumerate(names):
        baseline = i < 2
        rows.append([name, shown(macro_f1[i], 0.027), "baseline" if baseline else "no" if i == 7 else "yes",
                     shown(accuracy[i], 0.024), f"{macro_f1[i] + 0.01:.3f}",
                     "0.500" if baseline else f"{0.62 + accuracy[i] / 3:.3f}", f"{1.6 - accuracy[i]:.3f}",
                     "0.000" if baseline else f"{accuracy[i] - 0.2:.3f}",
                     "–" if baseline else f"{3.1 * (8 - i):.1f} s", f"{0.2 * (i + 1):.1f} ms", f"{40 * (i + 1)} KB"])
        chart.append({"name": name, "baseline": baseline, "accuracy": accuracy[i],
                      "accuracy_95": interval(accuracy[i], 0.024), "macro_f1": macro_f1[i],
                      "macro_f1_95": interval(macro_f1[i], 0.027)})
    return {"header": ["head", "macro-F1 [95 %]", "beats majority", "accuracy [95 %]", "balanced", "ROC-AUC",
                       "log-loss", "MCC", "fit", "predict", "size"], "rows": rows, "scores": CLASS_SCORES, "chart": chart}


def confusion(dice, n, rows_per_class):
    matrix = []
    for i in range(n):
        weights = [math.exp(-1.1 * abs(i - j)) * dice.uniform(0.3, 1.0) for j in range(n)]
        weights[i] += 0.8
        matrix.append([round(rows_per_class * w / sum(weights)) for w in weights])
    return matrix


def classification_report(names, matrix):
    rows = []
    for i, name in enumerate(names):
        support, predicted = sum(matrix[i]), sum(row[i] for row in matrix)
        precision, recall = matrix[i][i] / max(1, predicted), matrix[i][i] / max(1, support)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        rows.append([name, f"{precision:.3f}", f"{recall:.3f}", f"{f1:.3f}", str(support)])
    return {"header": ["class", "precision", "recall", "F1", "support"], "rows": rows}


def head(dice, name, names, neural, pictures=0):
    grid = [i / 60 for i in range(61)]
    matrix = confusion(dice, len(names), 400 if len(names) < 20 else 40)
    roc, pr, calibration = [], [], []
    for k, label in enumerate([*names[:6], "macro"]):  # one more than are drawn
        power = 0.18 + 0.07 * k
        roc.append({"name": label, "auc": 1 / (1 + power), "fpr": grid, "tpr": [x ** power for x in grid]})
        precision = [1 - 0.75 * x ** (2.2 - 0.2 * k) for x in grid]
        pr.append({"name": label, "ap": sum(precision) / 61, "recall": grid[::-1], "precision": precision[::-1]})
    for k, label in enumerate(names[:3]):
        bins = [(b + 0.5) / 10 for b in range(10)]
        calibration.append({"name": label, "predicted": bins,
                            "fraction": [min(1, max(0, x ** (1.25 + 0.15 * k) + dice.gauss(0, 0.02))) for x in bins],
                            "count": [round(260 * math.exp(-3 * x) + 30 * dice.random()) for x in bins]})
    made = {"name": name, "classes": classification_report(names, matrix), "confusion": matrix, "roc": roc, "pr": pr,
            "calibration": calibration}
    if neural:
        losses = [1.55 * math.exp(-e / 7) + 0.35 for e in range(1, 31)]
        checks = [1.45 * math.exp(-e / 6) + 0.62 + 0.004 * max(0, e - 14) ** 1.3 + dice.gauss(0, 0.012)
                  for e in range(1, 31)]
        made["epochs"] = [{"epoch": e + 1, "train_loss": losses[e], "validation_loss": checks[e],
                           "best": checks[e] == min(checks)} for e in range(30)]
    else:
        columns = ["danceability", "energy", "acousticness", "tempo", "loudness", "instrumentalness", "valence",
                   "speechiness", "duration_ms", "key"]
        made["importance"] = [{"column": c, "mean": 0.11 / (i + 1) - 0.012, "sd": 0.006 + 0.002 * dice.random()}
                              for i, c in enumerate(columns)]
    made["spectrograms"] = [{"image": picture(dice), "looked": picture(dice), "right": i % 2 == 0,
                             "caption": f"track {7 + 13 * i}: {names[0]}, predicted {names[i % 2]} (0.{97 - i})"}
                            for i in range(pictures)]
    return made


def full():
    """A run with something in every section."""
    dice = random.Random(7)
    board = leaderboard()
    counts = [1210, 2480, 1890, 640, 1580]
    return {
        "title": "Genre from 30 seconds of sound: spotify_songs_20k",
        "verdict": {"clean": False, "n_leaks": 1, "n_warnings": 2}, "created": None,
        "facts": ["7 800 rows of 8 112 used; the target is the column genre with 5 classes.",
                  "Split by artist (1 204 artists): 60 % training, 20 % validation, 20 % test; seed 42.",
                  "Heads were fitted on the training rows only; thresholds and calibration on the validation rows.",
                  "Intervals: 1 000 bootstrap resamples of artists, seed 43."],
        "command": "hitscope train catalogue.csv --spectrograms spectrograms --out runs/genre --target genre "
                   "--group artist --heads cnn,xgboost,forest,mlp,logistic,knn --seed 42",
        "findings": [
            {"severity": "warning", "rule": "post-outcome", "subject": "playlist_rank",
             "detail": "By its name this column is measured after the outcome; leave it out."},
            {"severity": "leak", "rule": "duplicate-overlap", "subject": "song (artist and title)",
             "detail": "14 of 1 560 test rows are also training rows under another id; drop them with --unique song."},
            {"severity": "note", "rule": "missing-values", "subject": "tempo",
             "detail": "212 rows lack it; the median of the training rows stands in."},
            {"severity": "warning", "rule": "strong-feature", "subject": "label_code",
             "detail": "This column alone reaches 0.91 of the best accuracy."}],
        "columns": {"header": ["name", "type", "missing", "distinct", "range", "unreadable"],
                    "rows": [["danceability", "number", "0", "1 006", "0.00 – 0.98", "–"],
                             ["tempo", "number", "212", "6 871", "38.1 – 243.4", "3 not a number"],
                             ["genre", "class", "41", "5", "ambient … techno", "–"],
                             ["artist", "text", "0", "1 204", "–", "–"]]},
        "left_out": [{"rule": "target is missing", "rows": 41}, {"rule": "audio could not be decoded", "rows": 17},
                     {"rule": "same recording as an earlier row", "rows": 254}],
        "labels": {"names": GENRES,
                   "parts": [{"part": part, "counts": [round(c * share * dice.uniform(0.93, 1.07)) for c in counts]}
                             for part, share in (("train", 0.6), ("validation", 0.2), ("test", 0.2))]},
        "leaderboard": board,
        "comparisons": {"header": ["head", "against", "accuracy difference [95 %]", "McNemar p", "verdict"],
                        "rows": [["cnn", "xgboost", "0.024 [−0.003, 0.051]", "0.081", "cannot be told apart"],
                                 ["cnn", "logistic regression", "0.140 [0.112, 0.169]", "< 0.0001", "cnn is better"],
                                 ["xgboost", "forest", "0.017 [−0.004, 0.038]", "0.124", "cannot be told apart"]]},
        "splits": {"header": ["head", "random", "group (artist)", "temporal"],
                   "rows": [["cnn", "0.702", "0.612", "0.574"], ["xgboost", "0.671", "0.588", "0.566"]]},
        "folds": {"header": ["head", "fold 1", "fold 2", "fold 3", "fold 4", "fold 5", "mean ± sd"],
                  "rows": [["cnn", "0.604", "0.618", "0.597", "0.621", "0.609", "0.610 ± 0.010"],
                           ["xgboost", "0.581", "0.590", "0.577", "0.602", "0.585", "0.587 ± 0.010"]]},
        "heads": [head(dice, "cnn", GENRES, True, 8), head(dice, "xgboost", GENRES, False)],
        "settings": {"seed": 42, "split": {"kind": "group", "column": "artist", "shares": [0.6, 0.2, 0.2]},
                     "front_end": {"sample_rate": 22050, "n_fft": 2048, "hop_length": 512, "n_mels": 128},
                     "versions": {"hitscope": "0.1.0", "LibTorch": "1.13.1", "XGBoost": "1.7.3"}},
    }


def many_classes(n=101):
    dice = random.Random(11)
    names = [f"genre {i:03}" for i in range(n)]
    return {"title": f"{n} classes", "verdict": {"clean": True, "n_leaks": 0, "n_warnings": 0},
            "labels": {"names": names,
                       "parts": [{"part": part, "counts": [round(dice.uniform(0.5, 1) * most) for _ in names]}
                                 for part, most in (("train", 90), ("validation", 30), ("test", 30))]},
            "heads": [head(dice, "cnn", names, True)]}


def regression():
    dice = random.Random(13)
    target = [dice.uniform(0, 100) for _ in range(400)]
    chart = [{"name": name, "baseline": name == "mean", "r2": r2, "r2_95": [r2 - 0.05, r2 + 0.05], "mae": 24 - 12 * r2,
              "mae_95": [None, None]} for name, r2 in (("mean", 0.0), ("xgboost", 0.31), ("ridge", 0.22))]
    return {"title": "Popularity, 0 to 100", "verdict": {"clean": True, "n_leaks": 0, "n_warnings": 1},
            "leaderboard": {"header": ["head", "R² [95 %]", "beats the mean", "MAE"],
                            "rows": [["mean", "0.000 [−0.050, 0.050]", "baseline", "24.0"],
                                     ["xgboost", "0.310 [0.260, 0.360]", "yes", "20.3"],
                                     ["ridge", "0.220 [0.170, 0.270]", "yes", "21.4"]],
                            "scores": [score("r2", "R²"), score("mae", "MAE", False)], "chart": chart},
            "heads": [{"name": "xgboost", "regression": {
                "target": target, "predicted": [50 + 0.4 * (t - 50) + dice.gauss(0, 9) for t in target], "rows": 900},
                "importance": [{"column": "energy", "mean": 0.2, "sd": 0.01},
                               {"column": "key", "mean": -0.002, "sd": None}]}]}


def holes():
    """Every number that may be null is, every list that may be empty is: nothing may fail for want of them."""
    head = {
        "name": "cnn", "classes": None, "confusion": [[0, 0], [None, 3]],
        "roc": [{"name": "a", "auc": None, "fpr": [], "tpr": []},
                {"name": "macro", "auc": None, "fpr": [0, None, 1], "tpr": [0, 0.5, 1]}],
        "pr": None,
        "calibration": [{"name": "a", "predicted": [0.1, None], "fraction": [None, 0.2], "count": [None, 1]},
                        {"name": "b", "predicted": [0.1], "fraction": [0.2], "count": [None]}],
        "epochs": [{"epoch": 1, "train_loss": None, "validation_loss": 0.4, "best": True}],
        "importance": [{"column": "a", "mean": None, "sd": None}], "spectrograms": [],
        "regression": {"target": [], "predicted": []}}
    chart = [{"name": "majority", "baseline": True, "accuracy": None, "accuracy_95": None, "macro_f1": 0.2,
              "macro_f1_95": [None, None]}, {"name": "cnn", "baseline": False, "macro_f1": None}]
    return {"title": "Holes", "verdict": {"clean": True, "n_leaks": None, "n_warnings": None}, "created": None,
            "facts": [], "findings": [], "columns": {"header": [], "rows": []},
            "left_out": [{"rule": "x", "rows": None}],
            "labels": {"names": ["a", "b"], "parts": [{"part": "train", "counts": [None, None]},
                                                      {"part": "test", "counts": []}]},
            "leaderboard": {"header": ["head"], "rows": [["majority"], []],
                            "scores": [*CLASS_SCORES, {"key": "absent", "title": "absent"}], "chart": chart},
            "heads": [head, {"name": "empty"}], "settings": {}}
