#!/usr/bin/env python3
"""statistics.py > ../statistics/from_numpy.txt: p of families of comparisons,
every pattern of signs one by one, with numpy's least squares. A line a name: its
numbers."""

import itertools

import numpy as np

# Group, clusters, answers (none: signs are flipped).
FAMILY = [
    (0, [1, 2, 3, 4, 5], None),
    (0, [1, 2, 4, 5], None),
    (7, [2, 3, 5, 8, 9, 11, 12, 13], [1, 1, 1, 1, -1, -1, -1, -1]),
    (7, [2, 3, 5, 8, 9, 11, 12, 13], [1, 1, 1, 0, 0, -1, -1, -1]),
    (7, [2, 3, 5, 8, 9, 11, 12], [1, 1, 1, 1, -1, -1, -1]),
    (7, [3, 5, 8, 9, 11, 12, 13], None),
]


def put(name, numbers):
    print(name, *(f"{x:.15g}" for x in np.atleast_1d(numbers)))


def scaled_t(y, answers):
    """Content over its HC2 error, as G t^2 / (G - 1 + t^2)."""
    x = np.column_stack([np.ones(len(y)), answers])
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    residuals = y - x @ beta
    inverse = np.linalg.inv(x.T @ x)
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x)
    half = inverse @ x.T
    variance = (half * (residuals**2 / (1 - leverage)) @ half.T)[0, 0]
    t2 = beta[0]**2 / variance
    return len(y) * t2 / (len(y) - 1 + t2)


def statistic(y, answers, signs):
    if answers is None:
        return (signs @ y)**2 / (y @ y)
    a = np.array(answers, float)
    letter = (a @ y) / (a @ a)
    return scaled_t(letter * a + signs * (y - letter * a), a)


def main():
    random = np.random.default_rng(5)
    effects = [0.8, 0.1, 1.0, 0.7, 0.1, 0.9]
    differences = [
        np.round(random.normal(size=len(clusters)) + effect +
                 1.5 * np.array(answers or 0), 3)
        for (_, clusters, answers), effect in zip(FAMILY, effects)]
    places = sorted({(group, c) for group, clusters, _ in FAMILY
                     for c in clusters})
    patterns = list(itertools.product([1.0, -1.0], repeat=len(places)))
    found = np.empty((len(FAMILY), len(patterns)))
    for i, pattern in enumerate(patterns):
        sign = dict(zip(places, pattern))
        for j, (group, clusters, answers) in enumerate(FAMILY):
            signs = np.array([sign[group, c] for c in clusters])
            found[j, i] = statistic(differences[j], answers, signs)
    observed = found[:, 0]
    order = np.argsort(-observed)
    adjusted = np.empty(len(FAMILY))
    least = 0.0
    for rank, j in enumerate(order):
        largest = found[order[rank:]].max(axis=0)
        least = max(least, np.mean(largest >= observed[j] - 1e-9))
        adjusted[j] = least
    for j, (group, clusters, answers) in enumerate(FAMILY):
        put(f"wild.{j}.group", group)
        put(f"wild.{j}.clusters", clusters)
        put(f"wild.{j}.answers", answers or [])
        put(f"wild.{j}.differences", differences[j])
    put("wild.p", np.mean(found >= observed[:, None] - 1e-9, axis=1))
    put("wild.adjusted", adjusted)


main()
