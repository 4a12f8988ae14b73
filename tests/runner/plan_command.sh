#!/usr/bin/env bash
# plan_command.sh BUILD: what plan prints with and without a calibration, and
# that it leaves nothing but that.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder/toy"
export XDG_CACHE_HOME=$folder/cache
file=$XDG_CACHE_HOME/coxswain/calibration.json
sweep=$folder/toy/sweep.toml
before=$(cd "$folder/toy" && find . | sort)

expect() { # expect TEXT ARGUMENTS...: plan prints TEXT
  local text=$1
  shift
  "$build/coxswain" plan "$sweep" "$@" > "$folder/out"
  grep -qF -- "$text" "$folder/out" || {
    echo "plan $*: no \"$text\" in"
    cat "$folder/out"
    exit 1
  }
}

expect "times are unknown here: coxswain plan --calibrate"
[ ! -e "$XDG_CACHE_HOME" ]
expect '"calibrated": ""' --json
expect "longest chain" --calibrate
[ "$(ls "$XDG_CACHE_HOME/coxswain")" = calibration.json ]
expect "longest chain" --workers 3
grep -qE '^  workers +1 +2 +3$' "$folder/out"
expect '"workers": 4' --json --workers 4

# A run that it is known for says what was predicted.
"$build/coxswain" run "$sweep" --out "$folder/run" > "$folder/out" 2>&1
grep -q '"predicted": {' "$folder/run/run.json"
grep -qE '"predicted_seconds": ?[0-9]' "$folder/run/status.json"

# Of another machine, damaged, of no home: told, and the plan goes on.
sed -i 's/"numerics": "[^"]*"/"numerics": "an abacus"/' "$file"
expect "times are those of another machine, an abacus"
echo '{' > "$file"
expect "$file"
expect "times are unknown here"
(
  unset XDG_CACHE_HOME HOME
  expect "times are unknown here"
  code=0
  "$build/coxswain" plan "$sweep" --calibrate 2> "$folder/err" || code=$?
  [ "$code" = 10 ]
  grep -q "set XDG_CACHE_HOME" "$folder/err"
)

[ "$(cd "$folder/toy" && find . | sort)" = "$before" ]
