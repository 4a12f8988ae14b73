#!/usr/bin/env bash
# check.sh BUILD_FOLDER: what `coxswain check` says of good and bad models.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder/toy"
model=examples/first_light/models/SmolLM2-135M-Instruct.Q4_1.gguf

# expect CODE SOURCE TEXT...: ends with the code and says every text.
expect() {
  local code=$1 source=$2 found=0 text
  shift 2
  "$build/coxswain" check "$source" > "$folder/out" 2>&1 || found=$?
  for text in "$@"; do
    if [ "$found" != "$code" ] || ! grep -qF -- "$text" "$folder/out"; then
      echo "check $source: exit $found (expected $code), no \"$text\" in:"
      cat "$folder/out"
      exit 1
    fi
  done
}

# Random weights are told from a language model.
expect 0 "$folder/toy/sae" \
  "an SAE, format saelens, architecture jumprelu: 64 features of 32" \
  "no problems found"
expect 5 "$folder/toy/model.gguf" "gguf, llama" "4 layers" \
  "PROBLEM plain English is no likelier than chance"
sed '1~4 s/_behavior":"+"\(.*\)_behavior":"-"/_behavior":"-"\1_behavior":"+"/' \
  "$folder/toy/words.jsonl" > "$folder/toy/answers.jsonl"
cat >> "$folder/toy/sweep.toml" << 'END'

[[data]]
behaviour = "answers"
source = "answers.jsonl"
test_items = 20
END
expect 5 "$folder/toy/sweep.toml" "letters: " "steered from <" \
  "WARNING letters: A matches in 13 training pairs, B in 7" \
  'WARNING answers: - matches in 5 training pairs, + in 15: the vector has 0.50' \
  'times "- minus +" in it, whatever the behaviour; the variant "balanced"' \
  'note answers: no question has both "-" and "+" as its matching answer'
expect 5 "$folder/nowhere" "nowhere"
expect 5 hf:org/nowhere "HF_HOME"
expect 4 "$folder/nowhere.toml" "nowhere.toml"

# A weight that is not a number: the last bytes are of the embedding.
cp "$folder/toy/model.gguf" "$folder/nan.gguf"
size=$(stat -c %s "$folder/nan.gguf")
for ((at = size - 8192; at < size - 64; at += 4)); do
  printf '\000\000\300\177'
done | dd of="$folder/nan.gguf" bs=1 seek=$((size - 8192)) conv=notrunc \
  status=none
expect 5 "$folder/nan.gguf" "token_embd.weight: an infinite number, or NaN"

# The template of another model.
sed -i 's/^template = "chatml"/template = "gemma"/; s/^system = .*//' \
  "$folder/toy/sweep.toml"
expect 5 "$folder/toy/sweep.toml" "<start_of_turn> is not a token"

cd "$(dirname "$0")/../.."
if [ ! -e "$model" ]; then
  echo "SmolLM2 is not here: the rest is skipped"
  exit 0
fi
expect 0 "$model" "Paris" "no problems found" "named ones that agree: chatml"
# The same through the hub's cache, where files are links.
hub=$folder/hub/models--toys--smol
mkdir -p "$hub/refs" "$hub/snapshots/abc"
echo -n abc > "$hub/refs/main"
ln -s "$PWD/$model" "$hub/snapshots/abc/model.gguf"
HF_HUB_CACHE=$folder/hub expect 0 hf:toys/smol//model.gguf "Paris"
# An SAE at its own layer, and one that is of another layer than the sweep says.
light=$folder/light
mkdir "$light"
for part in data models; do ln -s "$PWD/examples/first_light/$part" "$light"; done
cp -r examples/first_light/saes examples/first_light/sweep.toml "$light"
expect 0 "$light/sweep.toml" "SAE layer_15_width_1024: saelens, jumprelu" \
  "> b_dec subtracted" "no problems found"
# Nothing of its files or folders says so: it is measured.
mv "$light/saes/layer_15_width_1024" "$light/saes/mine"
sed -i 's/blocks.15.hook_resid_post//; s/model.layers.15.output//' \
  "$light/saes/mine/cfg.json"
sed -i 's/^layer = 15/layer = 10/; s|saes/layer_15_width_1024|saes/mine|' \
  "$light/sweep.toml"
expect 5 "$light/sweep.toml" "PROBLEM SAE layer_15_width_1024" \
  "it is of another layer"
