"""race_data.py PAIRS SWEEP PEERS: the same 64 pairs and 16 questions for both.

SWEEP gets them alone: a sweep trains on the first pairs of its file and tests
on the last. PEERS is PAIRS without what the peers would leave out by themselves.
"""
import json
import sys
from pathlib import Path


def usable(line):
    pair = json.loads(line)
    answers = {pair[f"answer_{kind}_behavior"].strip()
               for kind in ("matching", "not_matching")}
    return answers == {"(A)", "(B)"}


def write_race_data(source, sweep, peers):
    with open(source, encoding="utf-8") as file:
        lines = [line for line in file if line.strip() and usable(line)]
    Path(peers).write_text("".join(lines), encoding="utf-8")
    Path(sweep).write_text("".join(lines[:-50][:64] + lines[-50:][:16]),
                           encoding="utf-8")


if __name__ == "__main__":
    write_race_data(*sys.argv[1:])
