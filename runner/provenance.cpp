#include "runner/provenance.hpp"

#include <fmt/chrono.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "storage/durable_file.hpp"
#include "storage/file_reader.hpp"

namespace coxswain::runner {
namespace {

using nlohmann::json;

std::string spelled(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

json earlier_starts(const storage::RunDirectory& run) {
  if (!std::filesystem::exists(run.provenance())) return json::array();
  const json old =
      json::parse(storage::read_text(run.provenance()), nullptr, false);
  return old.is_object() ? old.value("starts", json::array()) : json::array();
}

}  // namespace

Provenance::Provenance(const storage::RunDirectory& run, std::string run_id,
                       std::uint64_t epoch, int workers)
    : run_(run),
      run_id_(std::move(run_id)),
      epoch_(epoch),
      workers_(workers),
      start_(std::chrono::system_clock::now()) {}

void Provenance::finish(const Plan& plan,
                        const storage::JournalState& state) const {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  json tasks = json::array();
  for (const PlannedTask& task : plan.tasks) {
    const auto commit = state.commits.find(task.key);
    if (commit == state.commits.end()) continue;
    tasks.push_back({{"key", hex(task.key)},
                     {"kind", name_of(jobs::kind_of(task.task))},
                     {"worker", commit->second.worker},
                     {"attempt", commit->second.attempt},
                     {"seconds", commit->second.seconds}});
  }
  json starts = earlier_starts(run_);
  starts.push_back({{"epoch", epoch_},
                    {"begin", spelled(start_)},
                    {"end", spelled(std::chrono::system_clock::now())},
                    {"host", host.data()},
                    {"workers", workers_}});
  const json all{{"program_version", COXSWAIN_VERSION},
                 {"run_id", run_id_},
                 {"name", plan.sweep.name},
                 {"numerics", state.numerics},
                 {"starts", starts},
                 {"tasks", tasks}};
  storage::replace_file(run_.provenance(), all.dump(1) + "\n");
}

void write_exit_file(const storage::RunDirectory& run, ExitCode code,
                     const std::string& sentence) {
  const json exit{{"exit", static_cast<int>(code)}, {"sentence", sentence}};
  storage::replace_file(run.exit_file(), exit.dump() + "\n");
}

}  // namespace coxswain::runner
