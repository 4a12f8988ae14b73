#!/usr/bin/env bash
# whole_answers.sh BUILD_FOLDER: answers of several tokens, and lists of accepted
# ones, are scored by summed log-probabilities if a sweep asks for that.
set -euo pipefail
build=$1
coxswain=$build/coxswain
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# shellcheck source=tests/support/expect.sh
. "$(dirname "$0")/../support/expect.sh"
"$build/make_toy_sweep" "$folder"
cd "$folder"
for ((i = 0; i < 40; ++i)); do
  echo "{\"question\": \"number $((i * 37 % 101)) was\"," \
    "\"answer_matching_behavior\": [\"+++\", \"plus\"]," \
    "\"answer_not_matching_behavior\": \"--\"}"
done > whole.jsonl
cat > whole.toml <<'TOML'
include = ["sweep.toml"]
[[data]]
behaviour = "whole"
source = "whole.jsonl"
template = "plain"
split = "line"
score = "answer"
train_items = 20
test_items = 20
multipliers = [-2, 0, 2]
TOML
only=(--set name=whole --only behaviour=whole
  --only "variant=original,random")

expect 0 'scored whole: 3, 4 and 2 tokens' "$coxswain" check whole.jsonl \
  --model model.gguf --set score=answer --set split=line --set test_items=20
expect 7 'score = "answer"' "$coxswain" run whole.toml "${only[@]}" \
  --set data.whole.score=token
expect 0 'sealed' "$coxswain" run whole.toml "${only[@]}"
"$coxswain" report runs/whole --all > shown
grep -q 'Whole answers are scored' shown
"$coxswain" export runs/whole --format csv --out csv > out
python3 - <<'PYTHON'
import csv

rows = list(csv.DictReader(open("csv/tables/propensity.csv")))
assert len(rows) > 100, len(rows)
for row in rows:
    assert float(row["log_sum_exp"]) == 0, row
    assert float(row["logit_match"]) < 0 > float(row["logit_other"]), row
(whole,) = csv.DictReader(open("csv/tables/behaviours.csv"))
assert whole["whole_answers"] == "1", whole
PYTHON

# Without letter mass as well: log-probabilities need the whole vocabulary.
expect 0 'sealed' "$coxswain" run whole.toml "${only[@]}" --set name=bare \
  --set 'steer.measures=["letters"]'
"$coxswain" export runs/bare --format csv --out bare > out
cmp csv/tables/propensity.csv bare/tables/propensity.csv

# It grows by its own cells, and is then what a fresh run is.
more=(--set 'data.whole.multipliers=[-2,0,2,7]')
expect 0 'new multiplier 7' "$coxswain" run whole.toml "${only[@]}" "${more[@]}"
expect 0 'sealed' "$coxswain" run whole.toml "${only[@]}" "${more[@]}" \
  --out fresh
cmp runs/whole/results.h5 fresh/results.h5
expect 0 'nothing to compute' "$coxswain" run whole.toml "${only[@]}" "${more[@]}"
