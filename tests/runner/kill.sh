#!/usr/bin/env bash
# kill.sh BUILD_FOLDER: kill -9 at many moments, alone and under mpirun, and
# run again: the same bytes, every task committed once.
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder"
"$coxswain" run "$folder/sweep.toml" --out "$folder/whole" 2> /dev/null
size=$(stat -c %s "$folder/whole/journal/000001")

hits=0
# Kills everything that works on this run once its journal has grown to $2 %.
kill_at() {
  local run=$1 bytes=$((size * $2 / 100)) now=0
  while [ "$now" -lt "$bytes" ] && [ ! -e "$run/results.h5" ]; do
    now=$(cat "$run"/journal/* 2> /dev/null | wc -c || true)
  done
  pkill -9 -f -- "--out $run" || true
  if [ ! -e "$run/results.h5" ]; then hits=$((hits + 1)); fi
}

# Every task of the plan is committed, and once.
check_commits() {
  local tasks records
  read -r tasks records <<< "$("$build/count_commits" "$1")"
  test "$tasks" = "$all" && test "$records" = "$all"
}
all=$("$build/count_commits" "$folder/whole" | cut -d ' ' -f 1)

for part in 1 10 25 50 75 95; do
  rm -rf "$folder/alone" "$folder/many"
  "$coxswain" run "$folder/sweep.toml" --out "$folder/alone" 2> /dev/null &
  kill_at "$folder/alone" $part
  wait || true
  "$coxswain" run "$folder/sweep.toml" --out "$folder/alone" > /dev/null 2>&1
  cmp "$folder/whole/results.h5" "$folder/alone/results.h5"
  check_commits "$folder/alone"

  mpi_run 3 "$coxswain" run "$folder/sweep.toml" --out "$folder/many" \
    > /dev/null 2>&1 &
  kill_at "$folder/many" $part
  wait || true
  mpi_run 3 "$coxswain" run "$folder/sweep.toml" --out "$folder/many" \
    > /dev/null 2>&1
  cmp "$folder/whole/results.h5" "$folder/many/results.h5"
  check_commits "$folder/many"
done
echo "$hits of 12 kills came before the end"
test "$hits" -ge 6
