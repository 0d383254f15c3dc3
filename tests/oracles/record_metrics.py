#!/usr/bin/python3
"""Records what scikit-learn and SciPy answer for classification metrics, for tests/models/metrics_test.cpp.

    tests/oracles/record_metrics.py    (Debian 12: python3-sklearn 1.2.1, python3-scipy 1.10.1, python3-numpy)

Writes three float64 files per case to tests/oracles/metrics/:
  CASE_targets.npy        [n]
  CASE_probabilities.npy  [n, n_classes]
  CASE_scores.npy         the nine numbers of SCORES, then [n_classes, 4] precision, recall, f1, support, then the
                          confusion matrix [n_classes, n_classes], row = target
Ranking metrics are one-vs-rest means over the columns and NaN where a class has no row or all of them: scikit-learn
raises or warns there, and hitscope answers NaN. Tied cases use multiples of 1/8, so that ties survive any summation.
"""
import pathlib
import warnings

import numpy as np
from scipy.stats import spearmanr
from sklearn import metrics

OUT = pathlib.Path(__file__).parent / "metrics"
SCORES = ["accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "average_precision", "log_loss", "mcc",
          "quadratic_kappa", "spearman"]


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def drawn(seed, n, k, skill):
    """Random targets and probabilities that lean towards them."""
    random = np.random.default_rng(seed)
    y = random.permutation(np.arange(n) % k)
    return y, softmax(random.normal(size=(n, k)) + skill * np.eye(k)[y])


def tied(seed, n, k):
    """Probabilities in eighths: many rows share a score and many share a maximum."""
    random = np.random.default_rng(seed)
    y = random.permutation(np.arange(n) % k)
    return y, random.multinomial(8, np.full(k, 1 / k), size=n) / 8


def cases():
    yield "random_2", *drawn(1, 80, 2, 1.0)
    yield "random_3", *drawn(2, 90, 3, 1.0)
    yield "random_10", *drawn(3, 150, 10, 1.5)
    y, p = drawn(4, 60, 3, 1.0)
    yield "opposed_3", y, np.roll(p, 1, axis=1)
    yield "tied_2", *tied(5, 60, 2)
    yield "tied_3", *tied(6, 90, 3)
    yield "tied_10", *tied(7, 120, 10)
    yield "constant_3", np.arange(30) % 3, np.tile([0.25, 0.5, 0.25], (30, 1))
    yield "certain_3", np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 1]), np.eye(3)[[0, 1, 2, 1, 1, 0, 0, 2, 2, 1]]
    y, p = drawn(8, 60, 3, 1.0)
    p[:, 2] = 0.01
    yield "never_predicted_3", y, p / p.sum(axis=1, keepdims=True)
    y, p = drawn(9, 60, 3, 1.0)
    yield "without_targets_3", np.where(y == 1, 2, y), p
    y, p = drawn(10, 20, 3, 1.0)
    yield "one_class_3", np.full(20, 1), p
    yield "single_row_right_3", np.array([2]), np.array([[0.25, 0.25, 0.5]])
    yield "single_row_wrong_3", np.array([2]), np.array([[0.5, 0.25, 0.25]])


def one_vs_rest(metric, y, p):
    k = p.shape[1]
    if any((y == c).sum() in (0, len(y)) for c in range(k)):
        return np.nan
    return np.mean([metric(y == c, p[:, c]) for c in range(k)])


def scores(y, p):
    k = p.shape[1]
    labels = np.arange(k)
    predicted = p.argmax(axis=1)
    roc_auc = one_vs_rest(metrics.roc_auc_score, y, p)
    if k > 2 and not np.isnan(roc_auc):
        assert abs(roc_auc - metrics.roc_auc_score(y, p, multi_class="ovr", average="macro")) < 1e-12
    head = [
        metrics.accuracy_score(y, predicted),
        metrics.balanced_accuracy_score(y, predicted),
        metrics.f1_score(y, predicted, average="macro", zero_division=0),
        roc_auc,
        one_vs_rest(metrics.average_precision_score, y, p),
        metrics.log_loss(y, p, labels=labels, eps=1e-15),
        metrics.matthews_corrcoef(y, predicted),
        metrics.cohen_kappa_score(y, predicted, labels=labels, weights="quadratic"),
        spearmanr(y, p @ labels)[0] if len(y) > 1 else np.nan,
    ]
    assert len(head) == len(SCORES)
    by_class = np.stack(metrics.precision_recall_fscore_support(y, predicted, labels=labels, zero_division=0), axis=1)
    confusion = metrics.confusion_matrix(y, predicted, labels=labels)
    return np.concatenate([head, by_class.ravel(), confusion.ravel()])


def main():
    warnings.simplefilter("ignore")
    OUT.mkdir(exist_ok=True)
    for name, y, p in cases():
        for what, values in [("targets", y), ("probabilities", p), ("scores", scores(y, p))]:
            np.save(OUT / f"{name}_{what}.npy", np.ascontiguousarray(values, dtype=np.float64))


if __name__ == "__main__":
    main()
