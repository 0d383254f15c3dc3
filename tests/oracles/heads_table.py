"""The made-up tables on which heads are compared with scikit-learn, and which rows of them train. For
tests/oracles/record_heads.py and tests/apps/heads_agree_test.py."""

import numpy

N_ROWS, N_COLUMNS, N_TRAIN, N_SEEN = 1500, 6, 1000, 60  # rows that are learned; predictions that are kept
KINDS = ("two", "three", "values", "counts")


def table(kind):
    """Columns [N_ROWS, N_COLUMNS], of which the third and fourth have ties, and the target."""
    random = numpy.random.default_rng(1)
    x = random.normal(size=(N_ROWS, N_COLUMNS))
    x[:, 2] = random.integers(0, 5, N_ROWS)
    x[:, 3] = x[:, 3].round(1)
    z = x[:, 0] + 0.7 * x[:, 1] * x[:, 2] - 0.5 * x[:, 4] ** 2 + 0.7 * random.normal(size=N_ROWS)
    if kind == "two":
        return x.round(6), (z > numpy.quantile(z, 0.8)).astype(int)
    if kind == "three":
        return x.round(6), numpy.digitize(z, numpy.quantile(z, [0.4, 0.75]))
    return x.round(6), numpy.exp(z / 2.5).round() if kind == "counts" else (10 * z + 50).round(3)
