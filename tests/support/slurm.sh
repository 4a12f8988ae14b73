# shellcheck shell=bash
# Sourced by scripts that need a Slurm, with the build in $build: starts one of
# several nodes on this machine and ends it with the script. COXSWAIN_SLURM_TESTBED
# is the program that does that; without it, or without Slurm, the test is skipped.
# shellcheck source=SCRIPTDIR/held.sh
source "$(dirname "${BASH_SOURCE[0]}")/held.sh"

# slurm_up NODES: sets $folder (scratch), $coxswain, and what Slurm's commands need.
slurm_up() {
  local nodes=$1 root one try
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
  testbed=${COXSWAIN_SLURM_TESTBED:-$root/../shared/slurm-testbed}
  if [ ! -x "$testbed" ]; then
    echo "skipped: no $testbed; COXSWAIN_SLURM_TESTBED names it"
    exit 77
  fi
  for one in sbatch slurmctld slurmd munged; do
    PATH=$PATH:/usr/sbin command -v $one > /dev/null || {
      echo "skipped: Slurm's $one is not installed (slurm-wlm, munge)"
      exit 77
    }
  done
  # One a build folder: what a killed test left is found again, and ended.
  local number
  number=$(cksum <<< "$build" | cut -d ' ' -f 1)
  export SLURM_TESTBED_DIR=/tmp/coxswain-slurm-$number
  "$testbed" down > /dev/null
  folder=$(mktemp -d)
  trap '"$testbed" down > /dev/null; rm -rf "$folder" "$SLURM_TESTBED_DIR"' EXIT
  # Ports may be taken, and nodes slow to answer.
  for try in {0..19}; do
    export SLURM_TESTBED_PORT=$((20000 + (number + 997 * try) % 12000))
    if "$testbed" up "$nodes"; then break; fi
    [ "$try" != 19 ] || exit 1
  done
  eval "$("$testbed" env)"
  # As where nodes have cores of their own: the script has to ask for more.
  unset OMPI_MCA_rmaps_base_oversubscribe
  coxswain=$build/coxswain
}

# many_tasks FOLDER: a toy sweep of 109 tasks.
many_tasks() {
  "$build/make_toy_sweep" "$1"
  sed -i '/^\[observe\]/,/^$/d' "$1/sweep.toml"
  local names=() n
  for n in {1..16}; do
    sed "s/number /number $n/" "$1/letters.jsonl" > "$1/more$n.jsonl"
    names+=("\"more$n\"")
  done
  cat >> "$1/sweep.toml" << END

[[data]]
behaviour = [$(IFS=,; echo "${names[*]}")]
source = "{behaviour}.jsonl"
test_items = 20
END
}

# submitted OPTION...: submits $sweep to $run, the caller's, and sets $job; what
# runs is $program, if there is one.
# shellcheck disable=SC2154
submitted() {
  "$coxswain" submit "$sweep" --out "$run" \
    --set "cluster.program=${program:-$coxswain}" "$@" > "$folder/submit"
  job=$(sed -n 's/^submitted job \([0-9]*\).*/\1/p' "$folder/submit" | tail -n 1)
}

# The log of $job.
log_has() { grep -qE -- "$1" "$run/slurm/$job.log" 2> /dev/null; }

# job_is STATE [JOB]: one that stays.
job_is() { squeue --noheader --states all --jobs "${2:-$job}" --format %T |
  grep -qxE "$1"; }

# Of a wait in vain.
show_all() {
  scontrol show job
  cat "$run"/slurm/*.log
}

# What the run came to is what the undisturbed one did.
same_results() {
  cmp "$folder/whole/results.h5" "$run/results.h5" || {
    cat "$run"/slurm/*.log
    exit 1
  }
}
