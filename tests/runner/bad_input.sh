#!/usr/bin/env bash
# bad_input.sh BUILD_FOLDER: whatever is wrong with the input is one sentence
# and an exit code of its own, before anything is written.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder/good"

# refuse NAME CODE TEXT [OPTION ...]: runs the sweep in $folder/bad, which must
# end with the code and one line that holds the text, and leave no run directory.
refuse() {
  local name=$1 code=$2 text=$3 found=0
  "$build/coxswain" run "$folder/bad/sweep.toml" "${@:4}" \
    > "$folder/out" 2> "$folder/err" || found=$?
  if [ "$found" != "$code" ] || ! grep -qF -- "$text" "$folder/err" ||
    [ "$(wc -l < "$folder/err")" != 1 ] || [ -e "$folder/bad/runs" ]; then
    echo "$name: exit $found (expected $code), stderr:"
    cat "$folder/err"
    exit 1
  fi
  fresh
}

fresh() {
  rm -rf "$folder/bad"
  cp -r "$folder/good" "$folder/bad"
}

bad=$folder/bad
fresh
rm "$bad/model.gguf"
refuse "missing model" 5 "model.gguf: No such file"
truncate -s 30000 "$bad/model.gguf"
refuse "truncated model" 5 "the file is cut"
echo hello > "$bad/model.gguf"
refuse "not a model" 5 "not a GGUF file"
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n' \
  > "$bad/model.gguf"
refuse "a pointer" 5 "model.gguf: a Git LFS pointer, not the file itself"
ln -sf nowhere "$bad/model.gguf"
refuse "a dangling link" 5 "a link to nowhere, which is not there"
sed -i 's/^source = "model.gguf"/&\nsha256 = "00ff"/' "$bad/sweep.toml"
refuse "wrong digest" 5 "expected 00ff"
sed -i 's/"d_in": 32/"d_in": 33/' "$bad/sae/cfg.json"
refuse "SAE against its weights" 6 "W_dec"
sed -i 's/jumprelu/temporal/' "$bad/sae/cfg.json"
refuse "unknown SAE" 6 'architecture: "temporal"'
rm "$bad/sae/sae_weights.safetensors"
refuse "missing SAE weights" 6 "sae_weights.safetensors: No such file"
sed -i '3s/.*/{broken/' "$bad/words.jsonl"
refuse "data line" 7 "words.jsonl:3: not a JSON object"
sed -i '2s/answer_matching_behavior/answer/' "$bad/letters.jsonl"
refuse "data key" 7 "letters.jsonl:2: answer_matching_behavior"
rm "$bad/words.jsonl"
refuse "missing data" 7 "words.jsonl"
sed -i 's/^template = "chatml"/template = "gemma"/; s/^system = .*//' \
  "$bad/sweep.toml"
refuse "template of another model" 7 \
  "template gemma: <end_of_turn>, <start_of_turn>, which model"
sed -i 's/^multipliers = {/multiplier = {/' "$bad/sweep.toml"
refuse "unknown key" 4 "steer.multipliers: missing"
sed -i 's/^random = 2/randon = 2/' "$bad/sweep.toml"
refuse "typo" 4 "did you mean steer.random?"
sed -i '0,/^layers = \[1, 2\]/s//layers = [1, 2, 4]/' "$bad/sweep.toml"
refuse "layer out of range" 4 "vector.layers: 4"
sed -i '0,/^layers = \[1, 2\]/s//layers = [1, 2/' "$bad/sweep.toml"
refuse "broken TOML" 4 "sweep.toml:"
echo 'include = ["sweep.toml"]' | cat - "$folder/good/sweep.toml" > "$bad/sweep.toml"
refuse "a file that includes itself" 4 "which includes this file"
sed -i '/^id = "toy-sae"/d; s/^source = "sae"/source = "sae_{layer}"/' "$bad/sweep.toml"
refuse "a family without its files" 6 "sae_2: no such file"
sed -i '/^id = "toy-sae"/d; s/^source = "sae"/source = "sae_{width}"/' "$bad/sweep.toml"
refuse "a template without its key" 4 "{width} without a key"
refuse "--set of an unknown key" 4 "--set steer.randon=2: steer.randon" \
  --set steer.randon=2
refuse "--set of a huge range" 4 "1000000001 values, expected at most 100000" \
  --set 'steer.multipliers={from=0,to=1e9,step=1}'
refuse "--only what is not there" 4 "only.behaviour: \"wards\"" \
  --only behaviour=wards
refuse "an idle exclusion" 4 "nothing that it takes out" \
  --set 'exclude=[{layer=1, variant="zero-reconstruction"}]'
rm "$bad/sweep.toml"
refuse "missing sweep" 4 "sweep.toml"

# A run that belongs to another sweep, a folder that is none, one in use.
"$build/coxswain" run "$bad/sweep.toml" --out "$folder/run" 2> /dev/null
before=$(sha256sum "$folder"/run/results.h5 "$folder"/run/journal/*)
sed -i 's/^name = "toy"/name = "other"/' "$bad/sweep.toml"
code=0
"$build/coxswain" run "$bad/sweep.toml" --out "$folder/run" \
  2> "$folder/err" || code=$?
test "$code" = 8
grep -q 'the run of a sweep named "toy"' "$folder/err"
test "$before" = "$(sha256sum "$folder"/run/results.h5 "$folder"/run/journal/*)"

mkdir "$folder/thesis"
echo precious > "$folder/thesis/chapter1"
code=0
"$build/coxswain" run "$bad/sweep.toml" --out "$folder/thesis" \
  2> "$folder/err" || code=$?
test "$code" = 8
test "$(find "$folder/thesis" -mindepth 1 -printf '%f')" = chapter1

fresh
code=0
flock "$folder/run/lock" "$build/coxswain" run "$bad/sweep.toml" \
  --out "$folder/run" 2> "$folder/err" || code=$?
test "$code" = 9
grep -q 'in use by' "$folder/err"

# Wrong words on the command line.
code=0
"$build/coxswain" rum 2> /dev/null > /dev/null || code=$?
test "$code" = 2
code=0
"$build/coxswain" report "$folder/nowhere" 2> "$folder/err" || code=$?
test "$code" = 10
grep -q 'no such file' "$folder/err"
