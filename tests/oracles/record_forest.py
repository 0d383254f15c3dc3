"""Records scikit-learn's random forests of very many trees: what a forest's answers tend to, whatever its seed. And how
well its forests of numbers of 100 trees, as many as by default, do on the test rows under 50 seeds: R².

    /usr/bin/python3 record_forest.py        # writes forest/forest.json
"""

import json
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

N_TRAIN, N_TEST, N_COLUMNS, N_TREES = 300, 100, 5, 20000
N_SEEDS = 50


def main():
    random = np.random.default_rng(11)
    x = random.normal(size=(N_TRAIN + N_TEST, N_COLUMNS)).round(3)
    x[:, 2] = x[:, 2].round(0)  # ties
    x[:, 3] = random.integers(0, 2, len(x))  # two values: constant in many nodes
    number = np.sin(2 * x[:, 0]) + 0.5 * x[:, 1] * x[:, 3] + 0.3 * random.normal(size=len(x))
    target = np.digitize(number, [-0.4, 0.6])
    weight = random.uniform(0.2, 3.0, N_TRAIN).round(3)
    train, test = x[:N_TRAIN].astype(np.float32), x[N_TRAIN:].astype(np.float32)
    forest = RandomForestClassifier(N_TREES, random_state=1, n_jobs=2)
    numbers = RandomForestRegressor(N_TREES, random_state=1, n_jobs=2)
    train_values = number[:N_TRAIN].round(6)
    r2 = [RandomForestRegressor(random_state=seed).fit(train, train_values).score(test, number[N_TRAIN:].round(6))
          for seed in range(N_SEEDS)]
    answer = {
        "n_train": N_TRAIN, "n_columns": N_COLUMNS, "features": x.ravel().tolist(), "targets": target[:N_TRAIN].tolist(),
        "values": train_values.tolist(), "weights": weight.tolist(),
        "probabilities": forest.fit(train, target[:N_TRAIN]).predict_proba(test).round(6).ravel().tolist(),
        "weighted": forest.fit(train, target[:N_TRAIN], weight).predict_proba(test).round(6).ravel().tolist(),
        "predicted_values": numbers.fit(train, train_values).predict(test).round(6).tolist(),
        "test_values": number[N_TRAIN:].round(6).tolist(), "r2_of_100_trees": np.round(r2, 6).tolist(),
    }
    folder = Path(__file__).parent / "forest"
    folder.mkdir(exist_ok=True)
    (folder / "forest.json").write_text(json.dumps(answer) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
