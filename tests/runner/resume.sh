#!/usr/bin/env bash
# resume.sh BUILD_FOLDER: a run that was interrupted (Ctrl-C, a cut journal, a
# lost shard) goes on to the same bytes as an undisturbed one.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder"
"$coxswain" run "$folder/sweep.toml" --out "$folder/whole" 2> /dev/null

# The journal loses its tail, byte counts picked from all over the file.
size=$(stat -c %s "$folder/whole/journal/000001")
for part in 5 40 65 90 99; do
  rm -rf "$folder/cut"
  cp -r "$folder/whole" "$folder/cut"
  rm "$folder/cut/results.h5"
  truncate -s $((size * part / 100)) "$folder/cut/journal/000001"
  "$coxswain" run "$folder/sweep.toml" --out "$folder/cut" 2> /dev/null
  cmp "$folder/whole/results.h5" "$folder/cut/results.h5"
done

# A shard is gone: what lay in it is computed again.
rm -rf "$folder/cut"
cp -r "$folder/whole" "$folder/cut"
rm "$folder/cut/results.h5" "$folder"/cut/shards/*
"$coxswain" run "$folder/sweep.toml" --out "$folder/cut" 2> /dev/null
cmp "$folder/whole/results.h5" "$folder/cut/results.h5"

# Ctrl-C drains: exit code 12, and the next call finishes.
"$coxswain" run "$folder/sweep.toml" --out "$folder/stopped" 2> /dev/null &
pid=$!
until [ -s "$folder/stopped/journal/000001" ]; do :; done
kill -INT $pid
code=0
wait $pid || code=$?
test "$code" = 12 || test "$code" = 0
"$coxswain" run "$folder/sweep.toml" --out "$folder/stopped" 2> /dev/null
cmp "$folder/whole/results.h5" "$folder/stopped/results.h5"
