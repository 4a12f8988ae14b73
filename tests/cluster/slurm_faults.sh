#!/usr/bin/env bash
# slurm_faults.sh BUILD_FOLDER FAULT: what clusters do to jobs is done to one of
# three nodes with two workers each; it comes to the bytes of an undisturbed run.
set -eEuo pipefail
source "$(dirname "$0")/../support/slurm.sh"
if [ -z "${COXSWAIN_SLURM_FAULTS-}" ]; then
  echo "skipped: about a minute each; tests/run --faults sets COXSWAIN_SLURM_FAULTS"
  exit 77
fi
build=$1
slurm_up 3
many_tasks "$folder/toy"
sweep=$folder/toy/sweep.toml
run=$folder/run
"$coxswain" run "$sweep" --out "$folder/whole" > /dev/null 2>&1

# begin OPTION...: a job that is halfway, and stays there until go_on: 60 of its
# 109 tasks were leased, and no worker gives any back.
begin() {
  held_program 60
  submitted --nodes 3 --workers-per-node 2 --time 20 "$@"
  halfway
}
halfway() {
  wait_for held
  hit=$SECONDS
}
# end STATE: of $job, which stays.
end() {
  wait_for job_is "$1"
  echo "$job: $1 $((SECONDS - hit)) s after $fault"
}
starts_of_the_first() {
  [ "$(grep -c 'start 1 of' "$run/slurm/$job.log")" = "$1" ]
}
restarts() { scontrol show job "$job" | grep -q "Restarts=$1"; }
# Of a worker that has a task, its process id.
busy_worker() {
  wait_for waits 4
  rank 4
}
# mpirun's process id: that of the shell's parent, whose child the coordinator is.
launcher() { parent "$(parent "$(rank 0)")"; }
parent() { awk '$1 == "PPid:" { print $2 }' "/proc/$1/status"; }
gone() { ! grep -q '^State:.[^Z]' "/proc/$1/status" 2> /dev/null; }
# Of a job that is held, with a real warning; Slurm looks every 30 s. Then there
# is time again, since how fast it drains and ends is not what is tried.
reach_time_limit() {
  scontrol update JobId="$job" EndTime="$(date -d '+310 seconds' +%FT%T)"
  wait_for log_has 'the time is nearly up'
  scontrol update JobId="$job" TimeLimit=20
  wait_for draining "$run"
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
  wait_for gone "$controller"
  wait_for "$testbed" up
}
urgent_job() {
  sbatch --parsable --partition=urgent --nodes=3 --exclusive --output=/dev/null \
    --wrap 'sleep 5'
}

trap 'echo "line $LINENO"; cat "$run"/slurm/*.log' ERR
fault=$2
case $fault in
  worker_killed) # the others finish, in the same start
    begin
    kill -KILL "$(busy_worker)"
    go_on
    end COMPLETED
    if log_has 'start 2'; then exit 1; fi
    ;;
  coordinator_killed) # the job begins again on the same nodes
    begin
    kill -KILL "$(rank 0)"
    wait_for log_has 'start 2 of at most 4 on node1 node2 node3'
    go_on
    end COMPLETED
    ;;
  launcher_killed)
    begin
    kill -KILL "$(launcher)"
    wait_for log_has 'start 2 of at most 4 on node1 node2 node3'
    go_on
    end COMPLETED
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
    launcher=$(launcher)
    "$testbed" fail-node node2
    scontrol update NodeName=node2 State=DOWN Reason=test
    kill -KILL "$launcher"
    wait_for log_has 'start 2 of at most 4 on node1 node3$'
    go_on
    end COMPLETED
    ;;
  first_node_lost) # with coordinator and script: the last one has it requeued
    held_program 60
    submitted --nodes 3 --workers-per-node 2 --time 20 \
      --set 'cluster.sbatch=["--hold"]'
    scancel "$job"
    wait_for job_is CANCELLED
    sed -i '/^#SBATCH --hold$/d; s/sleep 30/sleep 1/' "$run/slurm/job.sh"
    job=$(sbatch --parsable "$run/slurm/job.sh")
    halfway
    # On node3 waits what notices; the srun that starts it is lost with node1.
    wait_for pgrep -f "^[^ ]*bash -c while .* $run/slurm/$job.alive" > /dev/null
    # Killed by itself: a step's srun that outlives the script for an instant ends
    # the step, as no machine without power would; and so does the child with
    # which srun watches over itself, unless both stand still before either dies.
    for signal in STOP KILL; do
      pkill -$signal -f "^[^ ]*srun .* bash -c while .* $run/slurm/$job.alive"
    done
    "$testbed" fail-node node1
    scontrol update NodeName=node1 State=DOWN Reason=test
    touch -d '-10 minutes' "$run/slurm/$job.alive"
    wait_for restarts 1
    go_on
    "$testbed" start-node node1
    end COMPLETED
    ;;
  time_limit) # the warning, a drain, and the job once more
    begin --set cluster.signal_lead=300
    reach_time_limit
    ;;
  requeued) # as by preemption
    begin
    scontrol requeue "$job"
    wait_for restarts 1
    go_on
    end COMPLETED
    restarts 1
    ;;
  preempted) # by a job that comes first, without a word
    prefer_urgent
    begin
    urgent=$(urgent_job)
    wait_for restarts 1
    go_on
    wait_for job_is COMPLETED "$urgent"
    end COMPLETED
    restarts 1
    ;;
  preempted_with_grace) # after some time: its steps are ended at once
    sed -i '/^PartitionName=test/s/$/ GraceTime=60/' \
      "$SLURM_TESTBED_DIR/etc/slurm.conf"
    prefer_urgent
    begin
    urgent=$(urgent_job)
    begun_again() { log_has 'start 2' || restarts 1; }
    wait_for begun_again
    go_on
    wait_for job_is COMPLETED "$urgent"
    end COMPLETED
    ;;
  no_progress) # between two requeues: the job ends and says so
    # Stands for the program: while there is a file idle, a run that ends with the
    # job's warning, and nothing done.
    program=$folder/program
    cat > "$program" << END
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
    chmod +x "$program"
    touch "$folder/idle"
    submitted --nodes 3 --workers-per-node 2 --time 20
    wait_for log_has 'start 1'
    hit=$SECONDS
    scancel --batch --signal=USR1 "$job"
    wait_for restarts 1
    wait_for starts_of_the_first 2
    scancel --batch --signal=USR1 "$job"
    wait_for job_is FAILED
    log_has 'not requeued: [0-9]* tasks were done at the last requeue already'
    rm "$folder/idle"
    submitted --nodes 3 --workers-per-node 2 --time 20
    end COMPLETED
    ;;
  srun_worker_killed) # ends all of them: begun again
    begin --launcher srun
    kill -KILL "$(busy_worker)"
    wait_for log_has 'start 2'
    go_on
    end COMPLETED
    ;;
  srun_time_limit)
    begin --launcher srun --set cluster.signal_lead=300
    reach_time_limit
    ;;
  cancelled) # and submitted again
    begin
    scancel "$job"
    wait_for job_is CANCELLED
    go_on
    submitted --nodes 3 --workers-per-node 2 --time 20
    end COMPLETED
    ;;
  stopped) # by somebody: not requeued, and submitted again
    begin
    "$coxswain" stop "$run" > /dev/null
    wait_for draining "$run"
    go_on
    wait_for job_is FAILED
    log_has 'to go on: sbatch'
    submitted --nodes 3 --workers-per-node 2 --time 20
    end COMPLETED
    ;;
  two_jobs) # the second is refused, the first goes on
    begin
    first=$job
    submitted --nodes 1 --workers-per-node 2 --time 20
    wait_for job_is FAILED
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
    wait_for log_has 'ended with exit 0'
    wait_for "$testbed" up
    end COMPLETED
    ;;
  *) echo "unknown fault $fault"; exit 2 ;;
esac
same_results
