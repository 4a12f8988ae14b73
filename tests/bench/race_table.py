"""race_table.py FOLDER ROUNDS: what tests/bench/race left there, as a table.

Exits with 1 if the results do not agree: logits within 1e-4 in float32,
propensities within 0.5 of the peer's float32 ones in bfloat16 (ours within
0.07).
"""
import json
import re
import sys
from pathlib import Path

import h5py
import numpy as np

LOGITS = 1e-4
PROPENSITY = {"coxswain": 0.07, "caa_style": 0.5, "batched_hooks": 0.5,
              "exact_reuse": 0.5}
LARGE_PASSES = 16 * 30 * 21 * 3  # items, layers, multipliers, variants
folder, rounds = Path(sys.argv[1]), int(sys.argv[2])


def coxswain(grid, dtype, n):
    """Seconds by stage, models' loading and the sealing left out."""
    seconds, stage = {}, None
    for line in (folder / f"coxswain.{grid}.{dtype}.{n}").read_text().split("\n"):
        if found := re.match(r"  (\w+) +\d+ tasks +([\d.]+) s", line):
            stage = found[1]
            seconds[stage] = float(found[2])
        elif found := re.match(r"    (.+?) +([\d.]+) s$", line):
            if found[1] == "load":
                seconds[stage] -= float(found[2])
            else:
                seconds[f"{stage}: {found[1]}"] = float(found[2])
        elif found := re.match(r"timings of planning: ([\d.]+) s", line):
            seconds["planning"] = float(found[1])
    return seconds


def peer(name, grid, dtype, n):
    text = (folder / f"{name}.{grid}.{dtype}.{n}").read_text()
    return json.loads(text.strip().split("\n")[-1])["seconds"]


def ours(grid, dtype):
    """Logits [item, layer, multiplier] of the original vector, both answers."""
    with h5py.File(folder / f"coxswain.{grid}.{dtype}.h5") as h5:
        rows = h5["tables/propensity"][:]
        variants = h5["tables/variants"][:]
    rows = rows[np.isin(rows["variant"], variants["id"][variants["source"] == 0])]
    axes = [np.unique(rows[axis]) for axis in ("item", "layer", "multiplier")]
    rows = np.sort(rows, order=["item", "layer", "multiplier"])
    shape = [len(axis) for axis in axes]
    return rows["logit_match"].reshape(shape), rows["logit_other"].reshape(shape)


def agree():
    """Prints the distances; True if the race counts."""
    fine = True
    for grid in ("small", "large"):
        exact = ours(grid, "float32")
        for name in ("caa_style", "batched_hooks", "exact_reuse"):
            for dtype in ("float32", "bfloat16"):
                path = folder / f"{name}.{grid}.{dtype}.npz"
                if not path.exists():
                    continue
                theirs = np.load(path)
                if dtype == "float32":
                    distance = max(np.abs(exact[0] - theirs["logit_match"]).max(),
                                   np.abs(exact[1] - theirs["logit_other"]).max())
                    what, most = "logits", LOGITS
                else:
                    distance = np.abs(exact[0] - exact[1]
                                      - theirs["propensity"]).max()
                    what, most = "propensities", PROPENSITY[name]
                fine &= distance <= most
                print(f"{name:14} {grid:6} {dtype:9} {what} within "
                      f"{distance:.2e} of ours in float32 (most: {most})")
        match, other = ours(grid, "bfloat16")
        distance = np.abs(match - other - exact[0] + exact[1])
        fine &= distance.max() <= PROPENSITY["coxswain"]
        print(f"{'coxswain':14} {grid:6} bfloat16  propensities within "
              f"{distance.max():.2e} (mean {distance.mean():.2e}) of ours in float32")
    return fine


def main():
    print(f"{'':50}" + "".join(f"{'round ' + str(n + 1):>24}" for n in range(rounds)))
    for dtype in ("float32", "bfloat16"):
        rates = [json.loads((folder / f"rate.{dtype}.{n + 1}").read_text())[dtype]
                 ["best_gflops"] for n in range(rounds)]
        print(f"{dtype}: matrix products, GFLOP/s".ljust(50)
              + "".join(f"{rate:24.0f}" for rate in rates))
        for what, grid, stage, names in (
                ("extraction, 64 pairs x 30 layers", "small", "extract",
                 ("caa_style", "batched_hooks", "exact_reuse")),
                ("evaluation, 16 x 5 x 7", "small", "evaluate",
                 ("caa_style", "batched_hooks", "exact_reuse")),
                ("evaluation, 16 x 30 x 21 x 3", "large", "evaluate",
                 ("caa_style", "exact_reuse"))):
            mine = [coxswain(grid, dtype, n + 1) for n in range(rounds)]
            print(f"  {what}: coxswain, s".ljust(50)
                  + "".join(f"{one[stage]:24.2f}" for one in mine))
            for name in names:
                cells = ""
                for n, one in enumerate(mine):
                    if grid == "large" and name == "caa_style":
                        # Its time a pass, times the passes.
                        took = (peer(name, "small", dtype, n + 1)["evaluate"]
                                / (16 * 5 * 7) * LARGE_PASSES)
                    else:
                        took = peer(name, grid, dtype, n + 1)[stage]
                    ratio = f"{took:.2f} s = {took / one[stage]:.2f}x"
                    cells += f"{ratio:>24}"
                print(f"    {name}".ljust(50) + cells)
        planning = [coxswain("small", dtype, n + 1)["planning"] for n in range(rounds)]
        print("  coxswain's planning (headers, tokens), s".ljust(50)
              + "".join(f"{one:24.2f}" for one in planning))
    return 0 if agree() else 1


if __name__ == "__main__":
    sys.exit(main())
