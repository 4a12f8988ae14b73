#!/usr/bin/env bash
# growing_plan.sh BUILD: what plan and run say of a run that is there and a sweep
# that grew; results of files that changed are not replaced unasked.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
export XDG_CACHE_HOME=$folder/cache
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
"$build/make_toy_sweep" "$folder/toy"
# Digests of files that were written just now are not remembered.
age() { touch -d '1 minute ago' "$folder"/toy/*.* "$folder"/toy/sae/*; }
age
sweep=$folder/toy/sweep.toml
run=$folder/toy/runs/toy
contents() { (cd "$run" && find . -type f -exec sha256sum {} + | sort); }

# lacks TEXT: what was said last says nothing of it.
lacks() {
  if grep -q "$1" "$folder/out"; then
    cat "$folder/out"
    exit 1
  fi
}

# plan_says TEXT ARGUMENTS...: so does plan, and leaves the run as it is.
plan_says() {
  local text=$1
  shift
  local before
  before=$(contents)
  expect 0 "$text" "$coxswain" plan "$sweep" "$@"
  [ "$(contents)" = "$before" ]
}

# Nothing is said of a run that is not there, nor by its first start.
"$coxswain" plan "$sweep" > "$folder/out"
lacks 'are there'
"$coxswain" run "$sweep" > "$folder/out" 2>&1
lacks 'are there'
n=$(grep -oE '[0-9]+ of [0-9]+ tasks sealed' "$folder/out" | cut -d' ' -f1)
[ -f "$run/inputs.json" ]
plan_says "$n of $n tasks are there"
plan_says '"to_compute": 0' --json

# A growth each gives its sentence.
plan_says 'new multiplier 7' --set 'data.words.multipliers=[-2,0,2,7]'
plan_says 'top 5 -> 6' --set decompose.top=6
plan_says 'new layer 0' --set 'vector.layers=[0,1,2]'
plan_says 'new method omp:8' \
  --set 'decompose.methods=["encode","omp:4","omp:8","anchored","code-difference"]'
plan_says 'compute float32 -> float64' --set numerics.compute=float64
plan_says 'new multiplier 7; earlier: -2, 0, 2' \
  --set 'data.words.multipliers=[-2,0,2,7]' --why multiplier=7,behaviour=words
plan_says '"reason": "new multiplier 7; earlier: -2, 0, 2"' --json \
  --set 'data.words.multipliers=[-2,0,2,7]' --why multiplier=7,behaviour=words
expect 4 'unknown-behaviour' "$coxswain" plan "$sweep" \
  --why behaviour=unknown-behaviour
plan_says 'there is no run' --out "$folder/none" --why layer=1

# run says it, too, before it computes; then all is there.
expect 0 'new multiplier 7' "$coxswain" run "$sweep" \
  --set 'data.words.multipliers=[-2,0,2,7]'
plan_says 'tasks are there' --set 'data.words.multipliers=[-2,0,2,7]'
lacks 'new multiplier'

# A start that only goes on says how much is there, and no reasons.
"$coxswain" run "$sweep" --out "$folder/cut" --until "$(($(date +%s) + 1))" \
  > /dev/null 2>&1 || true
"$coxswain" run "$sweep" --out "$folder/cut" --only layer=1 > /dev/null 2>&1
expect 0 'tasks are there' "$coxswain" run "$sweep" --out "$folder/cut"

# What was noted is damaged: told, compared with the sweep alone, noted anew.
echo '{' > "$run/inputs.json"
plan_says 'inputs.json is damaged' --set decompose.top=7
grep -q 'top 5 -> 7' "$folder/out"
rm "$run/inputs.json"
plan_says 'made by an older program that did not note its files' \
  --set decompose.top=7
grep -q 'top 5 -> 7' "$folder/out"

# A model that changed: plan did not read it, run did.
"$coxswain" run "$sweep" --set decompose.top=7 > /dev/null 2>&1
sealed=$(sha256sum < "$run/results.h5")
before=$(sha256sum < "$folder/toy/model.gguf" | cut -d' ' -f1)
printf more >> "$folder/toy/model.gguf"
age
now=$(sha256sum < "$folder/toy/model.gguf" | cut -d' ' -f1)
plan_says 'file of model toy was not read since it changed' \
  --set decompose.top=7
grep -q 'depend on bytes not known yet' "$folder/out"
expect 5 "$before" "$coxswain" run "$sweep" --set decompose.top=7
grep -q "$now" "$folder/out"
grep -q -- '--changed' "$folder/out"
[ "$(sha256sum < "$run/results.h5")" = "$sealed" ]
plan_says 'file of model toy changed' --set decompose.top=7
plan_says "SHA-256 of model toy was $before, is $now" --set decompose.top=7 \
  --why layer=1
expect 0 'file of model toy changed' \
  "$coxswain" run "$sweep" --set decompose.top=7 --changed
kept=("$run"/results.*.h5)
[ "${#kept[@]}" = 1 ]
[ "$(sha256sum < "${kept[0]}")" = "$sealed" ]
[ "$(sha256sum < "$run/results.h5")" != "$sealed" ]

# Data whose bytes alone changed, twice: each is kept under a name of its own.
for _ in 1 2; do
  sed -i 's/^{/{ /' "$folder/toy/words.jsonl"
  expect 7 'words.jsonl' "$coxswain" run "$sweep" --set decompose.top=7
  expect 0 'is kept as' "$coxswain" run "$sweep" --set decompose.top=7 --changed
done
kept=("$run"/results.*.h5)
[ "${#kept[@]}" = 3 ]

# Another sweep's run, and a folder that is none.
plan_says 'the run of a sweep named "toy"' --set name=other --out "$run"
mkdir "$folder/empty"
plan_says 'next: coxswain run' --out "$folder/empty"

# Results that lay in shards which are gone: plan says so, as run computes them.
rm "$run"/shards/*
plan_says "gone from $run/shards: computed anew" --set decompose.top=7
plan_says '"to_compute"' --json --set decompose.top=7
grep -q '"to_compute": [1-9]' "$folder/out"
