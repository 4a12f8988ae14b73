#!/usr/bin/env bash
# test_list.sh SOURCE_FOLDER: every test script is named in
# tests/CMakeLists.txt, every test file's tag is its unit's.
set -euo pipefail
cd "$1/tests"
bad=0
for file in */*_test.cpp; do
  folder=${file%%/*}
  unit=$(basename "$file" _test.cpp)
  # A case's name and tags stand on one line or two.
  if grep -A2 '^TEST_CASE(' "$file" | tr -d '\n' | sed 's/TEST_CASE/\n&/g' |
    grep '^TEST_CASE' | grep -vF "[$folder][$unit]"; then
    echo "$file: a case without the tag [$folder][$unit]"
    bad=1
  fi
done
for file in cluster/*.sh runner/*.sh checks/*.sh; do
  name=$(basename "$file" .sh)
  name=${name#slurm_}
  grep -qE "[ (./]${name#mpi_}([ )/.]|$)" CMakeLists.txt || {
    echo "$file: not in the list of tests/CMakeLists.txt"
    bad=1
  }
done
exit $bad
