#!/usr/bin/env bash
# mpi_sweep.sh BUILD_FOLDER RANKS: a sweep under mpirun gives the same bytes as
# alone, and a second call computes nothing.
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
build=$1 ranks=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$build/make_toy_sweep" "$folder"
"$build/coxswain" run "$folder/sweep.toml" --out "$folder/alone"
mpi_run "$ranks" "$build/coxswain" run "$folder/sweep.toml" --out "$folder/many"
cmp "$folder/alone/results.h5" "$folder/many/results.h5"

before=$(stat -c %Y.%i "$folder/many/results.h5")
mpi_run "$ranks" "$build/coxswain" run "$folder/sweep.toml" \
  --out "$folder/many" | tee "$folder/second"
grep -q 'nothing to compute' "$folder/second"
test "$before" = "$(stat -c %Y.%i "$folder/many/results.h5")"
test "$(find "$folder/many/journal" -type f | wc -l)" = 1
