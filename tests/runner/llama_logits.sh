#!/usr/bin/env bash
# llama_logits.sh BUILD_FOLDER: on the real model, logits under control vectors
# are those that llama.cpp itself has of the same files, where they act together
# and at every position (tests/data/make/llama_logits.py made them).
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/support/expect.sh
. "$here/../support/expect.sh"
build=$1
models=$here/../../examples/first_light/models
if ! ls "$models"/*.gguf > /dev/null 2>&1; then
  echo "skipped: the model is not here (examples/first_light/fetch_model)"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
cp "$here"/../data/llama/* "$folder"
ln -s "$(cd "$models" && pwd)" "$folder/models"
expect 0 "tasks sealed in" "$coxswain" run "$folder/sweep.toml" --out "$folder/run"
"$coxswain" export "$folder/run" --out "$folder/tables" --format csv > "$folder/log"
python3 - "$folder" << 'END'
import csv, json, sys

# Steering moves logits by up to 5 here, and a layer too many or too few leaves
# them wrong by up to 11.
AT_MOST = 2e-4

def rows(table):
    with open(f"{sys.argv[1]}/tables/tables/{table}.csv") as file:
        return list(csv.DictReader(file))

with open(f"{sys.argv[1]}/golden.json") as file:
    golden = {f"{one['vector']} on {one['pairs']}": one for one in json.load(file)}
names = {row["id"]: row["name"] for row in rows("behaviours")}
variants = {row["id"]: names[row["behaviour"]] for row in rows("variants") if row["source"] == "0"}
items = rows("items")
worst, n = 0, 0
for row in rows("propensity"):
    title = variants.get(row["variant"])
    if title not in golden:
        continue
    item = items[int(row["item"])]  # a row of tables/items
    line, entry = int(item["line"]), golden[title]
    theirs = entry["items"][line]
    assert (len(theirs["prompt"]), theirs["match"], theirs["other"]) == tuple(
        int(item[key]) for key in ("tokens", "token_match", "token_other")), item
    logits = {float(key): value for key, value in entry["logits"].items()}
    for ours, other in zip((row["logit_match"], row["logit_other"], row["log_sum_exp"]),
                           logits[float(row["multiplier"])][line], strict=True):
        worst = max(worst, abs(float(ours) - other))
        n += 1
print(f"{n} numbers, largest difference from llama.cpp's {worst:.1e}, tolerance {AT_MOST:.0e}")
assert n == 3 * 5 * 3 * 14 and worst < AT_MOST, (n, worst)
END

# What export says for llama.cpp has all layers that acted together.
"$coxswain" export "$folder/run" --out "$folder/vectors" > "$folder/out"
grep -q 'ends_on_letters/original.gguf:1$' "$folder/out"
grep -q 'it has layers 1, 15, 29, which act together' "$folder/out"
