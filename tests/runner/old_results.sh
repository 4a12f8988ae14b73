#!/usr/bin/env bash
# old_results.sh BUILD_FOLDER: results and run directories of earlier programs
# (tests/data/results) report, export and go on.
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
here=$(dirname "$0")
samples=$here/../data/results
# shellcheck source=tests/support/expect.sh
. "$here/../support/expect.sh"

# before_7 TABLE COLUMN...: a table without the columns that format 7 brought.
before_7() {
  local table=$1
  shift
  awk -F, -v columns="$*" '
    BEGIN {
      n = split(columns, names, " ")
      for (i = 1; i <= n; ++i) new[names[i]] = 1
    }
    NR == 1 { for (i = 1; i <= NF; ++i) left_out[i] = $i in new }
    {
      line = ""
      for (i = 1; i <= NF; ++i) if (!left_out[i]) line = line FS $i
      print line
    }' "$table"
}

# A finished run of format 6: nothing is computed again, and what its journal
# holds makes a file of today's format with the same numbers.
"$build/make_toy_sweep" "$folder"
# Its program knew no exchanged signs.
sed 's/^differences = .*/&\nsign_shuffles = 0/' "$samples/sweep.toml" \
  > "$folder/sweep.toml"
cp -r "$samples/run" "$folder/run"
commits=$("$build/count_commits" "$folder/run")
expect 0 'sealed in' \
  "$coxswain" run "$folder/sweep.toml" --out "$folder/run"
test "$("$build/count_commits" "$folder/run")" = "$commits"
expect 0 'nothing to compute' \
  "$coxswain" run "$folder/sweep.toml" --out "$folder/run"
mv "$folder/run/results.h5" "$folder/sealed.h5"
expect 0 'sealed in' "$coxswain" seal "$folder/run" \
  --sweep "$folder/sweep.toml"
cmp "$folder/sealed.h5" "$folder/run/results.h5"
"$coxswain" export "$samples/run/results.h5" --out "$folder/6" --format csv \
  > /dev/null
"$coxswain" export "$folder/run/results.h5" --out "$folder/again" \
  --format csv > /dev/null
while read -r table columns; do
  for of in 6 again; do
    # shellcheck disable=SC2086  # a word each
    before_7 "$folder/$of/tables/$table.csv" $columns > "$folder/$of.$table"
  done
  cmp "$folder/6.$table" "$folder/again.$table"
  cp "$folder/6/tables/$table.csv" "$folder/again/tables/$table.csv"
done << END
behaviours answer_first answer_second split_by_cluster train_clusters test_clusters
items matching_answer
vectors n_clusters
variants resample
END
# Names are added behind those that there were, without a new format.
diff -r -x names "$folder/6" "$folder/again"
for old in "$folder"/6/names/*.csv; do
  cmp -n "$(stat -c %s "$old")" "$old" "$folder/again/names/${old##*/}"
done

# Asked for them, it computes these alone: all else is what it was. The sample
# was computed on a machine of its own kind.
cp "$samples/sweep.toml" "$folder"
read -r before _ <<< "$("$build/count_commits" "$folder/run")"
expect 0 'sealed in' \
  "$coxswain" run "$folder/sweep.toml" --out "$folder/run" --mix-devices
read -r after _ <<< "$("$build/count_commits" "$folder/run")"
test "$after" = $((before + 1))
"$coxswain" export "$folder/run/results.h5" --out "$folder/more" --format csv \
  > /dev/null
test "$(wc -l < "$folder/more/tables/sign_nulls.csv")" = 2
for table in decompositions features code_differences propensity variants; do
  cmp "$folder/again/tables/$table.csv" "$folder/more/tables/$table.csv"
done

# Older formats export the same vectors and tables.
"$coxswain" export "$samples/run/results.h5" --out "$folder/vectors" > /dev/null
for version in 4 5; do
  old=$samples/$version.h5
  expect 0 'Steerability' "$coxswain" report --all "$old"
  expect 0 'Figure 4' "$coxswain" report "$old" --all --write --out "$folder/report"
  grep -q "version $version" "$folder/report/report.html"
  rm -r "$folder/report"
  "$coxswain" export "$old" --out "$folder/vectors$version" > /dev/null
  diff -r "$folder/vectors" "$folder/vectors$version"
  "$coxswain" export "$old" --out "$folder/$version" --format csv > /dev/null
  for table in cells decompositions features norms propensity variants; do
    cmp "$folder/6/tables/$table.csv" "$folder/$version/tables/$table.csv"
  done
done
