#!/usr/bin/env bash
# slurm_job.sh BUILD_FOLDER: jobs of three nodes with two workers each, by either
# launcher, give the bytes of a run alone; a job after that finds nothing to do.
set -euo pipefail
source "$(dirname "$0")/../support/slurm.sh"
slurm_up "$1" 3
sweep=$folder/toy/sweep.toml
"$1/make_toy_sweep" "$folder/toy"
"$coxswain" run "$sweep" --out "$folder/whole" > /dev/null 2>&1
size=(--nodes 3 --workers-per-node 2 --time 20)

run=$folder/run
submitted "${size[@]}"
wait_for 120 job_is COMPLETED
same_results
grep -qx '{"exit":0,"sentence":""}' "$run/slurm/$job.exit"
log_has 'start 1 of at most 4 on node1 node2 node3'
# Six workers, two on each node, and rank 0 on the first.
"$coxswain" status "$run" --json > "$folder/status"
for node in node1 node2 node3; do
  test "$(grep -c "\"host\": \"$node\"" "$folder/status")" = \
    "$([ $node = node1 ] && echo 3 || echo 2)"
done

submitted "${size[@]}"
wait_for 120 job_is COMPLETED
log_has 'nothing to compute'
same_results

run=$folder/srun
submitted "${size[@]}" --launcher srun
wait_for 120 job_is COMPLETED
same_results
test "$(grep -c '"host": "node1"' <("$coxswain" status "$run" --json))" = 3

# What comes before the program, as a container does.
cat > "$folder/inside" << 'END'
#!/bin/sh
echo "$0 $*" >> "$(dirname "$0")/was_inside"
exec "$@"
END
chmod +x "$folder/inside"
run=$folder/contained
submitted --nodes 1 --workers-per-node 2 --time 20 \
  --set "cluster.container=$folder/inside"
wait_for 120 job_is COMPLETED
same_results
grep -q "inside .*coxswain run .*$run" "$folder/was_inside"

# One after the other; each begins when the one before has ended.
run=$folder/chain
submitted --nodes 1 --workers-per-node 2 --time 20 --jobs 2
wait_for 120 job_is COMPLETED
log_has 'nothing to compute'
same_results
