#!/usr/bin/env python3
"""detectable_effects.py: the golden values of analysis.detectable_effect, the
effect that a two-sided t test at 5 % finds with a power of 80 %. The power is
integrated over the estimated deviation. Needs scipy."""

import math

from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import chi2, norm, t


def power(d, df):
    """That |Z + d| / sqrt(V / df) is beyond t(0.975), Z normal, V chi squared."""
    limit = t.ppf(0.975, df)

    def beyond(v):
        at = limit * math.sqrt(v / df)
        return (norm.sf(at - d) + norm.cdf(-at - d)) * chi2.pdf(v, df)

    edges = [chi2.ppf(q, df) for q in (1e-14, 0.1, 0.5, 0.9)]
    edges.append(chi2.isf(1e-14, df))
    return sum(quad(beyond, low, high, epsabs=1e-13, epsrel=1e-12)[0]
               for low, high in zip([0] + edges, edges))


def noncentrality(df):
    return brentq(lambda d: power(d, df) - 0.8, 1, 8, xtol=1e-12)


def of_one(n):
    return noncentrality(n - 1) / math.sqrt(n)


def of_two(a, b):
    var = 1 / a + 1 / b
    df = var**2 / (1 / a**2 / (a - 1) + 1 / b**2 / (b - 1))
    return noncentrality(df) * math.sqrt(var) / 2


for n in (6, 10, 20, 50, 200):
    print(f"{n}: {of_one(n):.9f}")
for a, b in ((4, 4), (4, 20), (10, 10), (33, 27)):
    print(f"{a}, {b}: {of_two(a, b):.9f}")
