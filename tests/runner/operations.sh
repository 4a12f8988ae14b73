#!/usr/bin/env bash
# operations.sh BUILD_FOLDER: a sweep of several operations, from plan to export:
# growing by an operation computes its cells alone, any number of workers gives
# the same bytes, and a report keeps the operations apart.
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder"
cd "$folder"
sed -i -e 's/^layers = \[1, 2\]/layers = [2]/' \
  -e 's/"covariance", "shuffled", "other", "planted"/"planted"/' \
  -e 's/^methods = \["encode", "omp:4", .*/methods = ["encode"]/' \
  -e 's/^methods = \["encode", "omp:4"\]/methods = ["encode"]/' sweep.toml
sed 's/^random = 2/&\noperations = ["add", "project-out", "rotate"]/' \
  sweep.toml > several.toml

fail() {
  echo "$1"
  exit 1
}

# Names are refused with what there is.
if "$coxswain" plan several.toml --set 'steer.operations=["ablate"]' 2> err; then
  fail "an unknown operation is taken"
fi
grep -q '"ablate".*one of add, project-out, add-keep-norm, rotate' err

# A sweep that adds, then one that does more: what is new is computed.
"$coxswain" run sweep.toml --out grown > out 2> err
"$coxswain" plan several.toml --out grown > planned
grep -q 'new operations (project-out, rotate)' planned ||
  grep -q '2 new operations' planned || fail "$(cat planned)"
"$coxswain" plan several.toml --out grown --why operation=rotate > why
grep -q 'new operation rotate; earlier' why || grep -q 'rotate' why
"$coxswain" run several.toml --out grown > out 2> err
"$coxswain" run several.toml --out alone > out 2> err
cmp grown/results.h5 alone/results.h5
python3 - grown/run.json alone/run.json sweep.toml << 'PYTHON'
import json
import sys

def last(path):
    return json.load(open(path))["starts"][-1]["cells_computed"]

# Two of the three operations, and nothing that adds.
grown, alone = last(sys.argv[1]), last(sys.argv[2])
assert 0 < grown == alone * 2 / 3, (grown, alone)
PYTHON
"$coxswain" run several.toml --out alone | grep -q 'nothing to compute'

for workers in 2 4 8; do
  mpi_run $((workers + 1)) "$coxswain" run several.toml --out "$workers" \
    > out 2> err || fail "$(cat err)"
  cmp alone/results.h5 "$workers/results.h5"
done

# The numbers: at multiplier 0 all operations answer alike, elsewhere they
# differ; what takes a direction alone has no dose.
"$coxswain" export alone --out exported --format csv > out
python3 - exported << 'PYTHON'
import collections
import csv
import sys

def rows(name):
    return list(csv.DictReader(open(f"{sys.argv[1]}/{name}.csv")))

names = {row["id"]: row["name"] for row in rows("names/operations")}
variants = {row["id"]: row for row in rows("tables/variants")}
cells = collections.defaultdict(dict)
for row in rows("tables/propensity"):
    variant = variants[row["variant"]]
    operation = names[variant["operation"]]
    assert (row["dose"] == "") == (operation in ("project-out", "rotate")), row
    same = [value for name, value in variant.items() if name not in ("id", "operation")]
    at = (*same, row["item"], row["multiplier"])
    cells[at][operation] = (row["logit_match"], row["logit_other"], row["log_sum_exp"])
for at, of in cells.items():
    assert set(of) == {"add", "project-out", "rotate"}, at
    zero = float(at[-1]) == 0
    # A reconstruction of nothing does nothing, however.
    silent = float(dict(zip([n for n in next(iter(variants.values())) if n not in ("id", "operation")], at))["norm"]) == 0
    assert (len(set(of.values())) == 1) == (zero or silent), (at, of)
assert len(cells) > 100
PYTHON

# Nothing in a report mixes them.
"$coxswain" report alone --write --csv > report.txt
"$coxswain" report alone --all > all.txt
grep -q ',original,' alone/tables/steerability.csv
grep -q ',project-out of original,' alone/tables/steerability.csv
grep -q ',rotate of random noise (2),' alone/tables/steerability.csv
grep -q 'project-out of' report.txt && fail "the main table has a projection"
grep -q 'operations other than addition: project-out' all.txt
for figure in dose_response-words dose_response-words-project-out \
  dose_response-words-rotate; do
  find alone/report -name "$figure.*" | grep -q . || fail "no $figure"
done

# Exclusions take operations out.
"$coxswain" run several.toml --out fewer --only operation=rotate > out 2> err
"$coxswain" report fewer --csv > fewer.txt
grep -q 'by rotate' fewer.txt || fail "$(cat fewer.txt)"
if grep -q ',original,\|project-out' fewer/tables/steerability.csv; then
  fail "operations that were not asked for are there"
fi
