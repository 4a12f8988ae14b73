#!/usr/bin/env bash
# refused_files.sh BUILD_FOLDER: whatever a file system refuses, wherever in a
# run, is said with the file's name, the system's meaning and a remedy; nothing
# half-written stays, and once it is gone the run goes on to the same bytes.
set -euo pipefail
source "$(dirname "$0")/../support/expect.sh"
source "$(dirname "$0")/../support/refuse.sh"
build=$1
folder=$(mktemp -d)
few=$folder/few
trap 'umount "$few" 2> /dev/null || true; rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder"
sweep=$folder/sweep.toml whole=$folder/whole run=$folder/run
"$coxswain" run "$sweep" --out "$whole" > /dev/null 2>&1

# refused RULE FILE TEXT: a run that is refused so ends with exit 10 and names
# the file and what was refused; without the rule it goes on.
refused() {
  rm -rf "$run"
  expect 10 "$3" refusing "$1" "$coxswain" run "$sweep" --out "$run"
  # By a file: a pipe that is closed early would be a failure of its own.
  grep -F -- "$3" "$folder/out" > "$folder/named"
  if ! grep -qF -- "$2" "$folder/named" ||
    grep -qF "damaged?" "$folder/out"; then
    echo "$1: $2 is not named:"
    cat "$folder/out"
    exit 1
  fi
  nothing_half "$run"
  expect 0 "sealed in" "$coxswain" run "$sweep" --out "$run"
  cmp "$whole/results.h5" "$run/results.h5"
}

quota="Disk quota exceeded; your quota there is used up"
refused "make=122@/journal" "$run/journal: make the folder" "$quota"
refused "make=122@/journal/000001" "journal/000001: create" "$quota"
refused "write=122@/journal/000001" "journal/000001: write" "$quota"
refused "write=122@/journal/000001+3" "journal/000001: write" "$quota"
refused "sync=122@/journal/000001+2" "journal/000001: fdatasync" "$quota"
refused "make=122@/shards/" "shards/000001-00001: create" "$quota"
refused "write=122@/shards/+1" "shards/000001-00001: write" "$quota"
refused "sync=122@/shards/+1" "shards/000001-00001: fdatasync" "$quota"
refused "make=122@/results.h5" "results.h5.partial." "HDF5: $quota"
refused "write=122@/results.h5" "results.h5.partial." "HDF5: $quota"
refused "write=122@/results.h5+9" "results.h5.partial." "HDF5: $quota"
refused "close=122@/results.h5" "results.h5.partial." "HDF5: $quota"
refused "sync=122@/results.h5" "results.h5.partial." "fsync: $quota"
refused "rename=122@/results.h5" "results.h5: rename" "$quota"
refused "write=122@/run.json" "run.json.partial." "write: $quota"

disk="Input/output error; the disk or the server behind it fails"
refused "write=5@/journal/000001+2" "journal/000001: write" "$disk"
refused "sync=5@/shards/" "shards/000001-00001: fdatasync" "$disk"
refused "write=5@/results.h5" "results.h5.partial." "HDF5: $disk"
refused "read=5@/shards/" "shards/000001-00001: byte" "$disk"
refused "sync=5@/results.h5" "results.h5.partial." "fsync: $disk"
stale="Stale file handle; the server no longer knows this file"
refused "sync=116@/journal/000001+1" "journal/000001: fdatasync" "$stale"
refused "write=116@/shards/" "shards/000001-00001: write" "$stale"
refused "write=116@/results.h5+2" "results.h5.partial." "HDF5: $stale"
refused "rename=116@/results.h5" "results.h5: rename" "$stale"
refused "open=116@/journal" "journal: open" "$stale"
locked="Read-only file system; nothing can be written there"
refused "make=30@/shards" "shards: make the folder" "$locked"
refused "make=30@/journal/" "journal/000001: create" "$locked"
refused "make=30@/lock" "lock: open" "$locked"
refused "make=30@/results.h5" "results.h5.partial." "HDF5: $locked"
# A limit on the size of files: a signal by itself, which would end the program
# without a word.
rm -rf "$run"
expect 10 "File too large" \
  bash -c 'ulimit -f 40; exec "$@"' - "$coxswain" run "$sweep" --out "$run"
nothing_half "$run"
expect 0 "sealed in" "$coxswain" run "$sweep" --out "$run"
cmp "$whole/results.h5" "$run/results.h5"
# There is room where this is tried: what is full is somebody's share.
share="free: a limit on the project or folder is used up"
refused "write=28@/journal/" "journal/000001: write" "$share"
refused "write=28@/shards/" "shards/000001-00001: write" "$share"
refused "write=28@/results.h5" "results.h5.partial." "$share"
refused "make=28@/results.h5" "results.h5.partial." "$share"
refused "make=28@/shards/" "shards/000001-00001: create" "$share"
refused "make=24@/results.h5" "results.h5.partial." "raise ulimit -n"
refused "write=27@/results.h5" "results.h5.partial." "files may not be so large"

# Inputs on a server that fails are not the inputs' fault; a wrong path is.
for rule in read=5@model.gguf open=116@sae_weights read=5@words.jsonl; do
  expect 10 "$(case $rule in *=5@*) echo "$disk" ;; *) echo "$stale" ;; esac)" \
    refusing "$rule" "$coxswain" plan "$sweep"
done
expect 5 "model.gguf: Permission denied" \
  refusing "open=13@model.gguf" "$coxswain" plan "$sweep"

# What is made of results.
cp -r "$whole" "$folder/other"
other=$folder/other
expect 10 "out/tables: make the folder: $quota" refusing "make=122@/out/tables" \
  "$coxswain" export "$other" --format csv --out "$folder/out.d/out"
expect 10 ".safetensors.partial." refusing "write=122@.safetensors" \
  "$coxswain" export "$other" --out "$folder/exported"
grep -qF "write: $quota" "$folder/out"
nothing_half "$folder/exported"
expect 10 "report: make the folder: $locked" refusing "make=30@/report" \
  "$coxswain" report "$other" --write
expect 10 "write: $quota" refusing "write=122@/report/" \
  "$coxswain" report "$other" --write
nothing_half "$other"
expect 10 "results.h5: HDF5: $disk" refusing "read=5@results.h5" \
  "$coxswain" report "$other"
expect 10 "results.h5: $stale" refusing "open=116@results.h5" \
  "$coxswain" export "$other" --out "$folder/exported"
expect 10 "partial.h5.partial." refusing "write=122@/partial.h5" \
  "$coxswain" seal "$other" --partial
grep -qF "HDF5: $quota" "$folder/out"
nothing_half "$other"
rm "$other/results.h5"
expect 10 "HDF5: $quota" refusing "write=122@/results.h5+4" \
  "$coxswain" seal "$other"
nothing_half "$other"
expect 0 "sealed in" "$coxswain" seal "$other"
cmp "$whole/results.h5" "$other/results.h5"
# What a command prints is lost as silently.
if [ -e /dev/full ]; then
  code=0
  "$coxswain" report "$whole" > /dev/full 2> "$folder/err" || code=$?
  test "$code" = 10
  grep -q 'stdout: write: No space left on device' "$folder/err"
fi

# A file system that can hold no more files, though bytes are free.
mkdir "$few"
if ! mount -t tmpfs -o size=20m,nr_inodes=100 tmpfs "$few" 2> /dev/null; then
  echo "skipped: mounting a tmpfs is not allowed here"
  exit 0
fi
run=$few/run
inodes="can hold no more files (no inode is free)"
# The root is one, the run directory another, then journal and so on.
for left in 1 2 3 4 5 7 9 10; do
  rm -rf "$run" "$few"/full*
  for ((i = 0; i < 99 - left; ++i)); do : > "$few/full$i"; done
  code=0
  "$coxswain" run "$sweep" --out "$run" > "$folder/out" 2>&1 || code=$?
  echo "$left files: exit $code, $(tail -n 1 "$folder/out")"
  if [ "$code" = 10 ]; then
    grep -qF "$inodes, whatever their size; " "$folder/out"
    grep -qF "MB are free; remove some files there, not bytes" "$folder/out"
  else
    test "$code" = 0
  fi
  nothing_half "$run"
  rm -f "$few"/full*
  expect 0 "" "$coxswain" run "$sweep" --out "$run"
  cmp "$whole/results.h5" "$run/results.h5"
done
for ((i = 0; i < 99; ++i)); do : > "$few/full$i" || break; done 2> /dev/null
expect 10 "$inodes" "$coxswain" export "$run" --out "$few/exported"
expect 10 "$inodes" "$coxswain" report "$run" --write
expect 10 "$inodes" "$coxswain" seal "$run" --partial
expect 0 "Steerability" "$coxswain" report --all "$run"
rm -f "$few"/full*
# A mount that nothing can be written to: what is there is read.
mount -o remount,ro "$few"
expect 10 "lock: open: $locked" "$coxswain" run "$sweep" --out "$run"
expect 10 "$locked" "$coxswain" run "$sweep" --out "$few/new"
expect 10 "$locked" "$coxswain" seal "$run" --partial
expect 10 "$locked" "$coxswain" report "$run" --write
expect 0 "Steerability" "$coxswain" report --all "$run"
expect 0 "control vectors" "$coxswain" export "$run" --out "$folder/read-only"
mount -o remount,rw "$few"
expect 0 "nothing to compute" "$coxswain" run "$sweep" --out "$run"
