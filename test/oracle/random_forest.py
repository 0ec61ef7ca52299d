"""Answers what scikit-learn's trees and forests tell of the same rows. JSON in, JSON out."""

import json
import sys

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

request = json.load(sys.stdin)
train = np.array(request["train"], dtype=np.float32)
test = np.array(request["test"], dtype=np.float32)
targets = np.array(request["targets"])
settings = {"min_samples_leaf": request["minLeaf"], "max_depth": request["maxDepth"] or None, "random_state": 1}


def told(model, rows):
    """What is told of rows, one column for each target: numbers, or shares of 1."""
    if not hasattr(model, "predict_proba"):
        return model.predict(rows)
    shares = model.predict_proba(rows)
    shares = shares if isinstance(shares, list) else [shares]
    classes = model.classes_ if isinstance(model.classes_, list) else [model.classes_]
    columns = [share[:, list(names).index(1)] if 1 in names else np.zeros(len(rows)) for share, names in zip(shares, classes)]
    return np.stack(columns, axis=1)


if request["regression"]:
    tree, forest = DecisionTreeRegressor, RandomForestRegressor
else:
    tree, forest = DecisionTreeClassifier, RandomForestClassifier
one = tree(**settings).fit(train, targets)
many = forest(n_estimators=request["trees"], max_features="sqrt", oob_score=False, **settings).fit(train, targets)
json.dump(
    {
        "tree": np.asarray(told(one, train)).ravel().tolist(),
        "leaves": int(one.get_n_leaves()),
        "depth": int(one.get_depth()),
        "importance": one.feature_importances_.tolist(),
        "forest": np.asarray(told(many, test)).ravel().tolist(),
        "forestImportance": many.feature_importances_.tolist(),
    },
    sys.stdout,
)
