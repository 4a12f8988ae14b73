#!/usr/bin/env bash
# vector_methods.sh BUILD_FOLDER: vectors that other methods make of the pairs:
# planned, computed, grown by one method, reported, refused.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/support/expect.sh
. "$here/../support/expect.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/sweep"
sweep=$folder/sweep/sweep.toml

run() {  # CODE TEXT RUN ARGUMENT...
  expect "$1" "$2" "$coxswain" run "$sweep" --out "$folder/$3" "${@:4}"
}
# Tasks that the last start computed, and evaluations' cells among its.
count() {
  python3 - "$folder/$1/run.json" << 'END'
import collections, json, sys
run = json.load(open(sys.argv[1]))
epoch = run["starts"][-1]["epoch"]
mine = collections.Counter(
    t["kind"] for t in run["tasks"] if t["epoch"] == epoch and not t["reused"])
print(*(f"{kind}={n}" for kind, n in sorted(mine.items())))
END
}
methods() {  # NAME...
  cp "$folder/base.toml" "$sweep"
  local list
  list=$(printf ', "%s"' "$@")
  sed -i "s/^layers = \[1, 2\]/&\nmethod = [${list:2}]/;t;" "$sweep"
  # [steer] has the same line.
  awk '/^\[/ { table = $0 } /^method = \[/ && table != "[vector]" { next } 1' \
    "$sweep" > "$folder/edited" && mv "$folder/edited" "$sweep"
}

# A sweep that does not name a method is as it was.
cp "$sweep" "$folder/base.toml"
run 0 "tasks sealed in" plain
methods mean-difference
run 0 "tasks sealed in" said
cmp "$folder/plain/results.h5" "$folder/said/results.h5"

# It grows by three methods: pairs are not read again, and no cell that was
# there is computed.
methods mean-difference pca logistic positive-mean
expect 0 "pca on words: a vector by pca, of the same pairs; 40 pairs" \
  "$coxswain" plan "$sweep" --out "$folder/plain"
cp -r "$folder/plain" "$folder/grown"
run 0 "tasks sealed in" grown
grown=$(count grown)
echo "three methods: $grown"
test "$grown" = "$(echo "$grown" | grep -v -e extract= -e observe= \
  -e activity= -e store= -e sign-null=)"
[[ $grown == *"vector=6"* ]]
run 0 "nothing to compute" grown

# By one more: its own alone.
methods mean-difference pca logistic positive-mean pca-centred
run 0 "tasks sealed in" grown
grown=$(count grown)
echo "one more: $grown"
[[ $grown == *"vector=2"* && $grown != *extract=* ]]
run 0 "tasks sealed in" fresh
cmp "$folder/grown/results.h5" "$folder/fresh/results.h5"

# What results say of them.
"$coxswain" export "$folder/fresh/results.h5" --out "$folder/tables" \
  --format csv > "$folder/log"
python3 - "$folder/tables/tables" "$folder/tables/names" << 'END'
import csv, sys
def rows(folder, name):
    with open(f"{folder}/{name}.csv") as file:
        return list(csv.DictReader(file))
tables, names = sys.argv[1:]
methods = {row["id"]: row["name"] for row in rows(names, "methods")}
behaviours = {row["id"]: row for row in rows(tables, "behaviours")}
vectors = rows(tables, "vectors")
assert len(vectors) == 2 * 2 * 5, len(vectors)
length = {}
for row in vectors:
    name = behaviours[row["behaviour"]]["name"]
    method = methods[row["method"]]
    if method == "mean-difference":
        length[name, row["layer"]] = float(row["norm"])
        continue
    assert name.startswith(method + " on "), (name, method)
    of = name.split(" on ")[1]
    # As long as the mean difference, of as many pairs, of the same file.
    assert abs(float(row["norm"]) / length[of, row["layer"]] - 1) < 1e-12, row
    assert row["n_pairs"] == "20", row
    base, = (b for b in behaviours.values() if b["name"] == of)
    assert base["digest"] == behaviours[row["behaviour"]]["digest"]
fit = rows(tables, "saes")[0]["explained_variance"]
print("fit", fit)
open(f"{tables}/fit", "w").write(fit)
END
# The SAE's fit is on each pair's activations once, however many vectors they
# make.
"$coxswain" export "$folder/plain/results.h5" --out "$folder/plain_tables" \
  --format csv > "$folder/log"
python3 - "$folder/plain_tables/tables/saes.csv" "$folder/tables/tables/fit" << 'END'
import csv, sys
row = next(csv.DictReader(open(sys.argv[1])))
assert row["explained_variance"] == open(sys.argv[2]).read()
END

# Reports and exports have them.
expect 0 "pca on words" "$coxswain" report "$folder/fresh"
"$coxswain" report "$folder/fresh" --write > "$folder/log"
grep -qF "logistic on letters" "$folder/fresh/report/report.html"
grep -qF "positive-mean on words" "$folder/fresh/report/report.html"
grep -qF "first principal direction of h(x+) - h(x-) around 0" \
  <(tr '\n' ' ' < "$folder/fresh/report/methods.txt" | tr -s ' ')

# Alone, without the mean difference: the same numbers of its own.
methods pca
run 4 "it has the pairs that they are of" alone
none=(--set 'store.activations="none"')
run 4 "method without mean-difference" alone "${none[@]}"
run 0 "tasks sealed in" alone "${none[@]}" \
  --set 'steer.variants=["original", "reconstruction", "random"]'
"$coxswain" export "$folder/alone" --out "$folder/alone_vectors" > "$folder/log"
"$coxswain" export "$folder/fresh" --out "$folder/vectors" > "$folder/log"
python3 - "$folder/alone_vectors/toy.safetensors" \
  "$folder/vectors/toy.safetensors" << 'END'
import json, struct, sys

def tensors(path):
    data = open(path, "rb").read()
    n, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + n])
    return {name: data[8 + n + one["data_offsets"][0]:8 + n + one["data_offsets"][1]]
            for name, one in header.items() if name != "__metadata__"}

alone, all = map(tensors, sys.argv[1:])
assert "pca_on_words/layer_1/original" in alone
assert not any(name.startswith("words/") for name in alone)
mine = {name: value for name, value in alone.items() if name.endswith("/original")}
assert all == {**all, **mine}
END
run 0 "tasks sealed in" excluded --set 'vector.method=["mean-difference", "pca"]' \
  --only "behaviour=pca on words"

# Of activations that a run kept, without its model; vectors that were made
# otherwise have none of their own there.
cat > "$folder/sweep/stored.toml" << END
name = "stored"
[vector]
from = "$folder/fresh"
layers = [2]
method = ["mean-difference", "pca", "logistic"]
[[sae]]
id = "toy-sae"
source = "sae"
layer = 2
fit = "any"
END
expect 0 "tasks sealed in" "$coxswain" run "$folder/sweep/stored.toml" \
  --out "$folder/stored"
"$coxswain" export "$folder/stored" --out "$folder/stored_vectors" \
  > "$folder/log"
python3 - "$folder/stored_vectors/toy.safetensors" \
  "$folder/vectors/toy.safetensors" << 'END'
import json, struct, sys
def tensors(path):
    data = open(path, "rb").read()
    n, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + n])
    return {name: data[8 + n + one["data_offsets"][0]:8 + n + one["data_offsets"][1]]
            for name, one in header.items() if name != "__metadata__"}
stored, all = map(tensors, sys.argv[1:])
for name in ("words", "pca_on_words", "logistic_on_letters"):
    one = f"{name}/layer_2/original"
    assert stored[one] == all[one], one
END

# Refused by name.
methods mean-difference pac
run 4 'vector.method: "pac", expected one of mean-difference, pca' wrong
methods pca pca
run 4 "a value twice" wrong
methods mean-difference pca
printf '\n[[vector_file]]\nname = "pca"\nsource = "v.gguf"\n' >> "$sweep"
run 4 'name: "pca", expected a name that no method of [vector] has' wrong

# One pair has no principal direction: its cells are given up with a reason, and
# cost no others.
methods mean-difference pca
sed -i 's/^train_items = 20/train_items = 1/' "$sweep"
run 3 "one pair has no principal direction" single
"$coxswain" export "$folder/single" --out "$folder/single_tables" \
  --format csv > "$folder/log"
python3 - "$folder/single_tables" << 'END'
import csv, sys
folder = sys.argv[1]
def rows(name):
    with open(f"{folder}/{name}.csv") as file:
        return list(csv.DictReader(file))
reasons = {row["id"]: row["name"] for row in rows("names/reasons")}
cells = rows("tables/cells")
behaviours = {row["id"]: row["name"] for row in rows("tables/behaviours")}
for row in rows("tables/vectors"):
    cell = cells[int(row["cell"])]
    lost = behaviours[row["behaviour"]] == "pca on words"
    assert (cell["state"] != "0") == lost, (row, cell)
    if lost: assert reasons[cell["reason"]] == "method-failed", cell
variants = {row["id"]: row for row in rows("tables/variants")}
for row in rows("tables/propensity"):
    lost = behaviours[variants[row["variant"]]["behaviour"]] == "pca on words"
    assert (cells[int(row["cell"])]["state"] != "0") == lost, row
END
