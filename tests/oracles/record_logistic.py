#!/usr/bin/python3
"""Records what scikit-learn answers for an encoded table, a logistic and a ridge regression on it, for
tests/models/{table_encoder,logistic_head,ridge_head}_test.cpp.

    tests/oracles/record_logistic.py   (Debian 12: python3-sklearn 1.2.1, python3-numpy)

Writes float64 files to tests/oracles/logistic/; rows 0..299 train, 300..399 are held out:
  numeric.npy        [400, 4], NaN where missing
  category.npy       [400], codes; code 5 is held out only
  targets.npy        [400], 0..2
  encoded.npy        [400, 9]: median imputed and standardised numbers, then one column per category seen in training
  probabilities.npy  [100, 3], of the held-out rows
  values.npy         [400], numbers that hang on the columns
  predicted.npy      [100], Ridge's answers for the held-out rows
"""
import pathlib

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

OUT = pathlib.Path(__file__).parent / "logistic"
N_TRAIN, N_ALL = 300, 400


def table():
    random = np.random.default_rng(1)
    scale, centre = np.array([1.0, 250.0, 0.02, 9.0]), np.array([0.0, 1e4, 0.5, -60.0])
    latent = random.normal(size=(N_ALL, 4))
    category = random.integers(0, 5, N_ALL)
    category[N_TRAIN:N_TRAIN + 10] = 5
    score = latent[:, 0] + 0.7 * latent[:, 1] * np.sign(category - 1.5) + 0.5 * category
    targets = np.digitize(score + random.normal(scale=0.8, size=N_ALL), [0.2, 1.8])
    numeric = centre + scale * latent
    numeric[random.random((N_ALL, 4)) < [0.0, 0.1, 0.25, 0.05]] = np.nan
    return numeric, category.astype(np.float64), targets


def main():
    OUT.mkdir(exist_ok=True)
    numeric, category, targets = table()
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()).fit(numeric[:N_TRAIN])
    categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(category[:N_TRAIN, None])
    encoded = np.hstack([numbers.transform(numeric), categories.transform(category[:, None])])
    # Its default solver, lbfgs, stops 4e-5 short of the optimum on these rows whatever its tol.
    model = LogisticRegression(C=1, multi_class="multinomial", solver="newton-cg", tol=1e-8, max_iter=10000)
    model.fit(encoded[:N_TRAIN], targets[:N_TRAIN])
    weights = np.random.default_rng(2).normal(scale=10, size=encoded.shape[1])
    values = 50 + encoded @ weights + np.random.default_rng(3).normal(scale=5, size=N_ALL)
    predicted = Ridge(alpha=1).fit(encoded[:N_TRAIN], values[:N_TRAIN]).predict(encoded[N_TRAIN:])
    for name, values in [("values", values), ("predicted", predicted),
                         ("numeric", numeric), ("category", category), ("targets", targets), ("encoded", encoded),
                         ("probabilities", model.predict_proba(encoded[N_TRAIN:]))]:
        np.save(OUT / f"{name}.npy", np.ascontiguousarray(values, dtype=np.float64))


if __name__ == "__main__":
    main()
