# shellcheck shell=bash
# Sourced by scripts that run the program on a file system that refuses: they
# have the build in $build and a scratch folder in $folder.
# shellcheck disable=SC2154

# refusing RULES COMMAND...: the command, whose calls are refused as RULES say
# (support/refuse.c).
refusing() {
  REFUSE=$1 LD_PRELOAD=$build/librefuse.so "${@:2}"
}

# nothing_half RUN: no temporary file is left there.
nothing_half() {
  if find "$1" -name '*.partial.*' | grep .; then
    echo "$1: half-written files are left"
    exit 1
  fi
}
