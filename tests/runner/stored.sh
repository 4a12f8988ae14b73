#!/usr/bin/env bash
# stored.sh BUILD_FOLDER: what is taken apart from a run's stored activations
# equals what the run itself took apart.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
# Stand-ins are drawn anew for every vector's key.
sed -i '/^controls/d' "$folder/sweep.toml"
"$build/coxswain" run "$folder/sweep.toml" > "$folder/log" 2>&1
# The toy sweep's own SAE and decompositions, without its model.
{
  echo 'name = "again"'
  sed -n '/^\[vector\]/,/^\[steer\]/p' "$folder/sweep.toml" |
    sed 's#^\[vector\]#&\nfrom = "runs/toy"#; /^\[steer\]/d'
} > "$folder/again.toml"
"$build/coxswain" plan "$folder/again.toml"
"$build/coxswain" run "$folder/again.toml"
for run in toy again; do
  "$build/coxswain" report "$folder/runs/$run" --csv > "$folder/report" 2>&1
done
# Same vectors, same tables: of the columns that name nothing of the run.
cmp "$folder/runs/toy/tables/table1.csv" "$folder/runs/again/tables/table1.csv"

sed -i 's#runs/toy#runs/none#' "$folder/again.toml"
code=0
"$build/coxswain" run "$folder/again.toml" --out "$folder/runs/none-2" \
  2> "$folder/stderr" || code=$?
cat "$folder/stderr"
test "$code" = 7
grep -q 'runs/none' "$folder/stderr"
test ! -e "$folder/runs/none-2"

# What another method makes of them has a name that results can hold.
name=$(printf 'x%.0s' {1..62})
python3 - "$folder/$name.safetensors" << 'END'
import json, struct, sys
header = json.dumps({
    side: {"dtype": "F32", "shape": [3, 32], "data_offsets": [at, at + 384]}
    for side, at in (("positive", 0), ("negative", 384))}).encode()
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header)
    file.write(struct.pack("<192f", *range(192)))
END
sed "s#runs/none#$name.safetensors#; s#^layers = .*#layers = [2]#; s#^from.*#&\nmethod = [\"mean-difference\", \"pca\"]#" \
  "$folder/again.toml" > "$folder/long.toml"
code=0
"$build/coxswain" plan "$folder/long.toml" 2> "$folder/stderr" || code=$?
cat "$folder/stderr"
test "$code" = 4
grep -q 'names of at most 64 bytes' "$folder/stderr"
