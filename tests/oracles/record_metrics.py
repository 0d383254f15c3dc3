#!/usr/bin/python3
"""Records what scikit-learn and SciPy answer for tests/models/{metrics,ranking,comparison}_test.cpp.

    tests/oracles/record_metrics.py    (Debian 12: python3-sklearn 1.2.1, python3-scipy 1.10.1, python3-numpy 1.24.2)

Writes four files to tests/oracles/metrics/, each a list of cases, null for NaN:
  classification.json  probabilities, as whole weights of which a row's share is the probability, and their scores
  regression.json      values and their scores
  ranking.json         binary scores with their curves; lists with their NDCG and recall@k
  comparison.json      McNemar's p
Where scikit-learn raises or warns because a value is not defined, hitscope answers NaN: `undefined` makes sure that it
does raise or warn. Probabilities are divided, and expected classes summed, one operation at a time in the order of the
C++ code, so that ties survive; no metric is computed here that scikit-learn or SciPy has.
"""
import json
import math
import pathlib
import warnings

import numpy as np
from scipy.stats import binomtest, chi2, kendalltau, spearmanr
from sklearn import metrics
from sklearn.calibration import calibration_curve

OUT = pathlib.Path(__file__).parent / "metrics"


def undefined(metric, *args, **kwargs):
    """NaN, having made sure that the metric raises or warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            answer = metric(*args, **kwargs)
        except (ValueError, UserWarning, RuntimeWarning):
            return math.nan
    raise AssertionError(f"{metric.__name__} is defined: {answer}")


def drawn(seed, n, k, skill, grain=1000):
    """Random targets and weights that lean towards them."""
    random = np.random.default_rng(seed)
    y = random.permutation(np.arange(n) % k)
    return y, 1 + np.floor(grain * random.random((n, k)) ** 3 + grain * skill * np.eye(k)[y]).astype(int)


def tied(seed, n, k):
    """Probabilities in eighths: many rows share a score and many share a maximum."""
    random = np.random.default_rng(seed)
    return random.permutation(np.arange(n) % k), random.multinomial(8, np.full(k, 1 / k), size=n)


def classification_inputs():
    for k, n in [(2, 80), (3, 90), (10, 150), (101, 120)]:
        grain = 1000 if k < 100 else 90
        yield f"random_{k}", *drawn(k, n, k, 0.3, grain)
        yield f"tied_{k}", *tied(k, n, k)
        y, w = drawn(20 + k, min(n, 105), k, 0.3, grain)
        yield f"opposed_{k}", y, np.roll(w, 1, axis=1)
        yield f"constant_{k}", np.arange(n) % k, np.tile(1 + np.arange(k)[::-1] // 2, (n, 1))
        yield f"without_targets_{k}", np.where(y == 1, 0, y), w
        y, w = drawn(40 + k, 30, k, 0.3, grain)
        yield f"one_class_{k}", np.full(30, k - 1), w
        yield f"all_one_class_{k}", np.full(7, 1), np.tile(np.eye(k, dtype=int)[1], (7, 1))
        yield f"one_prediction_{k}", y, np.tile(np.eye(k, dtype=int)[0], (30, 1))
        yield f"certain_{k}", y, np.eye(k, dtype=int)[np.roll(y, 1)]
        yield f"certain_and_right_{k}", y, np.eye(k, dtype=int)[y]
        yield f"certain_and_wrong_{k}", y, np.eye(k, dtype=int)[(y + 1) % k]
        yield f"single_row_right_{k}", np.array([k - 1]), 1 + np.eye(k, dtype=int)[[k - 1]]
        yield f"single_row_wrong_{k}", np.array([k - 1]), 1 + np.eye(k, dtype=int)[[0]]
    y, w = drawn(60, 60, 3, 0.3)
    w[:, 2] = 1
    yield "never_predicted_3", y, w


def ranking_by_class(y, p):
    for c in range(p.shape[1]):
        n_positive = (y == c).sum()
        auc = undefined if n_positive in (0, len(y)) else lambda f, *a: f(*a)
        precision = undefined if n_positive == 0 else lambda f, *a: f(*a)
        yield [auc(metrics.roc_auc_score, y == c, p[:, c]),
               precision(metrics.average_precision_score, y == c, p[:, c])]


def correlations(a, b):
    if len(a) < 2:
        return [math.nan, math.nan]
    return [spearmanr(a, b)[0], kendalltau(a, b)[0]]


def of_probabilities(y, p):
    k = p.shape[1]
    by_class = np.array(list(ranking_by_class(y, p)))
    roc_auc, average_precision = by_class[1] if k == 2 else by_class.mean(axis=0)
    if not math.isnan(roc_auc):
        ovr = metrics.roc_auc_score(y, p[:, 1] if k == 2 else p, multi_class="ovr", average="macro")
        assert abs(roc_auc - ovr) < 1e-12
    expected = np.zeros(len(y))
    for c in range(k):
        expected = expected + c * p[:, c]
    spearman, kendall = correlations(y, expected)
    return {
        "roc_auc": roc_auc,
        "average_precision": average_precision,
        "log_loss": metrics.log_loss(y, p, labels=np.arange(k), eps=1e-15),
        "brier": metrics.brier_score_loss(y, p[:, 1], pos_label=1) if k == 2
        else np.mean(np.sum((p - np.eye(k)[y]) ** 2, axis=1)),
        "spearman": spearman,
        "kendall": kendall,
        "roc_auc_by_class": by_class[:, 0],
        "average_precision_by_class": by_class[:, 1],
    }


def of_classes(y, predicted, k):
    labels = np.arange(k)
    names = [f"{'né ' if c % 2 else 'class '}{c}" for c in labels]
    by_class = metrics.precision_recall_fscore_support(y, predicted, labels=labels, zero_division=0)
    confusion = metrics.confusion_matrix(y, predicted, labels=labels)
    return {
        "accuracy": metrics.accuracy_score(y, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, predicted),
        "macro_f1": metrics.f1_score(y, predicted, average="macro", zero_division=0),
        "weighted_f1": metrics.f1_score(y, predicted, average="weighted", zero_division=0),
        "mcc": metrics.matthews_corrcoef(y, predicted),
        "kappa": metrics.cohen_kappa_score(y, predicted, labels=labels),
        "quadratic_kappa": metrics.cohen_kappa_score(y, predicted, labels=labels, weights="quadratic"),
        "precision": by_class[0], "recall": by_class[1], "f1": by_class[2], "support": by_class[3],
        "confusion": [[t, q, confusion[t, q]] for t, q in zip(*np.nonzero(confusion))],
        "report": metrics.classification_report(y, predicted, labels=labels, target_names=names, digits=2,
                                                zero_division=0),
    }


def classification():
    for name, y, weights in classification_inputs():
        k = weights.shape[1]
        p = weights / weights.sum(axis=1, keepdims=True)
        case = {"name": name, "n_classes": k, "threshold": 0.5, "targets": y, "weights": weights.ravel()}
        case |= of_probabilities(y, p) | of_classes(y, p.argmax(axis=1), k)
        yield case
        if name == "random_2":
            moved = {"name": "random_2_threshold", "threshold": 0.3}
            yield case | moved | of_classes(y, (p[:, 1] >= 0.3).astype(int), k)
    # Rows whose sum is not 1: the log loss is of the shares.
    random = np.random.default_rng(77)
    y, p = random.integers(0, 3, 40), random.random((40, 3)) * random.choice([0.5, 1.0, 1.0001, 3.0], (40, 1))
    p[0] = 0.0
    yield {"name": "sums_other_than_1", "n_classes": 3, "targets": y, "probabilities": p.ravel(),
           "log_loss": metrics.log_loss(y, p, labels=[0, 1, 2], eps=1e-15)}


def regression():
    random = np.random.default_rng(5)
    y = random.normal(3.0, 2.0, 60)
    inputs = [("random", y, y + random.normal(size=60)), ("even_ties", np.round(y), np.round(y + 0.4)),
              ("odd", y[:31], -y[:31]), ("exact", y, y), ("constant_prediction", y, np.full(60, 2.5)),
              ("constant_targets_met", np.full(4, 0.5), np.full(4, 0.5)),
              ("constant_targets_missed", np.full(4, 0.5), np.arange(4.0)),
              ("single_row", y[:1], y[1:2]), ("two_rows", y[:2], y[2:4]),
              ("far_from_zero", 1e8 + y, 1e8 + y + random.normal(size=60)), ("tiny", 1e-200 * y, np.zeros(60)),
              ("wide", np.exp(5 * y), np.exp(5 * y + 0.1 * random.normal(size=60)))]
    for name, y, p in inputs:
        spearman, kendall = correlations(y, p)
        yield {"name": name, "targets": y, "predicted": p,
               "r2": metrics.r2_score(y, p) if len(y) > 1 else undefined(metrics.r2_score, y, p),
               "mae": metrics.mean_absolute_error(y, p), "rmse": metrics.mean_squared_error(y, p, squared=False),
               "median_absolute_error": metrics.median_absolute_error(y, p),
               "spearman": spearman, "kendall": kendall}


def curves():
    random = np.random.default_rng(6)
    y = random.random(120) < 0.4
    inputs = [("random", y, np.clip(0.3 * y + 0.7 * random.random(120), 0, 1)), ("tied", y, random.integers(0, 11, 120) / 10),
              ("constant", y, np.full(120, 0.3)), ("perfect", y, np.where(y, 0.9, 0.1)),
              ("separate", np.arange(10) > 4, np.arange(10) / 10), ("reversed", np.arange(10) < 4, np.arange(10) / 10),
              ("single_positive", np.array([True]), np.array([0.5])),
              ("single_negative", np.array([False]), np.array([1.0])),
              ("all_positive", np.full(6, True), random.random(6)), ("all_negative", np.full(6, False), random.random(6)),
              ("two", np.array([True, False]), np.array([0.0, 1.0])), ("edges", y, random.integers(0, 6, 120) / 5)]
    for name, y, p in inputs:
        case = {"name": name, "positive": y.astype(int), "scores": p}
        case["fpr"], case["tpr"], case["roc_thresholds"] = metrics.roc_curve(y, p, pos_label=True)
        pr = metrics.precision_recall_curve(y, p, pos_label=True)
        case["precision"], case["recall"], case["pr_thresholds"] = pr
        case["calibration"] = {str(n): calibration_curve(y.astype(int), p, n_bins=n, pos_label=1) for n in [1, 3, 5, 10, 20]}
        yield case


def lists():
    random = np.random.default_rng(7)
    r = random.integers(0, 4, 40).astype(float)
    inputs = [("random", random.random(40), random.random(40)), ("tied", r, random.integers(0, 5, 40).astype(float)),
              ("constant_scores", r, np.zeros(40)), ("exact", r, r), ("reversed", r, -r),
              ("constant_relevance", np.ones(5), random.random(5)), ("nothing_relevant", np.zeros(5), random.random(5)),
              ("two", np.array([0.0, 1.0]), np.array([1.0, 0.0]))]
    for name, relevance, scores in inputs:
        n = len(relevance)
        case = {"name": name, "relevance": relevance, "scores": scores, "ndcg": {}, "recall": {}}
        for k in [1, 2, 5, 10, n, n + 5]:
            case["ndcg"][str(k)] = metrics.ndcg_score([relevance], [scores], k=k)
            if k <= n:
                best = [set(np.argsort(-x, kind="stable")[:k]) for x in (relevance, scores)]
                case["recall"][str(k)] = len(best[0] & best[1]) / k
        case["ndcg"]["0"] = metrics.ndcg_score([relevance], [scores])
        case["spearman"], case["kendall"] = correlations(relevance, scores)
        yield case


def long_list(n=100_000):
    """Whole numbers that the test computes again: i * 7919 mod 1009 and i * i mod 1013, say."""
    i = np.arange(n, dtype=np.int64)
    a, b = i * 7919 % 1009 + i // 500, i * i % 1013 + i // 300
    return {"n": n, "kendall": kendalltau(a, b)[0], "spearman": spearmanr(a, b)[0]}


def comparison():
    for a in [0, 1, 2, 5, 11, 12, 13, 14, 24, 25, 100, 5000]:
        for b in [0, 1, 3, 10, 12, 13, 20, 40, 101, 5200]:
            if a + b < 25:
                p = binomtest(a, a + b, 0.5).pvalue if a + b else 1.0
            else:
                p = chi2.sf((abs(a - b) - (a != b)) ** 2 / (a + b), 1)
            yield {"only_a": a, "only_b": b, "p": p}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, np.integer):
        return int(value)
    return None if math.isnan(value) else float(value)


def main():
    warnings.simplefilter("ignore")
    OUT.mkdir(exist_ok=True)
    files = {"classification": list(classification()), "regression": list(regression()),
             "ranking": {"curves": list(curves()), "lists": list(lists()), "long": long_list()},
             "comparison": list(comparison())}
    for name, cases in files.items():
        rows = plain(cases)
        text = json.dumps(rows, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
        (OUT / f"{name}.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()
