#!/usr/bin/env bash
# growing.sh BUILD_FOLDER: a run whose sweep grows computes what is new of it, in
# tasks and in cells, and its results.h5 is that of a run from scratch; and what
# an SAE that fails costs.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/sweep"

# The sweep that grows: a second SAE and more words lie ready beside it.
python3 - "$folder/sweep" << 'END'
import json, shutil, struct, sys
folder = sys.argv[1]
shutil.copytree(folder + "/sae", folder + "/other_sae")
path = folder + "/other_sae/sae_weights.safetensors"
data = bytearray(open(path, "rb").read())
n = struct.unpack("<Q", data[:8])[0]
first, last = json.loads(data[8:8 + n])["W_dec"]["data_offsets"]
for number, at in enumerate(range(8 + n + first, 8 + n + last, 4)):
    value, = struct.unpack("<f", data[at:at + 4])
    data[at:at + 4] = struct.pack("<f", value * (1 + number % 7 / 10))
open(path, "wb").write(data)
lines = open(folder + "/words.jsonl").read().splitlines()
open(folder + "/more.jsonl", "w").write(
    "\n".join(l.replace("number", "figure") for l in lines) + "\n")
END
sed -i -e 's/"shuffled", "other", "planted"/"shuffled", "planted"/' \
  -e 's/^random = 2/random = 5/' -e 's/^layers = \[1, 2\]/layers = [2]/' \
  -e 's/^test_items = 20/test_items = 12/' \
  -e 's/^system = "Be brief."/&\ntrain_items = 20/' \
  -e 's/^multipliers = { from.*/multipliers = [-1, 0.5, 1]/' \
  -e 's/^multipliers = \[-2, 0, 2\]/multipliers = [-1, 0.5, 1]/' \
  "$folder/sweep/sweep.toml"

# run SWEEP OUT
run() {
  "$coxswain" run "$folder/sweep/$1.toml" --out "$folder/$2" \
    > "$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
}

# count RUN: tasks of the plan, those that the last start computed, evaluate
# tasks among these, cells that were computed.
count() {
  python3 - "$1/run.json" << 'END'
import json, sys
run = json.load(open(sys.argv[1]))
epoch = run["starts"][-1]["epoch"]
mine = [t for t in run["tasks"] if t["epoch"] == epoch and not t["reused"]]
print(len(run["tasks"]), len(mine),
      sum(t["kind"] == "evaluate" for t in mine),
      run["starts"][-1]["cells_computed"])
END
}

run sweep base
read -r _ _ _ base_cells <<< "$(count "$folder/base")"

# grown NAME: the sweep at $folder/grown.toml on a copy of the base run, equal to
# a run of its own; sets `tasks`, `computed`, `evaluated`, `done_cells`, `more`.
grown() {
  rm -rf "$folder/run" "$folder/fresh"
  cp -r "$folder/base" "$folder/run"
  run grown run
  run grown fresh
  read -r tasks computed evaluated done_cells <<< "$(count "$folder/run")"
  read -r _ _ _ more <<< "$(count "$folder/fresh")"
  more=$((more - base_cells))
  printf '%-18s %4d of %4d tasks, %3d evaluations, %5d cells of %5d more\n' \
    "$1" "$computed" "$tasks" "$evaluated" "$done_cells" "$more"
  cmp "$folder/run/results.h5" "$folder/fresh/results.h5"
}

# edit SED...: the sweep that grows, changed.
edit() {
  sed "$@" "$folder/sweep/sweep.toml" > "$folder/sweep/grown.toml"
  if cmp -s "$folder/sweep/sweep.toml" "$folder/sweep/grown.toml"; then
    echo "nothing grew: $*"
    exit 1
  fi
}

# What a growth computes of cells is what it has more, or less: where new
# vectors are equal to each other or to some that were there, cells are shared.
only_new() {
  test "$more" -gt 0
  test "$done_cells" -gt 0
  test "$done_cells" -le "$more"
}
# Exactly that.
all_new() {
  test "$done_cells" = "$more"
  test "$more" = "$1"
}

edit -e '/^\[vector\]/i [[data]]\nbehaviour = "more"\nsource = "more.jsonl"\ntemplate = "plain"\nsplit = "line"\ntrain_items = 20\ntest_items = 12\nmultipliers = [-1, 0.5, 1]\n'
grown behaviour
only_new

edit -e '/^\[decompose\]/i [[sae]]\nid = "other"\nsource = "other_sae"\nlayer = 2\nfit = "any"\n'
grown SAE
only_new

edit -e 's/^methods = \["encode", "omp:4", "anchored"/methods = ["encode", "omp:4", "anchored", "omp:2"/'
grown 'unsteered method'
all_new 0
test "$evaluated" = 0

edit -e 's/^random = 5/random = 6/'
grown 'random 5 to 6'
only_new

edit -e 's/\[-1, 0.5, 1\]/[-1, 0.5, 1, 2]/'
grown multiplier
all_new $((base_cells / 3))

edit -e 's/^\[decompose\]/&\ntop = 6/'
grown 'top 5 to 6'
all_new 0
test "$evaluated" = 0

edit -e 's/^layers = \[2\]/layers = [1, 2]/'
grown layer
only_new

edit -e 's/^test_items = 12/test_items = 17/'
grown 'items appended'
all_new $((base_cells * 5 / 12))

# Grown back, nothing is computed: all of it is there.
commits=$("$build/count_commits" "$folder/run")
run sweep run
test "$("$build/count_commits" "$folder/run")" = "$commits"
cmp "$folder/base/results.h5" "$folder/run/results.h5"

# states RUN: the cells of results.h5 by their state.
states() {
  "$coxswain" export "$folder/$1/results.h5" --out "$folder/tables" \
    --format csv > /dev/null
  python3 - "$folder/tables/tables/cells.csv" << 'END'
import collections, csv, sys
with open(sys.argv[1]) as file:
    states = collections.Counter(row["state"] for row in csv.DictReader(file))
print(states["0"], sum(states.values()) - states["0"])
END
  rm -r "$folder/tables"
}

# An SAE that explains nothing, beside a good one, costs its own cells; and they
# are all that is computed once it is taken all the same.
bad='[[sae]]\nid = "bad"\nsource = "other_sae"\nlayer = 2\n'
edit -e "/^\[decompose\]/i $bad"
rm -rf "$folder/run"
cp -r "$folder/base" "$folder/run"
code=0
"$coxswain" run "$folder/sweep/grown.toml" --out "$folder/run" \
  > "$folder/log" 2>&1 || code=$?
test "$code" = 3
read -r there lost <<< "$(states run)"
edit -e "/^\[decompose\]/i ${bad}fit = \"any\"\n"
run grown fresh
read -r all none <<< "$(states fresh)"
read -r base _ <<< "$(states base)"
echo "an SAE that explains nothing: $lost of $all cells are lost, $there there"
test "$none" = 0
test "$there" -ge "$base"
test "$lost" -le $((all - base))
