"""Resamples and balanced shuffles of clusters, drawn as jobs/README.md says, for tests/jobs/resampled_clusters_test.cpp.

    python tests/data/make/cluster_draws.py        (needs numpy)
"""
import json
from pathlib import Path

import numpy as np

M = np.array([0xD2511F53, 0xCD9E8D57], dtype=np.uint64)
W = np.array([0x9E3779B9, 0xBB67AE85], dtype=np.uint64)
LOW = np.uint64(0xFFFFFFFF)


def philox(counter, key):
    """Philox4x32-10 (Salmon et al. 2011, section 3.3)."""
    c, k = [np.uint64(x) for x in counter], np.array(key, dtype=np.uint64)
    for _ in range(10):
        left, right = M[0] * c[0], M[1] * c[2]
        c = [(right >> np.uint64(32)) ^ c[1] ^ k[0], right & LOW, (left >> np.uint64(32)) ^ c[3] ^ k[1], left & LOW]
        k = (k + W) & LOW
    return [int(x) for x in c]


# Random123's known answers (kat_vectors).
assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
assert philox([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0]) == [
    0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


def words(high, low):
    block = 0
    while True:
        yield from philox([block, 0, high & 0xFFFFFFFF, high >> 32], [low & 0xFFFFFFFF, low >> 32])
        block += 1


def strata(clusters):
    found = {}
    for cluster, stratum in clusters:
        if cluster not in found.setdefault(stratum, []):
            found[stratum].append(cluster)
    return [found[s] for s in sorted(found)]


def counts(clusters, key):
    word, drawn = words(*key), {}
    for members in strata(clusters):
        for _ in members:
            one = members[next(word) * len(members) // 2**32]
            drawn[one] = drawn.get(one, 0) + 1
    return [drawn.get(cluster, 0) for cluster, _ in clusters]


def signs(clusters, key):
    word, sign = words(*key), {}
    one_more = next(word) >= 2**31  # of the next odd stratum
    for members in strata(clusters):
        order = list(members)
        drawn = [next(word) for _ in order]
        for last in range(len(order) - 1, 0, -1):
            other = drawn[len(order) - 1 - last] * (last + 1) // 2**32
            order[last], order[other] = order[other], order[last]
        half = len(order) // 2
        if len(order) % 2 == 1:
            half += one_more
            one_more = not one_more
        for place, cluster in enumerate(order):
            sign[cluster] = -1 if place < half else 1
    return [sign[cluster] for cluster, _ in clusters]


random = np.random.default_rng(11)
cases = []
for sizes in [{0: 1}, {0: 8}, {-1: 5, 1: 7}, {-1: 6, 0: 3, 1: 9}, {-1: 3, 0: 5, 1: 1}, {0: 40}]:
    pairs, number = [], 100
    for stratum, n in sizes.items():
        for _ in range(n):
            pairs += [[number, stratum]] * int(random.integers(1, 5))
            number += int(random.integers(1, 4))
    pairs = [pairs[i] for i in random.permutation(len(pairs))]
    for _ in range(4):
        key = [int(random.integers(0, 2**63)), int(random.integers(0, 2**63))]
        cases.append({"key": key, "clusters": pairs, "counts": counts(pairs, key), "signs": signs(pairs, key)})
folder = Path(__file__).parent.parent / "cluster_draws"
folder.mkdir(exist_ok=True)
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
(folder / "cases.json").write_text("[\n" + lines + "\n]\n")
