#!/usr/bin/env python3
"""How far Coxswain's steered logits are from llama.cpp's.

    python llama_compare.py golden.json RUN/results.h5 [--at-most 2e-4]        (needs numpy, h5py; golden.json is llama_logits.py's)

The sweep has template "plain", positions "all" and act "together"; its [[vector_file]] name and [[data]] behaviour are the files' names
without their ends (`several on letters`). For each multiplier: how far the vector moves logit(matching) - logit(other) in llama.cpp from
where multiplier 0 (which has to be there) leaves it, and by how much both logits, their difference and log_sum_exp are off: root mean
square, and largest. Ends with 1 beyond --at-most.
"""
import argparse
import json
import sys
from pathlib import Path

import h5py
import numpy as np

NAMES = ("effect", "logit_match", "logit_other", "difference", "log_sum_exp")


def read(path):
    with h5py.File(path) as h5:
        table = {name: h5[f"tables/{name}"][:] for name in ("behaviours", "items", "variants", "propensity")}
        kinds = {int(row["id"]): row["name"].decode() for row in h5["names/variants"][:]}
    names = {int(row["id"]): row["name"].decode() for row in table["behaviours"]}
    return table, {int(v["id"]): names[int(v["behaviour"])] for v in table["variants"] if kinds[int(v["source"])] == "original"}


def rows_of(entry, table, variants):
    """By multiplier: lines of the pairs' file, and the three numbers of each. `item` of a propensity is a row of tables/items."""
    title, found = f"{entry['vector']} on {entry['pairs']}", {}
    for row in table["propensity"]:
        if variants.get(int(row["variant"])) != title:
            continue
        item = table["items"][row["item"]]
        theirs = entry["items"][item["line"]]
        if (len(theirs["prompt"]), theirs["match"], theirs["other"]) != (item["tokens"], item["token_match"], item["token_other"]):
            sys.exit(f"{title}, line {item['line'] + 1}: llama.cpp has other tokens")
        found.setdefault(float(row["multiplier"]), {})[int(item["line"])] = [row["logit_match"], row["logit_other"], row["log_sum_exp"]]
    return title, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("golden", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--at-most", type=float, default=float("inf"))
    options = parser.parse_args()
    table, variants = read(options.results)
    worst = 0
    print(f"{'':24}{'multiplier':>10}{'n':>4}" + "".join(f"{name:>20}" for name in NAMES))
    for entry in json.loads(options.golden.read_text()):
        title, found = rows_of(entry, table, variants)
        for multiplier, logits in entry["logits"].items():
            ours = found.get(float(multiplier))
            if not ours:
                sys.exit(f"{title}: results have no multiplier {multiplier}")
            at = sorted(ours)
            theirs, clean = np.array(logits)[at], np.array(entry["logits"]["0"])[at]
            effect = (theirs - clean) @ [1, -1, 0]
            off = np.array([ours[line] for line in at], dtype=np.float64) - theirs
            columns = [effect, off[:, 0], off[:, 1], off @ [1, -1, 0], off[:, 2]]
            worst = max(worst, np.abs(off).max())
            numbers = (f"{np.sqrt(np.mean(c**2)):>11.1e}{np.abs(c).max():>9.1e}" for c in columns)
            print(f"{title:24}{multiplier:>10}{len(at):4}" + "".join(numbers))
    print(f"largest difference of a logit: {worst:.1e}")
    return worst > options.at_most


if __name__ == "__main__":
    sys.exit(int(main()))
