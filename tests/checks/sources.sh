#!/usr/bin/env bash
# sources.sh SOURCE_FOLDER: sizes, pages, scripts, things left open.
set -euo pipefail
cd "$1"
bad=0
complain() {
  echo "$*"
  bad=1
}

for file in $(git ls-files 'storage/*pp' 'jobs/*pp' 'analysis/*pp' \
  'cluster/*pp' 'runner/*pp' 'tests/*pp'); do
  lines=$(wc -l < "$file")
  [ "$lines" -le 500 ] || complain "$file: $lines lines, at most 500"
done
for folder in storage jobs analysis cluster runner runner/*/ tests examples; do
  [ -s "$folder/README.md" ] || complain "$folder/README.md is missing"
done
for page in $(git ls-files '*.md'); do
  while read -r link; do
    [ -e "$(dirname "$page")/$link" ] || complain "$page: no $link"
  done < <(grep -oE '\]\([^)#: ]+' "$page" | cut -c3-)
done
git grep -nwE 'TODO|FIXME|XXX' -- '*.cpp' '*.hpp' && complain "left open"
git grep -nE 'sleep_for|usleep' -- 'tests/*.cpp' && complain "a sleeping test"
{ git ls-files '*.sh'; git grep -lE '^#!.*bash'; } | sort -u |
  xargs shellcheck -x -P SCRIPTDIR || bad=1
exit $bad
