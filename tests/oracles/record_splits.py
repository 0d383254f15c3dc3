#!/usr/bin/python3
"""Records the test rows of scikit-learn's k-fold splitters without shuffling, for tests/models/split_folds_test.cpp.

    tests/oracles/record_splits.py    (Debian 12: python3-sklearn 1.2.1, python3-numpy 1.24)

Writes tests/oracles/splits/folds.json: a list of cases with `splitter`, `n_folds`, its inputs and `folds`, the fold
that tests each row (-1: none, the first stretch of a TimeSeriesSplit). Groups are names; of numbered groups ("n7") the
order of names is what scikit-learn sorts by, as it is of hitscope's.
"""
import json
import pathlib
import warnings

import numpy as np
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, StratifiedKFold, TimeSeriesSplit

OUT = pathlib.Path(__file__).parent / "splits"


def folds_of(splitter, n, y=None, groups=None):
    folds = np.full(n, -1)
    for fold, (_, test) in enumerate(splitter.split(np.zeros(n), y, groups)):
        folds[test] = fold
    return folds.tolist()


def drawn_classes(random, n, n_classes, skew):
    weights = np.arange(1, n_classes + 1, dtype=float) ** -skew
    return random.choice(n_classes, n, p=weights / weights.sum()) - 1  # -1 is a class like others


def drawn_groups(random, n, n_groups, skew):
    weights = np.arange(1, n_groups + 1, dtype=float) ** -skew
    return np.array([f"n{g}" for g in random.choice(n_groups, n, p=weights / weights.sum())])


def stratified(random):
    for n in (10, 37, 200):
        for n_classes in (1, 2, 3, 7):
            for k in (2, 3, 5, 10):
                y = drawn_classes(random, n, n_classes, 1.0)
                if np.unique(y, return_counts=True)[1].max() < k:
                    continue  # scikit-learn refuses
                yield {"splitter": "StratifiedKFold", "n_folds": k, "strata": y.tolist(),
                       "folds": folds_of(StratifiedKFold(k), n, y)}


def stratified_groups(random):
    for n, n_groups in ((30, 12), (120, 25), (300, 120)):
        # 12 and more classes: NumPy sums eight at a time; 140: in halves.
        for n_classes in (2, 3, 8, 12, 140):
            for k in (2, 3, 5):
                y = drawn_classes(random, n, n_classes, 0.7)
                groups = drawn_groups(random, n, n_groups, 0.8)
                if np.unique(y, return_counts=True)[1].max() < k:
                    continue
                folds = folds_of(StratifiedGroupKFold(k), n, y, groups)
                if len(set(folds)) < k:
                    continue  # a fold without rows: hitscope gives it a group
                yield {"splitter": "StratifiedGroupKFold", "n_folds": k, "strata": y.tolist(),
                       "groups": groups.tolist(), "folds": folds}
                components = np.unique(groups, return_index=True, return_inverse=True)
                order = np.argsort(np.argsort(components[1]))[components[2]]  # numbered by first appearance
                yield {"splitter": "StratifiedGroupKFold", "n_folds": k, "strata": y.tolist(),
                       "components": order.tolist(), "folds": folds_of(StratifiedGroupKFold(k), n, y, order)}


def groups_alone(random):
    for n_groups in (5, 12, 30):
        for k in (2, 3, 5):
            sizes = random.permutation(np.arange(1, n_groups + 1))  # distinct: the sort of ties is unstable
            groups = random.permutation(np.repeat([f"n{g}" for g in range(n_groups)], sizes))
            yield {"splitter": "GroupKFold", "n_folds": k, "groups": groups.tolist(),
                   "folds": folds_of(GroupKFold(k), len(groups), groups=groups)}
            tied = drawn_groups(random, 150, 60, 0.5)
            folds = folds_of(GroupKFold(k), 150, groups=tied)
            yield {"splitter": "GroupKFold, sizes", "n_folds": k, "groups": tied.tolist(), "folds": folds}


def temporal(random):
    for n in (8, 31, 100):
        for k in (2, 3, 5):
            times = np.sort(random.permutation(1000)[:n]) / 8
            yield {"splitter": "TimeSeriesSplit", "n_folds": k, "times": times.tolist(),
                   "folds": folds_of(TimeSeriesSplit(k), n)}


def main():
    warnings.simplefilter("ignore")
    random = np.random.default_rng(1)
    cases = [case for maker in (stratified, stratified_groups, groups_alone, temporal) for case in maker(random)]
    OUT.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (OUT / "folds.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
