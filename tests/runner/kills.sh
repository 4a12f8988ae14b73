#!/usr/bin/env bash
# kills.sh BUILD_FOLDER RANKS KILLS [SEED [SWEEP]]: kill -9 at every named step of the
# commit protocol and at random instants, coordinator and workers alike, again
# and again; each time the run is started again on what is left. The sealed file
# equals that of an undisturbed run byte for byte, no commit is lost, none is
# there twice.
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
build=$1 ranks=$2 kills=$3
RANDOM=${4:-$ranks}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sweep=${5:-$folder/sweep.toml}
[ $# -ge 5 ] || "$build/make_toy_sweep" "$folder"
run=$folder/run

launch() {
  if [ "$ranks" = 1 ]; then
    "$build/faulty_run" "$sweep" "$run" "$@"
  else
    mpi_run "$ranks" "$build/faulty_run" "$sweep" "$run" "$@"
  fi
}

# One process of the run, any of them, once $1 ms are over.
kill_one_after() {
  local pids
  sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
  mapfile -t pids < <(pgrep -f "^$build/faulty_run $sweep $run" || true)
  if [ "${#pids[@]}" -gt 0 ]; then
    kill -9 "${pids[RANDOM % ${#pids[@]}]}" 2> /dev/null && return 0
  fi
  return 1
}

# What was committed is still there, and once.
check_commits() {
  "$build/count_commits" "$run" keys | sort > "$folder/keys"
  if [ -n "$(uniq -d "$folder/keys")" ]; then
    echo "committed twice: $(uniq -d "$folder/keys")"
    exit 1
  fi
  if [ -n "$(comm -23 "$folder/before" "$folder/keys")" ]; then
    echo "lost: $(comm -23 "$folder/before" "$folder/keys")"
    exit 1
  fi
  mv "$folder/keys" "$folder/before"
}

finish() {
  launch > "$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
  check_commits
  cmp "$folder/whole.h5" "$run/results.h5"
  rm -rf "$run"
  : > "$folder/before"
}

: > "$folder/before"
begun=$(date +%s%3N)
launch > "$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
whole=$(($(date +%s%3N) - begun))
cp "$run/results.h5" "$folder/whole.h5"
rm -rf "$run"

points=(journal_opened leased computed shard_written shard_synced result_taken
  journal_written journal_synced computing_over sealed)
done_kills=0 at_points=0 runs=1 tries=0
while [ "$done_kills" -lt "$kills" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt $((kills * 4)) ]; then
    echo "$tries starts and only $done_kills kills"
    exit 1
  fi
  if [ $((tries % 2)) = 0 ]; then
    point=${points[(tries / 2) % ${#points[@]}]}
    if ! launch kill "$point" $((RANDOM % 2 + 1)) > "$folder/log" 2>&1; then
      done_kills=$((done_kills + 1)) at_points=$((at_points + 1))
    fi
  else
    launch > "$folder/log" 2>&1 &
    if kill_one_after $((RANDOM * whole / 32768 + 1)); then
      done_kills=$((done_kills + 1))
    fi
    wait || true
  fi
  check_commits
  # A run that got to its end is compared, and a new one begun; so is one that
  # was killed often enough.
  if [ -e "$run/results.h5" ] || [ $((tries % 7)) = 0 ]; then
    finish
    runs=$((runs + 1))
  fi
done
finish
echo "$done_kills kills ($at_points at named steps) in $tries starts of $runs" \
  "runs on $ranks ranks: equal bytes, nothing lost, nothing twice"
