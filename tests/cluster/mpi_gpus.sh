#!/usr/bin/env bash
# mpi_gpus.sh BUILD_FOLDER: of three workers that see two GPUs, the third is
# refused, and the others do its work; told that they may share, all compute;
# told to take two each, they do.
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
"$build/coxswain" run "$folder/sweep.toml" --out "$folder/alone" 2> /dev/null
export CUDA_VISIBLE_DEVICES=5,7

mpi_run 4 "$build/coxswain" run "$folder/sweep.toml" --out "$folder/few" \
  2>&1 | tee "$folder/said"
grep -q '5,7 for 3 workers' "$folder/said"
cmp "$folder/alone/results.h5" "$folder/few/results.h5"
"$build/coxswain" status "$folder/few" --workers | tee "$folder/workers"
grep -q '3 workers of 1 thread share' "$folder/said" || [ "$(nproc)" -ge 3 ]
test "$(awk '$1 == 1 || $1 == 2 { printf "%s ", $3 }' "$folder/workers")" = '5 7 '

mpi_run 4 "$build/coxswain" run "$folder/sweep.toml" --out "$folder/shared" \
  --share-gpus 2>&1 | tee "$folder/said"
if grep -q 'for 3 workers' "$folder/said"; then exit 1; fi
cmp "$folder/alone/results.h5" "$folder/shared/results.h5"

export CUDA_VISIBLE_DEVICES=0,1,2,3,4
mpi_run 3 "$build/coxswain" run "$folder/sweep.toml" --out "$folder/pairs" \
  --gpus-per-worker 2 2>&1 | tee "$folder/said"
if grep -q 'for 2 workers' "$folder/said"; then exit 1; fi
"$build/coxswain" status "$folder/pairs" --workers | tee "$folder/workers"
test "$(awk '$1 == 1 || $1 == 2 { printf "%s ", $3 }' "$folder/workers")" = '0,1 2,3 '
cmp "$folder/alone/results.h5" "$folder/pairs/results.h5"
