#!/usr/bin/env bash
# train_clusters.sh BUILD_FOLDER: vectors of fewer training clusters: planned,
# computed, grown, told of what there are too few of, reported, exported.
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
rows() {  # RUN
  rm -rf "$folder/tables"
  "$coxswain" export "$folder/$1" --out "$folder/tables" --format csv > "$folder/log"
}

run 0 "tasks sealed in" base
rows base
most=$(python3 - "$folder/tables/tables/vectors.csv" << 'END'
import csv, sys
with open(sys.argv[1]) as file:
    print(max(int(row["n_clusters"]) for row in csv.DictReader(file)))
END
)

# Beside all that was there.
sed -i "s/^\[vector\]/&\ntrain_clusters = [3, 6, $most]\ntrain_draws = 2/" "$sweep"
cp -r "$folder/base" "$folder/grown"
run 0 "tasks sealed in" grown
run 0 "tasks sealed in" fresh
cmp "$folder/grown/results.h5" "$folder/fresh/results.h5"
rows grown
python3 - "$folder/tables/tables" "$most" << 'END'
import csv, collections, math, sys

def rows(table):
    with open(f"{sys.argv[1]}/{table}.csv") as file:
        return list(csv.DictReader(file))

most = int(sys.argv[2])
variants = [row for row in rows("variants") if row["train_clusters"] != "-1"]
all_of = {row["behaviour"]: int(row["n_clusters"]) for row in rows("vectors")
          if int(row["n_clusters"]) > 0}
found = collections.Counter((row["behaviour"], row["layer"], row["dose_rule"], row["operation"],
                             int(row["train_clusters"])) for row in variants)
assert {key[4] for key in found} >= {3, 6, most}, found
for key, n in found.items():
    assert n == (1 if key[4] == all_of[key[0]] else 2), (key, n)
# Of all clusters it is the vector itself, but for the order of sums; of fewer
# it is another.
for row in variants:
    whole = int(row["train_clusters"]) == all_of[row["behaviour"]]
    assert math.isclose(float(row["cosine"]), 1, abs_tol=1e-9) == whole, row
END
"$coxswain" export "$folder/grown" --out "$folder/vectors" > "$folder/log"
expect 0 "Slopes of vectors that are made of fewer training clusters" \
  "$coxswain" report "$folder/grown" --table training_sizes
"$coxswain" report "$folder/grown" --write > "$folder/log"
compgen -G "$folder/grown/report/training_sizes-*.gp" > "$folder/log"

# More than there are.
sed -i "s/^train_clusters.*/train_clusters = [3, 100000]/" "$sweep"
expect 0 "no vector is made of 100000" "$coxswain" plan "$sweep"
sed -i "s/^train_clusters.*/train_clusters = [0]/" "$sweep"
expect 4 "train_clusters" "$coxswain" plan "$sweep"
