#include "runner/status/status_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

#include "cluster/slurm.hpp"
#include "runner/base/counted.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/base/failure_counts.hpp"
#include "runner/base/time_text.hpp"
#include "runner/status/next_line.hpp"
#include "runner/status/pace.hpp"
#include "runner/status/slurm_queue.hpp"

namespace coxswain::runner {
namespace {

constexpr std::size_t kWorkerLines = 16;

std::string upper(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

std::string exit_meaning(int code) {
  switch (static_cast<ExitCode>(code)) {
    case ExitCode::done:
      return "complete";
    case ExitCode::quarantined:
      return "complete but for tasks that were given up";
    case ExitCode::drained:
      return "drained before it was complete";
    case ExitCode::out_of_time:
      return "no task would have ended in time";
    default:
      return "an error";
  }
}

std::string headline(const RunView& view) {
  std::string line = upper(name_of(view.condition));
  if (view.exit) {
    line += fmt::format(" exit {} ({})", view.exit->code,
                        exit_meaning(view.exit->code));
  }
  line +=
      "   " + (view.journal.identity.name.empty() ? "no task recorded yet"
                                                  : view.journal.identity.name);
  if (!view.journal.starts.empty()) {
    line += fmt::format(", start {}", view.journal.starts.back().epoch);
  }
  if (view.live) {
    line += fmt::format(" on {} (process {}), for {}", view.live->host,
                        view.live->process,
                        duration_text(view.live->written - view.live->begun));
    // Older than two renewals: not what it does now, perhaps.
    if (is_under_way(view.condition) && view.age && *view.age > 5) {
      line += fmt::format(", last heard {} ago", duration_text(*view.age));
    }
  } else if (!view.holder.empty() && !view.exit) {
    line += ", " + view.holder;
  }
  return line + "\n";
}

// What the condition means, where a word is not enough.
std::string explained(const RunView& view) {
  const std::string age =
      view.age ? fmt::format("status.json is {} old", duration_text(*view.age))
               : "there is no status.json";
  switch (view.condition) {
    case Condition::killed:
      return fmt::format(
          "  {} and its process is gone or out of reach: nothing "
          "that was acknowledged is lost\n",
          age);
    case Condition::silent:
      return fmt::format(
          "  {} although its process is alive: a file system "
          "that does not answer, perhaps\n",
          age);
    case Condition::unknown:
      return "  there is neither status.json nor exit.json: it is just "
             "starting "
             "on another host, was killed, or is of an older version\n";
    default:
      break;
  }
  std::string text;
  if (view.exit && !view.exit->sentence.empty()) {
    text += "  " + view.exit->sentence + "\n";
  }
  return text;
}

std::string stage_line(const StageCount& stage) {
  return fmt::format("{:<10}{:>15}{:>9}{:>9}{:>9}{:>13}\n", stage.name,
                     fmt::format("{} of {}", stage.done, stage.total),
                     stage.running, stage.waiting, stage.failed,
                     stage.quarantined);
}

std::string stage_table(const std::vector<StageCount>& stages) {
  std::string text =
      fmt::format("{:<10}{:>15}{:>9}{:>9}{:>9}{:>13}\n", "", "done", "running",
                  "waiting", "failed", "quarantined");
  for (const StageCount& stage : stages) text += stage_line(stage);
  if (stages.size() > 1) text += stage_line(sum_of(stages));
  return text;
}

// Counts without status.json: the journal knows tasks, but not their kinds.
std::string journal_line(const RunView& view) {
  std::size_t planned = 0;
  for (const auto& [kind, tasks] : view.planned) planned += tasks;
  const std::string of = planned > 0 ? fmt::format(" of {}", planned) : "";
  return fmt::format(
      "tasks: {}{} done, {} under way at the end of the journal, {} attempts "
      "failed, {} quarantined\n",
      view.journal.committed.size(), of, view.journal.leased.size(),
      view.journal.failed.size(), view.journal.quarantined.size());
}

std::string pace_line(const RunView& view) {
  assert(view.live);
  const LiveStatus& live = *view.live;
  std::string line = pace_text(live);
  const std::string left = left_text(live);
  if (!left.empty()) line += "   " + left;
  const bool drains = live.phase == RunPhase::draining;
  if (live.seconds_left && !drains) {
    line += fmt::format(
        ", at {}", moment_text(live.written + *live.seconds_left, view.now));
  }
  if (live.predicted_seconds && !drains) {
    line += fmt::format(
        " (plan said {})",
        moment_text(live.begun + *live.predicted_seconds, view.now));
  }
  if (live.allocation_end) {
    line += fmt::format("   allocation ends in {}",
                        duration_text(*live.allocation_end - view.now));
  }
  return line + "\n";
}

std::string doing(const WorkerStatus& worker) {
  const std::string phase = name_of(worker.phase);
  return worker.task ? fmt::format("{} {} {}", phase, worker.kind, *worker.task)
                     : phase;
}

double busy_share(const WorkerStatus& worker, const LiveStatus& live) {
  const double lifetime = live.written - live.begun;
  return lifetime > 0 ? std::min(worker.computing / lifetime, 1.0) : 0;
}

std::string worker_line(const WorkerStatus& worker, const LiveStatus& live) {
  return fmt::format(
      "  {:>4}  {:<16} {:<28} for {:<8}{:>7} done  {:>3.0f} % busy\n",
      worker.number, worker.host, doing(worker), duration_text(worker.since),
      worker.tasks_done, 100 * busy_share(worker, live));
}

// Workers that somebody should look at first, then by number.
std::vector<WorkerStatus> by_concern(std::vector<WorkerStatus> workers) {
  std::ranges::stable_sort(workers, {}, [](const WorkerStatus& one) {
    const bool quiet =
        one.phase == WorkerPhase::silent || one.phase == WorkerPhase::lost;
    return std::pair(quiet ? 0 : 1, one.number);
  });
  return workers;
}

std::string worker_table(const LiveStatus& live) {
  if (live.workers.empty()) return "";
  std::string text = "workers:";
  for (const WorkerPhase phase : {WorkerPhase::computing, WorkerPhase::idle,
                                  WorkerPhase::silent, WorkerPhase::lost}) {
    const auto n =
        std::ranges::count(live.workers, phase, &WorkerStatus::phase);
    if (n > 0) text += fmt::format(" {} {}", n, name_of(phase));
  }
  text += "\n";
  const std::vector<WorkerStatus> workers = by_concern(live.workers);
  const std::size_t shown =
      workers.size() <= kWorkerLines ? workers.size() : kWorkerLines - 1;
  for (std::size_t i = 0; i < shown; ++i) {
    text += worker_line(workers[i], live);
  }
  if (shown < workers.size()) {
    const auto slowest =
        std::min_element(workers.begin() + static_cast<std::ptrdiff_t>(shown),
                         workers.end(), [](const auto& a, const auto& b) {
                           return a.tasks_done < b.tasks_done;
                         });
    text +=
        fmt::format("  and {} more, the slowest of them {} on {}, {} done\n",
                    workers.size() - shown, slowest->number, slowest->host,
                    slowest->tasks_done);
  }
  return text;
}

// What was given up for a reason of its own.
FailureCounts given_up_by_kind(const RunView& view) {
  FailureCounts counts;
  for (const auto& [key, note] : view.journal.quarantined) {
    if (!note.failure.reason.empty()) ++counts[note.failure.kind];
  }
  return counts;
}

std::string in_kinds(const FailureCounts& counts) {
  return counts.empty() ? "" : " (" + text_of(counts) + ")";
}

std::string trouble(const RunView& view) {
  std::string text;
  if (view.live && !view.live->errors.empty()) {
    const ErrorNote& last = view.live->errors.back();
    text += fmt::format("last failure {}: {} {} on worker {} ({}): {}\n",
                        clock_text(last.time), last.task.kind, last.task.task,
                        last.worker, name_of(last.failure), last.sentence);
  }
  if (!view.journal.quarantined.empty() || !view.journal.failed.empty()) {
    text +=
        fmt::format("{} given up{}, {} failed: coxswain status {} --failed\n",
                    counted(view.journal.quarantined.size(), "task"),
                    in_kinds(given_up_by_kind(view)),
                    counted(view.journal.failed.size(), "attempt"),
                    cluster::shell_word(view.path));
  }
  if (!view.fault.empty()) text += view.fault + "\n";
  return text;
}

// Task number and kind of those that status.json names, by key.
std::map<std::string, TaskName> names_of(const RunView& view) {
  std::map<std::string, TaskName> names;
  if (!view.live) return names;
  for (const TaskName& one : view.live->given_up) names[one.key] = one;
  for (const ErrorNote& one : view.live->errors) {
    names[one.task.key] = one.task;
  }
  return names;
}

std::string failure_line(const storage::FailureNote& note,
                         const std::map<std::string, TaskName>& names) {
  const std::string key = hex(note.failure.task);
  const auto name = names.find(key);
  const std::string task =
      name == names.end()
          ? "task " + key.substr(0, 12)
          : fmt::format("{} {}", name->second.kind, name->second.task);
  if (note.failure.reason.empty()) {
    return fmt::format("  {}: depends on a task that was given up\n", task);
  }
  return fmt::format("  {}: start {}, worker {}, attempt {}, {}: {}\n", task,
                     note.epoch, note.failure.worker, note.failure.attempt,
                     name_of(note.failure.kind), note.failure.reason);
}

nlohmann::json failure_json(const storage::FailureNote& note) {
  return {{"key", hex(note.failure.task)},
          {"epoch", note.epoch},
          {"worker", note.failure.worker},
          {"attempt", note.failure.attempt},
          {"failure", name_of(note.failure.kind)},
          {"reason", note.failure.reason}};
}

}  // namespace

std::string status_text(const RunView& view) {
  std::string text = headline(view) + explained(view);
  const bool staged = view.live && !view.live->stages.empty();
  if (staged) text += stage_table(view.live->stages);
  // What was committed after the last status counts, too.
  if (!staged || view.condition == Condition::killed) {
    text += journal_line(view);
  }
  if (staged && is_under_way(view.condition)) {
    text += pace_line(view) + worker_table(*view.live);
  }
  if (view.slurm) text += text_of(*view.slurm, view.now);
  return text + trouble(view) + next_line(view);
}

std::string workers_text(const RunView& view) {
  if (!view.live || view.live->workers.empty()) return "no worker is known\n";
  std::string text =
      fmt::format("{:>6}  {:<16} {:<10} {:<28} {:>8} {:>8} {}\n", "worker",
                  "node", "GPU", "", "for", "done", "   busy");
  for (const WorkerStatus& worker : view.live->workers) {
    text += fmt::format("{:>6}  {:<16} {:<10} {:<28} {:>8} {:>8}  {:>3.0f} %\n",
                        worker.number, worker.host,
                        worker.gpu.empty() ? "-" : worker.gpu, doing(worker),
                        duration_text(worker.since), worker.tasks_done,
                        100 * busy_share(worker, *view.live));
  }
  return text;
}

std::string failures_text(const RunView& view) {
  if (view.journal.failed.empty() && view.journal.quarantined.empty()) {
    return "no attempt failed\n";
  }
  const auto names = names_of(view);
  std::string text;
  if (!view.journal.quarantined.empty()) {
    text +=
        fmt::format("given up: {} tasks{}\n", view.journal.quarantined.size(),
                    in_kinds(given_up_by_kind(view)));
  }
  for (const auto& [key, note] : view.journal.quarantined) {
    text += failure_line(note, names);
  }
  if (!view.journal.failed.empty()) {
    text += fmt::format("failed attempts: {}\n", view.journal.failed.size());
  }
  for (const storage::FailureNote& note : view.journal.failed) {
    text += failure_line(note, names);
  }
  return text +
         "What was given up is tried again when the sweep is run again; what "
         "fails on every machine needs its reason seen to first.\n";
}

nlohmann::json status_json(const RunView& view) {
  using nlohmann::json;
  json starts = json::array(), quarantined = json::array(),
       failed = json::array();
  for (const storage::StartSummary& start : view.journal.starts) {
    starts.push_back({{"epoch", start.epoch},
                      {"committed", start.committed},
                      {"reused", start.reused},
                      {"failed_attempts", start.failed},
                      {"quarantined", start.quarantined}});
  }
  for (const auto& [key, note] : view.journal.quarantined) {
    quarantined.push_back(failure_json(note));
  }
  for (const auto& note : view.journal.failed) {
    failed.push_back(failure_json(note));
  }
  json all{{"version", 1},
           {"run", view.path},
           {"state", name_of(view.condition)},
           {"under_way", is_under_way(view.condition)},
           {"age_seconds", view.age ? json(*view.age) : json()},
           {"status", view.live ? json(*view.live) : json()},
           {"fault", view.fault},
           {"slurm", view.slurm ? json(*view.slurm) : json()},
           {"exit", json()},
           {"planned", view.planned},
           {"results", view.results},
           {"journal",
            {{"name", view.journal.identity.name},
             {"run_id", view.journal.identity.id},
             {"committed", view.journal.committed.size()},
             {"leased", view.journal.leased.size()},
             {"starts", starts},
             {"quarantined", quarantined},
             {"failed_attempts", failed}}}};
  if (view.exit) {
    all["exit"] = {{"code", view.exit->code},
                   {"sentence", view.exit->sentence}};
  }
  return all;
}

}  // namespace coxswain::runner
