# shellcheck shell=bash
# Sourced by scripts that have a scratch folder in $folder.
# shellcheck disable=SC2154

# expect CODE TEXT COMMAND...: the command ends so and says so.
expect() {
  local code=$1 text=$2 found=0
  shift 2
  "$@" > "$folder/out" 2>&1 || found=$?
  if [ "$found" != "$code" ] || ! grep -qF -- "$text" "$folder/out"; then
    echo "$*: exit $found (expected $code, \"$text\"):"
    cat "$folder/out"
    exit 1
  fi
}
