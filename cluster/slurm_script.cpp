#include <fmt/format.h>

#include "cluster/slurm.hpp"

namespace coxswain::cluster {
namespace {

// A value of an #SBATCH line, where % begins a placeholder: as `pattern` has.
std::string sbatch_path(const std::string& folder, const char* pattern) {
  std::string text;
  for (const char c : folder) text += c == '%' ? "%%" : std::string(1, c);
  text += pattern;
  const bool plain = text.find_first_of(" \t\"'\\#") == std::string::npos;
  return plain ? text : "\"" + text + "\"";
}

std::string options(const ClusterRequest& request, const ClusterJob& job) {
  std::string text;
  const auto add = [&](const std::string& option) {
    text += "#SBATCH " + option + "\n";
  };
  const auto add_if = [&](const char* option, const std::string& value) {
    if (!value.empty()) add(option + value);
  };
  add("--job-name=" + job.name);
  add_if("--partition=", request.partition);
  add_if("--account=", request.account);
  add_if("--qos=", request.qos);
  add_if("--time=", request.time);
  add(fmt::format("--nodes={}", request.nodes));
  add(fmt::format("--ntasks-per-node={}", request.workers_per_node));
  add(fmt::format("--cpus-per-task={}", request.cpus_per_worker));
  if (request.gpus_per_node > 0) {
    add(fmt::format("--gpus-per-node={}{}{}", request.gpu_type,
                    request.gpu_type.empty() ? "" : ":",
                    request.gpus_per_node));
  }
  add("--mem=" + (request.memory.empty() ? fmt::format("{}M", job.memory_mb)
                                         : request.memory));
  add(fmt::format("--signal=B:USR1@{}", request.signal_lead));
  add(request.requeues > 0 ? "--requeue" : "--no-requeue");
  text += "# The job outlives the loss of a node that is not the first:\n";
  add("--no-kill");
  add("--open-mode=append");
  add("--output=" + sbatch_path(job.run, "/slurm/%j.log"));
  for (const std::string& one : request.sbatch) add(one);
  return text;
}

std::string surroundings(const ClusterRequest& request) {
  std::string text;
  if (!request.modules.empty()) {
    text += "module load";
    for (const std::string& one : request.modules)
      text += " " + shell_word(one);
    text += "\n";
  }
  for (const std::string& line : request.environment) text += line + "\n";
  return text.empty() ? "" : "\n" + text;
}

// The variables of the script: what is run where. What a reader may want to
// change stands here.
std::string settings(const ClusterRequest& request, const ClusterJob& job) {
  const std::string program =
      request.program.empty() ? job.program : request.program;
  std::string more;
  for (const std::string& one : job.options) more += " " + shell_word(one);
  if (request.gpus_per_worker > 1) {
    more += fmt::format(" --gpus-per-worker {}", request.gpus_per_worker);
  }
  return fmt::format(
      R"sh(
program=({}{}{})
run={}
workers={}  # on each node
starts={}  # of the launcher in this job, at most
command=("${{program[@]}}" run {} --out "$run"{})

ulimit -c 0  # no core files
export OMP_NUM_THREADS={} OPENBLAS_NUM_THREADS={}
)sh",
      request.container, request.container.empty() ? "" : " ",
      shell_word(program), shell_word(job.run), request.workers_per_node,
      request.restarts + 1, shell_word(job.sweep), more,
      request.cpus_per_worker, request.cpus_per_worker);
}

constexpr const char* kWords =
    R"sh(export SLURM_OVERLAP=1  # a start doesn't wait for what is left of the last

# The program says here how it ended; a launcher's exit code says little.
said=$run/slurm/$SLURM_JOB_ID.exit
command+=(--exit-file "$said")
end=$(squeue --noheader --jobs "$SLURM_JOB_ID" --format %e)
if [[ $end == 20* ]]; then command+=(--until "$(date --date "$end" +%s)"); fi

say() { echo "$(date +%T) job $SLURM_JOB_ID: $*"; }
)sh";

constexpr const char* kMpirun = R"sh(
# start NODE...: the coordinator, which computes nothing and shares the first
# node's cores, and the workers, who outlive each other. If the coordinator is
# killed, nobody but its shell can tell.
# shellcheck disable=SC2016  # that shell is to expand these
start() {
  local slots
  slots=$(printf ",%s:$workers" "$@")
  mpirun --enable-recovery --oversubscribe --bind-to none \
    -n 1 --host "${slots:1}" bash -c \
    '"$@"; [ -e "$0" ] || echo killed > "$0"' "$said" "${command[@]}" : \
    -n $(($# * workers)) --host "${slots:1}" "${command[@]}" &
  launcher=$!
}
)sh";

constexpr const char* kSrun = R"sh(
# start NODE...: the coordinator, which computes nothing and shares the first
# node's cores, and the workers. Without the ring, Slurm 22.05 and others let
# ranks leave MPI_Init before all have come.
start() {
  SLURM_PMIX_FENCE=ring srun --mpi=pmix --overcommit --cpu-bind=none \
    --kill-on-bad-exit=0 --nodes=$# --nodelist="$(IFS=,; echo "$*")" \
    --ntasks=$(($# * workers + 1)) --cpus-per-task="$SLURM_CPUS_PER_TASK" \
    "${command[@]}" &
  launcher=$!
}
)sh";

constexpr const char* kStarts = R"sh(
# Slurm's warning, some time before the end of the job.
warned=no
trap 'warned=yes; say "the time is nearly up: no more tasks are begun"' USR1

# Until the program has said how it ended: the launcher may not return at all
# once a node is lost. Sleeps in the background, so that the trap is not late.
wait_for_end() {
  until [ -e "$said" ] || ! kill -0 "$launcher" 2> /dev/null; do
    sleep 3 & wait $!
    touch "$alive"
    if [ $warned = yes ]; then "${program[@]}" stop "$run" > /dev/null; fi
  done
  for signal in 0 TERM KILL; do
    kill -$signal "$launcher" 2> /dev/null || break
    timeout 10 tail --pid="$launcher" --follow /dev/null
  done
}

# The nodes of this job that answer.
nodes_left() {
  local node
  for node in $(scontrol show hostnames "$SLURM_JOB_NODELIST"); do
    timeout 60 srun --nodes=1 --ntasks=1 --nodelist="$node" \
      hostname > /dev/null 2>&1 && echo "$node" &
  done
  wait
}

# When the first node is lost, and this script with it, Slurm lets the job live
# on with nothing to do. The last node notices, and has it requeued.
alive=$run/slurm/$SLURM_JOB_ID.alive
# shellcheck disable=SC2016  # the shell there is to expand it
guard='while [ "$(find "$0" -mmin -5)" ]; do sleep 30; done
scontrol requeue "$1" || scancel "$1"'

mapfile -t nodes < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
if [ ${#nodes[@]} -gt 1 ]; then
  touch "$alive"
  srun --nodes=1 --ntasks=1 --nodelist="${nodes[-1]}" \
    bash -c "$guard" "$alive" "$SLURM_JOB_ID" &
fi
for ((i = 1; i <= starts && ${#nodes[@]} > 0; ++i)); do
  rm -f "$said"
  say "start $i of at most $starts on ${nodes[*]}"
  start "${nodes[@]}"
  wait_for_end
  code=$(sed -n 's/.*"exit":\([0-9]*\).*/\1/p' "$said" 2> /dev/null)
  say "ended with exit ${code:-unknown}"
  # 11: its workers are lost. Unknown: the coordinator is, or the launcher.
  if [ "${code:-11}" != 11 ] || [ $warned = yes ]; then break; fi
  mapfile -t nodes < <(nodes_left | sort --version-sort)
done

# 12: told to stop. 13: no task would have ended in time. Others are final.
case ${code:-unknown}-$warned in
  12-yes | 13-* | unknown-yes) ;;
  12-no | unknown-no)
    say "to go on: sbatch $run/slurm/job.sh"
    exit "${code:-1}" ;;
  *) exit "$code" ;;
esac
)sh";

constexpr const char* kLeaveRest = R"sh(
say "the rest is for the next job, or for: sbatch $run/slurm/job.sh"
exit "${code:-12}"
)sh";

constexpr const char* kRequeue = R"sh(
# Work is left. It is for this job again, if that leads anywhere.
requeues={}
done_before=$(cat "$run/slurm/$SLURM_JOB_ID.done" 2> /dev/null)
done_now=$("${{program[@]}}" status "$run" --json |
  grep --max-count 1 '"committed"' | tr -dc 0-9)
echo "$done_now" > "$run/slurm/$SLURM_JOB_ID.done"
if [ "$done_now" = "$done_before" ]; then
  say "not requeued: $done_now tasks were done at the last requeue already"
elif [ "${{SLURM_RESTART_COUNT:-0}}" -ge $requeues ]; then
  say "not requeued: it was $requeues times"
else  # said first: who is requeued is killed, and may be at once
  say "to be requeued with $done_now tasks done"
  scontrol requeue "$SLURM_JOB_ID" && exit 0
fi
say "to go on: sbatch $run/slurm/job.sh"
exit "${{code:-12}}"
)sh";

}  // namespace

std::string batch_script(const ClusterRequest& request, const ClusterJob& job) {
  std::string text = fmt::format(
      R"sh(#!/bin/bash
# The sweep {} as a Slurm job, written by `coxswain submit`. Whatever ends it,
# nothing that was computed is lost: `sbatch` it again and it goes on.

)sh",
      job.name);
  text += options(request, job) + surroundings(request) +
          settings(request, job) + kWords;
  text += request.launcher == Launcher::mpirun ? kMpirun : kSrun;
  text += kStarts;
  return text + (request.requeues == 0
                     ? kLeaveRest
                     : fmt::format(kRequeue, request.requeues));
}

}  // namespace coxswain::cluster
