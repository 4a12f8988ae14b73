#!/usr/bin/env bash
# own_vectors.sh BUILD_FOLDER: vectors of the user's own, from what a run
# exported: steered with the same bits, resumed, changed, refused.
set -euo pipefail
here=$(dirname "$0")
source "$here/../support/expect.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
data=$here/../data/own_vectors
"$build/make_toy_sweep" "$folder/sweep"
sweep=$folder/sweep/sweep.toml

# What any file holds, and what it is refused for.
expect 0 "a GGUF control vector, 3 vectors of 6 numbers, family llama" \
  "$coxswain" check "$data/repeng.gguf"
grep -qF "without a name: layer 1, " "$folder/out"
expect 0 "probe: layer 2, " "$coxswain" check "$data/two_kinds.npz"
expect 7 "not_finite.npz: layer_3: no number" \
  "$coxswain" check "$data/not_finite.npz"
expect 7 "alone.npy" "$coxswain" check "$data/alone.npy"
sed 's/^layers = \[1, 2\]/&\nfrom = "v.gguf"/' "$sweep" | grep -v "^resample" \
  > "$folder/sweep/from.toml"
cp "$data/repeng.gguf" "$folder/sweep/v.gguf"
"$coxswain" plan "$folder/sweep/from.toml" > "$folder/out" 2>&1 && exit 1
if grep -qF HDF5 "$folder/out"; then
  cat "$folder/out"
  exit 1
fi

run() {  # CODE TEXT RUN ARGUMENT...
  expect "$1" "$2" "$coxswain" run "$sweep" --out "$folder/$3" "${@:4}"
}

# A run, and what it exports.
run 0 "tasks sealed in" first
"$coxswain" export "$folder/first" --out "$folder/sweep/export" \
  > "$folder/log"
cp "$folder/first/results.h5" "$folder/before.h5"

# The same sweep with its own vectors from files: one from each format.
cp "$sweep" "$folder/base.toml"
cat >> "$sweep" << 'END'

[[vector_file]]
name = "again"
source = "export/toy.safetensors"
vector = "words/original"
behaviours = ["words"]

[[vector_file]]
name = "control"
source = "export/gguf/toy/words/original.gguf"
layers = 2
behaviours = ["letters"]
END
cp -r "$folder/first" "$folder/second"
expect 0 "again on words: a vector from a file, layers 1, 2; 20 test" \
  "$coxswain" plan "$sweep" --out "$folder/second"
grep -qF "note vector again (export/toy.safetensors, safetensors): layer 1, " \
  "$folder/out"
grep -qF "control on letters: a vector from a file, layer 2; 20 test" \
  "$folder/out"
run 0 "tasks sealed in" second
grep -q "again on words" "$folder/out"
run 0 "nothing to compute" second

# The vectors that were exported are those that are stored, to the bit.
"$coxswain" export "$folder/second" --out "$folder/export2" > "$folder/log"
python3 - "$folder/sweep/export/toy.safetensors" \
  "$folder/export2/toy.safetensors" << 'END'
import json, struct, sys

def tensors(path):
    data = open(path, "rb").read()
    n, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + n])
    return {name: data[8 + n + one["data_offsets"][0]:8 + n + one["data_offsets"][1]]
            for name, one in header.items() if name != "__metadata__"}

before, after = map(tensors, sys.argv[1:])
for layer in (1, 2):
    one = before[f"words/layer_{layer}/original"]
    assert one == after[f"again_on_words/layer_{layer}/original"]
assert before["words/layer_2/original"] == after["control_on_letters/layer_2/original"]
assert "control_on_letters/layer_1/original" not in after
# Its decompositions are those of the vector, too.
for method in ("omp_4", "encode"):
    name = f"layer_2/toy-sae/{method}/decoded"
    assert before["words/" + name] == after["again_on_words/" + name]
# What stood in for other vectors is as it was.
assert all(after[name] == value for name, value in before.items())
END

# From scratch: the same bytes.
run 0 "tasks sealed in" scratch
cmp "$folder/second/results.h5" "$folder/scratch/results.h5"

# Another length is the sweep's, and no other file.
cp -r "$folder/second" "$folder/normed"
run 0 "tasks sealed in" normed --set vector_file.again.norm=2
cmp -s "$folder/second/results.h5" "$folder/normed/results.h5" && exit 1

# All layers of a file at once: one variant that enters at the lowest, whose
# cells are none of those that act alone; alone, it comes to the same.
cp "$sweep" "$folder/each.toml"
cat >> "$sweep" << 'END'

[[vector_file]]
name = "whole"
source = "export/gguf/toy/words/original.gguf"
act = "together"
behaviours = ["words"]
END
cp -r "$folder/second" "$folder/whole"
expect 0 "whole on words: a vector from a file, layers 1, 2 together; 20 test" \
  "$coxswain" plan "$sweep" --out "$folder/whole"
run 0 "tasks sealed in" whole
run 0 "tasks sealed in" whole_scratch
cmp "$folder/whole/results.h5" "$folder/whole_scratch/results.h5"
"$coxswain" export "$folder/whole" --out "$folder/tables" --format csv \
  > "$folder/log"
python3 - "$folder/tables/tables" << 'END'
import csv, sys

def rows(table):
    with open(f"{sys.argv[1]}/{table}.csv") as file:
        return list(csv.DictReader(file))

names = {row["name"]: i for i, row in enumerate(rows("behaviours"))}
variants = {row["id"]: row for row in rows("variants")}
mine = [row for row in variants.values()
        if int(row["behaviour"]) == names["whole on words"]]
assert mine and all(row["together"] == "2" and row["layer"] == "1" for row in mine)
assert all(row["together"] == "1" for row in variants.values() if row not in mine)
words = [row for row in variants.values() if row["source"] == mine[0]["source"]
         and int(row["behaviour"]) == names["words"] and row["dose_rule"] == mine[0]["dose_rule"]]

def logits(variant):
    return {(row["item"], row["multiplier"]): float(row["logit_match"])
            for row in rows("propensity") if row["variant"] == variant["id"]}

whole = list(logits(mine[0]).items())
alone = [list(logits(one).items()) for one in words]
assert len(whole) == len(alone[0]) == len(alone[1]) > 0
moved = 0
for (key, both), (_, first), (_, second) in zip(whole, *alone):
    if float(key[1]) == 0:
        assert both == first == second
    else:
        moved += both not in (first, second)
assert moved > 0.9 * sum(float(key[1]) != 0 for key, _ in whole), moved
END
expect 0 "layers 1, 2 together" "$coxswain" report "$folder/whole" --all
cp "$folder/each.toml" "$sweep"

# Reports name them, and --only asks for one alone.
expect 0 "again on words" "$coxswain" report "$folder/second"
"$coxswain" report "$folder/second" --write > "$folder/log"
grep -qF "again on words" "$folder/second/report/report.html"
run 0 "tasks sealed in" alone --only "behaviour=again on words"
run 0 "tasks sealed in" alone

# Other numbers under the same name are another vector: refused until told.
python3 - "$folder/sweep/export/toy.safetensors" << 'END'
import json, struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
n, = struct.unpack("<Q", data[:8])
at = 8 + n + json.loads(data[8:8 + n])["words/layer_1/original"]["data_offsets"][0]
data[at:at + 4] = struct.pack("<f", 2.5)
open(sys.argv[1], "wb").write(data)
END
run 7 "data of again on words: SHA-256" second
run 0 "tasks sealed in" second --changed
cmp -s "$folder/second/results.h5" "$folder/scratch/results.h5" && exit 1

# Vectors of another model.
sed -i 's/^vector = "words.*/&\nlayers = [1]/' "$sweep"
cp "$folder/sweep/model.gguf" "$folder/kept.gguf"
printf '\0' | dd of="$folder/sweep/model.gguf" bs=1 conv=notrunc \
  seek=$(($(stat -c %s "$folder/kept.gguf") - 1)) 2> "$folder/err"
if cmp -s "$folder/kept.gguf" "$folder/sweep/model.gguf"; then exit 1; fi
run 7 "made_for = \"any\"" other
sed -i 's/^behaviours = .*/&\nmade_for = "any"/' "$sweep"
run 0 "tasks sealed in" other
cp "$data/layers.safetensors" "$folder/sweep/export/toy.safetensors"
sed -i '/^vector = "words/d' "$sweep"
run 7 "layer_1: 6 numbers, expected 32, as model toy has" narrow

# A sweep without them is as it was.
cp "$folder/kept.gguf" "$folder/sweep/model.gguf"
cp "$folder/base.toml" "$sweep"
run 0 "tasks sealed in" plain
cmp "$folder/plain/results.h5" "$folder/before.h5"
