#!/usr/bin/python3
"""Records the edges that NumPy learns from training values, and scikit-learn's bins, for tests/models/labels_test.cpp.

    tests/oracles/record_labels.py    (Debian 12: python3-numpy 1.24, python3-sklearn 1.2.1, python3-pandas 1.5)

Writes tests/oracles/labels/edges.json: a list of {"spec", "values", "edges", "classes"}. Values are of training rows in
no order; edges are numpy.quantile(method="linear") or numpy.linspace, to be met to the last digit; classes are those
of KBinsDiscretizer where it has the same edges, else of numpy.digitize. Pandas must agree about equal widths.
"""
import json
import pathlib

import numpy as np
import pandas as pd
from sklearn.preprocessing import KBinsDiscretizer

OUT = pathlib.Path(__file__).parent / "labels"


def columns(random):
    yield random.integers(0, 101, 200).astype(float)  # popularity: many ties
    yield random.normal(50, 20, 137)
    yield np.exp(random.normal(12, 3, 99))  # plays, over many magnitudes
    yield random.normal(size=31) * 1e-3 - 7
    yield np.array([3.0, 1.0])
    yield np.array([0.1, 0.7, 0.30000000000000004, 0.2, 0.3])


def rising(edges, values):
    return (np.diff(np.concatenate([[values.min()], edges])) > 0).all()


def cases(random):
    for x in columns(random):
        for k in (2, 3, 4, 7, 10):
            edges = np.linspace(x.min(), x.max(), k + 1)[1:-1]
            bins = KBinsDiscretizer(k, encode="ordinal", strategy="uniform").fit(x[:, None])
            assert (bins.bin_edges_[0][1:-1] == edges).all()
            assert np.allclose(pd.cut(x, k, retbins=True)[1][1:-1], edges, rtol=1e-15)
            yield f"equal-width:{k}", x, edges, bins.transform(x[:, None]).ravel()
            edges = np.quantile(x, np.linspace(0, 1, k + 1)[1:-1])
            if rising(edges, x):
                assert np.allclose(pd.qcut(x, k, retbins=True)[1][1:-1], edges, rtol=1e-14)
                yield f"quantiles:{k}", x, edges, np.digitize(x, edges)
        for percent in (1, 10, 12.5):
            edges = np.percentile(x, [100 - percent])
            yield f"top:{percent}", x, edges, x >= edges[0]
        edges = np.quantile(x, [0.5])
        assert np.allclose(edges, np.median(x), rtol=1e-15)
        yield "median", x, edges, x > edges[0]
        for percents in ([34, 67], [5, 25, 50, 99.5]):
            edges = np.percentile(x, percents)
            if rising(edges, x):
                yield "percentiles:" + ",".join(map(str, percents)), x, edges, np.digitize(x, edges)


def main():
    OUT.mkdir(exist_ok=True)
    lines = ",\n".join(
        json.dumps({"spec": spec, "values": x.tolist(), "edges": edges.tolist(), "classes": classes.astype(int).tolist()},
                   separators=(",", ":"))
        for spec, x, edges, classes in cases(np.random.default_rng(1)))
    (OUT / "edges.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
