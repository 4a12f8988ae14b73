#!/usr/bin/env bash
# seal.sh BUILD_FOLDER: results.h5 and partial.h5 from a run's directory alone,
# beside a coordinator, over what a killed seal left; and reports from them.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/sweep"
"$coxswain" run "$folder/sweep/sweep.toml" --out "$folder/whole" 2> /dev/null

source "$(dirname "$0")/../support/expect.sh"

fresh() {
  rm -rf "$folder/run"
  cp -r "$folder/whole" "$folder/run"
  rm "$folder/run/results.h5"
}

# Cut at two thirds of its journal, as a kill would leave it.
cut_run() {
  fresh
  rm "$folder/run/exit.json"
  local journal=$folder/run/journal/000001
  truncate -s $(($(stat -c %s "$journal") * 2 / 3)) "$journal"
}

# A complete run: the same bytes as the run itself sealed.
fresh
touch "$folder/run/results.h5.partial.999999999"
expect 0 "sealed in $folder/run/results.h5" "$coxswain" seal "$folder/run"
cmp "$folder/whole/results.h5" "$folder/run/results.h5"
test -z "$(find "$folder/run" -name '*.partial.*')"

# The sweep's folder has moved.
fresh
mv "$folder/sweep" "$folder/moved"
expect 4 "no such folder" "$coxswain" seal "$folder/run"
expect 0 "sealed in" "$coxswain" seal "$folder/run" \
  --sweep "$folder/moved/sweep.toml"
cmp "$folder/whole/results.h5" "$folder/run/results.h5"
sed 's/^name = "toy"/name = "other"/' "$folder/moved/sweep.toml" \
  > "$folder/moved/other.toml"
expect 8 'named "toy"' "$coxswain" seal "$folder/run" \
  --sweep "$folder/moved/other.toml"
mv "$folder/moved" "$folder/sweep"

# Of a version that did not say where the sweep is.
fresh
rm "$folder/run/run.json"
expect 4 "--sweep FILE" "$coxswain" seal "$folder/run"

# partial.h5 of a complete run leaves results.h5 alone.
fresh
expect 0 "sealed in $folder/run/partial.h5" \
  "$coxswain" seal "$folder/run" --partial
test ! -e "$folder/run/results.h5"
expect 0 "Steerability" "$coxswain" report --all "$folder/run/partial.h5"
if grep -q 'of .* cells' "$folder/out"; then
  echo "a complete report counts cells"
  exit 1
fi

# While somebody works on the run: partial.h5 alone.
fresh
expect 9 "in use by" flock "$folder/run/lock" "$coxswain" seal "$folder/run"
expect 0 "partial.h5" flock "$folder/run/lock" \
  "$coxswain" seal "$folder/run" --partial
test ! -e "$folder/run/results.h5"

# An unfinished run: never results.h5, and nothing of the run itself changes.
cut_run
before=$(find "$folder/run/journal" "$folder/run/shards" -type f \
  -exec sha256sum {} +)
touch "$folder/run/partial.h5.partial.999999999"
expect 0 "tasks sealed in $folder/run/partial.h5" \
  "$coxswain" seal "$folder/run"
test ! -e "$folder/run/results.h5"
test -z "$(find "$folder/run" -name '*.partial.*')"
test "$before" = "$(find "$folder/run/journal" "$folder/run/shards" -type f \
  -exec sha256sum {} +)"

# Its report says how much is there, from what was just sealed.
sealed=$(stat -c %i "$folder/run/partial.h5")
expect 0 "is not complete" "$coxswain" report "$folder/run" --all --csv
grep -qE '^[0-9]+ of [0-9]+ cells' "$folder/out"
grep -qE '^Steerability.*\([0-9]+ of [0-9]+ cells\)' "$folder/out"
head -n 1 "$folder/run/tables/steerability.csv" | grep -q 'cells,of$'
test "$sealed" = "$(stat -c %i "$folder/run/partial.h5")"

# A damaged partial.h5 is made again, as is one that is older than the journal.
truncate -s 1000 "$folder/run/partial.h5"
expect 0 "Norms" "$coxswain" report --all "$folder/run"
sealed=$(stat -c %i "$folder/run/partial.h5")
touch "$folder/run/journal/000001"
expect 0 "Norms" "$coxswain" report --all "$folder/run"
test "$sealed" != "$(stat -c %i "$folder/run/partial.h5")"

# What was drained and goes on ends as ever.
"$coxswain" run "$folder/sweep/sweep.toml" --out "$folder/run" > /dev/null 2>&1
cmp "$folder/whole/results.h5" "$folder/run/results.h5"

# A shard is gone: not complete after all.
fresh
rm "$folder"/run/shards/*
expect 0 "gone or damaged" "$coxswain" seal "$folder/run"
test ! -e "$folder/run/results.h5"
test -e "$folder/run/partial.h5"

expect 8 "no such folder" "$coxswain" seal "$folder/nowhere"
expect 8 "without a journal" "$coxswain" seal "$folder/sweep"
mkdir -p "$folder/empty/journal"
expect 8 "no start recorded" "$coxswain" seal "$folder/empty"
