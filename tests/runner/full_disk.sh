#!/usr/bin/env bash
# full_disk.sh BUILD_FOLDER: a disk that fills up at any point is an error with
# a sentence and a code, and with room again the run goes on to the same bytes;
# a read-only one likewise.
# Needs to mount a small tmpfs: skipped where that is not allowed.
set -euo pipefail
build=$1
folder=$(mktemp -d)
small=$folder/small
mkdir "$small"
if ! mount -t tmpfs -o size=60k tmpfs "$small" 2> /dev/null; then
  rmdir "$small" "$folder"
  echo "skipped: mounting a tmpfs is not allowed here"
  exit 77
fi
trap 'umount "$small" 2> /dev/null; rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
"$build/coxswain" run "$folder/sweep.toml" --out "$folder/whole" 2> /dev/null

for size in 60k 100k 160k 220k 280k; do
  umount "$small"
  mount -t tmpfs -o size=$size tmpfs "$small"
  code=0
  "$build/coxswain" run "$folder/sweep.toml" --out "$small/run" \
    2> "$folder/err" > /dev/null || code=$?
  echo "$size: exit $code, $(tail -n 3 "$folder/err")"
  # Never 3: a full shard says nothing against the tasks.
  case $code in 0 | 10) ;; *) exit 1 ;; esac
  # The file, what is kept, and what to type.
  if [ $code = 10 ]; then
    tail -n 3 "$folder/err" > "$folder/last"
    grep -q '^coxswain: .*/small/run.*: ' "$folder/last"
    grep -q "^coxswain: [0-9]* of 24 tasks are done and kept in $small/run$" \
      "$folder/last"
    tail -n 1 "$folder/last" | grep -qxF "next: coxswain run \
$folder/sweep.toml --out $small/run goes on, once that is mended"
  fi
  mount -o remount,size=20m "$small"
  "$build/coxswain" run "$folder/sweep.toml" --out "$small/run" \
    > /dev/null 2>&1
  cmp "$folder/whole/results.h5" "$small/run/results.h5"
done

# A file system that can't be written to: a sentence, and nothing is lost.
mount -o remount,ro "$small"
"$build/coxswain" run "$folder/sweep.toml" --out "$small/run" \
  > "$folder/out" 2>&1 && exit 1
code=0
"$build/coxswain" run "$folder/sweep.toml" --out "$small/other" \
  > "$folder/out" 2> "$folder/err" || code=$?
if [ "$code" != 10 ] || ! grep -q 'Read-only file system' "$folder/err"; then
  echo "read-only: exit $code"
  cat "$folder/err"
  exit 1
fi
"$build/coxswain" status "$small/run" | grep -q 'ENDED exit 0'
"$build/coxswain" report "$small/run" > /dev/null
mount -o remount,rw "$small"
"$build/coxswain" run "$folder/sweep.toml" --out "$small/run" 2>&1 |
  grep -q 'nothing to compute'
