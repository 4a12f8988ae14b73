# shellcheck shell=bash
# Sourced by scripts that look at a run, or do something to it, while it is under
# way: held_run keeps it there until go_on, however long that takes. Scripts have
# a scratch folder in $folder, and the build in $build.
# shellcheck disable=SC2154
# shellcheck source=SCRIPTDIR/wait_for.sh
source "$(dirname "${BASH_SOURCE[0]}")/wait_for.sh"

# held_program LEASES: writes $program, which is coxswain but for runs that
# are held once so many leases were sent; with 0, where every worker has computed
# its first task.
held_program() {
  hold=$folder/hold program=$folder/program
  rm -rf "$hold"
  mkdir "$hold"
  [ "$1" != 0 ] || touch "$hold/held"
  cat > "$program" << END
#!/bin/sh
if [ "\$1" = run ]; then exec "$build/held_run" "$hold" $1 "\$@"; fi
exec "$build/coxswain" "\$@"
END
  chmod +x "$program"
}

# draining RUN: it has heard that it is to stop.
draining() { "$build/coxswain" status "$1" 2> /dev/null | grep -q '^DRAINING'; }
go_on() { touch "$hold/go"; }
held() { [ -e "$hold/held" ]; }
# waits R: rank R has computed a task that it does not give back before go_on.
waits() { [ -e "$hold/at.$1" ]; }
# rank R: its process id.
rank() {
  wait_for test -s "$hold/rank.$1"
  cat "$hold/rank.$1"
}
