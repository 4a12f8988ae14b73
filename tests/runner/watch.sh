#!/usr/bin/env bash
# watch.sh BUILD_FOLDER: `status --watch` waits for a run that is not there yet,
# follows it over its starts, ends when it is complete, and for scripts with
# each start.
set -euo pipefail
source "$(dirname "$0")/../support/held.sh"
source "$(dirname "$0")/../support/expect.sh"
build=$1
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2> /dev/null || true; rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/toy"
sweep=$folder/toy/sweep.toml
# Where a run makes its directory by itself, of folders that are not there yet.
run=$folder/toy/runs/toy

show_all() { cat "$folder/watched" "$folder/json"; }
touch "$folder/watched" "$folder/json"
watched() { grep -qE -- "$1" "$folder/watched"; }

# What can't become a run directory is refused at once.
expect 8 "no such folder" "$coxswain" status "$folder/no/where" --watch
expect 8 "a file" "$coxswain" status "$sweep" --watch
expect 8 "without a journal" "$coxswain" status "$folder/toy" --watch

# Before the first start; two watchers, and one that is not waited for.
"$coxswain" status "$run" --watch > "$folder/watched" &
watcher=$!
"$coxswain" status "$run" --watch --json > "$folder/json" 2> "$folder/json.err" &
script=$!
env --default-signal=INT "$coxswain" status "$run" --watch > "$folder/third" &
third=$!
wait_for watched "^waiting for $run "
wait_for grep -q "^waiting for $run " "$folder/json.err"
wait_for grep -q "^waiting for $run " "$folder/third"
kill -INT $third
code=0
wait $third || code=$?
[ $code = 130 ]

# A start that is told to stop.
held_program 3
"$program" run "$sweep" > /dev/null 2>&1 &
first=$!
wait_for held
wait_for watched '^RUNNING'
"$coxswain" stop "$run" > /dev/null
wait_for watched '^DRAINING'
go_on
code=0
wait $first || code=$?
[ $code = 12 ]
# Scripts are told that it has ended, and people wait for more.
wait $script
tail -n 1 "$folder/json" | grep -q '"state":"ended"'
python3 -c 'import json, sys; [json.loads(line) for line in sys.stdin]' \
  < "$folder/json"
wait_for watched "^waiting for the next start of $run "
watched '^ENDED exit 12'
grep -q "next: coxswain run $sweep" "$folder/watched"

# The next one, to the end. Its own place needs no --out.
held_program 3
"$program" run "$sweep" > /dev/null 2>&1 &
second=$!
wait_for held
wait_for watched '^(STARTING|RUNNING) +toy, start 2'
go_on
wait $second
wait $watcher
tail -n 20 "$folder/watched" | grep -q '^ENDED exit 0'
[ "$(tail -n 1 "$folder/watched")" = "next: coxswain report $run" ]
# A log gets no escapes and each state once that does not change.
if grep -q $'\033' "$folder/watched"; then show_all && exit 1; fi
[ "$(grep -c '^ENDED exit 12' "$folder/watched")" = 1 ]

# What is complete is not waited for.
"$coxswain" status "$run" --watch | grep -q '^ENDED exit 0'

# A folder that a batch job will begin with.
mkdir -p "$folder/job/journal"
"$coxswain" status "$folder/job" --watch > "$folder/watched" &
watcher=$!
wait_for watched "^waiting for the start of $folder/job "
"$coxswain" run "$sweep" --out "$folder/job" > /dev/null 2>&1
wait $watcher
tail -n 20 "$folder/watched" | grep -q '^ENDED exit 0'
