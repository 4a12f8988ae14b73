#!/usr/bin/env bash
# filtered.sh BUILD_FOLDER: a filtered run has the numbers of the whole one, and
# what it computed is not computed again; the printed sweep makes the same plan.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
cd "$folder"

# tables RUN: the rows of layer 2, without their headings.
tables() {
  "$build/coxswain" report "$1" --csv > /dev/null
  grep -h ',2,' "$1/tables/norms.csv" "$1/tables/slopes.csv"
  tail -n +2 "$1/tables/table1.csv"
}

"$build/coxswain" run sweep.toml --out whole > out 2> err
"$build/coxswain" run sweep.toml --out part --only layer=2 > out 2> err
cmp <(tables whole) <(tables part)
test "$(grep -c '^words,\|^letters,' part/tables/norms.csv)" = 2

# The activations that it kept are those of its layer.
for run in whole part; do
  cat > "$run.toml" << TOML
name = "from-$run"
[vector]
from = "$run"
layers = [2]
[[sae]]
id = "toy-sae"
source = "sae"
layer = 2
fit = "any"
TOML
  "$build/coxswain" run "$run.toml" --set vector.layers=all --set sae.toy-sae.layer=2 \
    --only layer=2 > out 2> err
  "$build/coxswain" report "runs/from-$run" --csv > out
done
cmp runs/from-whole/tables/norms.csv runs/from-part/tables/norms.csv
cmp <(tail -n +2 runs/from-part/tables/norms.csv) \
  <(tail -n +2 part/tables/norms.csv)

# Excluded cells leave the others their numbers.
"$build/coxswain" run sweep.toml --out less \
  --set 'exclude=[{variant="random", layer=2}, {method="omp:4"}]' > out 2> err
"$build/coxswain" report less --csv > out
grep ',2,original\|,1,random' whole/tables/steerability.csv | cut -d, -f1-4 > a
grep ',2,original\|,1,random' less/tables/steerability.csv | cut -d, -f1-4 > b
cut -d, -f1-3 a > names_a
cut -d, -f1-3 b > names_b
cmp names_a names_b
paste -d, a b | awk -F, '($4 - $8) ^ 2 > 1e-8 * (1 + $4 ^ 2) { exit 1 }'
if grep -q 'omp\|,2,random' less/tables/steerability.csv; then
  echo "excluded cells are there"
  exit 1
fi

# The rest is computed later.
"$build/coxswain" run sweep.toml --out part > out 2> err
grep -q ' variants ended: 2 of 2' err
if grep -q 'extract\|decompose' err; then
  echo "what a filtered run had computed is computed again"
  exit 1
fi
cmp whole/results.h5 part/results.h5

"$build/coxswain" plan sweep.toml --print --only layer=2 > printed.toml
cmp <("$build/coxswain" plan sweep.toml --only layer=2 | grep -vE '^(next|times)') \
  <("$build/coxswain" plan printed.toml | grep -vE '^(next|times)')
cmp printed.toml <("$build/coxswain" plan --print printed.toml)
