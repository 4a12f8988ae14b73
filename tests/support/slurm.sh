# shellcheck shell=bash
# Sourced by scripts that need a Slurm: starts one of several nodes on this machine
# and ends it with the script. COXSWAIN_SLURM_TESTBED is the program that does
# that; without it, or without Slurm, the test is skipped.

# slurm_up BUILD NODES: sets $folder (scratch), $coxswain, and what Slurm's commands
# need.
slurm_up() {
  local build=$1 nodes=$2 try
  local root
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
  testbed=${COXSWAIN_SLURM_TESTBED:-$root/../shared/slurm-testbed}
  if [ ! -x "$testbed" ]; then
    echo "skipped: no $testbed; COXSWAIN_SLURM_TESTBED names it"
    exit 77
  fi
  for program in sbatch slurmctld slurmd munged; do
    PATH=$PATH:/usr/sbin command -v $program > /dev/null || {
      echo "skipped: Slurm's $program is not installed (slurm-wlm, munge)"
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
  for try in 0 1 2 3 4; do
    export SLURM_TESTBED_PORT=$((20000 + (number + 997 * try) % 12000))
    if "$testbed" up "$nodes"; then break; fi
    [ "$try" != 4 ] || exit 1
  done
  eval "$("$testbed" env)"
  # As where nodes have cores of their own: the script has to ask for more.
  unset OMPI_MCA_rmaps_base_oversubscribe
  coxswain=$build/coxswain
}

# slow_sweep FOLDER BUILD: a toy sweep with some seconds of work in 90 tasks.
slow_sweep() {
  "$2/make_toy_sweep" "$1"
  sed -i '/^\[observe\]/,/^$/d; s/step = 0.5/step = 0.02/' "$1/sweep.toml"
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

# submitted OPTION...: submits $sweep to $run, the caller's, and sets $job.
# shellcheck disable=SC2154
submitted() {
  "$coxswain" submit "$sweep" --out "$run" "$@" > "$folder/submit"
  job=$(sed -n 's/^submitted job \([0-9]*\).*/\1/p' "$folder/submit" | tail -n 1)
}

# The log of $job.
log_has() { grep -qE -- "$1" "$run/slurm/$job.log" 2> /dev/null; }

job_is() { squeue --noheader --states all --jobs "${2:-$job}" --format %T |
  grep -qxE "$1"; }

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    if [ $SECONDS -gt $end ]; then
      echo "waited in vain for: $*"
      scontrol show job || true
      cat "$run"/slurm/*.log || true
      exit 1
    fi
    sleep 0.2
  done
}

# What the run came to is what the undisturbed one did.
same_results() {
  cmp "$folder/whole/results.h5" "$run/results.h5" || {
    cat "$run"/slurm/*.log
    exit 1
  }
}
