#include "runner/status/run_view.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cluster/host.hpp"
#include "runner/base/clock.hpp"
#include "runner/base/exit_code.hpp"
#include "storage/files/file_reader.hpp"

namespace coxswain::runner {
namespace {

using nlohmann::json;

// Two renewals missed: a process that is gone is not just being replaced.
constexpr double kGone = 5;  // s

// Null if it is missing or damaged: such files are reports, not the truth.
json read_json(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return {};
  try {
    return json::parse(storage::read_text(path), nullptr, false);
  } catch (const storage::StorageError&) {
    return {};  // gone meanwhile, or unreadable
  }
}

std::optional<ExitNote> read_exit(const storage::RunDirectory& run) {
  const json all = read_json(run.exit_file());
  if (!all.is_object() || !all.contains("exit") ||
      !all["exit"].is_number_integer()) {
    return std::nullopt;
  }
  const json sentence = all.value("sentence", json(""));
  return ExitNote{all["exit"].get<int>(),
                  sentence.is_string() ? sentence.get<std::string>() : ""};
}

std::map<std::string, std::size_t> planned_in(const json& provenance) {
  std::map<std::string, std::size_t> planned;
  if (!provenance.is_object()) return planned;
  const json stages = provenance.value("planned", json::object());
  for (const auto& [kind, tasks] : stages.items()) {
    if (tasks.is_number_unsigned()) planned[kind] = tasks.get<std::size_t>();
  }
  return planned;
}

// `path` and `name` are the run's.
std::optional<RunCall> call_in(const json& provenance, const std::string& path,
                               const std::string& name) {
  if (!provenance.is_object() || !provenance.contains("call")) {
    return std::nullopt;
  }
  try {
    namespace fs = std::filesystem;
    auto call = provenance["call"].get<RunCall>();
    const fs::path place = fs::path(call.sweep).parent_path() / "runs" / name;
    if (fs::absolute(path).lexically_normal() != place) call.out = path;
    call.sweep = as_typed(call.sweep);
    return call;
  } catch (const json::exception&) {
    return std::nullopt;  // damaged, or a later version's
  }
}

// 812 of "process 812 on node1", on node1 itself; none on another host.
std::optional<std::int64_t> process_here(const std::string& holder,
                                         const std::string& host) {
  constexpr std::string_view kStart = "process ";
  const std::string end = " on " + host;
  if (!holder.starts_with(kStart) || !holder.ends_with(end)) {
    return std::nullopt;
  }
  std::int64_t process = 0;
  std::from_chars(holder.data() + kStart.size(),
                  holder.data() + holder.size() - end.size(), process);
  return process > 0 ? std::optional(process) : std::nullopt;
}

Condition of_phase(RunPhase phase) {
  switch (phase) {
    case RunPhase::starting:
      return Condition::starting;
    case RunPhase::running:
      return Condition::running;
    case RunPhase::draining:
      return Condition::draining;
    case RunPhase::sealing:
      return Condition::sealing;
    case RunPhase::ended:
      return Condition::ended;
  }
  return Condition::unknown;
}

// exit.json is there from the end of a start until the next one has taken the
// directory: where it is, nothing else needs to be asked. A process is asked
// for on its own host alone, elsewhere only the age of its word counts.
Condition condition_of(const RunView& view, const Viewpoint& from) {
  if (view.exit) return Condition::ended;
  if (!view.live) {
    const auto process = process_here(view.holder, from.host);
    if (!process) return Condition::unknown;
    return from.alive(*process) ? Condition::starting : Condition::killed;
  }
  if (view.live->phase == RunPhase::ended) return Condition::ended;
  const bool here = view.live->host == from.host;
  const bool alive = here && from.alive(view.live->process);
  if (here && !alive && *view.age > kGone) return Condition::killed;
  if (*view.age <= view.live->quiet) return of_phase(view.live->phase);
  return alive ? Condition::silent : Condition::killed;
}

}  // namespace

const char* name_of(Condition condition) {
  constexpr const char* kNames[] = {"starting", "running", "draining",
                                    "sealing",  "silent",  "ended",
                                    "killed",   "unknown"};
  return kNames[static_cast<std::size_t>(condition)];
}

bool is_under_way(Condition condition) {
  return condition <= Condition::silent;
}

Viewpoint viewpoint_here() {
  return {unix_seconds(), cluster::host_name(), [](std::int64_t process) {
            // EPERM: it is there, and somebody else's.
            return ::kill(static_cast<pid_t>(process), 0) == 0 ||
                   errno == EPERM;
          }};
}

RunView look_at(const storage::RunDirectory& run, const Viewpoint& from) {
  blame(ExitCode::foreign_run, [&] { run.require(); });
  RunView view;
  view.path = run.path();
  view.now = from.now;
  view.exit = read_exit(run);
  view.holder = storage::last_holder(run);
  try {
    view.live = read_live_status(run);
  } catch (const storage::StorageError& error) {
    view.fault = error.what();
  }

  view.journal = storage::summarise_journal(run.journal_folder());
  const json provenance = read_json(run.provenance());
  view.planned = planned_in(provenance);
  view.call = call_in(provenance, run.path(), view.journal.identity.name);
  // A start that has only begun: the status is of the one before.
  if (view.live && !view.journal.starts.empty() &&
      view.live->epoch < view.journal.starts.back().epoch) {
    view.live.reset();
  }
  // Clocks of hosts differ: what comes from the future is of now.
  if (view.live) view.age = std::max(0.0, from.now - view.live->written);
  view.results = std::filesystem::exists(run.results());
  view.condition = condition_of(view, from);
  view.stop_asked = is_under_way(view.condition) && run.stop_asked();
  return view;
}

bool is_unborn(const RunView& view) {
  return view.condition == Condition::unknown && !view.live && !view.exit &&
         view.journal.starts.empty();
}

}  // namespace coxswain::runner
