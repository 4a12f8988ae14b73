#!/usr/bin/env bash
# format.sh SOURCE_FOLDER: every source as clang-format 14 writes it.
set -euo pipefail
cd "$1"
git ls-files '*.hpp' '*.cpp' | xargs clang-format-14 --dry-run --Werror
