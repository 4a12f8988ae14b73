#!/usr/bin/env bash
# tidy.sh SOURCE_FOLDER BUILD_FOLDER [--all]: clang-tidy, by .clang-tidy, over
# the sources that differ from the place where this branch left origin/main, or
# from the commit before if none does; --all: over every source, however long.
set -euo pipefail
cd "$1"
build=$2
tidy=$(command -v clang-tidy-19) || { echo "there is no clang-tidy-19"; exit 77; }
folders=(storage jobs analysis cluster runner)
limit=200  # seconds; no file is begun later

changed_since() {
  { git diff --name-only "$1" -- "${folders[@]}"
    git ls-files --others --exclude-standard -- "${folders[@]}"; } |
    sed -n 's/\.[hc]pp$/.cpp/p' | sort -u
}

if [ "${3-}" = --all ]; then
  limit=1000000
  files=$(git ls-files "${folders[@]/%//*.cpp}")
else
  base=$(git merge-base HEAD origin/main 2> /dev/null) || base=HEAD
  files=$(changed_since "$base")
  [ -n "$files" ] || files=$(changed_since HEAD~1 2> /dev/null) || true
fi

[ -n "$files" ] || { echo "no source has changed"; exit 0; }

# clang reads neither GCC's precompiled headers nor all of its flags, and
# libtorch's headers only with a std::vector that suits them.
mkdir -p "$build/tidy"
sed -E 's/ -Winvalid-pch -include [^ ]*cmake_pch\.hxx//; s/ -fopenmp / /;
  s/ -W[^ ]*//g; s/ -O[0-9]//g;
  s#-isystem [^ ]*/torch/#-include '"$PWD"'/tests/checks/plain_vector.hpp &#' \
  "$build/compile_commands.json" > "$build/tidy/compile_commands.json"

# Says nothing of a file that is gone, or is compiled elsewhere.
look_at() {
  [ -f "$1" ] && grep -qF "\"$PWD/$1\"" "$build/tidy/compile_commands.json" ||
    return 0
  if [ "$(date +%s)" -ge "$end" ]; then
    echo "$1: no time left"
    return 0
  fi
  local said
  said=$("$tidy" --quiet --warnings-as-errors='*' -p "$build/tidy" \
    "$PWD/$1" 2>&1) && return 0
  grep -vE '^[0-9]+ warnings? (generated|treated as error)' <<< "$said"
  return 1
}
export -f look_at
end=$(($(date +%s) + limit))
export build tidy end
echo "$files" | xargs -P "$(nproc)" -I{} bash -c 'look_at {}'
