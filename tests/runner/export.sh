#!/usr/bin/env bash
# export.sh BUILD_FOLDER: what export writes, refuses and leaves alone; read
# back by the formats' own libraries where COXSWAIN_PYTHON, or python3, has them
# (gguf, safetensors, h5py, numpy).
set -euo pipefail
here=$(dirname "$0")
source "$here/../support/expect.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/sweep"
sed -i 's/^layers = \[1, 2\]/layers = [0, 1, 2]/' "$folder/sweep/sweep.toml"
run=$folder/run
"$coxswain" run "$folder/sweep/sweep.toml" --out "$run" > "$folder/log" 2>&1 || {
  cat "$folder/log"
  exit 1
}

expect 2 "--out is required" "$coxswain" export "$run"
expect 2 "pdf not in" "$coxswain" export "$run" --out "$folder/x" --format pdf
expect 10 "nowhere" "$coxswain" export "$folder/nowhere" --out "$folder/x"
test ! -e "$folder/x"

# Everything, and what to do with it.
all="--format safetensors --format gguf --format csv"
mine=$folder/mine
# shellcheck disable=SC2086
expect 0 "vectors of layer 0 are no control vectors" \
  "$coxswain" export "$run" --out "$mine" $all
test "$(grep -c '^note llama.cpp adds' "$folder/out")" = 1
grep -qF -- "--control-vector-scaled $mine/gguf/toy/letters/original.gguf:1 --control-vector-layer-range 1 1" \
  "$folder/out"
for path in toy.safetensors gguf/toy/words/original.gguf \
  gguf/toy/letters/reconstruction-omp_4-negative-toy-sae.gguf \
  gguf/toy/letters/planted-fixed_sign.gguf \
  tables/propensity.csv names/parts.csv; do
  test -s "$mine/$path"
done
test -z "$(find "$mine" -name '*.partial.*' -o -name 'planted.gguf')"

# From results.h5 alone, with fewer formats: the same bytes.
cp "$run/results.h5" "$folder"
expect 0 "toy.safetensors" \
  "$coxswain" export "$folder/results.h5" --out "$folder/two"
cmp "$mine/toy.safetensors" "$folder/two/toy.safetensors"
diff -r "$mine/gguf" "$folder/two/gguf"
test ! -e "$folder/two/tables"

# Again: what is there is left as it is.
before=$(find "$mine" -type f -exec stat -c '%n %i' {} + | sort)
# shellcheck disable=SC2086
expect 0 "were there already, byte for byte" \
  "$coxswain" export "$run" --out "$mine" $all
rm "$mine/gguf/toy/words/original.gguf"
expect 0 "were there already" "$coxswain" export "$run" --out "$mine"
cmp "$mine/gguf/toy/words/original.gguf" \
  "$folder/two/gguf/toy/words/original.gguf"
test "$(grep -vF words/original <<< "$before")" = \
  "$(find "$mine" -type f -exec stat -c '%n %i' {} + | sort |
    grep -vF words/original)"

# Another file: named, and nothing is written.
rm "$mine/toy.safetensors"
printf x | dd of="$mine/gguf/toy/words/original.gguf" bs=1 seek=200 \
  conv=notrunc 2> "$folder/err"
expect 10 "$mine/gguf/toy/words/original.gguf: a file with other bytes" \
  "$coxswain" export "$run" --out "$mine"
test ! -e "$mine/toy.safetensors"
rm "$mine/gguf/toy/words/original.gguf"
mkdir "$mine/gguf/toy/words/original.gguf"
expect 10 "something that is no file" "$coxswain" export "$run" --out "$mine"
touch "$folder/file"
expect 10 "something that is no folder" \
  "$coxswain" export "$run" --out "$folder/file"

# An unfinished run: what is there, and how many are not.
cp -r "$run" "$folder/cut"
rm "$folder/cut/results.h5" "$folder/cut/exit.json"
journal=$folder/cut/journal/000001
truncate -s $(($(stat -c %s "$journal") / 3)) "$journal"
expect 0 "are left out: not computed" \
  "$coxswain" export "$folder/cut" --out "$folder/part"
grep -q "is not complete" "$folder/out"
test "$(stat -c %s "$folder/part/toy.safetensors")" -lt \
  "$(stat -c %s "$folder/two/toy.safetensors")"

# shellcheck disable=SC2086
"$coxswain" export "$run" --out "$folder/read" $all > "$folder/log"
code=0
"${COXSWAIN_PYTHON:-python3}" "$here/export_readers.py" "$run/results.h5" \
  "$folder/read" || code=$?
if [ "$code" = 77 ]; then
  echo "skipped: COXSWAIN_PYTHON names a Python with gguf, safetensors and h5py"
fi
exit "$code"
