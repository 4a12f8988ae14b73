"""What the programs of a race left behind: seconds by stage, logits."""
import json
import re

import h5py
import numpy as np


def coxswain_seconds(log):
    """By stage, of `run --timings`; models' loading and the sealing left out."""
    seconds, stage = {}, None
    for line in log.read_text().split("\n"):
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


def peer_seconds(output):
    return json.loads(output.read_text().strip().split("\n")[-1])["seconds"]


def coxswain_logits(results):
    """[item, layer, multiplier] of the original vector, both answers."""
    with h5py.File(results) as h5:
        rows = h5["tables/propensity"][:]
        variants = h5["tables/variants"][:]
    rows = rows[np.isin(rows["variant"], variants["id"][variants["source"] == 0])]
    axes = [np.unique(rows[axis]) for axis in ("item", "layer", "multiplier")]
    rows = np.sort(rows, order=["item", "layer", "multiplier"])
    shape = [len(axis) for axis in axes]
    return rows["logit_match"].reshape(shape), rows["logit_other"].reshape(shape)


def distance_of_logits(ours, theirs):
    """The largest; `theirs` as the peers keep them (npz)."""
    return float(max(np.abs(ours[0] - theirs["logit_match"]).max(),
                     np.abs(ours[1] - theirs["logit_other"]).max()))
