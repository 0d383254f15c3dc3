#!/usr/bin/python3
"""Records what scikit-learn and imbalanced-learn answer about neighbours and resampling, for
tests/models/resampling_test.cpp.

    tests/oracles/record_resampling.py (Debian 12: python3-sklearn 1.2.1, python3-imblearn 0.10.0, python3-numpy)

Writes tests/oracles/resampling/cases.json, a list of cases:
  name, n_columns, rows (float32 in nine digits, row-major), targets
  neighbors         [n_rows, k] of NearestNeighbors, the row itself aside
  class_neighbors   class -> [n rows of it, min(5, n - 1)]: rows of the case, nearest of the same class
  tomek             rows that TomekLinks(sampling_strategy="all") takes away
  smote, random     class -> rows after SMOTE and RandomOverSampler
  weights           compute_class_weight("balanced"), of the classes that are there
Rows are random float32, so that no two distances are equal.
"""
import json
import pathlib

import numpy as np
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import TomekLinks
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.class_weight import compute_class_weight

OUT = pathlib.Path(__file__).parent / "resampling"


def case(seed, n_columns, counts, scale=1.0):
    random = np.random.default_rng(seed)
    targets = random.permutation(np.repeat(np.arange(len(counts)), counts))
    return (random.normal(0, scale, (len(targets), n_columns)) + 0.7 * targets[:, None]).astype(np.float32), targets


def cases():
    yield "line", *case(1, 1, [30, 12])
    yield "plane", *case(2, 2, [80, 20])
    yield "features", *case(3, 13, [90, 25, 10])
    yield "wide", *case(4, 40, [40, 40, 8], 100.0)
    yield "few_of_a_class", *case(5, 3, [30, 3, 2])
    yield "class_without_rows", *case(6, 3, [30, 0, 12])
    yield "balanced", *case(7, 4, [20, 20, 20])


def nearest(rows, k):
    found = NearestNeighbors(n_neighbors=k + 1, algorithm="kd_tree").fit(rows).kneighbors(rows, return_distance=False)
    assert (found[:, 0] == np.arange(len(rows))).all()
    return found[:, 1:]


def sizes(targets):
    return {str(c): int(n) for c, n in zip(*np.unique(targets, return_counts=True))}


def record(name, rows, targets):
    rows64 = rows.astype(np.float64)
    classes = np.unique(targets)
    by_class, k_neighbors = {}, 5
    for c in classes:
        of_class = np.flatnonzero(targets == c)
        by_class[str(c)] = of_class[nearest(rows64[of_class], min(5, len(of_class) - 1))].tolist()
        k_neighbors = min(k_neighbors, len(of_class) - 1)
    tomek = TomekLinks(sampling_strategy="all")
    tomek.fit_resample(rows64, targets)
    grown, grown_targets = SMOTE(k_neighbors=k_neighbors, random_state=0).fit_resample(rows64, targets)
    assert (grown[:len(rows)] == rows64).all()
    weights = compute_class_weight("balanced", classes=classes, y=targets)
    return {"name": name, "n_columns": rows.shape[1], "rows": [float(f"{v:.9g}") for v in rows.ravel()], "targets": targets.tolist(),
            "neighbors": nearest(rows64, 5).tolist(), "class_neighbors": by_class,
            "tomek": sorted(set(range(len(rows))) - set(tomek.sample_indices_.tolist())),
            "smote": sizes(grown_targets),
            "random": sizes(RandomOverSampler(random_state=0).fit_resample(rows64, targets)[1]),
            "weights": dict(zip(map(str, classes.tolist()), weights.tolist()))}


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    (OUT / "cases.json").write_text(json.dumps([record(*c) for c in cases()], separators=(",", ":")) + "\n")
