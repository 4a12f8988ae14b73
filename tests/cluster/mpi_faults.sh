#!/usr/bin/env bash
# mpi_faults.sh BUILD_FOLDER RANKS: under mpirun --enable-recovery one worker of
# several is killed, hangs, is stopped, throws or can't write: the others finish, with
# the bytes of an undisturbed run, and exit.json has the code.
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
build=$1 ranks=$2
mpi_options=(--enable-recovery)
folder=$(mktemp -d)
trap 'pkill -9 -f "$folder" || true; rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
sweep=$folder/sweep.toml
# Nothing but extract tasks can be first, so every worker writes a shard.
sed -i '/^\[observe\]/,/^$/d' "$sweep"
"$build/coxswain" run "$sweep" --out "$folder/whole" > /dev/null 2>&1

# one_run NAME FAULT POINT N RANK: it ends well, with the same bytes.
one_run() {
  local name=$1
  shift
  rm -rf "$folder/run"
  # As batch scripts do it: exit.json counts, mpirun may not return.
  mpi_run "$ranks" "$build/faulty_run" "$sweep" \
    "$folder/run" "$@" > "$folder/log" 2>&1 &
  local mpirun=$!
  for ((i = 0; i < 600; ++i)); do
    [ ! -e "$folder/run/exit.json" ] || break
    kill -0 $mpirun 2> /dev/null || break
    sleep 0.1
  done
  timeout 15 tail --pid=$mpirun -f /dev/null ||
    echo "$name: mpirun did not return by itself"
  pkill -9 -f "$folder" || true
  wait
  if ! grep -q '"exit":0' "$folder/run/exit.json" ||
    ! cmp "$folder/whole/results.h5" "$folder/run/results.h5"; then
    echo "$name:"
    cat "$folder/log" "$folder/run/exit.json"
    exit 1
  fi
  read -r tasks records <<< "$("$build/count_commits" "$folder/run")"
  test "$tasks" = "$records"
}

# survive NAME SENTENCE FAULT POINT N RANK: until the fault was met. A worker
# that starts late may find all tasks of that kind taken: then again.
survive() {
  local name=$1 sentence=$2
  shift 2
  for _ in 1 2 3 4 5 6 7 8; do
    one_run "$name" "$@"
    if grep -q -- "$sentence" "$folder/log"; then return; fi
  done
  echo "$name: never met"
  cat "$folder/log"
  exit 1
}

survive "killed while computing" "is lost: not a word\|a copy goes to" \
  kill computed 1 1
survive "killed before the shard is synced" \
  "is lost: not a word\|a copy goes to" kill shard_written 1 2
survive "stopped" "is lost: not a word\|a copy goes to" stop computed 2 1
survive "hangs" "far longer than it should\|a copy goes to" hang computed 2 1
survive "a task throws" "failed on worker 1: thrown on purpose" \
  throw computed 1 1
survive "nowhere to write" "worker 1 on .* is lost: no room, on purpose" \
  full shard_written 1 1
echo "six faults of one worker of $((ranks - 1)): the others finished"
