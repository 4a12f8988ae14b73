#!/usr/bin/env bash
# old_results.sh BUILD_FOLDER: results and run directories of earlier programs
# (tests/data/results) report, export and go on.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
here=$(dirname "$0")
samples=$here/../data/results
# shellcheck source=tests/support/expect.sh
. "$here/../support/expect.sh"

# A finished run of format 6, whose program cut the same cells into other tasks:
# its results have every cell under the key that it has today. Nothing is
# computed again, and the file stays what it is.
"$build/make_toy_sweep" "$folder"
# Its program knew no exchanged signs.
sed 's/^differences = .*/&\nsign_shuffles = 0/' "$samples/sweep.toml" \
  > "$folder/sweep.toml"
cp -r "$samples/run" "$folder/run"
commits=$("$build/count_commits" "$folder/run")
expect 0 'has every cell of the sweep' \
  "$coxswain" run "$folder/sweep.toml" --out "$folder/run"
expect 4 'belongs to the sweep as it is now' "$coxswain" seal "$folder/run" \
  --sweep "$folder/sweep.toml"
test "$("$build/count_commits" "$folder/run")" = "$commits"
cmp "$samples/run/results.h5" "$folder/run/results.h5"
expect 0 'Does the vector steer?' "$coxswain" report "$folder/run"
"$coxswain" export "$folder/run/results.h5" --out "$folder/6" --format csv \
  > /dev/null

# Asked for more, all of it is computed, and the vectors are the same but for
# rounding.
cp "$samples/sweep.toml" "$folder"
expect 0 'sealed in' \
  "$coxswain" run "$folder/sweep.toml" --out "$folder/run" --mix-devices
"$coxswain" export "$folder/run/results.h5" --out "$folder/more" --format csv \
  > /dev/null
test "$(wc -l < "$folder/more/tables/sign_nulls.csv")" = 2
python3 - "$folder" << 'END'
import csv, math, sys

def rows(run, table):
    with open(f"{sys.argv[1]}/{run}/tables/{table}.csv") as file:
        return list(csv.DictReader(file))

keys = {name: [(row["key_high"], row["key_low"]) for row in rows(name, "cells")]
        for name in ("6", "more")}
assert set(keys["6"]) < set(keys["more"])
for before, now in zip(rows("6", "vectors"), rows("more", "vectors"), strict=True):
    for column in ("norm", "positive_norm", "median_activation_norm"):
        assert math.isclose(float(before[column]), float(now[column]), rel_tol=1e-5), column
END

# Older formats export the same vectors and tables.
"$coxswain" export "$samples/run/results.h5" --out "$folder/vectors" > /dev/null
for version in 4 5; do
  old=$samples/$version.h5
  expect 0 'Steerability' "$coxswain" report --all "$old"
  expect 0 'Figure 4' "$coxswain" report "$old" --all --write --out "$folder/report"
  grep -q "version $version" "$folder/report/report.html"
  rm -r "$folder/report"
  "$coxswain" export "$old" --out "$folder/vectors$version" > /dev/null
  diff -r "$folder/vectors" "$folder/vectors$version"
  "$coxswain" export "$old" --out "$folder/$version" --format csv > /dev/null
  for table in cells decompositions features norms propensity variants; do
    cmp "$folder/6/tables/$table.csv" "$folder/$version/tables/$table.csv"
  done
done

# Format 10 had everything but several decompositions of a vector.
expect 0 'Does the vector steer?' "$coxswain" report "$samples/10.h5"
expect 0 'minus_atom 0' "$coxswain" report "$samples/10.h5" --all
# Format 9 had everything but features.
expect 0 'Does the vector steer?' "$coxswain" report "$samples/9.h5"
# Format 8 had everything but vectors that act together.
expect 0 'Does the vector steer?' "$coxswain" report "$samples/8.h5"
# Format 7 had everything but operations and whole answers.
expect 0 'Does the vector steer?' "$coxswain" report "$samples/7.h5"
expect 0 'Steerability' "$coxswain" report "$samples/7.h5" --all --write \
  --out "$folder/report"
grep -q 'version 7' "$folder/report/report.html"
"$coxswain" export "$samples/7.h5" --out "$folder/7" --format csv > /dev/null
grep -q 'whole_answers' "$folder/7/tables/behaviours.csv"
grep -q 'operation' "$folder/7/tables/variants.csv"

# Its activations are read without its model.
{
  echo 'name = "stored"'
  sed -n '/^\[vector\]/,/^\[steer\]/p' "$samples/sweep.toml" |
    sed "s#^\[vector\]#&\nfrom = \"$(cd "$samples" && pwd)/7.h5\"#; /^\[steer\]/d"
} > "$folder/stored.toml"
expect 0 'sealed in' "$coxswain" run "$folder/stored.toml" --out "$folder/stored"
"$coxswain" export "$samples/7.h5" --out "$folder/seven" > /dev/null
"$coxswain" export "$folder/stored" --out "$folder/again" > /dev/null
python3 - "$folder/seven/toy.safetensors" "$folder/again/toy.safetensors" << 'END'
import json, struct, sys

def vector(path):
    data = open(path, "rb").read()
    n, = struct.unpack("<Q", data[:8])
    first, last = json.loads(data[8:8 + n])["letters/layer_2/original"]["data_offsets"]
    return data[8 + n + first:8 + n + last]

assert vector(sys.argv[1]) == vector(sys.argv[2])
END
