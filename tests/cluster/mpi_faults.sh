#!/usr/bin/env bash
# mpi_faults.sh BUILD_FOLDER RANKS: under mpirun --enable-recovery one worker of
# several is killed, hangs, is stopped, throws or can't write: the others finish, with
# the bytes of an undisturbed run, and exit.json has the code.
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
source "$(dirname "$0")/../support/wait_for.sh"
build=$1 ranks=$2
mpi_options=(--enable-recovery)
folder=$(mktemp -d)
trap 'pkill -9 -f "$folder" || true; rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
sweep=$folder/sweep.toml
# Nothing but extract tasks can be first, so every worker writes a shard.
sed -i '/^\[observe\]/,/^$/d' "$sweep"
"$build/coxswain" run "$sweep" --out "$folder/whole" > /dev/null 2>&1

show_all() { cat "$folder/log" "$folder/run/exit.json"; }
ended() { [ -e "$folder/run/exit.json" ] || ! kill -0 "$1" 2> /dev/null; }

# survive NAME KIND SENTENCE FAULT POINT N RANK: the fault is met, the run ends well,
# with the same bytes.
survive() {
  local name=$1 kind=$2 sentence=$3
  shift 3
  rm -rf "$folder/run" "$folder/run.met"
  # As batch scripts do it: exit.json counts, mpirun may not return.
  mpi_start "$ranks" "$build/faulty_run" "$sweep" \
    "$folder/run" "$@" > "$folder/log" 2>&1
  local mpirun=$!
  wait_for ended $mpirun
  wait_for grep -q -- "$sentence" "$folder/log"
  timeout 15 tail --pid=$mpirun -f /dev/null ||
    echo "$name: mpirun did not return by itself"
  pkill -9 -f "$folder" || true
  wait
  if ! grep -q '"exit":0' "$folder/run/exit.json" ||
    ! cmp "$folder/whole/results.h5" "$folder/run/results.h5"; then
    echo "$name:"
    show_all
    exit 1
  fi
  read -r tasks records <<< "$("$build/count_commits" "$folder/run")"
  test "$tasks" = "$records"
  # How the attempt failed is known to whoever asks.
  if ! "$build/coxswain" status "$folder/run" --failed |
    grep -q "attempt 1, $kind: "; then
    # A copy was quicker than the notice.
    grep -q 'a copy goes to' "$folder/log"
  fi
}

survive "killed while computing" lost "is lost: not a word\|a copy goes to" \
  kill computed 1 1
survive "killed before the shard is synced" lost \
  "is lost: not a word\|a copy goes to" kill shard_written 1 2
survive "stopped" lost "is lost: not a word\|a copy goes to" stop computed 2 1
survive "hangs" lost "far longer than it should\|a copy goes to" hang computed 2 1
survive "a task throws" unknown "failed on worker 1 (unknown): thrown on purpose" \
  throw computed 1 1
survive "nowhere to write" files "worker 1 on .* is lost: no room, on purpose" \
  full shard_written 1 1
echo "six faults of one worker of $((ranks - 1)): the others finished"
