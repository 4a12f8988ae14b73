#include "runner/status/live_status.hpp"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "storage/files/durable_file.hpp"
#include "storage/files/file_reader.hpp"

namespace coxswain::runner {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr const char* kRunPhases[] = {"starting", "running", "draining",
                                      "sealing", "ended"};
constexpr const char* kWorkerPhases[] = {"idle", "computing", "silent", "lost"};

template <class Phase, std::size_t N>
Phase phase_named(const char* const (&names)[N], const std::string& name) {
  const auto found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) throw std::out_of_range("phase " + name);
  return static_cast<Phase>(found - std::begin(names));
}

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

template <class T>
std::optional<T> optional_at(const json& from, const char* key) {
  const json& value = from.at(key);
  return value.is_null() ? std::nullopt : std::optional<T>(value.get<T>());
}

}  // namespace

const char* name_of(RunPhase phase) {
  assert(static_cast<std::size_t>(phase) < std::size(kRunPhases));
  return kRunPhases[static_cast<std::size_t>(phase)];
}

const char* name_of(WorkerPhase phase) {
  assert(static_cast<std::size_t>(phase) < std::size(kWorkerPhases));
  return kWorkerPhases[static_cast<std::size_t>(phase)];
}

// Each struct's keys stand here once to write and once to read them.
static void to_json(json& to, const StageCount& one) {
  to = {{"name", one.name},
        {"total", one.total},
        {"done", one.done},
        {"running", one.running},
        {"waiting", one.waiting},
        {"failed_attempts", one.failed},
        {"quarantined", one.quarantined},
        {"flops", one.cost},
        {"flops_done", one.cost_done},
        {"work", one.work},
        {"work_done", one.work_done}};
}

static void from_json(const json& from, StageCount& one) {
  from.at("name").get_to(one.name);
  from.at("total").get_to(one.total);
  from.at("done").get_to(one.done);
  from.at("running").get_to(one.running);
  from.at("waiting").get_to(one.waiting);
  from.at("failed_attempts").get_to(one.failed);
  from.at("quarantined").get_to(one.quarantined);
  from.at("flops").get_to(one.cost);
  from.at("flops_done").get_to(one.cost_done);
  one.work = from.value("work", one.cost);  // older versions don't say
  one.work_done = from.value("work_done", one.cost_done);
}

static void to_json(json& to, const WorkerStatus& one) {
  to = {{"worker", one.number},
        {"host", one.host},
        {"gpu", one.gpu},
        {"state", name_of(one.phase)},
        {"task", or_null(one.task)},
        {"kind", one.kind},
        {"since_seconds", one.since},
        {"tasks_done", one.tasks_done},
        {"computing_seconds", one.computing}};
}

static void from_json(const json& from, WorkerStatus& one) {
  from.at("worker").get_to(one.number);
  from.at("host").get_to(one.host);
  one.gpu = from.value("gpu", "");  // older versions don't say
  one.phase = phase_named<WorkerPhase>(kWorkerPhases,
                                       from.at("state").get<std::string>());
  one.task = optional_at<std::size_t>(from, "task");
  from.at("kind").get_to(one.kind);
  from.at("since_seconds").get_to(one.since);
  from.at("tasks_done").get_to(one.tasks_done);
  from.at("computing_seconds").get_to(one.computing);
}

static void to_json(json& to, const TaskName& one) {
  to = {{"task", one.task}, {"kind", one.kind}, {"key", one.key}};
}

static void from_json(const json& from, TaskName& one) {
  from.at("task").get_to(one.task);
  from.at("kind").get_to(one.kind);
  from.at("key").get_to(one.key);
}

static void to_json(json& to, const ErrorNote& one) {
  to = one.task;
  to["time"] = one.time;
  to["worker"] = one.worker;
  to["failure"] = name_of(one.failure);
  to["sentence"] = one.sentence;
}

static void from_json(const json& from, ErrorNote& one) {
  from.get_to(one.task);
  from.at("time").get_to(one.time);
  from.at("worker").get_to(one.worker);
  from.at("sentence").get_to(one.sentence);
  // Older versions don't say.
  one.failure = storage::failure_kind_of(from.value("failure", std::string()));
}

void to_json(json& to, const LiveStatus& status) {
  to = {{"version", kVersion},
        {"name", status.name},
        {"run_id", status.id},
        {"epoch", status.epoch},
        {"host", status.host},
        {"process", status.process},
        {"begun", status.begun},
        {"written", status.written},
        {"quiet_seconds", status.quiet},
        {"state", name_of(status.phase)},
        {"numerics", status.numerics},
        {"share_done", share_done(sum_of(status.stages))},
        {"stages", status.stages},
        {"workers", status.workers},
        {"tasks_per_second", status.tasks_per_second},
        {"flops_per_second", status.flops_per_second},
        {"seconds_left", or_null(status.seconds_left)},
        {"predicted_seconds", or_null(status.predicted_seconds)},
        {"allocation_end", or_null(status.allocation_end)},
        {"errors", status.errors},
        {"given_up", status.given_up}};
}

void from_json(const json& from, LiveStatus& status) {
  from.at("name").get_to(status.name);
  from.at("run_id").get_to(status.id);
  from.at("epoch").get_to(status.epoch);
  from.at("host").get_to(status.host);
  from.at("process").get_to(status.process);
  from.at("begun").get_to(status.begun);
  from.at("written").get_to(status.written);
  from.at("quiet_seconds").get_to(status.quiet);
  status.phase =
      phase_named<RunPhase>(kRunPhases, from.at("state").get<std::string>());
  from.at("numerics").get_to(status.numerics);
  from.at("stages").get_to(status.stages);
  from.at("workers").get_to(status.workers);
  from.at("tasks_per_second").get_to(status.tasks_per_second);
  from.at("flops_per_second").get_to(status.flops_per_second);
  status.seconds_left = optional_at<double>(from, "seconds_left");
  status.predicted_seconds = optional_at<double>(from, "predicted_seconds");
  status.allocation_end = optional_at<double>(from, "allocation_end");
  from.at("errors").get_to(status.errors);
  from.at("given_up").get_to(status.given_up);
}

bool write_live_status(const storage::RunDirectory& run,
                       const LiveStatus& status) {
  // Reasons come from anywhere: bytes that are no UTF-8 are replaced.
  return storage::write_unsynced(
      run.status_file(),
      json(status).dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

std::optional<LiveStatus> read_live_status(const storage::RunDirectory& run) {
  const std::string path = run.status_file();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  try {
    const json all = json::parse(storage::read_text(path));
    const int version = all.at("version").get<int>();
    if (version != kVersion) {
      throw storage::StorageError({path, "version", std::to_string(version),
                                   std::to_string(kVersion),
                                   "use the program that wrote it"});
    }
    return all.get<LiveStatus>();
  } catch (const json::exception& cause) {
    throw storage::StorageError(
        {path, "", "damaged (" + storage::printable(cause.what()) + ")",
         "what a coordinator writes",
         "it is renewed while a run is under way"});
  } catch (const std::out_of_range& cause) {
    throw storage::StorageError(
        {path, "state", cause.what(), "one that this version knows", ""});
  }
}

}  // namespace coxswain::runner
