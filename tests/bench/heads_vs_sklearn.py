#!/usr/bin/python3
"""Fit and predict times of our heads beside scikit-learn's estimators, on the same rows in the same run.

    tests/bench/heads_vs_sklearn.py [--rows 130663] [--jobs 2] [--passes 3] [--heads NAME,...] [--only-ours]

The table is made up: 13 columns like Spotify's audio features, a target of 1 % (for regressions the score behind it).
80 % of the rows are learned, 20 % predicted. scikit-learn gets standardised columns in float64 (not timed); ours encode
and standardise in their time. Both give probabilities. Prints a Markdown table, and the geometric mean of the ratios.
Needs python3-sklearn and build/release/tests/heads_bench (cmake --build build/release --target heads_bench).
"""
import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rows", type=int, default=130663)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--heads", default="")
    parser.add_argument("--only-ours", action="store_true")
    parser.add_argument("--bench", default=str(ROOT / "build/release/tests/heads_bench"))
    return parser.parse_args()


def table(numpy, n):
    random = numpy.random.default_rng(7)
    energy_noise, acoustic = random.normal(0, 0.15, n), random.beta(0.5, 0.8, n)
    danceability, energy = random.beta(5, 4, n), numpy.clip(1 - 0.7 * acoustic + energy_noise, 0, 1)
    loudness = -30 + 25 * energy + random.normal(0, 3, n)
    instrumental = numpy.where(random.random(n) < 0.6, 0, random.beta(0.4, 0.4, n))
    valence = numpy.clip(0.5 * danceability + random.normal(0.2, 0.22, n), 0, 1)
    columns = [acoustic, danceability, numpy.round(numpy.exp(random.normal(12.2, 0.4, n))), energy, instrumental,
               random.integers(0, 12, n), random.beta(1.2, 5, n), loudness, random.random(n) < 0.6, random.beta(1, 8, n),
               numpy.clip(random.normal(120, 30, n), 40, 240), random.choice([3, 4, 5], n, p=[0.09, 0.89, 0.02]), valence]
    score = (2.2 * danceability + 1.5 * energy - 2 * instrumental - 1.2 * abs(valence - 0.5) + 0.05 * loudness
             + random.normal(0, 0.8, n))
    return numpy.column_stack(columns).round(4), score.round(4), (score > numpy.quantile(score, 0.99)).astype(int)


def estimators(jobs):
    """Ours, and scikit-learn's estimator: by head; classes first."""
    from sklearn import (calibration, discriminant_analysis, ensemble, linear_model, naive_bayes, neighbors, pipeline,
                         preprocessing, svm, tree)
    hist = ensemble.HistGradientBoostingClassifier
    classes = {
        "logistic": linear_model.LogisticRegression(max_iter=200),
        "linear_svc": calibration.CalibratedClassifierCV(svm.LinearSVC(dual=False), ensemble=False, cv=5, n_jobs=jobs),
        "decision_tree:criterion=entropy": tree.DecisionTreeClassifier(criterion="entropy", random_state=0),
        "random_forest:n_estimators=10,criterion=entropy": ensemble.RandomForestClassifier(
            10, criterion="entropy", n_jobs=jobs, random_state=0),
        "random_forest": ensemble.RandomForestClassifier(n_jobs=jobs, random_state=0),
        "extra_trees:n_estimators=50": ensemble.ExtraTreesClassifier(50, n_jobs=jobs, random_state=0),
        "gradient_boosting:n_estimators=50": ensemble.GradientBoostingClassifier(n_estimators=50, random_state=0),
        "boosted_trees:n_estimators=50": hist(max_iter=50, random_state=0),
        "adaboost": ensemble.AdaBoostClassifier(algorithm="SAMME", random_state=0),
        "gaussian_nb": naive_bayes.GaussianNB(),
        "bernoulli_nb": naive_bayes.BernoulliNB(),
        "multinomial_nb": pipeline.make_pipeline(preprocessing.MinMaxScaler(), naive_bayes.MultinomialNB()),
        "complement_nb": pipeline.make_pipeline(preprocessing.MinMaxScaler(), naive_bayes.ComplementNB()),
        "lda": discriminant_analysis.LinearDiscriminantAnalysis(),
        "qda": discriminant_analysis.QuadraticDiscriminantAnalysis(),
        "knn": neighbors.KNeighborsClassifier(n_jobs=jobs),
        "svc": svm.SVC(probability=True, random_state=0),
    }
    values = {
        "linear": linear_model.LinearRegression(n_jobs=jobs),
        "ridge": linear_model.Ridge(),
        "lasso:alpha=0.01": linear_model.Lasso(0.01),
        "elastic_net:alpha=0.01": linear_model.ElasticNet(0.01),
        "polynomial": pipeline.make_pipeline(preprocessing.PolynomialFeatures(2, include_bias=False),
                                             linear_model.LinearRegression(n_jobs=jobs)),
        "linear_svr": svm.LinearSVR(max_iter=10000, random_state=0),
        "decision_tree": tree.DecisionTreeRegressor(random_state=0),
        "extra_trees:n_estimators=10": ensemble.ExtraTreesRegressor(10, n_jobs=jobs, random_state=0),
        "random_forest:n_estimators=10": ensemble.RandomForestRegressor(10, n_jobs=jobs, random_state=0),
        "gradient_boosting:n_estimators=20": ensemble.GradientBoostingRegressor(n_estimators=20, random_state=0),
        "adaboost:n_estimators=10": ensemble.AdaBoostRegressor(n_estimators=10, random_state=0),
        "knn": neighbors.KNeighborsRegressor(n_jobs=jobs),
        "svr": svm.SVR(),
    }
    return classes, values


def theirs(estimator, x, y, n_train, passes):
    fits, predictions = [], []
    for _ in range(passes):
        start = time.perf_counter()
        estimator.fit(x[:n_train], y[:n_train])
        fits.append(time.perf_counter() - start)
        start = time.perf_counter()
        (estimator.predict_proba if hasattr(estimator, "predict_proba") else estimator.predict)(x[n_train:])
        predictions.append(time.perf_counter() - start)
        if fits[-1] + predictions[-1] > 20:  # the spread of a long run is small
            break
    return statistics.median(fits) + statistics.median(predictions)


def main():
    chosen = arguments()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(chosen.jobs)
    warnings.filterwarnings("ignore")
    import numpy
    x, score, hit = table(numpy, chosen.rows)
    standard = (x - x.mean(0)) / x.std(0)
    n_train = int(chosen.rows * 0.8)
    wanted = set(chosen.heads.split(",")) if chosen.heads else None
    ratios = []
    print("| head | ours: fit | predict | AUC, R² | MB | scikit-learn: both | times faster |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for heads, target, n_classes in zip(estimators(chosen.jobs), (hit, score), (2, 0)):
            path = pathlib.Path(folder) / "table"
            numpy.column_stack([x, target]).astype("<f8").tofile(path)
            for head, estimator in heads.items():
                if wanted and head.split(":")[0] not in wanted:
                    continue
                done = subprocess.run([chosen.bench, path, str(chosen.rows), "13", str(n_train), str(n_classes), str(chosen.jobs),
                                       str(chosen.passes), head], capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    print(f"| {head} | {done.stderr.strip()} |")
                    continue
                ours = json.loads(done.stdout)
                both = ours["fit_s"] + ours["predict_s"]
                their = math.nan if chosen.only_ours else theirs(estimator, standard, target, n_train, chosen.passes)
                ratios.append(their / both)
                print(f"| {head} | {ours['fit_s']:.3f} | {ours['predict_s']:.3f} | {ours.get('auc', ours.get('r2')):.4f} | "
                      f"{ours['megabytes']:.0f} | {their:.3f} | {ratios[-1]:.1f} |", flush=True)
    print(f"\ngeometric mean of {len(ratios)}: {math.exp(statistics.fmean(map(math.log, ratios))):.2f} times faster")


if __name__ == "__main__":
    sys.exit(main())
