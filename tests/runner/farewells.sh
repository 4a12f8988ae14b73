#!/usr/bin/env bash
# farewells.sh BUILD_FOLDER: however a run ends, its last lines on standard error
# are what is kept and what to type, and that line goes on with it to the same
# bytes; and neither a pipe nor a drain gets what is not for it.
set -euo pipefail
source "$(dirname "$0")/../support/held.sh"
source "$(dirname "$0")/../support/expect.sh"
build=$1
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2> /dev/null || true; rm -rf "$folder"' EXIT
coxswain=$build/coxswain
# A name that a shell would take apart.
"$build/make_toy_sweep" "$folder/my sweep"
sweep="$folder/my sweep/sweep.toml" run="$folder/the run"
next="next: coxswain run '$sweep' --out '$run'"
"$coxswain" run "$sweep" --out "$folder/whole" > /dev/null 2>&1

show_all() { cat "$folder/err" "$folder/out"; }
fail() {
  echo "$1:"
  show_all
  exit 1
}

# starts: a run that is held in its third task.
starts() {
  rm -rf "$run"
  held_program 3
  "$program" run "$sweep" --out "$run" > "$folder/out" 2> "$folder/err" &
  pid=$!
  wait_for held
}
# ended CODE: the run has ended so.
ended() {
  local code=0
  wait $pid || code=$?
  [ "$code" = "$1" ] || fail "exit $code, expected $1"
}
# last LINES TEXT: its last lines are these, in order.
last() {
  tail -n "$1" "$folder/err" > "$folder/last"
  grep -qF -- "$2" "$folder/last" || fail "not in the last $1 lines: $2"
}
# typed: what it says to type, typed.
typed() {
  local line
  line=$(grep '^next: coxswain run' "$folder/last" | tail -n 1)
  line=${line#next: coxswain}
  eval "\"$coxswain\" $line" > /dev/null 2>&1
  cmp "$folder/whole/results.h5" "$run/results.h5" || fail "other bytes"
}

# Told to drain, in each way.
for way in INT TERM USR1 stop; do
  starts
  if [ $way = stop ]; then
    "$coxswain" stop "$run" > "$folder/stop"
    who="coxswain stop"
  else
    kill -$way $pid
    who=SIG$way
  fi
  if [ $way = INT ]; then who=Ctrl-C; fi
  wait_for grep -qE "$who: it ends when [0-9]+ tasks? under way (is|are) finished; done and kept: [0-9]+ of 24" \
    "$folder/err"
  wait_for draining "$run"
  "$coxswain" status "$run" > "$folder/status"
  grep -q 'draining: [1-9]' "$folder/status"
  # Nobody who has stopped it is told to stop it.
  if grep -q 'coxswain stop' "$folder/status"; then fail "$way: a hint"; fi
  tail -n 1 "$folder/status" | grep -qF "$next goes on, once it has ended"
  expect 0 "again to drain" "$coxswain" stop "$run"
  go_on
  ended 12
  last 2 "coxswain: ended before it was complete: "
  last 2 "of 24 tasks are done and kept in $run"
  last 1 "$next"
  # Afterwards, from another shell.
  expect 0 "$next goes on" "$coxswain" status "$run"
  expect 12 "$next goes on" "$coxswain" stop "$run" --wait
  if [ $way = stop ]; then typed; fi
done

# A second Ctrl-C ends it at once.
starts
kill -INT $pid
wait_for grep -q "Ctrl-C again: at once" "$folder/err"
kill -INT $pid
ended 130
last 2 "coxswain: ended at once: "
last 1 "$next"
go_on
typed

# Ended between the last task and results.h5, where nothing drains.
rm -rf "$run"
"$build/faulty_run" "$sweep" "$run" stop computing_over 1 \
  > "$folder/out" 2> "$folder/err" &
pid=$!
stopped() { grep -q '^State:.T' "/proc/$pid/status"; }
wait_for stopped
kill -TERM $pid
kill -CONT $pid
ended 143
last 2 "coxswain: ended at once: 24 of 24 tasks are done and kept in $run"
last 1 "$next"
typed

# Killed: it can't say anything, but who looks is told.
starts
kill -9 $pid
ended 137
killed() { "$coxswain" status "$run" | grep -q '^KILLED'; }
wait_for killed
expect 0 "$next goes on" "$coxswain" status "$run"

# Nothing would end in time.
rm -rf "$run"
found=0
"$coxswain" run "$sweep" --out "$run" --until 1 > "$folder/out" \
  2> "$folder/err" || found=$?
[ $found = 13 ] || fail "exit $found"
grep -q -- '--until: it ends now; done and kept: 0 of 24' "$folder/err"
last 2 "no task that is left would end in time: 0 of 24 tasks are done and kept"
last 1 "$next"
typed

# Tasks were given up, those of an SAE that explains nothing: the reasons, and
# another try, with what this one was told.
rm -rf "$run"
found=0
"$coxswain" run "$sweep" --out "$run" --set 'sae.toy-sae.fit="required"' \
  --device cpu > "$folder/out" 2> "$folder/err" || found=$?
[ $found = 3 ] || fail "exit $found"
tail -n 1 "$folder/out" | grep -qxF "next: coxswain report '$run'"
last 3 "tasks were given up, and what depends on them is missing"
last 2 "next: coxswain status '$run' --failed has the reasons"
last 1 "$next --set 'sae.toy-sae.fit=\"required\"' --device cpu tries them again"
expect 0 "$next --set 'sae.toy-sae.fit=\"required\"' --device cpu tries again" \
  "$coxswain" status "$run"

# Complete: where the results are, and no more on standard error than progress.
rm -rf "$run"
"$coxswain" run "$sweep" --out "$run" > "$folder/out" 2> "$folder/err"
tail -n 1 "$folder/out" | grep -qxF "next: coxswain report '$run'"
tail -n 1 "$folder/err" | grep -qE '24 of 24 tasks, [0-9]'
# A log has lines with a percentage, and nothing that is for a terminal.
grep -qE '^[0-9:]{8} extract 0/4   0 %' "$folder/err"
if grep -q $'[\r\033]' "$folder/err" "$folder/out"; then fail "escapes"; fi
"$coxswain" run "$sweep" --out "$run" > "$folder/out" 2> "$folder/err"
grep -q "nothing to compute: 24 of 24 tasks" "$folder/out"
tail -n 1 "$folder/out" | grep -qxF "next: coxswain report '$run'"

# What a plan and a report name is quoted, too, and has the words of the call.
expect 0 "next: coxswain run '$sweep' --only layer=1" \
  "$coxswain" plan "$sweep" --only layer=1
expect 0 "coxswain plan --calibrate '$sweep' --only layer=1" \
  env XDG_CACHE_HOME="$folder/none" "$coxswain" plan "$sweep" --only layer=1
expect 0 "next: coxswain report '$run'" "$coxswain" seal "$run"
