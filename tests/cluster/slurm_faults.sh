#!/usr/bin/env bash
# slurm_faults.sh BUILD_FOLDER FAULT: what clusters do to jobs is done to one of
# three nodes with two workers each; it comes to the bytes of an undisturbed run.
set -eEuo pipefail
source "$(dirname "$0")/../support/slurm.sh"
if [ -z "${COXSWAIN_SLURM_FAULTS-}" ]; then
  echo "skipped: about a minute each; tests/run --faults sets COXSWAIN_SLURM_FAULTS"
  exit 77
fi
slurm_up "$1" 3
slow_sweep "$folder/toy" "$1"
sweep=$folder/toy/sweep.toml
run=$folder/run
"$coxswain" run "$sweep" --out "$folder/whole" > /dev/null 2>&1

# begin OPTION...: a job that is halfway, its coordinator stopped so that it stays
# there until go_on.
begin() {
  submitted --nodes 3 --workers-per-node 2 --time 20 "$@"
  halfway
}
halfway() {
  wait_for 120 log_has 'extract ended'
  coordinator=$(rank 0)
  kill -STOP "$coordinator"
  hit=$SECONDS
}
go_on() { kill -CONT "$coordinator"; }
# end STATE: of $job, within the time that a busy machine takes.
end() {
  wait_for 240 job_is "$1"
  echo "$job: $1 $((SECONDS - hit)) s after $fault"
}
starts_of_the_first() {
  [ "$(grep -c 'start 1 of' "$run/slurm/$job.log")" = "$1" ]
}
restarts() { scontrol show job "$job" | grep -q "Restarts=$1"; }
# rank R: its process id, under either launcher; `launcher`: mpirun's.
rank() {
  local one
  for one in $(pgrep -f "^$coxswain run .*$run/slurm/$job.exit"); do
    if tr '\0' '\n' < "/proc/$one/environ" |
      grep -qx "PMIX_RANK=$1"; then echo "$one"; fi
  done
}
# Of a job that has begun, with a real warning. Slurm looks every 30 s.
reach_time_limit() {
  scontrol update JobId="$job" EndTime="$(date -d '+80 seconds' +%FT%T)"
  wait_for 120 log_has 'the time is nearly up'
  wait_for 60 test -e "$run/stop"
  go_on
  end COMPLETED
  log_has 'requeued with [1-9][0-9]* tasks done'
  restarts 1
}
# A partition whose jobs come before those of the test bed's own, which are
# requeued for them.
prefer_urgent() {
  printf '%s\n' PreemptType=preempt/partition_prio PreemptMode=REQUEUE \
    'PartitionName=urgent Nodes=ALL PriorityTier=9 State=UP' \
    >> "$SLURM_TESTBED_DIR/etc/slurm.conf"
  local controller
  controller=$(cat "$SLURM_TESTBED_DIR/run/slurmctld.pid")
  kill "$controller"
  timeout 60 tail --pid="$controller" --follow /dev/null
  "$testbed" up
}
urgent_job() {
  sbatch --parsable --partition=urgent --nodes=3 --exclusive --output=/dev/null \
    --wrap 'sleep 5'
}
launcher() { pgrep -f "^mpirun .*$run/slurm/$job.exit"; }

trap 'echo "line $LINENO"; cat "$run"/slurm/*.log' ERR
fault=$2
case $fault in
  worker_killed) # the others finish, in the same start
    begin
    worker=$(rank 4)
    go_on
    kill -KILL "$worker"
    end COMPLETED
    if log_has 'start 2'; then exit 1; fi
    ;;
  coordinator_killed) # the job begins again on the same nodes
    begin
    kill -KILL "$coordinator"
    end COMPLETED
    log_has 'start 2 of at most 4 on node1 node2 node3'
    ;;
  launcher_killed)
    begin
    kill -KILL "$(launcher)"
    go_on
    end COMPLETED
    log_has 'start 2 of at most 4 on node1 node2 node3'
    ;;
  node_lost) # the others finish
    begin
    "$testbed" fail-node node2
    go_on
    end COMPLETED
    if log_has 'start 2'; then log_has 'on node1 node3$'; fi
    ;;
  node_and_launcher_lost) # started again on the two nodes that are left
    begin
    "$testbed" fail-node node2
    scontrol update NodeName=node2 State=DOWN Reason=test
    kill -KILL "$(launcher)"
    go_on
    end COMPLETED
    log_has 'start 2 of at most 4 on node1 node3$'
    ;;
  first_node_lost) # with coordinator and script: the last one has it requeued
    submitted --nodes 3 --workers-per-node 2 --time 20
    scancel "$job"
    wait_for 60 job_is CANCELLED
    sed -i 's/-mmin -5/-mmin -0.2/; s/sleep 30/sleep 1/' "$run/slurm/job.sh"
    job=$(sbatch --parsable "$run/slurm/job.sh")
    halfway
    "$testbed" fail-node node1
    scontrol update NodeName=node1 State=DOWN Reason=test
    wait_for 120 restarts 1
    "$testbed" start-node node1
    end COMPLETED
    ;;
  time_limit) # the warning, a drain, and the job once more
    begin --set cluster.signal_lead=60
    reach_time_limit
    ;;
  requeued) # as by preemption
    begin
    scontrol requeue "$job"
    end COMPLETED
    restarts 1
    ;;
  preempted) # by a job that comes first, without a word
    prefer_urgent
    begin
    urgent=$(urgent_job)
    wait_for 120 job_is COMPLETED "$urgent"
    end COMPLETED
    restarts 1
    ;;
  preempted_with_grace) # the same, but with some time: its steps are ended at once
    sed -i '/^PartitionName=test/s/$/ GraceTime=60/' \
      "$SLURM_TESTBED_DIR/etc/slurm.conf"
    prefer_urgent
    begin
    urgent=$(urgent_job)
    go_on
    wait_for 120 job_is COMPLETED "$urgent"
    end COMPLETED
    ;;
  no_progress) # between two requeues: the job ends and says so
    # Stands for the program: while there is a file idle, a run that ends with the
    # job's warning, and nothing done.
    cat > "$folder/coxswain" << END
#!/bin/bash
if [ "\$1" = run ] && [ -e "$folder/idle" ]; then
  until [ "\$(grep -c 'nearly up' "$run/slurm/\$SLURM_JOB_ID.log")" \
    -gt "\${SLURM_RESTART_COUNT:-0}" ]; do sleep 0.2; done
  while [ "\$1" != --exit-file ]; do shift; done
  echo '{"exit":12,"sentence":""}' > "\$2"
  exit 12
fi
exec "$coxswain" "\$@"
END
    chmod +x "$folder/coxswain"
    touch "$folder/idle"
    submitted --nodes 3 --workers-per-node 2 --time 20 \
      --set "cluster.program=$folder/coxswain"
    wait_for 60 log_has 'start 1'
    hit=$SECONDS
    scancel --batch --signal=USR1 "$job"
    wait_for 120 restarts 1
    wait_for 120 starts_of_the_first 2
    scancel --batch --signal=USR1 "$job"
    wait_for 120 job_is FAILED
    log_has 'not requeued: [0-9]* tasks were done at the last requeue already'
    rm "$folder/idle"
    submitted --nodes 3 --workers-per-node 2 --time 20
    end COMPLETED
    ;;
  srun_worker_killed) # ends all of them: begun again
    begin --launcher srun
    worker=$(rank 4)
    go_on
    kill -KILL "$worker"
    end COMPLETED
    log_has 'start 2'
    ;;
  srun_time_limit)
    begin --launcher srun --set cluster.signal_lead=60
    reach_time_limit
    ;;
  cancelled) # and submitted again
    begin
    scancel "$job"
    wait_for 60 job_is CANCELLED
    submitted --nodes 3 --workers-per-node 2 --time 20
    end COMPLETED
    ;;
  stopped) # by somebody: not requeued, and submitted again
    begin
    "$coxswain" stop "$run" > /dev/null
    go_on
    wait_for 60 job_is FAILED
    log_has 'to go on: sbatch'
    submitted --nodes 3 --workers-per-node 2 --time 20
    end COMPLETED
    ;;
  two_jobs) # the second is refused, the first goes on
    begin
    first=$job
    submitted --nodes 1 --workers-per-node 2 --time 20
    wait_for 120 job_is FAILED
    log_has 'ended with exit 9'
    job=$first
    go_on
    end COMPLETED
    if log_has 'start 2'; then exit 1; fi
    ;;
  controller_restarted)
    begin
    kill -KILL "$(cat "$SLURM_TESTBED_DIR/run/slurmctld.pid")"
    go_on
    wait_for 60 log_has 'ended with exit 0'
    "$testbed" up
    end COMPLETED
    ;;
  *) echo "unknown fault $fault"; exit 2 ;;
esac
same_results
