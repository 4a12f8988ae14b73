#!/usr/bin/env bash
# features.sh BUILD_FOLDER: features of SAEs, added and clamped: planned,
# computed by any number of workers, grown, reported, exported, refused.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/support/expect.sh
. "$here/../support/expect.sh"
# shellcheck source=tests/support/mpi.sh
. "$here/../support/mpi.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/sweep"
sweep=$folder/sweep/sweep.toml
run() {  # CODE TEXT RUN ARGUMENT...
  expect "$1" "$2" "$coxswain" run "$sweep" --out "$folder/$3" "${@:4}"
}

run 0 "tasks sealed in" base
cat >> "$sweep" << 'END'

[[feature]]
sae = "toy-sae"
feature = [4, 9]
clamp = [0, 5]
END
cp "$sweep" "$folder/two.toml"

# Beside all that was there, by any number of workers.
cp -r "$folder/base" "$folder/grown"
expect 0 "features" "$coxswain" plan "$sweep" --out "$folder/grown"
run 0 "tasks sealed in" grown
run 0 "tasks sealed in" fresh
cmp "$folder/grown/results.h5" "$folder/fresh/results.h5"
for workers in 2 4; do
  expect 0 "tasks sealed in" mpi_run $((workers + 1)) "$coxswain" run "$sweep" \
    --out "$folder/workers$workers"
  cmp "$folder/fresh/results.h5" "$folder/workers$workers/results.h5"
done

"$coxswain" export "$folder/fresh" --out "$folder/tables" --format csv \
  > "$folder/log"
python3 - "$folder/tables" << 'END'
import csv, collections, math, sys

def rows(table):
    with open(f"{sys.argv[1]}/tables/{table}.csv") as file:
        return list(csv.DictReader(file))

with open(f"{sys.argv[1]}/names/operations.csv") as file:
    operations = {row["id"]: row["name"] for row in csv.DictReader(file)}
variants = {row["id"]: row for row in rows("variants")}
features = {id: row for id, row in variants.items() if row["feature"] != "-1"}
found = collections.Counter((row["behaviour"], row["feature"], operations[row["operation"]],
                             row["clamped_to"]) for row in features.values())
n = len({row["behaviour"] for row in features.values()})
assert len(found) == n * 2 * 3 and set(found.values()) == {1}, found
assert {key[2:] for key in found} == {("add", ""), ("clamp", "0"), ("clamp", "5")}, found

# Multiplier 0 is the identity; clamping moves something elsewhere, and has no
# dose.
clean = {}
for row in rows("propensity"):
    if float(row["multiplier"]) == 0:
        clean.setdefault(row["item"], (row["logit_match"], row["logit_other"]))
        assert clean[row["item"]] == (row["logit_match"], row["logit_other"]), row
moved = collections.Counter()
for row in rows("propensity"):
    variant = features.get(row["variant"])
    if variant is None or float(row["multiplier"]) == 0:
        continue
    clamped = operations[variant["operation"]] == "clamp"
    assert (row["dose"] == "") == clamped, row
    if (row["logit_match"], row["logit_other"]) != clean[row["item"]]:
        moved[(variant["feature"], variant["clamped_to"])] += 1
for feature in ("4", "9"):
    assert moved[(feature, "5")] > 0 and moved[(feature, "")] > 0, moved
END

expect 0 "clamp of feature 4 (toy-sae, to 5)" "$coxswain" report "$folder/fresh" --all
"$coxswain" report "$folder/fresh" --write > "$folder/log"
grep -q "clamp of feature 9" "$folder/fresh/report/report.html"
"$coxswain" export "$folder/fresh" --out "$folder/vectors" > "$folder/log"
grep -q "layer_2/toy-sae/feature_9-clamp-to_5" "$folder/vectors/"*.safetensors

# One more value computes its own cells alone.
sed -i 's/^clamp.*/clamp = [0, 5, 7]/' "$sweep"
"$coxswain" plan "$sweep" --out "$folder/grown" > "$folder/log"
grep -q "value that features are clamped to: 7" "$folder/log"
run 0 "tasks sealed in" grown
run 0 "tasks sealed in" again
cmp "$folder/grown/results.h5" "$folder/again/results.h5"

# What can't be.
refused() {  # TEXT SED
  sed "$2" "$folder/two.toml" > "$sweep"
  expect 4 "$1" "$coxswain" plan "$sweep"
}
refused "less than" 's/^feature = .*/feature = 100000/'
refused "toy-sae" 's/^sae = "toy-sae"/sae = "toy-sea"/'
refused "clamps" 's/^clamp = /clamps = /'
refused "each once" 's/^clamp = .*/clamp = [5, 5]/'

# Of an SAE whose features depend on each other decoder rows are added, and none
# is clamped.
cp -r "$here/../data/reference/saes/openai_topk_layernorm" "$folder/sweep/topk"
other='s#^source = "sae"#source = "topk/autoencoder.pt"#'
if ls "$folder/sweep/topk/"*.pt > "$folder/log"; then
  other="s#^source = \"sae\"#source = \"topk/$(basename "$(head -n 1 "$folder/log")")\"#"
fi
refused "whether a feature fires depends on the others" "$other"
sed "$other; s/^clamp = .*//" "$folder/two.toml" > "$sweep"
expect 0 "features" "$coxswain" plan "$sweep"
