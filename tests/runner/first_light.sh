#!/usr/bin/env bash
# first_light.sh BUILD_FOLDER: the example on the real model by a coordinator
# and two workers; its report begins with the slopes that this model has on the
# pairs of words that no vector is made of (reference.sentiment has the golden
# values of the same path).
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
build=$1
root=$(dirname "$0")/../..
if ! ls "$root"/examples/first_light/models/*.gguf > /dev/null 2>&1; then
  echo "skipped: the model is not here (examples/first_light/fetch_model)"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mpi_run 3 "$build/coxswain" run "$root/examples/first_light/sweep.toml" \
  --out "$folder/run"
"$build/coxswain" report "$folder/run" --all --csv > "$folder/report"
head -n 8 "$folder/report"

# The first behaviour, in order: slope, and the same from the CSV.
csv=$folder/run/tables/steerability.csv
expect() {
  local layer=$1 variant=$2 slope=$3
  awk -F, -v layer="$layer" -v variant="$variant" -v slope="$slope" '
    $1 == "sentiment-words" && $2 == layer && index($3, variant) == 1 {
      found = 1
      if ($4 - slope > 0.0001 || slope - $4 > 0.0001) bad = 1
    }
    END { exit !found || bad }' <(tr -d '"' < "$csv") || {
    echo "layer $layer $variant: not $slope"
    exit 1
  }
}
sed -n 3p "$folder/report" | grep -q "^  sentiment-words  *15  original"
expect 10 original 0.2556
expect 15 original 0.9123
expect 20 original 1.6891
expect 15 reconstruction 0.2373
expect 15 zero-reconstruction -0.0707
grep -q 'zero vector .*1014=12.30 132=12.18 191=11.71 458=10.28 885=9.85' \
  "$folder/report"
grep -q '^"*corrigible-neutral-HHH"*,.*132=12.27 1014=12.26 191=11.95 458=10.07' \
  "$folder/run/tables/table1.csv"
# Table 2, as the reference's Python has it: features whose mean codes differ,
# negative projections on encoder and decoder, and the table of signs.
for row in corrigible-neutral-HHH,15,layer_15_width_1024,63,31,30,22,4,10,27 \
  survival-instinct,15,layer_15_width_1024,78,50,53,25,23,3,27; do
  tr -d '"' < "$folder/run/tables/table2.csv" | grep -q "^$row" || {
    echo "table2.csv has no row $row"
    cat "$folder/run/tables/table2.csv"
    exit 1
  }
done
