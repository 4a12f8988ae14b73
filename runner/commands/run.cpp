#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <thread>

#include "cluster/channel.hpp"
#include "cluster/mpi_session.hpp"
#include "cluster/signals.hpp"
#include "runner/commands/commands.hpp"
#include "runner/coordinator.hpp"
#include "runner/provenance.hpp"
#include "runner/sealing.hpp"
#include "runner/worker.hpp"
#include "storage/results_file.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

// Long enough to cost no core, short against a task.
constexpr auto kIdlePause = std::chrono::milliseconds(1);

std::string new_run_id() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

// One round of everything that happens in this process; true if there was
// anything to do.
using Turn = std::function<bool()>;

struct Crew {
  cluster::Channel& channel;
  Turn worker_turn;  // of the worker in this process, if there is one
};

// Nothing will come: the workers may go home.
void release(cluster::Channel& channel) {
  for (int rank = 1; rank < channel.size(); ++rank) {
    channel.send(rank, pack(Finish{}));
  }
}

class Run {
 public:
  Run(Plan plan, const storage::RunDirectory& directory)
      : plan_(std::move(plan)), directory_(directory) {
    blame(ExitCode::foreign_run, [&] { directory_.refuse_foreign(); });
    blame(ExitCode::storage, [&] {
      state_ = storage::replay_journal(directory_.journal_folder());
    });
    if (!state_.identity.name.empty() &&
        state_.identity.name != plan_.sweep.name) {
      throw ProgramError(
          ExitCode::foreign_run,
          fmt::format("{}: the run of a sweep named \"{}\", expected \"{}\"; "
                      "name another run directory with --out",
                      directory_.path(), state_.identity.name,
                      plan_.sweep.name));
    }
  }

  // Whether workers are under way and wait for a coordinator.
  bool computing() const { return computing_; }

  ExitCode go(const Crew& crew) {
    blame(ExitCode::storage, [&] { directory_.create(); });
    const auto lock = blame(ExitCode::run_in_use, [&] {
      return std::make_unique<storage::ScopedRunLock>(directory_);
    });
    std::error_code ignored;
    fs::remove(directory_.exit_file(), ignored);
    const ExitCode code = blame(ExitCode::storage, [&] {
      directory_.remove_leftovers();
      if (tasks_done(plan_, state_, directory_).size() < plan_.tasks.size()) {
        return compute(crew);
      }
      release(crew.channel);
      return ExitCode::done;
    });
    if (code == ExitCode::drained) return code;
    blame(ExitCode::storage, [&] { seal_if_changed(); });
    return code;
  }

 private:
  ExitCode compute(const Crew& crew) {
    storage::RunIdentity identity{
        plan_.sweep.name,
        state_.identity.id.empty() ? new_run_id() : state_.identity.id,
        plan_.sweep.effective};
    storage::Journal journal(directory_.journal_folder(), state_, identity);
    Provenance provenance(directory_, identity.id, journal.epoch(),
                          crew.channel.size() - 1);
    const cluster::ScopedDrainSignals signals;
    computing_ = true;
    Coordinator coordinator(plan_, state_, journal, directory_, crew.channel);
    while (!coordinator.finished()) {
      if (signals.asked()) coordinator.drain();
      bool busy = coordinator.turn();
      if (crew.worker_turn) busy = crew.worker_turn() || busy;
      if (!busy) std::this_thread::sleep_for(kIdlePause);
    }
    while (!crew.channel.flushed()) std::this_thread::sleep_for(kIdlePause);
    computing_ = false;
    provenance.finish(plan_, state_);
    if (!coordinator.scheduler().finished()) return ExitCode::drained;
    return coordinator.scheduler().quarantined() > 0 ? ExitCode::quarantined
                                                     : ExitCode::done;
  }

  // A file that is there and says the same sweep is complete is kept.
  void seal_if_changed() {
    const std::size_t done = tasks_done(plan_, state_, directory_).size();
    const std::string path = directory_.results();
    if (fs::exists(path)) {
      const storage::H5File file = storage::H5File::open(path);
      const bool same = file.text_attribute("/", "sweep_digest") ==
                        plan_.tables.facts.sweep_digest;
      const auto sealed_tasks = file.integer_attribute("/", "tasks_done");
      if (same && sealed_tasks == static_cast<std::int64_t>(done)) {
        fmt::print("nothing to compute: all {} tasks are in {}\n", done, path);
        return;
      }
    }
    seal(plan_, state_, directory_);
    fmt::print("{} of {} tasks sealed in {}\nnext: coxswain report {}\n", done,
               plan_.tasks.size(), path, directory_.path());
  }

  Plan plan_;
  const storage::RunDirectory& directory_;
  storage::JournalState state_;
  bool computing_ = false;
};

void work(cluster::Channel& channel) {
  Worker worker(channel, jobs::make_executor);
  // Ctrl-C reaches every rank of a terminal's group: the coordinator decides.
  const cluster::ScopedDrainSignals signals;
  while (!worker.finished()) {
    if (!worker.turn()) std::this_thread::sleep_for(kIdlePause);
    channel.flushed();
  }
}

// `abort` ends the other ranks, which an error in the middle would leave
// waiting; before that they are released.
using Abort = std::function<void(ExitCode)>;

ExitCode code_of(const std::exception& error) {
  const auto* known = dynamic_cast<const ProgramError*>(&error);
  return known != nullptr ? known->code() : ExitCode::internal;
}

ExitCode coordinate(const RunOptions& options, const Crew& crew,
                    const Abort& abort) {
  std::optional<storage::RunDirectory> directory;
  std::optional<Run> run;
  try {
    const Sweep sweep = read_sweep(options.sweep);
    directory.emplace(run_directory_of(options, sweep.folder, sweep.name));
    run.emplace(make_plan(sweep), *directory);
    const ExitCode code = run->go(crew);
    write_exit_file(*directory, code, "");
    return code;
  } catch (const std::exception& error) {
    if (run && run->computing()) {
      fmt::print(stderr, "coxswain: {}\n", error.what());
      abort(code_of(error));
    }
    release(crew.channel);
    throw;
  }
}

ExitCode run_alone(const RunOptions& options) {
  const auto [coordinator, worker_channel] = cluster::local_channels();
  Worker worker(*worker_channel, jobs::make_executor);
  const Crew crew{*coordinator, [&worker] { return worker.turn(); }};
  return coordinate(options, crew, [](ExitCode) {});
}

}  // namespace

std::string run_directory_of(const RunOptions& options,
                             const std::string& folder,
                             const std::string& name) {
  return options.out.empty() ? (fs::path(folder) / "runs" / name).string()
                             : options.out;
}

ExitCode run_sweep(const RunOptions& options, cluster::MpiSession* session) {
  if (session == nullptr || session->size() == 1) return run_alone(options);
  const auto channel = session->channel();
  const auto abort = [session](ExitCode code) {
    session->abort(static_cast<int>(code));
  };
  if (session->rank() == 0) {
    return coordinate(options, {*channel, nullptr}, abort);
  }
  try {
    work(*channel);
  } catch (const std::exception& error) {
    fmt::print(stderr, "coxswain: worker {}: {}\n", session->rank(),
               error.what());
    abort(ExitCode::cluster);
  }
  return ExitCode::done;
}

}  // namespace coxswain::runner
