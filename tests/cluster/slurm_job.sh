#!/usr/bin/env bash
# slurm_job.sh BUILD_FOLDER: jobs of three nodes with two workers each, by either
# launcher, give the bytes of a run alone; a job after that finds nothing to do.
set -euo pipefail
source "$(dirname "$0")/../support/slurm.sh"
build=$1
slurm_up 3
sweep=$folder/toy/sweep.toml
"$build/make_toy_sweep" "$folder/toy"
"$coxswain" run "$sweep" --out "$folder/whole" > /dev/null 2>&1
size=(--nodes 3 --workers-per-node 2 --time 20)

# hosts NODE N: so many ranks on it.
hosts() {
  "$coxswain" status "$run" --json > "$folder/status" 2> /dev/null &&
    [ "$(grep -c "\"host\": \"$1\"" "$folder/status")" = "$2" ]
}
# Six workers, two on each node, and rank 0 on the first; then it goes on.
has_its_ranks() {
  wait_for hosts node1 3
  wait_for hosts node2 2
  wait_for hosts node3 2
  go_on
  wait_for job_is COMPLETED
  same_results
}

run=$folder/run
held_program 0
submitted "${size[@]}"
has_its_ranks
grep -qx '{"exit":0,"sentence":""}' "$run/slurm/$job.exit"
log_has 'start 1 of at most 4 on node1 node2 node3'

submitted "${size[@]}"
wait_for job_is COMPLETED
log_has 'nothing to compute'
same_results

run=$folder/srun
held_program 0
submitted "${size[@]}" --launcher srun
has_its_ranks

# What comes before the program, as a container does.
cat > "$folder/inside" << 'END'
#!/bin/sh
echo "$0 $*" >> "$(dirname "$0")/was_inside"
exec "$@"
END
chmod +x "$folder/inside"
run=$folder/contained program=
submitted --nodes 1 --workers-per-node 2 --time 20 \
  --set "cluster.container=$folder/inside"
wait_for job_is COMPLETED
same_results
grep -q "inside .*coxswain run .*$run" "$folder/was_inside"

# One after the other; each begins when the one before has ended.
run=$folder/chain
submitted --nodes 1 --workers-per-node 2 --time 20 --jobs 2
wait_for job_is COMPLETED
log_has 'nothing to compute'
same_results
