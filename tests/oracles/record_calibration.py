#!/usr/bin/python3
"""Records what scikit-learn answers for calibrated probabilities, for tests/models/calibration_test.cpp.

    tests/oracles/record_calibration.py    (Debian 12: python3-sklearn 1.2.1, python3-scipy 1.10.1, python3-numpy)

Writes tests/oracles/calibration/cases.json, a list of cases:
  name, n_classes, fit [n, n_classes] and targets [n]: what is fitted on; probe [m, n_classes]: what is calibrated
  platt, isotonic   [m, n_classes], of CalibratedClassifierCV(cv="prefit")
  platt_loss        per curve: Platt's loss where scikit-learn's BFGS stopped, and its slope and offset
  optimum           per curve: the loss, slope and offset where Newton's method in long doubles ends, from there
Two classes have one curve, of the second.
"""
import json
import pathlib
import warnings

import numpy as np
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV

OUT = pathlib.Path(__file__).parent / "calibration"


class Given:
    """A fitted classifier whose probabilities are its input."""

    def __init__(self, n_classes):
        self.classes_ = np.arange(n_classes)
        self.n_features_in_ = n_classes
        self._estimator_type = "classifier"

    def fit(self, x, y):
        return self

    def get_params(self, deep=True):
        return {"n_classes": len(self.classes_)}

    def predict_proba(self, X):
        return X


def binary(p):
    return np.column_stack([1 - p, p])


def drawn(seed, n, rate, shrink=1.0):
    random = np.random.default_rng(seed)
    y = (random.random(n) < rate).astype(int)
    y[:2] = [0, 1]
    return binary(expit(random.normal(size=n) + 1.5 * y - 1) * shrink), y


def drawn_of(seed, n, k, rates=None):
    random = np.random.default_rng(seed)
    y = random.choice(k, n, p=rates)
    y[:k] = np.arange(k)
    e = np.exp(random.normal(size=(n, k)) + 1.2 * np.eye(k)[y])
    return e / e.sum(axis=1, keepdims=True), y


def cases():
    yield "even", *drawn(1, 120, 0.5)
    yield "rare", *drawn(2, 400, 0.05)
    yield "low_scores", *drawn(3, 300, 0.1, 0.05)
    yield "tiny_scores", *drawn(4, 150, 0.3, 1e-4)
    yield "small", *drawn(5, 6, 0.5)
    p, y = drawn(6, 100, 0.4)
    yield "tied", np.round(p * 8) / 8, y
    p, y = drawn(7, 80, 0.5)
    yield "separated", binary(np.where(y == 1, 0.6 + 0.4 * p[:, 1], 0.4 * p[:, 1])), y
    yield "opposed", p[:, ::-1].copy(), y
    yield "constant", binary(np.full(40, 0.3)), np.arange(40) % 4 // 3
    yield "three", *drawn_of(8, 200, 3)
    yield "ten", *drawn_of(9, 250, 10)
    yield "skewed_three", *drawn_of(10, 300, 3, [0.9, 0.08, 0.02])


def platt_loss(z, t):
    return (np.logaddexp(0, -np.abs(z)) + np.where(z >= 0, t * z, (t - 1) * z)).sum()


def curve(score, positive, slope, offset):
    """Where BFGS stopped, and where Newton's method ends from there."""
    n1 = positive.sum()
    t = np.where(positive, (n1 + 1) / (n1 + 2), 1 / (len(positive) - n1 + 2)).astype(np.longdouble)
    f = score.astype(np.longdouble)
    stopped = [float(platt_loss(slope * f + offset, t)), slope, offset]
    mean, deviation = f.mean(), f.std()
    if np.ptp(score) == 0:
        return stopped, stopped
    u = (f - mean) / deviation
    a, b = np.longdouble(slope) * deviation, np.longdouble(offset) + np.longdouble(slope) * mean
    for _ in range(60):
        p = 1 / (1 + np.exp(a * u + b))
        g = np.array([((t - p) * u).sum(), (t - p).sum()])
        w = p * (1 - p)
        h = np.array([[(w * u * u).sum(), (w * u).sum()], [(w * u).sum(), w.sum()]])
        det = h[0, 0] * h[1, 1] - h[0, 1] ** 2
        da = (h[1, 1] * g[0] - h[0, 1] * g[1]) / det
        db = (h[0, 0] * g[1] - h[0, 1] * g[0]) / det
        length = 1.0
        while length > 1e-6 and platt_loss((a - length * da) * u + b - length * db, t) > platt_loss(a * u + b, t):
            length /= 2
        a, b = a - length * da, b - length * db
    assert np.abs(g).max() < 1e-12, g
    a, b = a / deviation, b - a / deviation * mean
    return stopped, [float(platt_loss(a * f + b, t)), float(a), float(b)]


def short(values):
    """Six digits: the inputs are what the file says."""
    return np.array([[float(f"{v:.6g}") for v in row] for row in values])


def record(name, p, y):
    k = p.shape[1]
    p = short(p)
    random = np.random.default_rng(99)
    probe = short(np.vstack([p[:20], random.dirichlet(np.ones(k), 20), np.eye(k)]))
    result = {"name": name, "n_classes": k, "fit": p.ravel().tolist(), "targets": y.tolist(),
              "probe": probe.ravel().tolist()}
    for method, key in [("sigmoid", "platt"), ("isotonic", "isotonic")]:
        model = CalibratedClassifierCV(Given(k), cv="prefit", method=method).fit(p, y)
        result[key] = model.predict_proba(probe).ravel().tolist()
        if method == "sigmoid":
            fitted = model.calibrated_classifiers_[0].calibrators
            classes = [1] if k == 2 else range(k)
            curves = [curve(p[:, c], y == c, f.a_, f.b_) for c, f in zip(classes, fitted)]
            result["platt_loss"], result["optimum"] = [c[0] for c in curves], [c[1] for c in curves]
            worst = max(np.abs(expit(-(s[1] * probe[:, c] + s[2])) - expit(-(o[1] * probe[:, c] + o[2]))).max()
                        for c, (s, o) in zip(classes, curves))
            over = max(s[0] - o[0] for s, o in curves)
            print(f"{name:15} BFGS: {worst:.1e} from the optimum in probability, loss {over:.1e} over it")
    return result


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    OUT.mkdir(exist_ok=True)
    (OUT / "cases.json").write_text(json.dumps([record(*c) for c in cases()], separators=(",", ":")) + "\n")
