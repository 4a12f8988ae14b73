#!/usr/bin/env bash
# slurm_gpus.sh BUILD_FOLDER: on four nodes of four GPUs each, every worker has a
# GPU of its own, the coordinator none; `status` knows them, and Slurm's job.
set -euo pipefail
source "$(dirname "$0")/../support/slurm.sh"
build=$1
slurm_up 4
many_tasks "$folder/toy"
sweep=$folder/toy/sweep.toml run=$folder/run

held_program 0
submitted --nodes 4 --gpus-per-node 4 --cpus-per-worker 1 --time 20

# "node GPU" of the workers that have said what they have.
gpus() {
  "$coxswain" status "$run" --workers 2> /dev/null |
    awk 'NR > 1 && $3 != "-" { print $2, $3 }' | sort
}
all_there() { [ "$(gpus | wc -l)" = 16 ]; }
running() {
  "$coxswain" status "$run" > "$folder/status" 2> /dev/null &&
    grep -qE "^  job $job: RUNNING on node\[1-4\] for " "$folder/status"
}
wait_for running
wait_for all_there
"$coxswain" status "$run" --workers
cmp <(gpus) <(printf '%s\n' node{1..4}\ {0..3})
go_on

wait_for job_is COMPLETED
"$coxswain" run "$sweep" --out "$folder/whole" > /dev/null 2>&1
same_results
