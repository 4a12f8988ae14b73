#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "cluster/slurm.hpp"
#include "runner/base/child_process.hpp"
#include "runner/bill/bill.hpp"
#include "runner/bill/bill_text.hpp"
#include "runner/bill/calibration.hpp"
#include "runner/commands/commands.hpp"
#include "runner/plan/behaviour_input.hpp"
#include "runner/plan/remembered_digests.hpp"
#include "runner/stages/planning.hpp"
#include "runner/status/slurm_queue.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/files/durable_file.hpp"
#include "storage/files/fault.hpp"
#include "storage/run/journal_summary.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

using cluster::ClusterJob;
using cluster::ClusterRequest;

constexpr double kMiB = 1 << 20;
constexpr double kSpare = 1.1;  // of the bill's bytes, for what it can't see

std::string absolute(const std::string& path) {
  return fs::absolute(path).lexically_normal().string();
}

// Bytes of a node: its workers, and on the first one the coordinator.
double node_bytes(const ClusterRequest& request, const MemoryBill& memory) {
  return static_cast<double>(request.workers_per_node * memory.worker +
                             memory.process + memory.coordinator);
}

void refuse_small_nodes(const ClusterRequest& request, const Sweep& sweep,
                        const MemoryBill& memory) {
  const std::int64_t asked =
      cluster::memory_mb_of(request.memory).value_or(0);  // 0: all there is
  const double needed = node_bytes(request, memory) / kMiB;
  if (asked == 0 || static_cast<double>(asked) >= needed) return;
  throw ProgramError(
      ExitCode::bad_sweep,
      storage::Fault{
          sweep.path, "cluster.memory", request.memory,
          fmt::format(
              "at least {:.0f}M a node: {} of {:.0f}M, and {:.0f}M "
              "for the coordinator",
              std::ceil(needed),
              request.workers_per_node == 1
                  ? "a worker"
                  : fmt::format("{} workers", request.workers_per_node),
              static_cast<double>(memory.worker) / kMiB,
              static_cast<double>(memory.process + memory.coordinator) / kMiB),
          request.workers_per_node == 1
              ? "ask for more, or cut the tasks with [numerics] memory_mb"
              : "ask for more, or for fewer workers_per_node"});
}

// What `coxswain run` in the job is told beside sweep and directory.
std::vector<std::string> run_options(const Overrides& overrides) {
  std::vector<std::string> options;
  for (const std::string& one : overrides.set) {
    if (one.starts_with("cluster.")) continue;
    options.insert(options.end(), {"--set", one});
  }
  for (const std::string& one : overrides.only) {
    options.insert(options.end(), {"--only", one});
  }
  return options;
}

// Before anything is written there.
void refuse_other_run(const storage::RunDirectory& run, const Sweep& sweep) {
  blame(ExitCode::foreign_run, [&] { run.refuse_foreign(); });
  const std::string name =
      storage::summarise_journal(run.journal_folder()).identity.name;
  if (name.empty() || name == sweep.name) return;
  throw ProgramError(
      ExitCode::foreign_run,
      storage::Fault{run.path(), "", "the run of a sweep named " + name,
                     sweep.name, "name another one with --out"});
}

// One job; `after` is the one that it waits for, empty: none.
std::string sbatch(const std::string& script, const std::string& after) {
  std::vector<std::string> words{"sbatch", "--parsable"};
  if (!after.empty()) words.push_back("--dependency=afterany:" + after);
  words.push_back(script);
  constexpr auto kLimit = std::chrono::minutes(2);
  const ChildResult result = run_child(words, fs::current_path().string(), {},
                                       kLimit, ChildOutput::among_errors);
  const auto job = cluster::job_id_in(result.errors);
  if (result.end == ChildEnd::done && job) return *job;
  const std::string why = result.end == ChildEnd::not_found
                              ? "no such program on PATH"
                              : storage::printable(result.errors);
  throw ProgramError(
      ExitCode::cluster,
      storage::Fault{script, "sbatch", why, "the number of a job",
                     "the script is written: mend [cluster], or submit it "
                     "yourself"});
}

void print_size(const ClusterRequest& request, const std::string& memory) {
  fmt::print("  asks for {} node{} of {} worker{}, {} core{} each, {}\n",
             request.nodes, request.nodes == 1 ? "" : "s",
             request.workers_per_node, request.workers_per_node == 1 ? "" : "s",
             request.cpus_per_worker, request.cpus_per_worker == 1 ? "" : "s",
             memory);
}

}  // namespace

ExitCode submit(const SubmitOptions& options) {
  Overrides overrides = options.from.overrides;
  overrides.set.insert(overrides.set.end(), options.cluster.begin(),
                       options.cluster.end());
  const Sweep sweep =
      read_sweep(options.from.sweep, options.from.hub, overrides);
  const Plan plan = make_plan(sweep, *digests_at_hand(options.cache));
  require_marks(plan);
  const auto calibration = calibration_here(options.cache, plan);
  ClusterRequest request = sweep.cluster;
  // The next job of a chain is there already.
  if (options.jobs > 1) request.requeues = 0;
  const Bill bill = make_bill(plan, calibration ? &*calibration : nullptr,
                              request.nodes * request.workers_per_node);
  refuse_small_nodes(request, sweep, bill.memory);

  const storage::RunDirectory run(
      absolute(run_directory_of(options.out, sweep.folder, sweep.name)));
  refuse_other_run(run, sweep);
  const ClusterJob job{sweep.name,
                       fs::read_symlink("/proc/self/exe").string(),
                       absolute(options.from.sweep),
                       run.path(),
                       run_options(options.from.overrides),
                       static_cast<std::int64_t>(std::ceil(
                           node_bytes(request, bill.memory) * kSpare / kMiB))};
  const std::string text = cluster::batch_script(request, job);
  if (options.dry_run) {
    fmt::print("{}", text);
    return ExitCode::done;
  }
  run.create();
  storage::make_folders(run.jobs_folder());
  storage::replace_file(run.job_script(), text);
  fmt::print("{}", text_of(bill));
  print_size(request, request.memory.empty()
                          ? fmt::format("{}M of memory a node", job.memory_mb)
                          : request.memory + " of memory a node");
  std::string last;
  for (int i = 0; i < options.jobs; ++i) {
    const std::string next = sbatch(run.job_script(), last);
    fmt::print("submitted job {}{}\n", next,
               last.empty() ? "" : ", after " + last);
    note_job(run, next);
    last = next;
  }
  fmt::print("  script {}, log {}/{}.log\nnext: coxswain status {} --watch\n",
             run.job_script(), run.jobs_folder(), last,
             cluster::shell_word(run.path()));
  return ExitCode::done;
}

}  // namespace coxswain::runner
