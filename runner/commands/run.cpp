#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <thread>

#include "cluster/channel.hpp"
#include "cluster/host.hpp"
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

struct Crew {
  cluster::Channel& channel;
  // One round of the worker in this process, if there is one; true if it had
  // anything to do.
  std::function<bool()> worker_turn;
};

// A sweep and the run directory it owns, locked while this lives.
class Run {
 public:
  explicit Run(const RunOptions& options) : plan_(make(options)) {
    blame(ExitCode::foreign_run, [&] { directory_->refuse_foreign(); });
    refuse_other_sweep();  // before anything is written there
    directory_->create();
    try {
      lock_.emplace(*directory_, fmt::format("process {} on {}", ::getpid(),
                                             cluster::host_name()));
    } catch (const storage::RunInUse& error) {
      throw ProgramError(ExitCode::run_in_use, error.what());
    }
    // Only now: what another process committed until it let go is in it.
    refuse_other_sweep();
    directory_->remove_leftovers();
    drop_unreadable(plan_, *directory_, state_);
    std::error_code ignored;
    fs::remove(directory_->exit_file(), ignored);
  }

  ExitCode go(const Crew& crew) {
    ExitCode code = ExitCode::done;
    if (tasks_done(plan_, state_).size() < plan_.tasks.size()) {
      for (const std::string& note : plan_.notes) fmt::print("note {}\n", note);
      code = compute(crew);
    } else {
      release_workers(crew.channel);
    }
    if (code != ExitCode::drained) seal_if_changed();
    return code;
  }

  // Whether workers are under way and wait for a coordinator.
  bool computing() const { return computing_; }

  void write_exit(ExitCode code, const std::string& sentence) const {
    write_exit_file(*directory_, code, sentence);
  }

 private:
  Plan make(const RunOptions& options) {
    const Sweep sweep = read_sweep(options.sweep, options.hub);
    directory_.emplace(run_directory_of(options, sweep.folder, sweep.name));
    return make_plan(sweep);
  }

  void refuse_other_sweep() {
    state_ = storage::replay_journal(directory_->journal_folder());
    const std::string& name = state_.identity.name;
    if (!name.empty() && name != plan_.sweep.name) {
      throw ProgramError(
          ExitCode::foreign_run,
          fmt::format("{}: the run of a sweep named \"{}\", expected \"{}\"; "
                      "name another run directory with --out",
                      directory_->path(), name, plan_.sweep.name));
    }
  }

  ExitCode compute(const Crew& crew) {
    const storage::RunIdentity identity{
        plan_.sweep.name,
        state_.identity.id.empty() ? new_run_id() : state_.identity.id,
        plan_.sweep.effective};
    // Before the journal is there to be seen: a signal must not be lost.
    const cluster::ScopedDrainSignals signals;
    storage::Journal journal(directory_->journal_folder(), state_, identity);
    Provenance provenance(*directory_, identity, journal.epoch(),
                          crew.channel.size() - 1);
    computing_ = true;
    Coordinator coordinator(plan_, state_, journal, *directory_, crew.channel);
    while (!coordinator.finished()) {
      if (signals.asked()) coordinator.drain();
      bool busy = coordinator.turn();
      if (crew.worker_turn) busy = crew.worker_turn() || busy;
      if (!busy) std::this_thread::sleep_for(kIdlePause);
    }
    computing_ = false;
    provenance.finish(plan_, state_, coordinator.hosts());
    if (!coordinator.scheduler().finished()) return ExitCode::drained;
    return coordinator.scheduler().quarantined() > 0 ? ExitCode::quarantined
                                                     : ExitCode::done;
  }

  // The sealed file is kept if it is made of the very same results.
  bool sealed_already() const {
    if (!fs::exists(directory_->results())) return false;
    try {
      const storage::H5File file = storage::H5File::open(directory_->results());
      return file.text_attribute("/", "sweep_digest") ==
                 plan_.tables.facts.sweep_digest &&
             file.text_attribute("/", "contents") == contents_of(plan_, state_);
    } catch (const storage::StorageError&) {
      return false;  // damaged: it is sealed again
    }
  }

  void seal_if_changed() {
    const std::size_t done = tasks_done(plan_, state_).size();
    const std::string of =
        fmt::format("{} of {} tasks", done, plan_.tasks.size());
    if (sealed_already()) {
      fmt::print("nothing to compute: {} are in {}\n", of,
                 directory_->results());
      return;
    }
    seal(plan_, state_, *directory_);
    fmt::print("{} sealed in {}\nnext: coxswain report {}\n", of,
               directory_->results(), directory_->path());
  }

  std::optional<storage::RunDirectory> directory_;
  Plan plan_;
  std::optional<storage::ScopedRunLock> lock_;
  storage::JournalState state_;
  bool computing_ = false;
};

// Ends the other ranks, which an error in the middle would leave waiting.
using Abort = std::function<void(ExitCode, const std::string& sentence)>;

ExitCode coordinate(const RunOptions& options, const Crew& crew,
                    const Abort& abort) {
  std::optional<Run> run;
  try {
    run.emplace(options);
    const ExitCode code = run->go(crew);
    run->write_exit(code, "");
    return code;
  } catch (const std::exception& error) {
    if (run) {
      try {
        run->write_exit(code_of(error), error.what());
      } catch (const std::exception&) {
        // The first error is the one to tell.
      }
      if (run->computing()) abort(code_of(error), error.what());
    }
    release_workers(crew.channel);
    throw;
  }
}

ExitCode run_alone(const RunOptions& options) {
  const auto [coordinator, worker_channel] = cluster::local_channels();
  Worker worker(*worker_channel, jobs::make_executor);
  const Crew crew{*coordinator, [&worker] { return worker.turn(); }};
  return coordinate(options, crew, [](ExitCode, const std::string&) {});
}

void work(cluster::Channel& channel) {
  Worker worker(channel, jobs::make_executor);
  // Ctrl-C reaches every rank of a terminal's group: the coordinator decides.
  const cluster::ScopedDrainSignals signals;
  while (!worker.finished()) {
    if (!worker.turn()) std::this_thread::sleep_for(kIdlePause);
    channel.flushed();
  }
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
  const Abort abort = [session](ExitCode code, const std::string& sentence) {
    fmt::print(stderr, "coxswain: {}\n", sentence);
    session->abort(static_cast<int>(code));
  };
  if (session->rank() == 0) {
    return coordinate(options, {*channel, nullptr}, abort);
  }
  try {
    work(*channel);
  } catch (const std::exception& error) {
    abort(code_of(error), fmt::format("worker {} on {}: {}", session->rank(),
                                      cluster::host_name(), error.what()));
  }
  return ExitCode::done;
}

}  // namespace coxswain::runner
