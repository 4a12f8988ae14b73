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

# What a growth computes of cells is what it has more.
only_new() {
  test "$done_cells" = "$more"
}

edit -e '/^\[vector\]/i [[data]]\nbehaviour = "more"\nsource = "more.jsonl"\ntemplate = "plain"\nsplit = "line"\ntrain_items = 20\ntest_items = 12\nmultipliers = [-1, 0.5, 1]\n'
grown behaviour
only_new && test "$more" -gt 0

edit -e '/^\[decompose\]/i [[sae]]\nid = "other"\nsource = "other_sae"\nlayer = 2\nfit = "any"\n'
grown SAE
only_new && test "$more" -gt 0

edit -e 's/^methods = \["encode", "omp:4", "anchored"/methods = ["encode", "omp:4", "anchored", "omp:2"/'
grown 'unsteered method'
only_new && test "$done_cells" = 0 && test "$evaluated" = 0

edit -e 's/^random = 5/random = 6/'
grown 'random 5 to 6'
only_new && test "$more" -gt 0

edit -e 's/\[-1, 0.5, 1\]/[-1, 0.5, 1, 2]/'
grown multiplier
only_new && test "$more" = $((base_cells / 3))

edit -e 's/^\[decompose\]/&\ntop = 6/'
grown 'top 5 to 6'
test "$done_cells" = 0 && test "$evaluated" = 0 && test "$more" = 0

edit -e 's/^layers = \[2\]/layers = [1, 2]/'
grown layer
only_new && test "$more" -gt 0

edit -e 's/^test_items = 12/test_items = 17/'
grown 'items appended'
only_new && test "$more" = $((base_cells * 5 / 12))

# Grown back, nothing is computed: all of it is there.
run sweep run
read -r tasks computed evaluated done_cells <<< "$(count "$folder/run")"
test "$done_cells" = 0
cmp "$folder/base/results.h5" "$folder/run/results.h5"
