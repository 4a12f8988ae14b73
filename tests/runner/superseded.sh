#!/usr/bin/env bash
# superseded.sh BUILD_FOLDER: a coordinator is stopped in the middle, another
# one takes the directory over and is half done when the first one goes on: that
# one ends with a sentence, nothing is lost, nothing is there twice.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'kill -9 $(jobs -p) 2> /dev/null || true; rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
sweep=$folder/sweep.toml run=$folder/run
"$build/coxswain" run "$sweep" --out "$folder/whole" 2> /dev/null > /dev/null

# Until process $1 has stopped itself.
stopped() {
  until grep -q '^State:.T' "/proc/$1/status" 2> /dev/null; do
    if ! kill -0 "$1" 2> /dev/null; then
      echo "it ended before it stopped:"
      cat "$folder"/*.err
      exit 1
    fi
  done
}

for point in leased result_taken journal_written journal_synced; do
  rm -rf "$run"
  "$build/faulty_run" "$sweep" "$run" stop $point 3 2> "$folder/old.err" \
    > /dev/null &
  old=$!
  stopped $old
  "$build/faulty_run" "$sweep" "$run" take-over stop result_taken 4 \
    2> "$folder/new.err" > /dev/null &
  new=$!
  stopped $new
  kill -CONT $old
  code=0
  wait $old || code=$?
  if [ "$code" != 9 ] || ! grep -q 'start 2 of this run has begun' \
    "$folder/old.err"; then
    echo "$point: the old coordinator ended with $code:"
    cat "$folder/old.err"
    exit 1
  fi
  test ! -e "$run/exit.json"
  kill -CONT $new
  wait $new || { cat "$folder/new.err"; exit 1; }
  cmp "$folder/whole/results.h5" "$run/results.h5"
  read -r tasks records <<< "$("$build/count_commits" "$run")"
  test "$tasks" = "$records"
  test "$("$build/count_commits" "$folder/whole")" = "$tasks $records"
done
