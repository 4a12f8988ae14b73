#!/usr/bin/env bash
# status.sh BUILD_FOLDER: how far a run is, and asking it to stop, from another
# shell: under way, ended, killed, half written, none at all.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/sweep"
run=$folder/run

source "$(dirname "$0")/../support/expect.sh"

# Under way, and watched until it ends.
"$coxswain" run "$folder/sweep/sweep.toml" --out "$run" > /dev/null 2>&1 &
until [ -s "$run/journal/000001" ]; do :; done
"$coxswain" status "$run" > "$folder/early"
"$coxswain" status "$run" --watch > "$folder/watched"
wait
grep -qE '^(STARTING|RUNNING|SEALING|ENDED)' "$folder/early"
tail -n 20 "$folder/watched" | grep -q '^ENDED exit 0'

# Ended.
expect 0 "ENDED exit 0 (complete)" "$coxswain" status "$run"
grep -q "next: coxswain report $run" "$folder/out"
expect 0 "no attempt failed" "$coxswain" status "$run" --failed
expect 0 '"state": "ended"' "$coxswain" status "$run" --json
grep -q '"committed": [1-9]' "$folder/out"

# A request to stop leaves nothing behind if nobody would hear it.
expect 0 "not under way" "$coxswain" stop "$run"
expect 0 "ended with exit 0" "$coxswain" stop "$run" --wait
test ! -e "$run/stop"

# Killed: from the journal alone, cut in the middle, and beside a half status.
truncate -s $(($(stat -c %s "$run/journal/000001") / 2)) "$run/journal/000001"
rm -f "$run/exit.json" "$run/results.h5" "$run/status.json"
expect 0 "KILLED" "$coxswain" status "$run"
grep -qE 'tasks: [1-9][0-9]*( of [0-9]+)? done' "$folder/out"
grep -q "next: coxswain run" "$folder/out"
echo '{"version": 1, "na' > "$run/status.json"
expect 0 "status.json: damaged" "$coxswain" status "$run"
expect 0 "not under way (killed)" "$coxswain" stop "$run"
test ! -e "$run/stop"
rm -f "$run/lock" "$run/run.json" "$run/status.json"
expect 0 "of an older version" "$coxswain" status "$run"

# None at all.
for command in status stop; do
  expect 8 "no such folder" "$coxswain" $command "$folder/nowhere"
  expect 8 "without a journal" "$coxswain" $command "$folder/sweep"
  expect 8 "a file" "$coxswain" $command "$folder/sweep/sweep.toml"
  expect 2 "run is required" "$coxswain" $command
done
