#!/usr/bin/env bash
# widths.sh BUILD_FOLDER: models of different d_model in one sweep have the
# numbers, the exports and the files' bytes that each has alone.
set -euo pipefail
build=$1
coxswain=$build/coxswain
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
"$build/make_toy_sweep" "$folder"
cd "$folder"
cat > both.toml <<'TOML'
include = ["sweep.toml"]
[[model]]
id = "wide"
source = "wide.gguf"
[[sae]]
id = "wide-sae"
source = "wide_sae"
layer = 2
fit = "any"
model = "wide"
TOML

# Each SAE has one width: which model it is for has to be said.
expect 6 'say by model = "ID"' "$coxswain" run both.toml --set name=both

run() {
  "$coxswain" run both.toml --set sae.toy-sae.model=toy "$@" > out 2> err
}
run --set name=both
"$coxswain" export runs/both --out exported/both > out
"$coxswain" report runs/both --all --csv > shown
grep -q 'toy-sae' shown
grep -q 'wide-sae' shown
for model in toy wide; do
  run --set "name=$model" --only "model=$model"
  "$coxswain" export "runs/$model" --out "exported/$model" > out
  "$coxswain" report "runs/$model" --csv > shown
  for table in norms slopes table1 table2 saes agreement; do
    [ -f "runs/$model/tables/$table.csv" ] || continue
    grep -E " @ $model|^$model-sae" "runs/both/tables/$table.csv" |
      sed "s/ @ $model//g" > mine || true
    tail -n +2 "runs/$model/tables/$table.csv" > alone
    cmp mine alone
  done
done
python3 - <<'PYTHON'
import json, glob

def tensors(run, model):
    (path,) = glob.glob(f"exported/{run}/{model}.safetensors")
    data = open(path, "rb").read()
    n = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + n])
    header.pop("__metadata__")
    return {name: data[8 + n:][one["data_offsets"][0]:one["data_offsets"][1]]
            for name, one in header.items()}

for model, width in (("toy", 32), ("wide", 48)):
    alone, both = tensors(model, model), tensors("both", model)
    assert len(alone) > 10
    assert alone == both, model
    assert all(len(one) == 4 * width for one in alone.values())
PYTHON

# What is complete is read again without a word, and calibrated by one width.
expect 0 'nothing to compute' "$coxswain" run both.toml --set name=both \
  --set sae.toy-sae.model=toy
expect 0 'longest chain' env XDG_CACHE_HOME="$folder/cache" "$coxswain" plan \
  both.toml --calibrate --set name=both --set sae.toy-sae.model=toy
