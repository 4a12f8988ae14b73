# shellcheck shell=bash
# Sourced by scripts.

# wait_for COMMAND...: until it succeeds. For what is sure to come and stays: the
# bound is for what is broken, however slow the machine. What the script's
# function show_all prints, if it has one, says more.
wait_for() {
  local end=$((SECONDS + 300))
  until "$@"; do
    if [ $SECONDS -gt $end ]; then
      {
        echo "waited in vain for: $*"
        if declare -F show_all > /dev/null; then show_all || true; fi
      } >&2
      exit 1
    fi
    sleep 0.1
  done
}
