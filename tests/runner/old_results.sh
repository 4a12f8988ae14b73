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

# A finished run of format 6: nothing is computed again, and what its journal
# holds makes the same file.
"$build/make_toy_sweep" "$folder"
cp "$samples/sweep.toml" "$folder"
cp -r "$samples/run" "$folder/run"
expect 0 'nothing to compute' \
  "$coxswain" run "$folder/sweep.toml" --out "$folder/run"
cmp "$samples/run/results.h5" "$folder/run/results.h5"
rm "$folder/run/results.h5"
expect 0 'sealed in' "$coxswain" seal "$folder/run" \
  --sweep "$folder/sweep.toml"
"$coxswain" export "$samples/run/results.h5" --out "$folder/6" --format csv \
  > /dev/null
"$coxswain" export "$folder/run/results.h5" --out "$folder/again" \
  --format csv > /dev/null
# Names are added behind those that there were, without a new format.
diff -r -x names "$folder/6" "$folder/again"
for old in "$folder"/6/names/*.csv; do
  cmp -n "$(stat -c %s "$old")" "$old" "$folder/again/names/${old##*/}"
done

# Older formats export the same vectors and tables.
"$coxswain" export "$samples/run/results.h5" --out "$folder/vectors" > /dev/null
for version in 4 5; do
  old=$samples/$version.h5
  expect 0 'Steerability' "$coxswain" report "$old"
  expect 0 'Figure 4' "$coxswain" report "$old" --write --out "$folder/report"
  grep -q "version $version" "$folder/report/report.html"
  rm -r "$folder/report"
  "$coxswain" export "$old" --out "$folder/vectors$version" > /dev/null
  diff -r "$folder/vectors" "$folder/vectors$version"
  "$coxswain" export "$old" --out "$folder/$version" --format csv > /dev/null
  for table in cells decompositions features norms propensity variants; do
    cmp "$folder/6/tables/$table.csv" "$folder/$version/tables/$table.csv"
  done
done
