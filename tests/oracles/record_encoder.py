#!/usr/bin/python3
"""Records what scikit-learn answers for encoded tables, for tests/models/table_encoder_test.cpp.

    tests/oracles/record_encoder.py    (Debian 12: python3-sklearn 1.2.1, python3-numpy)

Writes tests/oracles/encoder/cases.json, a list of cases:
  name, n_train (the first rows train), rows (those encoded below), numeric {column: values, null where missing},
  categorical {column: values}, both with their names in order, targets, and fits, one for every imputation and scaling:
  imputation, scaling; per numeric column fill, center, scale; encoded [rows, n_columns], nine digits; selected: k ->
  columns that SelectKBest keeps
SimpleImputer keeps columns without values (keep_empty_features), which become 0.
"""
import json
import pathlib
import warnings

import numpy as np
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

OUT = pathlib.Path(__file__).parent / "encoder"
IMPUTATIONS = {"mean": "mean", "median": "median", "most-frequent": "most_frequent"}
SCALINGS = {"standard": StandardScaler, "min-max": MinMaxScaler, "robust": RobustScaler, "none": None}
NAN = np.nan


def mixed(seed, n, n_train, missing):
    random = np.random.default_rng(seed)
    numeric = {"normal": random.normal(3, 2, n), "skewed": random.lognormal(0, 2, n), "large": random.normal(1e6, 1, n),
               "whole": random.integers(0, 6, n).astype(float), "tiny": random.normal(0, 1e-9, n)}
    for values in numeric.values():
        values[random.random(n) < missing] = NAN
    categorical = {"genre": random.choice(["rock", "jazz", "pop", ""], n, p=[.5, .3, .15, .05]),
                   "key": random.choice(list("ABCDEFG"), n)}
    targets = random.integers(0, 3, n)
    numeric["telling"] = targets + random.normal(0, 1, n)
    return n_train, numeric, categorical, targets


def cases():
    yield "dense", *mixed(1, 60, 45, 0.0)
    yield "missing", *mixed(2, 60, 45, 0.3)
    yield "mostly_missing", *mixed(3, 40, 30, 0.8)
    yield "one_row", *mixed(4, 12, 1, 0.2)
    yield "two_rows", *mixed(5, 12, 2, 0.2)
    n = 30
    yield ("constants", 20,
           {"tenth": np.full(n, 0.1), "large": np.full(n, 1e9), "minus_zero": np.full(n, -0.0),
            "empty": np.full(n, NAN), "empty_in_training": np.array([NAN] * 20 + [5.0] * 10),
            "nearly": 1.0 + np.arange(n) * 1e-16, "barely": 1.0 + np.arange(n) * 1e-13,
            "one_other": np.array([2.0] * 19 + [3.0] + [4.0] * 10), "signs": np.array([-0.0, 0.0] * 15)},
           {"same": np.array(["a"] * n), "two": np.array(["x", "y", "y"] * 10)}, np.arange(n) % 2)
    yield ("ties", 12, {"two_modes": np.array([3., 3., 1., 1., 2., NAN] * 3), "even": np.arange(18.)},
           {"which": np.array(["b", "a", "c"] * 6)}, np.arange(18) % 3)


def fit(imputation, scaling, train, values):
    imputer = SimpleImputer(strategy=IMPUTATIONS[imputation], keep_empty_features=True).fit(train)
    n = train.shape[1]
    if SCALINGS[scaling] is None:
        return imputer.statistics_, np.zeros(n), np.ones(n), imputer.transform(values)
    scaler = SCALINGS[scaling]().fit(imputer.transform(train))
    center, scale = {"standard": lambda: (scaler.mean_, scaler.scale_),
                     "min-max": lambda: (scaler.data_min_, 1 / scaler.scale_),
                     "robust": lambda: (scaler.center_, scaler.scale_)}[scaling]()
    return imputer.statistics_, center, scale, scaler.transform(imputer.transform(values))


def record(name, n_train, numeric, categorical, targets):
    values = np.column_stack(list(numeric.values()))
    texts = np.column_stack(list(categorical.values()))
    rows = sorted({*range(min(10, n_train)), *range(n_train, len(values))})
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(texts[:n_train])
    fits = []
    for imputation in IMPUTATIONS:
        for scaling in SCALINGS:
            fill, center, scale, scaled = fit(imputation, scaling, values[:n_train], values)
            encoded = np.hstack([scaled, one_hot.transform(texts)])
            selected = {}
            # Of fewer rows, and of constants without scaling, F is rounding.
            if n_train > 2 and name != "constants":
                for k in (1, 3, encoded.shape[1] - 1):
                    selector = SelectKBest(f_classif, k=k).fit(encoded[:n_train], targets[:n_train])
                    selected[str(k)] = selector.get_support(indices=True).tolist()
            fits.append({"imputation": imputation, "scaling": scaling, "fill": fill.tolist(), "center": center.tolist(),
                         "scale": scale.tolist(), "encoded": [[float(f"{v:.9g}") for v in row] for row in encoded[rows]],
                         "selected": selected})
    numeric = {key: [None if np.isnan(v) else v for v in column.tolist()] for key, column in numeric.items()}
    return {"name": name, "numeric_names": list(numeric), "categorical_names": list(categorical), "n_train": n_train,
            "rows": rows, "numeric": numeric,
            "categorical": {key: column.tolist() for key, column in categorical.items()},
            "targets": targets.tolist(), "fits": fits}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    OUT.mkdir(exist_ok=True)
    (OUT / "cases.json").write_text(json.dumps([record(*case) for case in cases()], separators=(",", ":")) + "\n")
