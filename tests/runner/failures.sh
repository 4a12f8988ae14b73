#!/usr/bin/env bash
# failures.sh BUILD_FOLDER: a task that fails has a kind, which decides whether
# it is tried again, and stands in status, its JSON, exit.json and the terminal;
# without what it failed of the run goes on to the same bytes.
set -euo pipefail
source "$(dirname "$0")/../support/expect.sh"
source "$(dirname "$0")/../support/refuse.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/sweep"
sweep=$folder/sweep/sweep.toml run=$folder/run
"$coxswain" run "$sweep" --out "$folder/whole" > /dev/null 2>&1

# attempts KIND N: every failed attempt in the journal is of that kind, and the
# tasks that failed were tried N times each.
attempts() {
  "$coxswain" status "$run" --json > "$folder/json"
  python3 - "$folder/json" "$1" "$2" << 'END'
import json, sys
path, kind, attempts = sys.argv[1:]
journal = json.load(open(path))["journal"]
tried = {}
for one in journal["failed_attempts"]:
    assert one["failure"] == kind, one
    tried[one["key"]] = tried.get(one["key"], 0) + 1
assert set(tried.values()) == {int(attempts)}, tried
for one in journal["quarantined"]:
    assert one["failure"] == kind, one
    assert not one["reason"] or one["key"] in tried, one
END
}

# heals [OPTION]: goes on to the same bytes.
heals() {
  expect 0 "sealed in" "$coxswain" run "$sweep" --out "$run" "$@"
  cmp "$folder/whole/results.h5" "$run/results.h5"
}

# given_up KIND N TEXT COMMAND...: the run at $run is complete but for tasks that
# were given up after N attempts of that kind.
given_up() {
  rm -rf "$run"
  expect 3 "$3" "${@:4}"
  grep -qF "($1): " "$folder/out"
  grep -qE "tasks were given up, .*failures: [0-9]+ $1\)" "$folder/out"
  grep -qE "\"exit\":3,.*failures: [0-9]+ $1\)" "$run/exit.json"
  expect 0 "$1: " "$coxswain" status "$run" --failed
  grep -qE "given up: [0-9]+ tasks \([0-9]+ $1\)" "$folder/out"
  expect 0 "given up (" "$coxswain" status "$run"
  grep -qE "last failure .*\($1\): " "$folder/out"
  attempts "$1" "$2"
}

# tried_again KIND TEXT COMMAND...: one attempt fails so, and the next does not.
tried_again() {
  rm -rf "$run"
  expect 0 "$2" "${@:3}"
  grep -qF "($1): " "$folder/out"
  attempts "$1" 1
  cmp "$folder/whole/results.h5" "$run/results.h5"
}

# What is the same however often it is tried is tried once.
given_up input 1 "on purpose" "$build/faulty_run" "$sweep" "$run" \
  input computed 4
heals
given_up numbers 1 "on purpose" "$build/faulty_run" "$sweep" "$run" \
  numbers computed 6
heals
# Cells whose logits are not finite cost no others, and no task.
rm -rf "$run"
expect 3 "cells without numbers: logits that are infinite" "$coxswain" run \
  "$sweep" --out "$run" --set 'steer.multipliers=[-1e38,0,1e38]'
grep -qE '"exit":3,.*cells without numbers' "$run/exit.json"
expect 3 "cells without numbers" "$coxswain" run \
  "$sweep" --out "$run" --set 'steer.multipliers=[-1e38,0,1e38]'
heals
# An SAE whose numbers are finite and whose codes are not; its digest, and so
# its tasks, are others.
python3 - "$folder/sweep/sae/sae_weights.safetensors" << 'END'
import shutil, struct, json, sys
path = sys.argv[1]
shutil.copy(path, path + ".good")
data = bytearray(open(path, "rb").read())
n = struct.unpack("<Q", data[:8])[0]
place = json.loads(data[8:8 + n])["W_enc"]["data_offsets"]
for at in range(8 + n + place[0], 8 + n + place[1], 4):
    data[at:at + 4] = struct.pack("<f", 3e38)
open(path, "wb").write(data)
END
given_up numbers 1 "infinite, or not a number" \
  "$coxswain" run "$sweep" --out "$run"
mv "$folder/sweep/sae/sae_weights.safetensors.good" \
  "$folder/sweep/sae/sae_weights.safetensors"
# What was sealed of the bad SAE is another file's, and is kept beside.
heals --changed

# What may be otherwise the next time is tried three times.
tried_again memory "out of memory" "$build/faulty_run" "$sweep" "$run" \
  memory computed 2
tried_again files "on purpose: Input/output error" "$build/faulty_run" \
  "$sweep" "$run" files computed 5
tried_again unknown "thrown on purpose" "$build/faulty_run" "$sweep" "$run" \
  throw computed 3
disk="Input/output error; the disk or the server behind it fails"
tried_again files "$disk" refusing "read=5@/shards/+0x1" \
  "$coxswain" run "$sweep" --out "$run"
given_up files 3 "$disk" refusing "read=5@/shards/+0x3" \
  "$coxswain" run "$sweep" --out "$run"
heals
given_up files 3 "Stale file handle" refusing "open=116@/shards/+0x3" \
  "$coxswain" run "$sweep" --out "$run"
heals

# A shard that was damaged between two starts is no failure: it is computed
# anew. One that is damaged under way is one, and is not read three times.
rm -rf "$run"
given_up files 3 "$disk" refusing "read=5@/shards/+0x3" \
  "$coxswain" run "$sweep" --out "$run"
shard=$run/shards/000001-00001
printf '\377' | dd of="$shard" bs=1 seek=$(($(stat -c %s "$shard") / 2)) \
  conv=notrunc 2> /dev/null
heals
