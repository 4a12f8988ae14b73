#!/usr/bin/env bash
# resume.sh BUILD_FOLDER: a run that was interrupted (Ctrl-C, a cut journal, a
# lost shard) goes on to the same bytes as an undisturbed one.
set -euo pipefail
source "$(dirname "$0")/../support/held.sh"
build=$1
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2> /dev/null || true; rm -rf "$folder"' EXIT
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

# A shard is gone: what lay in it is computed again, once.
rm -rf "$folder/cut"
cp -r "$folder/whole" "$folder/cut"
rm "$folder/cut/results.h5" "$folder"/cut/shards/*
"$coxswain" run "$folder/sweep.toml" --out "$folder/cut" 2> /dev/null
cmp "$folder/whole/results.h5" "$folder/cut/results.h5"
"$coxswain" run "$folder/sweep.toml" --out "$folder/cut" |
  grep -q 'nothing to compute'
test "$(find "$folder/cut/journal" -type f | wc -l)" = 2

# A byte of a shard is damaged: the same.
rm -rf "$folder/cut"
cp -r "$folder/whole" "$folder/cut"
rm "$folder/cut/results.h5"
shard=$(find "$folder/cut/shards" -type f | head -n 1)
printf 'x' | dd of="$shard" bs=1 seek=500 conv=notrunc status=none
"$coxswain" run "$folder/sweep.toml" --out "$folder/cut" 2> /dev/null
cmp "$folder/whole/results.h5" "$folder/cut/results.h5"

# The same of a run that is not complete. Nothing that is still to be done reads
# it: sealing finds it, and the next start computes it anew.
rm -rf "$folder/cut"
cp -r "$folder/whole" "$folder/cut"
rm "$folder/cut/results.h5"
printf 'x' | dd of="$folder/cut/shards/$(basename "$shard")" bs=1 seek=500 \
  conv=notrunc status=none
journal=$(find "$folder/cut/journal" -type f | head -n 1)
truncate -s $(($(stat -c %s "$journal") * 3 / 4)) "$journal"
if "$coxswain" run "$folder/sweep.toml" --out "$folder/cut" 2> "$folder/log"
then
  echo "a damaged shard was sealed"
  exit 1
fi
tail -n 3 "$folder/log" | grep -q 'damaged bytes.*computed anew'
"$coxswain" run "$folder/sweep.toml" --out "$folder/cut" 2> /dev/null
cmp "$folder/whole/results.h5" "$folder/cut/results.h5"

# results.h5 is of another format: a run seals it anew. Reports of an older one
# are made, of a newer one refused.
today=$(sed -n 's/^constexpr int kResultsFormatVersion = \([0-9]*\);/\1/p' \
  "$(dirname "$0")/../../storage/results/format_version.hpp")
byte() { printf '\\x%02x' "$1"; }
for version in $((today - 1)) $((today + 1)); do
  rm -rf "$folder/cut"
  cp -r "$folder/whole" "$folder/cut"
  perl -0777 -pi -e \
    "s/(format_version.*?)$(byte "$today")(\\0{7})/\$1$(byte "$version")\$2/s" \
    "$folder/cut/results.h5"
  if "$coxswain" report "$folder/cut" > /dev/null 2> "$folder/log"; then
    test "$version" -lt "$today"
  else
    grep -q 'format_version.*a newer program' "$folder/log"
  fi
  "$coxswain" run "$folder/sweep.toml" --out "$folder/cut" 2> /dev/null
  cmp "$folder/whole/results.h5" "$folder/cut/results.h5"
done

# results.h5 is damaged: it is sealed again, nothing is computed.
truncate -s 1000 "$folder/whole/results.h5"
"$coxswain" run "$folder/sweep.toml" --out "$folder/whole" 2> /dev/null
cmp "$folder/whole/results.h5" "$folder/cut/results.h5"
test "$(find "$folder/whole/journal" -type f | wc -l)" = 1
grep -q '"exit":0' "$folder/whole/exit.json"

# Ctrl-C drains: exit code 12, and the next call finishes.
held_program 3
"$program" run "$folder/sweep.toml" --out "$folder/stopped" 2> /dev/null &
pid=$!
wait_for held
kill -INT $pid
wait_for draining "$folder/stopped"
go_on
code=0
wait $pid || code=$?
test "$code" = 12
grep -q '"exit":12' "$folder/stopped/exit.json"
test ! -e "$folder/stopped/results.h5"
"$coxswain" run "$folder/sweep.toml" --out "$folder/stopped" 2> /dev/null
cmp "$folder/whole/results.h5" "$folder/stopped/results.h5"

# The data change under the same sweep file: results are replaced if that was
# asked for alone, and nothing old is kept in them.
sed -i '1s/number/figure/' "$folder/words.jsonl"
code=0
"$coxswain" run "$folder/sweep.toml" --out "$folder/whole" 2> /dev/null ||
  code=$?
test "$code" = 7
cmp "$folder/whole/results.h5" "$folder/stopped/results.h5"
"$coxswain" run "$folder/sweep.toml" --out "$folder/whole" --changed \
  2> /dev/null | grep -q 'sealed in'
"$coxswain" run "$folder/sweep.toml" --out "$folder/fresh" 2> /dev/null
cmp "$folder/whole/results.h5" "$folder/fresh/results.h5"
if cmp -s "$folder/whole/results.h5" "$folder/stopped/results.h5"; then
  echo "old results were kept although the data changed"
  exit 1
fi
