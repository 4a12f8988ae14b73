#!/usr/bin/env bash
# check_data.sh BUILD_FOLDER: what `coxswain check DATA --model MODEL` shows of
# data in every form, and says of what people get wrong.
set -euo pipefail
build=$1
pairs=$(cd "$(dirname "$0")/../data/pairs" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder/toy"
model=$folder/toy/model.gguf

# expect CODE FILE OPTION... -- TEXT...: ends with the code and says every text,
# on a screen.
expect() {
  local code=$1 source=$2 found=0 text
  local options=()
  shift 2
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  "$build/coxswain" check "$source" --model "$model" \
    ${options[@]+"${options[@]}"} > "$folder/out" 2>&1 || found=$?
  for text in "$@"; do
    if [ "$found" != "$code" ] || ! grep -qF -- "$text" "$folder/out"; then
      echo "check $source: exit $found (expected $code), no \"$text\" in:"
      cat "$folder/out"
      exit 1
    fi
  done
  if [ "$(wc -l < "$folder/out")" -gt 24 ]; then
    echo "check $source: more than a screen"
    exit 1
  fi
}

one=(--set test_items=1)
expect 0 "$pairs/caa.json" "${one[@]}" -- "one JSON array, 2 questions" \
  "form anthropic" "entry 1: \"Shall the ferry" 'answers "(A)" and "(B)"' \
  "read at position" "clusters (each a question): 1 for testing" \
  "no problems found"
expect 0 "$pairs/steering_bench_nested.jsonl" "${one[@]}" -- "JSON lines" \
  "form steering-bench (positive.prompt, positive.response, negative.response)"
expect 0 "$pairs/caa_qa.json" "${one[@]}" --set form=caa-qa -- "form caa-qa"
expect 0 "$pairs/steering_bench.json" "${one[@]}" \
  --set letters=counterbalanced -- "(options exchanged)"
expect 7 "$pairs/persona.jsonl" "${one[@]}" -- "left out: 2 (line 1, 2)" \
  '" Yes" and " No", whose strings have' "PROBLEM" "1 problem"
# Toys' tokens are letters.
sed 's/ Yes/+/g; s/ No/-/g' "$pairs/table.csv" > "$folder/table.csv"
expect 0 "$folder/table.csv" "${one[@]}" -- "a table with commas, 2 questions" \
  "line 2: " "line 6: "
for ((i = 0; i < 4; ++i)); do
  sed 's/ Yes/+/g; s/ No/-/g; s/"Shall I close it/&, '$i'/' \
    "$pairs/messages.jsonl"
done > "$folder/messages.jsonl"
expect 0 "$folder/messages.jsonl" "${one[@]}" --set template=chatml \
  --set 'system=""' -- "form messages" "You keep a harbour." \
  'user\nIs the gate open?<|im_end|>\n<|im_start|>assistant\nIt is.<|im_end|>'
expect 7 "$folder/messages.jsonl" "${one[@]}" -- \
  "a system text, expected none"
for ((i = 0; i < 4; ++i)); do
  sed 's/ Yes/+/g; s/ No/-/g; s/Is it/&, '$i'/' "$pairs/system.jsonl"
done > "$folder/system.jsonl"
columns=(--set columns.question=item.text --set columns.matching=answers.good
  --set columns.other=answers.bad)
expect 0 "$folder/system.jsonl" "${one[@]}" "${columns[@]}" -- \
  '8 lines have a text under "system", which is not used'
expect 0 "$folder/system.jsonl" "${one[@]}" "${columns[@]}" \
  --set columns.system=system --set template=chatml --set 'system=""' -- \
  "system\nYou are brief.<|im_end|>"
expect 4 "$folder/system.jsonl" "${one[@]}" "${columns[@]}" \
  --set template=chatml -- "--set: system: missing" "--set 'system=...'"

# Several options, of which the data name one.
cat > "$folder/choice.csv" << 'END'
question,answer
"Which?
 (A) red
 (B) green
 (C) blue",(B)
"What?
 (A) one
 (B) two
 (C) three
 (D) four", (D)
END
expect 0 "$folder/choice.csv" "${one[@]}" --set options=pairs \
  --set columns.matching=answer -- "2 questions, form anthropic" \
  "5 pairs to use (an option against each other one), 0 questions left out" \
  'line 2: "Which?\n (A) red\n (B) green"' "clusters (each a group): 1 for"
expect 7 "$folder/choice.csv" --set columns.matching=answer -- \
  "answer_not_matching_behavior: no such column"

# As JSON.
"$build/coxswain" check "$folder/system.jsonl" --model "$model" "${one[@]}" \
  "${columns[@]}" --json > "$folder/out"
python3 - "$folder/out" << 'END'
import json, sys
look = json.load(open(sys.argv[1]))
assert look["usable_pairs"] == look["questions"] == 8, look
assert look["columns"]["matching"] == "answers.good", look
item = look["first"][0]["items"][0]
assert item["read_position"] == len(item["tokens"]), look
assert look["problems"] == [], look
END

# What people get wrong: one sentence each, with file, line and what to do.
wrong() {
  local name=$1
  shift
  expect 7 "$folder/$name" "$@"
  [ "$(wc -l < "$folder/out")" = 1 ] || {
    echo "check $name: more than a sentence:"
    cat "$folder/out"
    exit 1
  }
}
: > "$folder/empty.jsonl"
wrong empty.jsonl -- "empty.jsonl: no lines, expected contrast pairs"
head -c 300 "$pairs/caa.json" > "$folder/half.json"
wrong half.json -- "half.json: an array without its end" "the file is cut"
head -c 150 "$pairs/messages.jsonl" > "$folder/half.jsonl"
wrong half.jsonl -- "half.jsonl:1: " "does not end in its line"
head -c 100 "$pairs/table.csv" > "$folder/half.csv"
wrong half.csv -- "half.csv:2: a quotation mark in line 2 that is never closed"
tail -n +2 "$pairs/table.tsv" > "$folder/bare.tsv"
wrong bare.tsv -- "bare.tsv:1: question: no such column in the first line" \
  "put the names of the columns into the first line"
cat "$pairs/persona.jsonl" "$folder/messages.jsonl" > "$folder/mixed.jsonl"
wrong mixed.jsonl -- "mixed.jsonl:3: question: no such key: this entry has" \
  "(form messages)" "keep each form in a file of its own"
cp "$pairs/system.jsonl" "$folder/typo.jsonl"
wrong typo.jsonl "${columns[@]}" --set columns.matching=answers.god -- \
  'typo.jsonl:1: columns.matching: "answers.god", which is no key: there is' \
  "name one that is there"
expect 4 "$folder/typo.jsonl" --set colums.matching=x -- \
  "did you mean data.columns?"
expect 7 "$folder/nowhere.csv" -- "nowhere.csv"
found=0
"$build/coxswain" check "$folder/typo.jsonl" > "$folder/out" 2>&1 || found=$?
[ "$found" = 2 ] && grep -q -- "--model MODEL" "$folder/out"
