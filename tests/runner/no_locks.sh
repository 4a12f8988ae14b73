#!/usr/bin/env bash
# no_locks.sh BUILD_FOLDER: a file system without locks (37: NFS without lockd,
# 95 and 38: Lustre without -o flock) takes nothing from a run, whatever
# HDF5_USE_FILE_LOCKING says; two starts on one directory still don't meet; and
# a file that somebody holds is called held.
set -euo pipefail
source "$(dirname "$0")/../support/held.sh"
source "$(dirname "$0")/../support/expect.sh"
source "$(dirname "$0")/../support/refuse.sh"
build=$1
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2> /dev/null || true; rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder"
sweep=$folder/sweep.toml whole=$folder/whole run=$folder/run
"$coxswain" run "$sweep" --out "$whole" > /dev/null 2>&1

# without ERROR COMMAND...: where the system answers ERROR to any lock.
without() { refusing "lock=$1@/" "${@:2}"; }
with_variable() { HDF5_USE_FILE_LOCKING=$1 "${@:2}"; }

for error in 37 95 38; do
  for variable in TRUE BEST_EFFORT FALSE; do
    rm -rf "$run"
    expect 0 "sealed in $run/results.h5" with_variable $variable \
      without $error "$coxswain" run "$sweep" --out "$run"
    cmp "$whole/results.h5" "$run/results.h5"
    nothing_half "$run"
  done
  expect 0 "nothing to compute" \
    without $error "$coxswain" run "$sweep" --out "$run"
done

# Everything else that opens an HDF5 file.
expect 0 "Steerability" without 37 "$coxswain" report "$run" --all --csv
expect 0 "all in one page" without 95 "$coxswain" report "$run" --write
expect 0 "byte for byte" without 37 "$coxswain" report "$run" --check
expect 0 "Steerability" without 38 "$coxswain" report --all "$run/results.h5"
expect 0 "control vectors" \
  without 37 "$coxswain" export "$run" --out "$folder/exported"
expect 0 "tables" without 95 "$coxswain" export "$run" --format csv \
  --out "$folder/csv"
expect 0 "ENDED exit 0" without 37 "$coxswain" status "$run"
expect 0 "partial.h5" without 37 "$coxswain" seal "$run" --partial
rm "$run/results.h5"
expect 0 "sealed in $run/results.h5" without 95 "$coxswain" seal "$run"
cmp "$whole/results.h5" "$run/results.h5"
# A sweep that starts from the run's activations, which lie in its results.h5.
{
  echo 'name = "again"'
  sed -n '/^\[vector\]/,/^\[steer\]/p' "$sweep" | grep -v '^controls' |
    sed 's#^\[vector\]#&\nfrom = "run"#; /^\[steer\]/d'
} > "$folder/again.toml"
expect 0 "sealed in" without 37 "$coxswain" run "$folder/again.toml" \
  --out "$folder/again"

# A second start is refused while the first one works, without locks as with
# them, and the first one goes on to the same bytes.
for error in 37 38; do
  rm -rf "$run"
  held_program 3
  without $error "$program" run "$sweep" --out "$run" > /dev/null 2>&1 &
  first=$!
  wait_for held
  expect 9 "lock: flock: " without $error "$coxswain" run "$sweep" --out "$run"
  grep -q "status.json is kept by process .*--take-over if it is dead" \
    "$folder/out"
  expect 0 "RUNNING" without $error "$coxswain" status "$run"
  go_on
  wait $first
  cmp "$whole/results.h5" "$run/results.h5"
done
# One that was killed is followed at once.
rm -rf "$run"
held_program 3
without 37 "$program" run "$sweep" --out "$run" > /dev/null 2>&1 &
first=$!
wait_for held
kill -9 "$(sed -n 's/^process \([0-9]*\) on.*/\1/p' "$run/lock")"
wait $first || true
expect 0 "sealed in" without 37 "$coxswain" run "$sweep" --out "$run"
cmp "$whole/results.h5" "$run/results.h5"

# Held for writing, as h5py's File(..., "r+") holds it; then for reading.
exec 8<> "$run/results.h5"
flock --exclusive 8
held="results.h5: held for writing by another program"
expect 10 "$held" "$coxswain" report "$run"
expect 10 "$held" "$coxswain" report "$run" --write
expect 10 "$held" "$coxswain" export "$run" --out "$folder/other"
expect 10 "$held" "$coxswain" run "$sweep" --out "$run"
expect 10 "$held" "$coxswain" plan "$folder/again.toml"
flock --shared 8
expect 0 "Steerability" "$coxswain" report --all "$run"
expect 0 "nothing to compute" "$coxswain" run "$sweep" --out "$run"
# More is sealed while somebody reads: he keeps the file that he opened.
sed 's/from = -1, to = 1, step/from = -1, to = 1.5, step/' "$sweep" \
  > "$folder/more.toml"
expect 0 "sealed in" "$coxswain" run "$folder/more.toml" --out "$run"
exec 8>&-
expect 0 "sealed in" "$coxswain" run "$sweep" --out "$run"
cmp "$whole/results.h5" "$run/results.h5"

# h5py itself, where it is.
python=${COXSWAIN_PYTHON:-python3}
if "$python" -c 'import h5py' 2> /dev/null; then
  coproc "$python" -c 'import h5py, sys
file = h5py.File(sys.argv[1], "r+")
print("open", flush=True)
input()' "$run/results.h5"
  read -r -u "${COPROC[0]}" word
  test "$word" = open
  expect 10 "$held" "$coxswain" report "$run"
  echo >&"${COPROC[1]}"
  wait "$COPROC_PID"
  expect 0 "Steerability" "$coxswain" report --all "$run"
fi
