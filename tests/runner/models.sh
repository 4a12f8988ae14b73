#!/usr/bin/env bash
# models.sh BUILD_FOLDER: two models in one sweep have the numbers that each has
# alone, side by side, and the tables say whose they are.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
cd "$folder"
cp model.gguf it.gguf
printf '\x3e' | dd of=it.gguf bs=1 seek=$(($(stat -c %s it.gguf) - 1)) \
  conv=notrunc status=none
cat > both.toml <<'TOML'
include = ["sweep.toml"]
[[model]]
id = "it"
source = "it.gguf"
template = "chatml"
system = "Be kind."
TOML

"$build/coxswain" run both.toml --set name=both > out 2> err
"$build/coxswain" report runs/both --all --csv > shown
grep -q 'words @ toy' shown
grep -q 'toy-sae @ it' shown
for model in toy it; do
  "$build/coxswain" run both.toml --set "name=$model" --only "model=$model" \
    > out 2> err
  "$build/coxswain" report "runs/$model" --csv > shown
  # Not the table of steerability: its p are adjusted over both.
  for table in norms slopes table1 saes; do
    grep " @ $model" "runs/both/tables/$table.csv" |
      sed "s/ @ $model//g" > mine
    tail -n +2 "runs/$model/tables/$table.csv" > alone
    cmp mine alone
  done
done
# They differ, so that the names could not have been exchanged.
if cmp -s <(tail -n +2 runs/toy/tables/norms.csv) \
  <(tail -n +2 runs/it/tables/norms.csv); then
  echo "the two models have the same vectors"
  exit 1
fi
