#!/usr/bin/env bash
# report_choices.sh BUILD_FOLDER: what [report] names is shown, computes
# nothing, and is told from what was named when there were numbers.
set -euo pipefail
source "$(dirname "$0")/../support/expect.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/sweep"
sweep=$folder/sweep/sweep.toml
run=$folder/run
expect 0 "sealed in" "$coxswain" run "$sweep" --out "$run"
results=$(sha256sum < "$run/results.h5")
main() { "$coxswain" report "$1" --table main "${@:2}"; }

# The command line names what results have, and no more.
main "$run" > "$folder/by_rule"
main "$run" --set 'report.layers=[1]' > "$folder/picked"
grep -q '^  words *1  original' "$folder/picked"
grep -q 'Picked afterwards: layer 1; bands and p' "$folder/picked"
test "$(grep -c ' 2  ' "$folder/picked")" = 0
main "$run" --set 'report.columns=["slope","n"]' --set report.digits=1 \
  > "$folder/looks"
grep -Eq 'content slope +n$' "$folder/looks"
grep -Eq 'original +-?[0-9]+\.[0-9] \[-?[0-9]+\.[0-9], ' "$folder/looks"
if grep -q 'icked afterwards' "$folder/looks"; then exit 1; fi
for wrong in 'report.layers=[7]' 'report.methods=["anchored"]' \
  'report.rows=["guess"]' 'report.columns=["guess"]' 'report.digits=9' \
  'report.layer=1' 'steer.random=1' 'digits'; do
  expect 4 "--set" "$coxswain" report "$run" --set "$wrong"
done

# What was written with a choice is checked with it.
mkdir "$folder/empty"
expect 0 "in one page" env PATH="$folder/empty" "$coxswain" report "$run" \
  --write --set report.digits=1
expect 0 "are what the results give" "$coxswain" report "$run" --check \
  --set report.digits=1
expect 10 "differs" "$coxswain" report "$run" --check
test "$(sha256sum < "$run/results.h5")" = "$results"

# Changed in the sweep, a finished run computes nothing and knows it when.
journal=$(cat "$run"/journal/* | sha256sum)
chosen=(--set 'report.layers=[1]' --set 'report.contrasts=["negative"]')
expect 0 "sealed in" "$coxswain" run "$sweep" --out "$run" "${chosen[@]}"
test "$(cat "$run"/journal/* | sha256sum)" = "$journal"
main "$run" > "$folder/later"
grep -q 'Picked afterwards: layer 1 and contrast negative' "$folder/later"
expect 0 "nothing to compute" "$coxswain" run "$sweep" --out "$run" \
  "${chosen[@]}"

# Named at the first start it was named before there were data.
expect 0 "sealed in" "$coxswain" run "$sweep" --out "$folder/named" \
  "${chosen[@]}"
expect 0 "Named by the sweep: layer 1 and contrast negative." \
  "$coxswain" report "$folder/named" --table main
COLUMNS=160 expect 0 "at layer 1, named by the sweep" \
  "$coxswain" report "$folder/named"
expect 0 "methods" "$coxswain" report "$folder/named" --all --write \
  --out "$folder/page"
grep -qF "Named by the sweep: layer 1 and contrast negative." \
  "$folder/page/methods.txt"
rm -r "$folder/page"
# Without the choice results are those of the sweep without it.
expect 0 "sealed in" "$coxswain" run "$sweep" --out "$folder/named"
main "$folder/named" | diff - "$folder/by_rule"
test "$(sha256sum < "$folder/named/results.h5")" = "$results"
expect 0 "sealed in" "$coxswain" run "$sweep" --out "$folder/named" \
  "${chosen[@]}"
expect 0 "Named by the sweep: layer 1" \
  "$coxswain" report "$folder/named" --table main
