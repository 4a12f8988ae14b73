#!/usr/bin/env python3
"""Makes tests/data/exchanged_signs/toy.json: the signs of code differences of a
small SAE with x+ and x- exchanged for whole clusters, in float64 and by their
definitions. Needs numpy.

All numbers are small multiples of 1/8 and pairs are 16 or 32, so that sums of
float32 are exact and equal differences, and projections of 0, really are.

    exchanged_signs.py [FILE]
"""
import itertools
import json
import pathlib
import sys

import numpy as np

D_IN, D_SAE, MOST, SHUFFLES = 5, 48, 10, 300


def philox(counter, key):
    """Philox4x32-10 (Salmon et al. 2011)."""
    for _ in range(10):
        a, b = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [(b >> 32) ^ counter[1] ^ key[0], b & 0xFFFFFFFF,
                   (a >> 32) ^ counter[3] ^ key[1], a & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


def words(high, low):
    block = 0
    while True:
        yield from philox([block, 0, high & 0xFFFFFFFF, high >> 32], [low & 0xFFFFFFFF, low >> 32])
        block += 1


def strata_of(clusters, strata):
    """Numbers of the clusters in each stratum, clusters in the order in which pairs name them."""
    order = list(dict.fromkeys(clusters))
    stratum = dict(zip(clusters, strata))
    return order, [[i for i, one in enumerate(order) if stratum[one] == s] for s in sorted(set(strata))]


def exchanged_in(members, left_over):
    counts = []
    for one in members:
        counts.append(len(one) // 2)
        if len(one) % 2:
            counts[-1] += left_over  # alike in all strata
    return counts


def drawn(order, members, key):
    random = words(*key)
    for _ in range(SHUFFLES):
        signs = np.ones(len(order))
        for one, n in zip(members, exchanged_in(members, next(random) >> 31)):
            one = list(one)
            random_words = [next(random) for _ in one]  # one is not needed
            for left, word in zip(range(len(one), 1, -1), random_words):
                at = word * left >> 32
                one[left - 1], one[at] = one[at], one[left - 1]
            signs[one[:n]] = -1
        yield signs


def every(order, members):
    sides = [0, 1] if any(len(one) % 2 for one in members) else [0]
    for side in sides:
        counts = exchanged_in(members, side)
        for chosen in itertools.product(*(itertools.combinations(one, n) for one, n in zip(members, counts))):
            signs = np.ones(len(order))
            signs[[i for some in chosen for i in some]] = -1
            yield signs


def signs_of(sae, positive, negative):
    encode = lambda x: np.maximum((x - sae["b_dec"]) @ sae["W_enc"] + sae["b_enc"], 0)
    difference = encode(positive).mean(0) - encode(negative).mean(0)
    projection = (positive - negative).mean(0) @ sae["W_enc"]
    order = np.argsort(-np.abs(difference), kind="stable")[:MOST]
    chosen = order[difference[order] != 0]
    counts = [0, 0, 0, 0]
    for j in chosen:
        counts[2 * (difference[j] < 0) + (projection[j] < 0)] += 1
    return counts


def behaviour(sae, rng, clusters, strata, key):
    x = rng.integers(-16, 17, (len(clusters), 2, D_IN)) / 8
    x[:, 0] += rng.integers(-8, 9, D_IN) / 8  # the labels mean something
    order, members = strata_of(clusters, strata)
    everything = list(itertools.islice(every(order, members), SHUFFLES + 1))
    rows = everything if len(everything) <= SHUFFLES else list(drawn(order, members, key))
    counts = np.zeros((4, MOST + 1), int)
    for signs in rows:
        of_pair = signs[[order.index(one) for one in clusters]][:, None]
        positive = np.where(of_pair > 0, x[:, 0], x[:, 1])
        negative = np.where(of_pair > 0, x[:, 1], x[:, 0])
        for which, n in enumerate(signs_of(sae, positive, negative)):
            counts[which, n] += 1
    return {"clusters": clusters, "strata": strata, "key": list(key), "eighths": (8 * x).astype(int).tolist(),
            "as_they_are": signs_of(sae, x[:, 0], x[:, 1]), "counts": counts.tolist(),
            "first": "".join("-+"[int(one > 0)] for one in rows[0])}


def main():
    rng = np.random.default_rng(11)
    sae = {"W_enc": rng.integers(-8, 9, (D_IN, D_SAE)) / 8, "b_enc": rng.integers(-16, 5, D_SAE) / 8,
           "W_dec": rng.integers(-8, 9, (D_SAE, D_IN)) / 8, "b_dec": rng.integers(-4, 5, D_IN) / 8}
    # Twins: their differences are equal, and the first is chosen.
    sae["W_enc"][:, 24:30], sae["b_enc"][24:30] = sae["W_enc"][:, :6], sae["b_enc"][:6]
    behaviours = [
        # 12 and 11 clusters, some of several pairs.
        behaviour(sae, rng, [7, 7, 7] + list(range(100, 120)) + [7, 5, 5, 3, 3, 3, 5, 104, 110],
                  [1, 1, 1] + [1 if i % 2 else -1 for i in range(20)] + [1, -1, -1, -1, -1, -1, -1, -1, -1],
                  (3, 1 << 40)),
        # 16 clusters, two pairs each.
        behaviour(sae, rng, list(range(16)) * 2, [0] * 32, ((5 << 32) + 1, 9)),
        # 8 clusters: 70 exchanges, all of them.
        behaviour(sae, rng, [i // 2 for i in range(16)], [0] * 16, (1, 2)),
    ]
    to = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                      pathlib.Path(__file__).parents[1] / "exchanged_signs" / "toy.json")
    text = json.dumps({"most": MOST, "shuffles": SHUFFLES,
                       "sae": {name: (8 * values).astype(int).tolist() for name, values in sae.items()},
                       "behaviours": behaviours}, separators=(",", ":"))
    to.write_text(text + "\n")


main()
