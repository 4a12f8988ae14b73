#!/usr/bin/env bash
# mpi_farewells.sh BUILD_FOLDER RANKS: under mpirun, too, a run's last lines are
# what is kept and what to type, before mpirun's own, which --quiet leaves out;
# codes are the run's.
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
source "$(dirname "$0")/../support/held.sh"
build=$1 ranks=$2
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2> /dev/null || true; rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
sweep=$folder/sweep.toml run=$folder/run
call="-n $ranks coxswain run $sweep --out $run"
next="next: mpirun $call"

show_all() { cat "$folder/log"; }
fail() {
  echo "$1:"
  show_all
  exit 1
}
# starts [OPTION...]: a run that is held in its third task.
starts() {
  rm -rf "$run"
  held_program 3
  mpi_options=("$@")
  mpi_start "$ranks" "$program" run "$sweep" --out "$run" > "$folder/log" 2>&1
  pid=$!
  wait_for held
}
drains() {
  "$build/coxswain" stop "$run" > /dev/null
  wait_for draining "$run"
  go_on
}
ended() {
  local code=0
  wait $pid || code=$?
  [ "$code" = "$1" ] || fail "exit $code, expected $1"
}
said() { grep -qF -- "$1" "$folder/log" || fail "not said: $1"; }

# mpirun says that one of its ranks ended with 12: that line was announced.
starts
drains
ended 12
said "coxswain: ended before it was complete: "
said "$next"
said "(what mpirun says below is of exit code 12 alone: mpirun --quiet leaves it"
grep -qE '^[0-9:]{8} extract [0-9]/4   [0-9]+ %' "$folder/log" || fail "no share"
if grep -q $'\033' "$folder/log"; then fail "escapes"; fi
"$build/coxswain" status "$run" | grep -qF "$next goes on"

# Told to be quiet, it is, and the run's words are the last: the call as it was.
starts --quiet
drains
ended 12
[ "$(tail -n 1 "$folder/log")" = "next: mpirun --quiet $call" ] ||
  fail "not the last words"
if grep -q 'what mpirun says' "$folder/log"; then fail "nothing to announce"; fi

# Ctrl-C reaches mpirun, which ends its ranks in two seconds: the coordinator
# speaks when it hears of it.
starts
kill -INT $pid
wait $pid || true
said "SIGTERM: it ends when "
said "$next"
go_on

# Complete: nothing but where the results are.
mpi_options=()
mpi_run "$ranks" "$build/coxswain" run "$sweep" --out "$run" > "$folder/log" 2>&1
said "next: coxswain report $run"
if grep -q 'mpirun' "$folder/log"; then fail "words about mpirun"; fi
