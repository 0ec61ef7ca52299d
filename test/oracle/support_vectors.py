"""Trains support vector machines with scikit-learn on a kernel matrix.

Stdin: {"kernel": rows of k(x_i, x_j), "labels": 1 or -1 each, "C": number}
Stdout: {"freeBias": {"objective", "bias"}, "smallBias": {"scores"}}

freeBias: SVC on the matrix, whose bias costs nothing; the objective is the dual's, which at the end is also half the squared
weights plus C times the sum of hinges. smallBias: LinearSVC on vectors that have this kernel, whose bias is the weight of a
feature of 1.
"""

import json
import sys

import numpy as np
from sklearn.svm import SVC, LinearSVC

request = json.load(sys.stdin)
kernel = np.array(request["kernel"])
labels = np.array(request["labels"])
cost = request["C"]

machine = SVC(kernel="precomputed", C=cost, tol=1e-8).fit(kernel, labels)
weights = np.zeros(len(labels))
weights[machine.support_] = machine.dual_coef_[0]
objective = np.abs(weights).sum() - 0.5 * weights @ kernel @ weights

vectors = np.linalg.cholesky(kernel + 1e-10 * np.eye(len(labels)))
linear = LinearSVC(loss="hinge", C=cost, tol=1e-9, max_iter=1_000_000, intercept_scaling=1)
linear.fit(vectors, labels)

json.dump(
    {
        "freeBias": {"objective": objective, "bias": machine.intercept_[0]},
        "smallBias": {"scores": linear.decision_function(vectors).tolist()},
    },
    sys.stdout,
)
