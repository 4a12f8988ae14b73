#!/usr/bin/env bash
# options.sh BUILD_FOLDER: the page of the commands has the options that --help
# has, no more and no fewer, and export's page its formats.
set -euo pipefail
coxswain=$1/coxswain
runner=$(dirname "$0")/../../runner
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# "COMMAND OPTION" a line; an empty first cell goes on with the command above.
awk -F'|' '/^## /{ inside = /^## Options/ }
  inside && /^\| / && $2 !~ /command/ {
    if (match($2, /`[a-z]+`/)) command = substr($2, RSTART + 1, RLENGTH - 2)
    rest = $3
    while (match(rest, /`--[a-z-]+`/)) {
      print command, substr(rest, RSTART + 1, RLENGTH - 2)
      rest = substr(rest, RSTART + RLENGTH)
    }
  }' "$runner/commands/README.md" | sort > "$folder/documented"

commands=$("$coxswain" --help | sed -n '/^Subcommands:/,$p' |
  grep -oE '^  [a-z]+')
for command in $commands; do
  "$coxswain" "$command" --help > "$folder/help"
  grep -oE '^ +(-[a-z],)?--[a-z-]+' "$folder/help" | grep -oE -- '--.*' |
    grep -vx -- '--help' | sed "s/^/$command /"
done | sort > "$folder/there"

[ "$(wc -l < "$folder/there")" -gt 40 ]
diff "$folder/documented" "$folder/there"

formats=$("$coxswain" export --help | tr -d '\n' |
  grep -oE -- '--format [^{]*\{[a-z,]+\}' | grep -oE '\{.*\}' | tr '{,}' '   ')
[ "$(wc -w <<< "$formats")" -ge 3 ]
for format in $formats; do
  grep -q "^| \`$format\` |" "$runner/report/export.md" || {
    echo "export.md: no $format"
    exit 1
  }
done
