#!/usr/bin/env bash
# stop.sh BUILD_FOLDER: a run is told to stop from another shell, drains, and
# goes on to the same bytes; its status is there all the while.
set -euo pipefail
source "$(dirname "$0")/../support/held.sh"
build=$1
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2> /dev/null || true; rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder"
"$coxswain" run "$folder/sweep.toml" --out "$folder/whole" 2> /dev/null

held_program 3
"$program" run "$folder/sweep.toml" --out "$folder/run" > /dev/null 2>&1 &
pid=$!
wait_for held
"$coxswain" stop "$folder/run" --wait > "$folder/out" &
stop=$!
wait_for draining "$folder/run"
go_on
for process in $stop $pid; do
  code=0
  wait "$process" || code=$?
  test "$code" = 12
done
grep -q 'ended with exit 12' "$folder/out"
test ! -e "$folder/run/stop"
"$coxswain" status "$folder/run" > "$folder/out"
grep -q '^ENDED exit 12' "$folder/out"
grep -qE '^all +[0-9]+ of 24 +0 ' "$folder/out"

# A request that nobody heard does not stop the next start.
echo somebody > "$folder/run/stop"
"$coxswain" run "$folder/sweep.toml" --out "$folder/run" > /dev/null 2>&1
cmp "$folder/whole/results.h5" "$folder/run/results.h5"
test ! -e "$folder/run/stop"
"$coxswain" status "$folder/run" | grep -qE '^all +24 of 24 '
