#include "runner/work/unlocked_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

namespace coxswain::runner {
namespace {

// What says that somebody works on the run; none if nobody seems to.
std::optional<LiveStatus> sign_of_life(const storage::RunDirectory& run) {
  std::error_code ignored;
  if (std::filesystem::exists(run.exit_file(), ignored)) return std::nullopt;
  try {
    auto live = read_live_status(run);
    if (live && live->phase != RunPhase::ended) return live;
  } catch (const storage::StorageError&) {
    // Damaged, or of another version: nothing can be told from it.
  }
  return std::nullopt;
}

// Clocks of hosts differ, so that the age of a file says little: it is watched.
bool is_renewed(const storage::RunDirectory& run, const LiveStatus& before,
                const std::function<void()>& pause) {
  for (double waited = 0; waited < before.quiet; ++waited) {
    pause();
    const auto now = sign_of_life(run);
    if (!now) return false;
    if (now->written != before.written) return true;
  }
  return false;
}

}  // namespace

void refuse_if_alive(const storage::RunDirectory& run, const std::string& why,
                     const Viewpoint& from,
                     const std::function<void()>& pause) {
  const auto live = sign_of_life(run);
  // A process of that number may be another one by now, this one in containers.
  const bool dead =
      !live || (live->host == from.host &&
                (live->process == ::getpid() || !from.alive(live->process)));
  // Who seals renews nothing until that is done.
  const bool seals =
      !dead && live->host == from.host && live->phase == RunPhase::sealing;
  if (!dead && (seals || is_renewed(run, *live, pause))) {
    throw storage::RunInUse(
        {run.lock_file(), "flock",
         fmt::format("{}, and status.json is kept by process {} on {}", why,
                     live->process, live->host),
         "a file system with locks, or a run that nobody else works on",
         fmt::format("wait for it or end it (coxswain stop {}); run "
                     "--take-over if it is dead",
                     run.path())});
  }
}

void sign_unlocked(const storage::RunDirectory& run,
                   storage::ScopedRunLock& lock) {
  if (lock.unavailable().empty()) return;
  refuse_if_alive(run, lock.unavailable(), viewpoint_here(),
                  [] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
  lock.sign();
}

}  // namespace coxswain::runner
