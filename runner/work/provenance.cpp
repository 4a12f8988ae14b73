#include "runner/work/provenance.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cluster/host.hpp"
#include "runner/base/clock.hpp"
#include "runner/base/time_text.hpp"
#include "runner/sweep/sweep_report.hpp"
#include "runner/sweep/sweep_text.hpp"
#include "storage/files/durable_file.hpp"
#include "storage/files/file_reader.hpp"

namespace coxswain::runner {
namespace {

using nlohmann::json;

std::string now() { return utc_text(unix_seconds()); }

// An unreadable run.json is begun anew: it is a report, not the truth.
json read_or_empty(const storage::RunDirectory& run) {
  if (!std::filesystem::exists(run.provenance())) return json::object();
  json old = json::parse(storage::read_text(run.provenance()), nullptr, false);
  return old.is_object() ? old : json::object();
}

// What was named before there were data, as run.json has it.
json to_json(const analysis::ReportChoices& choices) {
  json out = json::object();
  const auto add = [&](const char* key, const auto& choice) {
    if (choice.beforehand()) out[key] = choice.values;
  };
  add("layers", choices.layers);
  add("methods", choices.methods);
  add("contrasts", choices.contrasts);
  return out;
}

// Nothing of what is not as to_json() wrote it.
analysis::ReportChoices choices_from(const json& all) {
  analysis::ReportChoices choices;
  const auto take = [&](const char* key, auto& choice) {
    try {
      if (all.contains(key)) all.at(key).get_to(choice.values);
    } catch (const json::exception&) {
      choice.values.clear();
    }
  };
  if (!all.is_object()) return choices;
  take("layers", choices.layers);
  take("methods", choices.methods);
  take("contrasts", choices.contrasts);
  return choices;
}

constexpr const char* kFirstReport = "first_report";

void write(const storage::RunDirectory& run, const json& all) {
  storage::replace_file(run.provenance(), all.dump(1) + "\n");
}

}  // namespace

Provenance::Provenance(const storage::RunDirectory& run,
                       const storage::RunIdentity& identity,
                       std::uint64_t epoch, int workers)
    : run_(run), epoch_(epoch) {
  json all = read_or_empty(run_);
  all["program_version"] = COXSWAIN_VERSION;
  all["run_id"] = identity.id;
  all["name"] = identity.name;
  all["starts"].push_back({{"epoch", epoch_},
                           {"begin", now()},
                           {"host", cluster::host_name()},
                           {"workers", workers}});
  write(run_, all);
}

void Provenance::finish(const Plan& plan, const storage::JournalState& state,
                        const WorkerAccounts& workers) const {
  json tasks = json::array();
  for (const PlannedTask& task : plan.tasks) {
    const auto commit = state.commits.find(task.key);
    if (commit == state.commits.end()) continue;
    tasks.push_back({{"key", hex(task.key)},
                     {"kind", name_of(jobs::kind_of(task.task))},
                     {"epoch", commit->second.epoch},
                     {"worker", commit->second.worker},
                     {"attempt", commit->second.attempt},
                     {"seconds", commit->second.seconds},
                     {"reused", commit->second.reused()}});
  }
  json all = read_or_empty(run_);
  all["numerics"] = state.numerics;
  all["tasks"] = tasks;
  json& start = all["starts"].back();
  start["end"] = now();
  std::int64_t cells = 0;
  for (const auto& [worker, account] : workers) cells += account.cells_computed;
  start["cells_computed"] = cells;
  for (const auto& [worker, account] : workers) {
    if (account.host.empty()) continue;
    const std::string name = std::to_string(worker);
    start["worker_hosts"][name] = account.host;
    start["worker_numerics"][name] = account.numerics;
    if (!account.gpu.empty()) start["worker_gpus"][name] = account.gpu;
  }
  write(run_, all);
}

void record_plan(const storage::RunDirectory& run, const Plan& plan) {
  const auto absolute = [](const std::string& path) {
    return std::filesystem::absolute(path.empty() ? "." : path)
        .lexically_normal()
        .string();
  };
  json planned = json::object();
  for (const PlannedTask& task : plan.tasks) {
    json& count = planned[name_of(jobs::kind_of(task.task))];
    count = count.is_null() ? 1U : count.get<std::size_t>() + 1;
  }
  json all = read_or_empty(run);
  all["sweep_folder"] = absolute(plan.sweep.folder);
  all["hub"] = absolute(plan.sweep.hub);
  all["planned"] = planned;
  // What a later start names was not there before the data.
  if (!all.contains(kFirstReport)) {
    all[kFirstReport] = to_json(plan.sweep.report);
  }
  write(run, all);
}

void date_choices(const storage::RunDirectory& run, bool first_start,
                  Plan& plan) {
  if (first_start) return;
  const json all = read_or_empty(run);
  mark_afterwards(all.contains(kFirstReport)
                      ? choices_from(all.at(kFirstReport))
                      : analysis::ReportChoices{},
                  plan.sweep.report);
  plan.sweep.effective = effective_text(plan.sweep);
  plan.tables.origin.sweep = plan.sweep.effective;
}

void record_call(const storage::RunDirectory& run, const RunCall& call) {
  json all = read_or_empty(run);
  all["call"] = call;
  write(run, all);
}

void record_prediction(const storage::RunDirectory& run, const Bill& bill) {
  json all = read_or_empty(run);
  all["predicted"] = to_json(bill);
  write(run, all);
}

std::optional<SweepPlace> sweep_place(const storage::RunDirectory& run) {
  const json all = read_or_empty(run);
  const auto folder = all.find("sweep_folder"), hub = all.find("hub");
  if (folder == all.end() || !folder->is_string() || hub == all.end() ||
      !hub->is_string()) {
    return std::nullopt;
  }
  return SweepPlace{folder->get<std::string>(), hub->get<std::string>()};
}

void write_exit_file(const std::string& path, ExitCode code,
                     const std::string& sentence) {
  const json exit{{"exit", static_cast<int>(code)}, {"sentence", sentence}};
  storage::replace_file(path, exit.dump() + "\n");
}

}  // namespace coxswain::runner
