#!/usr/bin/python3
"""Records what scikit-learn's estimators answer on the tables of heads_table.py, for tests/apps/heads_agree_test.py.

    tests/oracles/record_heads.py   (Debian 12: python3-sklearn 1.2.1, python3-numpy)

Writes tests/oracles/heads/heads.json: by kind of target and head, as `hitscope train --head` takes it, the score of the
test rows (accuracy of the most probable class, or R²) and the predictions of the first of them (probabilities, or
values); of estimators that draw random numbers the mean and the standard deviation of the score over ten seeds.
"""
import json
import pathlib
import warnings

import numpy
from sklearn import (calibration, discriminant_analysis, ensemble, linear_model, model_selection, naive_bayes, neighbors,
                     pipeline, preprocessing, svm, tree)

from heads_table import KINDS, N_SEEN, N_TRAIN, table

N_SEEDS = 10


def scaled(estimator):
    return pipeline.make_pipeline(preprocessing.MinMaxScaler(), estimator)


def folds(seed):
    return model_selection.StratifiedKFold(5, shuffle=True, random_state=seed)


def platt(machine, seed):
    return calibration.CalibratedClassifierCV(machine, ensemble=False, cv=folds(seed))


def logistic(**parameters):
    return linear_model.LogisticRegression(tol=1e-9, max_iter=20000, **parameters)


def members():
    return [("a", logistic()), ("b", naive_bayes.GaussianNB()), ("c", neighbors.KNeighborsClassifier(15))]


MEMBERS = "estimators=logistic+gaussian_nb+knn(n_neighbors=15)"


def classifiers():
    return {
        "logistic": logistic(),
        "logistic:penalty=l1,C=0.05": logistic(penalty="l1", C=0.05, solver="saga"),
        "logistic:penalty=elasticnet,C=0.05,l1_ratio=0.3": logistic(penalty="elasticnet", C=0.05, l1_ratio=0.3, solver="saga"),
        "logistic:penalty=none": logistic(penalty=None),
        "logistic:class_weight=balanced": logistic(class_weight="balanced"),
        "gaussian_nb": naive_bayes.GaussianNB(),
        "bernoulli_nb": naive_bayes.BernoulliNB(),
        "multinomial_nb": scaled(naive_bayes.MultinomialNB()),
        "complement_nb": scaled(naive_bayes.ComplementNB()),
        "lda": discriminant_analysis.LinearDiscriminantAnalysis(),
        "lda:shrinkage=0.3": discriminant_analysis.LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.3),
        "qda": discriminant_analysis.QuadraticDiscriminantAnalysis(),
        "qda:reg_param=0.2": discriminant_analysis.QuadraticDiscriminantAnalysis(reg_param=0.2),
        "knn": neighbors.KNeighborsClassifier(),
        "knn:n_neighbors=15,weights=distance": neighbors.KNeighborsClassifier(15, weights="distance"),
        "knn:n_neighbors=7,p=3": neighbors.KNeighborsClassifier(7, p=3),
        "knn:n_neighbors=7,p=1,algorithm=brute": neighbors.KNeighborsClassifier(7, p=1),
        "decision_tree:ccp_alpha=0.004": tree.DecisionTreeClassifier(ccp_alpha=0.004, random_state=0),
        "adaboost": ensemble.AdaBoostClassifier(algorithm="SAMME", random_state=0),
        "adaboost:max_depth=2": ensemble.AdaBoostClassifier(tree.DecisionTreeClassifier(max_depth=2), algorithm="SAMME",
                                                            random_state=0),
        f"voting:{MEMBERS}": ensemble.VotingClassifier(members(), voting="soft"),
    }


def random_classifiers(seed):
    return {
        "decision_tree": tree.DecisionTreeClassifier(random_state=seed),
        "decision_tree:criterion=entropy,max_depth=5,min_samples_leaf=7": tree.DecisionTreeClassifier(
            criterion="entropy", max_depth=5, min_samples_leaf=7, random_state=seed),
        "random_forest": ensemble.RandomForestClassifier(random_state=seed),
        "extra_trees": ensemble.ExtraTreesClassifier(random_state=seed),
        "gradient_boosting": ensemble.GradientBoostingClassifier(random_state=seed),
        "linear_svc": platt(svm.LinearSVC(dual=False, tol=1e-8), seed),
        "svc": svm.SVC(probability=True, random_state=seed),
        "svc:kernel=poly,coef0=1": svm.SVC(kernel="poly", coef0=1, probability=True, random_state=seed),
        "svc:C=0.3,kernel=sigmoid,gamma=0.02": svm.SVC(C=0.3, kernel="sigmoid", gamma=0.02, probability=True,
                                                       random_state=seed),
        f"stacking:{MEMBERS}": ensemble.StackingClassifier(members(), cv=folds(seed)),
        "gradient_boosting:subsample=0.5": ensemble.GradientBoostingClassifier(subsample=0.5, random_state=seed),
    }


def regressors():
    both = [("a", linear_model.Ridge()), ("b", neighbors.KNeighborsRegressor())]
    quadratic = preprocessing.PolynomialFeatures(2, include_bias=False)
    cubic = preprocessing.PolynomialFeatures(3, include_bias=False)
    return {
        "linear": linear_model.LinearRegression(),
        "ridge": linear_model.Ridge(),
        "ridge:alphas=0.1+1+10+100": linear_model.RidgeCV([0.1, 1, 10, 100]),
        "lasso:alpha=0.1": linear_model.Lasso(0.1, tol=1e-10),
        "elastic_net:alpha=0.3,l1_ratio=0.7": linear_model.ElasticNet(0.3, l1_ratio=0.7, tol=1e-10),
        "quantile": linear_model.QuantileRegressor(alpha=0, solver="highs"),
        "quantile:quantile=0.9,alpha=0.1": linear_model.QuantileRegressor(quantile=0.9, alpha=0.1, solver="highs"),
        "linear_svr:C=2,epsilon=3": svm.LinearSVR(C=2, epsilon=3, tol=1e-6, max_iter=10**6, random_state=0),
        "linear_svr:epsilon=2,loss=squared_epsilon_insensitive": svm.LinearSVR(
            loss="squared_epsilon_insensitive", dual=False, epsilon=2, tol=1e-8, max_iter=10**5),
        "svr": svm.SVR(tol=1e-6),
        "svr:C=20,epsilon=2": svm.SVR(C=20, epsilon=2, tol=1e-6),
        "polynomial": pipeline.make_pipeline(quadratic, linear_model.LinearRegression()),
        "polynomial:degree=3,alpha=1": pipeline.make_pipeline(cubic, linear_model.Ridge(1)),
        "knn": neighbors.KNeighborsRegressor(),
        "knn:n_neighbors=15,weights=distance": neighbors.KNeighborsRegressor(15, weights="distance"),
        "decision_tree:max_depth=6,min_samples_split=20,ccp_alpha=2": tree.DecisionTreeRegressor(
            max_depth=6, min_samples_split=20, ccp_alpha=2, random_state=0),
        "voting:estimators=ridge+knn": ensemble.VotingRegressor(both),
    }


def random_regressors(seed):
    both = [("a", linear_model.Ridge()), ("b", neighbors.KNeighborsRegressor())]
    stacking = ensemble.StackingRegressor(both, final_estimator=linear_model.RidgeCV([0.1, 1, 10]),
                                          cv=model_selection.KFold(5, shuffle=True, random_state=seed))
    return {
        "stacking:estimators=ridge+knn": stacking,
        "decision_tree": tree.DecisionTreeRegressor(random_state=seed),
        "random_forest": ensemble.RandomForestRegressor(random_state=seed),
        "extra_trees": ensemble.ExtraTreesRegressor(random_state=seed),
        "gradient_boosting": ensemble.GradientBoostingRegressor(random_state=seed),
        "adaboost": ensemble.AdaBoostRegressor(random_state=seed),
    }


def counters():
    return {"poisson": linear_model.PoissonRegressor(tol=1e-9, max_iter=1000),
            "poisson:alpha=0": linear_model.PoissonRegressor(alpha=0, tol=1e-9, max_iter=1000)}


def answers(estimator, x, y, is_of_classes):
    """The score of the test rows, and their predictions."""
    estimator.fit(x[:N_TRAIN], y[:N_TRAIN])
    if is_of_classes:
        predicted = estimator.predict_proba(x[N_TRAIN:])
        return float((predicted.argmax(1) == y[N_TRAIN:]).mean()), predicted
    predicted, truth = estimator.predict(x[N_TRAIN:]), y[N_TRAIN:]
    return float(1 - ((predicted - truth) ** 2).sum() / ((truth - truth.mean()) ** 2).sum()), predicted


def main():
    warnings.filterwarnings("ignore")
    recorded = {}
    for kind in KINDS:
        x, y = table(kind)
        x = preprocessing.StandardScaler().fit(x[:N_TRAIN]).transform(x)
        is_of_classes = kind in ("two", "three")
        exact = classifiers() if is_of_classes else counters() if kind == "counts" else regressors()
        drawn = random_classifiers if is_of_classes else random_regressors if kind == "values" else lambda seed: {}
        heads = {}
        for name, estimator in exact.items():
            score, predicted = answers(estimator, x, y, is_of_classes)
            heads[name] = {"score": round(score, 6), "predictions": numpy.round(predicted[:N_SEEN], 6).ravel().tolist()}
        scores = {}
        for seed in range(N_SEEDS):
            for name, estimator in drawn(seed).items():
                scores.setdefault(name, []).append(answers(estimator, x, y, is_of_classes)[0])
        for name, of_seeds in scores.items():
            heads[name] = {"mean": round(float(numpy.mean(of_seeds)), 6), "deviation": round(float(numpy.std(of_seeds, ddof=1)), 6)}
        recorded[kind] = heads
    folder = pathlib.Path(__file__).parent / "heads"
    folder.mkdir(exist_ok=True)
    (folder / "heads.json").write_text(json.dumps(recorded, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
