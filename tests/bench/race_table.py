"""race_table.py FOLDER ROUNDS: what tests/bench/race left there, as a table.

Exits with 1 if the results do not agree: logits within 1e-4 in float32,
propensities within 0.5 of the peer's float32 ones in bfloat16 (ours within
0.07).
"""
import json
import sys
from pathlib import Path

import numpy as np

from race_results import (coxswain_logits, coxswain_seconds,
                          distance_of_logits, peer_seconds)

LOGITS = 1e-4
PROPENSITY = {"coxswain": 0.07, "caa_style": 0.5, "batched_hooks": 0.5,
              "exact_reuse": 0.5}
LARGE_PASSES = 16 * 30 * 21 * 3  # items, layers, multipliers, variants
folder, rounds = Path(sys.argv[1]), int(sys.argv[2])


def coxswain(grid, dtype, n):
    return coxswain_seconds(folder / f"coxswain.{grid}.{dtype}.{n}")


def peer(name, grid, dtype, n):
    return peer_seconds(folder / f"{name}.{grid}.{dtype}.{n}")


def ours(grid, dtype):
    return coxswain_logits(folder / f"coxswain.{grid}.{dtype}.h5")


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
                    distance = distance_of_logits(exact, theirs)
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
