#!/usr/bin/env python3
"""Vectors of contrast pairs by the ways that jobs/steering has, by numpy 2.4 and scikit-learn 1.9.

    python tests/data/make/vector_methods.py tests/data/vector_methods

Activations are multiples of 1/64, so that float32 holds them and their differences without rounding. Directions are of
float64; those of the file are as long as the mean difference. Each regression's gradient is checked to vanish.
"""
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression


def pairs(seed, n, d, offset, signal):
    random = np.random.default_rng(seed)
    mixing = random.normal(size=(d, d)) / np.sqrt(d)
    base = offset * random.normal(size=d) + random.normal(size=(n, d)) @ mixing
    shift = signal * random.normal(size=d) / np.sqrt(d)
    noise = [random.normal(size=(n, d)) @ mixing for _ in range(2)]
    grid = lambda x: np.round(64 * x) / 64
    return grid(base + shift + 0.5 * noise[0]), grid(base - shift + 0.5 * noise[1])


def largest(differences):
    return np.linalg.svd(differences, full_matrices=False)[2][0]


def logistic(positive, negative):
    x = np.vstack([positive, negative])
    y = np.repeat([1, -1], len(positive))
    model = LogisticRegression(C=1, tol=1e-12, solver="newton-cholesky", max_iter=1000).fit(x, y)
    w, b = model.coef_[0].copy(), model.intercept_[0]
    # scikit-learn stops by the gradient; a few plain steps of Newton's method on the same objective end at rounding.
    a = np.hstack([x, np.ones((len(x), 1))])
    theta, ridge = np.append(w, b), np.append(np.ones(len(w)), 0)
    for _ in range(5):
        doubt = 1 / (1 + np.exp(y * (a @ theta)))
        gradient = ridge * theta - a.T @ (y * doubt)
        theta = theta - np.linalg.solve((a.T * (doubt * (1 - doubt))) @ a + np.diag(ridge), gradient)
    assert np.linalg.norm(theta[:-1] - w) < 1e-6 * np.linalg.norm(w), "scikit-learn's solution is another one"
    doubt = 1 / (1 + np.exp(y * (a @ theta)))
    assert np.linalg.norm(ridge * theta - a.T @ (y * doubt)) < 1e-9
    return theta[:-1]


def vectors(positive, negative):
    differences = positive - negative
    mean = differences.mean(axis=0)
    around_zero = largest(differences)
    centred = PCA(n_components=1, svd_solver="full").fit(differences).components_[0]
    made = {
        "mean-difference": mean,
        "pca": around_zero * np.sign(around_zero @ mean),
        "pca-centred": centred * np.sign(np.sum(np.sign(differences @ centred))),
        "logistic": logistic(positive, negative),
        "positive-mean": positive.mean(axis=0),
    }
    length = np.linalg.norm(mean)
    return {name: list(v * length / np.linalg.norm(v)) for name, v in made.items()}


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    cases = []
    for name, n, d, offset, signal in (("few pairs", 7, 24, 3, 1.5), ("more pairs than numbers", 41, 6, 1, 0.4),
                                       ("far from 0", 12, 16, 200, 0.7), ("hardly apart", 30, 10, 2, 0.1)):
        positive, negative = pairs(len(cases) + 1, n, d, offset, signal)
        cases.append({"name": name, "positive": positive.tolist(), "negative": negative.tolist(),
                      "vectors": vectors(positive, negative)})
    text = json.dumps(cases, separators=(",", ":"))
    (folder / "cases.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
