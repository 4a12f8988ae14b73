#!/usr/bin/env bash
# stop.sh BUILD_FOLDER: a run is told to stop from another shell, drains, and
# goes on to the same bytes; its status is there all the while.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder"
# Evaluations of a second or so each: time to be asked.
sed -i 's/step = 0.5/step = 0.001/' "$folder/sweep.toml"
"$coxswain" run "$folder/sweep.toml" --out "$folder/whole" 2> /dev/null

# It may be over before it is asked: then again.
code=0
for try in 1 2 3 4 5 6 7 8; do
  rm -rf "$folder/run"
  "$coxswain" run "$folder/sweep.toml" --out "$folder/run" \
    > /dev/null 2> "$folder/log" &
  until [ -s "$folder/run/status.json" ]; do :; done
  code=0
  "$coxswain" stop "$folder/run" --wait > "$folder/out" || code=$?
  ran=0
  wait $! || ran=$?
  test "$code" = "$ran"
  if [ "$code" = 12 ]; then break; fi
done
echo "stopped at try $try"
test "$code" = 12
grep -q 'ended with exit 12' "$folder/out"
test ! -e "$folder/run/stop"
"$coxswain" status "$folder/run" > "$folder/out"
grep -q '^ENDED exit 12' "$folder/out"
grep -qE '^all +[0-9]+ of 17 +0 ' "$folder/out"

# A request that nobody heard does not stop the next start.
echo somebody > "$folder/run/stop"
"$coxswain" run "$folder/sweep.toml" --out "$folder/run" > /dev/null 2>&1
cmp "$folder/whole/results.h5" "$folder/run/results.h5"
test ! -e "$folder/run/stop"
"$coxswain" status "$folder/run" | grep -qE '^all +17 of 17 '
