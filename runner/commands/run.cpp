#include "runner/work/run.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "cluster/channel.hpp"
#include "cluster/host.hpp"
#include "cluster/mpi_session.hpp"
#include "cluster/signals.hpp"
#include "jobs/device/gpu_driver.hpp"
#include "runner/base/clock.hpp"
#include "runner/base/idle_pause.hpp"
#include "runner/commands/call_words.hpp"
#include "runner/commands/commands.hpp"
#include "runner/plan/behaviour_input.hpp"
#include "runner/plan/remembered_digests.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "runner/work/placement.hpp"
#include "runner/work/provenance.hpp"
#include "runner/work/timed_executor.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

// Ends every process of the run, for what only that can end: workers that are
// lost, or that wait for a coordinator that failed.
using EndAll = std::function<void(ExitCode)>;

// A sentence about the run comes before one about its last file.
void write_exit(Run& run, ExitCode& code, std::string& sentence) {
  try {
    run.write_exit(code, sentence);
  } catch (const std::exception& error) {
    if (!sentence.empty()) return;
    code = code_of(error);
    sentence = sentence_of(error);
  }
}

// --exit-file is for whoever made this call; exit.json is the run's, which may
// be another start's.
void tell_caller(const RunOptions& options, ExitCode code,
                 const std::string& sentence) {
  if (options.exit_file.empty()) return;
  try {
    write_exit_file(options.exit_file, code, sentence);
  } catch (const std::exception& error) {
    fmt::print(stderr, "coxswain: {}\n", sentence_of(error));
  }
}

// A run's last words, after its progress had them: where the results are, or
// how to go on.
void say_farewell(const Farewell& farewell, const std::string& outcome,
                  ExitCode code, const std::string& sentence) {
  fmt::print("{}", outcome);
  std::fflush(stdout);
  fmt::print(stderr, "{}", farewell.last_words(code, sentence));
}

ExitCode coordinate(const RunOptions& options, const RunParts& parts,
                    const Workers& workers, const EndAll& end_all) {
  Farewell farewell(call_of(options), options.mpirun.comments
                                          ? LauncherSays::the_code
                                          : LauncherSays::nothing);
  std::optional<Run> run;
  ExitCode code = ExitCode::done;
  std::string sentence;
  bool taken_over = false;
  try {
    const SweepChoice& from = options.from;
    const Sweep sweep = read_sweep(from.sweep, from.hub, from.overrides);
    const double start = monotonic_seconds();
    Plan plan = make_plan(sweep, *remembered_digests(options.cache));
    require_marks(plan);
    if (options.timings) {
      fmt::print(stderr, "timings of planning: {:.3f} s\n",
                 monotonic_seconds() - start);
    }
    auto calibration = calibration_here(options.cache, plan);
    run.emplace(std::move(plan),
                storage::RunDirectory(
                    run_directory_of(options.out, sweep.folder, sweep.name)),
                options.rules, std::move(calibration), farewell);
    code = run->go(workers, parts);
    if (code == ExitCode::quarantined) sentence = run->given_up();
  } catch (const Superseded& error) {
    // Nothing more is written, exit.json neither: the run is another start's.
    code = code_of(error);
    sentence = error.what();
    taken_over = true;
  } catch (const std::exception& error) {
    if (!run) {
      tell_caller(options, code_of(error), sentence_of(error));
      release_workers(workers.channel);
      throw;
    }
    code = code_of(error);
    sentence = sentence_of(error);
  }
  if (!taken_over) write_exit(*run, code, sentence);
  tell_caller(options, code, sentence);
  const WorkersAre others = run->workers();
  const std::string outcome = run->outcome();
  run.reset();  // progress has its last word before the run
  say_farewell(farewell, outcome, code, sentence);
  if (others == WorkersAre::waiting) release_workers(workers.channel);
  if (others == WorkersAre::working) end_all(code);
  return code;
}

// UUIDs of the GPUs that this process was left with, as many as it computes
// with; to be asked once that is settled.
std::string uuids_here(const RunOptions& options) {
  if (options.device == jobs::DeviceKind::cpu || !jobs::built_for_cuda()) {
    return "";
  }
  std::vector<std::string> uuids;
  for (const jobs::Gpu& gpu : jobs::visible_gpus()) {
    if (std::ssize(uuids) < options.gpus.per_worker) uuids.push_back(gpu.uuid);
  }
  return fmt::format("{}", fmt::join(uuids, ","));
}

ExitCode run_alone(const RunOptions& options, const RunParts& parts) {
  const auto [coordinator, worker_channel] = cluster::local_channels();
  Placement alone;
  alone.uuids = uuids_here(options);
  Worker worker(*worker_channel, parts.make_executor, parts.reached,
                gpu_text(alone));
  const auto pass_time = [&](std::chrono::microseconds most) {
    if (worker.turn()) return true;
    worker.wait(most);
    return worker.turn();
  };
  // Only the end of the process ends a task that hangs.
  const auto end_all = [&worker](ExitCode code) {
    if (!worker.idle()) std::_Exit(static_cast<int>(code));
  };
  return coordinate(options, parts, {*coordinator, pass_time}, end_all);
}

ExitCode coordinate_ranks(const RunOptions& options, const RunParts& parts,
                          const cluster::MpiSession& session,
                          cluster::Channel& channel) {
  const auto pass_time = [](std::chrono::microseconds most) {
    std::this_thread::sleep_for(most);
    return false;
  };
  const auto end_all = [&session](ExitCode code) {
    std::fflush(nullptr);
    session.abort(static_cast<int>(code));
  };
  return coordinate(options, parts, {channel, pass_time}, end_all);
}

// Slow, but no error: results are the same.
void warn_of_crowding(const Placement& node, int threads) {
  const auto wanted = node.workers * static_cast<std::size_t>(threads);
  const bool known = node.cores > 0;
  if (node.index != 0 || !known || wanted <= node.cores) return;
  fmt::print(stderr, "coxswain: {}: {} workers of {} thread{} share {} cores\n",
             cluster::host_name(), node.workers, threads,
             threads == 1 ? "" : "s", node.cores);
}

ExitCode work(const RunParts& parts, const cluster::MpiSession& session,
              cluster::Channel& channel, const Placement& placement) {
  const auto make_executor = [&](int threads) {
    if (!placement.refusal.empty()) {
      throw ProgramError(ExitCode::cluster, placement.refusal);
    }
    warn_of_crowding(placement, threads);
    return parts.make_executor(threads);
  };
  Worker worker(channel, make_executor, parts.reached, gpu_text(placement));
  // Ctrl-C reaches every rank of a terminal's group: the coordinator decides.
  const cluster::ScopedDrainSignals signals;
  IdlePause pause;
  while (!worker.finished()) worker.wait(pause.after(worker.turn()));
  while (!channel.flushed()) worker.wait(pause.after(false));
  if (!worker.idle()) session.leave(0);
  return ExitCode::done;
}

// What this process may see; read while it has one thread.
VisibleDevices visible_devices(const RunOptions& options) {
  if (options.device == jobs::DeviceKind::cpu) return "";
  if (const char* list = std::getenv("CUDA_VISIBLE_DEVICES")) return list;
  return jobs::built_for_cuda() ? devices_in("/dev") : std::nullopt;
}

// Lets this rank see its own GPUs alone. Collective over all ranks.
Placement settle(const cluster::MpiSession& session,
                 const RunOptions& options) {
  Placement placement = place_worker(
      session.rank(),
      session.on_this_node(word_of(visible_devices(options), cluster::cores())),
      options.gpus);
  if (placement.device) {
    ::setenv("CUDA_VISIBLE_DEVICES", placement.device->c_str(), 1);
  }
  judge_by_uuids(session.rank(),
                 session.on_this_node(placement.device ? uuids_here(options)
                                                       : std::string()),
                 options.gpus, placement);
  return placement;
}

RunParts timed(RunParts parts) {
  parts.make_executor = [make = parts.make_executor](int threads) {
    return std::make_unique<TimedExecutor>(
        make(threads), [](const TimedExecutor::Times& times) {
          fmt::print(stderr, "timings on {}:\n{}", cluster::process_name(),
                     text_of(times));
        });
  };
  return parts;
}

}  // namespace

std::string run_directory_of(const std::string& out, const std::string& folder,
                             const std::string& name) {
  return out.empty() ? (fs::path(folder) / "runs" / name).string() : out;
}

ExitCode run_sweep(const RunOptions& options, const RunParts& given,
                   cluster::MpiSession* session) {
  RunParts parts = given;
  if (options.device || options.gpus.per_worker > 1) {
    parts.make_executor = [options](int threads) {
      return jobs::make_executor_on(
          options.device.value_or(jobs::best_device()), options.gpus.per_worker,
          threads);
    };
  }
  if (options.timings) parts = timed(parts);
  parts.until = options.until;
  parts.kinds = options.kinds;
  if (session == nullptr || session->size() == 1) {
    return run_alone(options, parts);
  }
  const Placement placement = settle(*session, options);
  const auto channel = session->channel();
  if (session->rank() == 0) {
    return coordinate_ranks(options, parts, *session, *channel);
  }
  try {
    return work(parts, *session, *channel, placement);
  } catch (const std::exception& error) {
    fmt::print(stderr, "coxswain: worker {} on {}: {}\n", session->rank(),
               cluster::host_name(), sentence_of(error));
    session->abort(static_cast<int>(code_of(error)));
  }
}

}  // namespace coxswain::runner
