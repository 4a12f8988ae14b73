#!/usr/bin/env bash
# filtered.sh BUILD_FOLDER: a filtered run has the numbers of the whole one, and
# what it computed is not computed again; the printed sweep makes the same plan.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
cd "$folder"

# close A B: the same lines, numbers equal but for rounding. Other rows share a
# product with those of a part, and on some processors that decides last bits.
close() {
  python3 - "$1" "$2" << 'PYTHON'
import re
import sys

number = re.compile(r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)")
a, b = (number.split(open(path).read()) for path in sys.argv[1:])
assert len(a) == len(b)
for i, (x, y) in enumerate(zip(a, b)):
    near = i % 2 == 1 and abs(float(x) - float(y)) <= 1e-4 * (1 + abs(float(x)))
    assert x == y or near, (x, y)
PYTHON
}

# tables RUN: the rows of layer 2, without their headings; of slopes the slopes:
# errors of what adds nothing are rounding alone.
tables() {
  "$build/coxswain" report "$1" --csv > /dev/null
  grep ',2,' "$1/tables/norms.csv"
  python3 - "$1/tables/slopes.csv" << 'PYTHON'
import csv
import sys

for row in csv.DictReader(open(sys.argv[1])):
    if row["layer"] == "2":
        print(*(row[name] for name in ("behaviour", "variant", "content slope", "mean of items", "n")))
PYTHON
  tail -n +2 "$1/tables/table1.csv"
}

"$build/coxswain" run sweep.toml --out whole > out 2> err
"$build/coxswain" run sweep.toml --out part --only layer=2 > out 2> err
tables whole > tables_whole
tables part > tables_part
close tables_whole tables_part
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
test -s a
cmp a b
if grep -q 'omp\|,2,random' less/tables/steerability.csv; then
  echo "excluded cells are there"
  exit 1
fi

# The rest is computed later.
"$build/coxswain" run sweep.toml --out part > out 2> err
grep -q ' variants ended: ' err
if grep -q 'extract\|decompose' err; then
  echo "what a filtered run had computed is computed again"
  exit 1
fi
cmp whole/results.h5 part/results.h5

"$build/coxswain" plan sweep.toml --print --only layer=2 > printed.toml
cmp <("$build/coxswain" plan sweep.toml --only layer=2 | grep -vE '^(next|times|  products)') \
  <("$build/coxswain" plan printed.toml | grep -vE '^(next|times|  products)')
cmp printed.toml <("$build/coxswain" plan --print printed.toml)
