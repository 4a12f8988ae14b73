#!/usr/bin/env bash
# compile_latex.sh REPORT: a document with every .tex of a report, and one of
# two columns with the main table, which has to fit. Needs pdflatex (Debian:
# texlive-latex-base, texlive-latex-recommended); nothing is left behind.
set -euo pipefail
report=$(cd "$1" && pwd)
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

# document CLASS_OPTIONS NAMES...
document() {
  echo "\\documentclass[$1]{article}"
  echo '\usepackage[T1]{fontenc}'
  echo '\usepackage{array,booktabs,longtable,tabularx}'
  printf '%s\n' '\begin{document}'
  for name in "${@:2}"; do echo "\\input{$report/$name}"; done
  printf '%s\n' '\end{document}'
}

# compile NAME: twice, since longtables measure themselves.
compile() {
  for _ in 1 2; do
    if ! (cd "$folder" && pdflatex -interaction=nonstopmode \
      -halt-on-error "$1" > "$1.out" 2>&1); then
      grep -A 5 '^!' "$folder/$1.out"
      exit 1
    fi
  done
}

names=()
for file in "$report"/*.tex; do
  name=$(basename "$file" .tex)
  [ "$name" = main ] || names+=("$name")
done
document 10pt "${names[@]}" > "$folder/all.tex"
compile all
if [ ! -e "$report/main.tex" ]; then
  echo "${#names[@]} tables and methods, no main table"
  exit 0
fi
document twocolumn main > "$folder/column.tex"
compile column
if grep -q '^Overfull' "$folder/column.log"; then
  grep -A 3 '^Overfull' "$folder/column.log"
  exit 1
fi
echo "${#names[@]} tables and methods on" \
  "$(grep -o '([0-9]* pages\?' "$folder/all.log" | tr -d '(')," \
  "the main table in a column"
