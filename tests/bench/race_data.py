"""race_data.py PAIRS SWEEP PEERS: the same 64 pairs and 16 questions for both.

SWEEP gets them alone: a sweep trains on the first pairs of its file and tests
on the last. PEERS is PAIRS without what the peers would leave out by themselves.
"""
import json
import sys


def usable(line):
    pair = json.loads(line)
    answers = {pair[f"answer_{kind}_behavior"].strip()
               for kind in ("matching", "not_matching")}
    return answers == {"(A)", "(B)"}


source, sweep, peers = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    lines = [line for line in file if line.strip() and usable(line)]
with open(peers, "w", encoding="utf-8") as file:
    file.writelines(lines)
with open(sweep, "w", encoding="utf-8") as file:
    file.writelines(lines[:-50][:64] + lines[-50:][:16])
