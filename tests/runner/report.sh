#!/usr/bin/env bash
# report.sh BUILD_FOLDER: what a report writes, and that it is checked against
# what the results give. What needs gnuplot is skipped where there is none.
set -euo pipefail
source "$(dirname "$0")/../support/expect.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/sweep"
run=$folder/run
"$coxswain" run "$folder/sweep/sweep.toml" --out "$run" > "$folder/log" 2>&1 || {
  cat "$folder/log"
  exit 1
}
report=$run/report

expect 2 "--out is the folder of" "$coxswain" report "$run" --out "$folder/x"
expect 2 "excludes" "$coxswain" report "$run" --write --check
expect 10 "missing   $report/steerability.csv" "$coxswain" report "$run" --check
test ! -e "$report"

# A PATH without gnuplot: scripts and data alone, and one sentence.
mkdir "$folder/empty"
expect 0 "there is no gnuplot on PATH" \
  env PATH="$folder/empty" "$coxswain" report "$run" --all --write
grep -q '^Steerability' "$folder/out"
for name in steerability table1 table2 decompositions saes norms; do
  for form in txt csv tex json; do test -s "$report/$name.$form"; done
done
for form in dat gp; do
  for name in steerability_by_layer-words steerability_by_layer-letters \
    slopes_heat_map-words top_features-toy-sae signs; do
    test -s "$report/$name.$form"
  done
done
test -z "$(find "$report" -name '*.svg' -o -name '*.pdf' -o -name 'drawing-*' \
  -o -name '*.partial.*')"
expect 0 "are what the results give" "$coxswain" report "$run" --check

# All of it in one page, which says that there are no drawings.
grep -q 'Not drawn: signs.svg' "$report/report.html"
python3 "$(dirname "$0")/../support/check_page.py" "$report/report.html"

# Tables are those of --csv and of the screen.
"$coxswain" report "$run" --all --csv > "$folder/shown"
cmp "$run/tables/steerability.csv" "$report/steerability.csv"
sed '/^$/d' "$report/steerability.txt" | while IFS= read -r line; do
  grep -qxF -- "$line" "$folder/shown"
done
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' \
  "$report/steerability.json"

# Without --all it is what fits a screen: answers and the main table.
for width in 80 160; do
  COLUMNS=$width "$coxswain" report "$run" > "$folder/screen"
  test "$(wc -l < "$folder/screen")" -le 40
  test "$(wc -L < "$folder/screen")" -le "$width"
  grep -q '^Does the vector steer?' "$folder/screen"
  grep -q '^Main table' "$folder/screen"
  grep -q 'more: coxswain report' "$folder/screen"
done
# Or one table, as --all has it.
"$coxswain" report "$run" --table saes > "$folder/one"
diff <(sed '/^$/d' "$folder/one") <(sed '/^$/d' "$report/saes.txt")
# Answers whole, by themselves and behind all tables.
COLUMNS=80 "$coxswain" report "$run" --table answers > "$folder/answers"
grep -q '^What is missing or weak?' "$folder/answers"
if grep -q ' \.\.\.$' "$folder/answers"; then exit 1; fi
COLUMNS=80 "$coxswain" report "$run" --all > "$folder/all"
first=$(grep -n '^Does the vector steer?' "$folder/all" | cut -d: -f1)
last=$((first + $(wc -l < "$folder/answers") - 1))
sed -n "$first,${last}p" "$folder/all" | cmp - "$folder/answers"
mkdir "$folder/runs"
expect 10 "a folder without a run, expected a run directory" \
  "$coxswain" report "$folder/runs"
touch "$folder/some.toml"
expect 10 "a sweep file, expected a run directory" \
  "$coxswain" report "$folder/some.toml"
expect 2 "did you mean steerability" "$coxswain" report "$run" \
  --table steerabilty
expect 2 "one of main, steerability" "$coxswain" report "$run" --table x
expect 2 "excludes" "$coxswain" report "$run" --table saes --all

# One byte, one file, one file too many.
printf x | dd of="$report/signs.dat" bs=1 seek=5 conv=notrunc 2> "$folder/err"
expect 10 "differs   $report/signs.dat" "$coxswain" report "$run" --check
test "$(grep -c '^differs\|^missing\|^left over' "$folder/out")" = 1
printf x | dd of="$report/report.html" bs=1 seek=99 conv=notrunc \
  2> "$folder/err"
expect 10 "differs   $report/report.html" "$coxswain" report "$run" --check
rm "$report/norms.json"
touch "$report/old.tex"
expect 10 "missing   $report/norms.json" "$coxswain" report "$run" --check
grep -q "^left over $report/old.tex" "$folder/out"
rm "$report/old.tex"
env PATH="$folder/empty" "$coxswain" report "$run" --write > "$folder/log"
expect 0 "are what the results give" "$coxswain" report "$run" --check

# results.h5 and run.json, anywhere, give the same; so does another folder.
mkdir "$folder/alone"
cp "$run/results.h5" "$run/run.json" "$folder/alone"
env PATH="$folder/empty" "$coxswain" report "$folder/alone/results.h5" --write \
  --out "$folder/mine" > "$folder/log"
diff -r "$report" "$folder/mine"
# Without run.json it is not known when the sweep was first started.
grep -q 'was first started at 20..-..-..T..:..:..Z' \
  <(tr '\n' ' ' < "$report/methods.txt" | tr -s ' ')
rm "$folder/alone/run.json"
"$coxswain" report --all "$folder/alone/results.h5" > "$folder/log"
grep -q '^Methods' "$folder/log"
if grep -q 'first started' "$folder/log"; then exit 1; fi

# A gnuplot that fails or writes nothing is told, with its words.
mkdir "$folder/bad"
printf '#!/bin/sh\necho "line 3: no such terminal" >&2\nexit 1\n' \
  > "$folder/bad/gnuplot"
chmod +x "$folder/bad/gnuplot"
expect 10 "gnuplot could not draw signs: line 3: no such terminal" \
  env PATH="$folder/bad" "$coxswain" report "$run" --write
test -z "$(find "$report" -name '*.svg' -o -name '*.pdf' -o -name 'drawing-*')"

# The paper's values are not those of a toy.
expect 0 "do not apply here" "$coxswain" report "$run" --paper 2411.08790

if ! command -v gnuplot > /dev/null; then
  echo "skipped from here: there is no gnuplot"
  exit 77
fi
expect 0 "svg, pdf" "$coxswain" report "$run" --write
if grep -q 'could not' "$folder/out"; then
  cat "$folder/out"
  exit 1
fi
for script in "$report"/*.gp; do
  head -c 5 "${script%.gp}.pdf" | grep -q '%PDF-'
  python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' \
    "${script%.gp}.svg"
done
expect 0 "are what the results give" "$coxswain" report "$run" --check
# The same results, the same drawings.
"$coxswain" report "$run" --write --out "$folder/again" > "$folder/log"
diff -r "$report" "$folder/again"
# The page has them: another drawing, another page.
test "$(grep -c '<svg role="img"' "$report/report.html")" = \
  "$(find "$report" -name '*.gp' | wc -l)"
python3 "$(dirname "$0")/../support/check_page.py" "$report/report.html"
# A document takes the tables in (tests/run --all, where there is LaTeX).
if [ -n "${COXSWAIN_REFERENCE_ALL-}" ] && command -v pdflatex > "$folder/log"
then
  "$(dirname "$0")/../support/compile_latex.sh" "$report"
fi
sed -i 's/letters/LETTERS/' "$report/top_features-toy-sae.svg"
expect 10 "differs   $report/report.html" "$coxswain" report "$run" --check
test "$(grep -c '^differs\|^missing\|^left over' "$folder/out")" = 1
