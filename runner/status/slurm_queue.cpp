#include "runner/status/slurm_queue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "runner/base/child_process.hpp"
#include "runner/base/time_text.hpp"
#include "storage/files/durable_file.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kAskEvery = 60;  // s
// A controller that is busy may take longer; a status without Slurm's word is
// better than none.
constexpr auto kLimit = std::chrono::seconds(10);
constexpr std::size_t kMostJobs = 64;  // the newest

std::string noted_jobs(const storage::RunDirectory& run) {
  return run.jobs_folder() + "/jobs";
}

std::string kept_answer(const storage::RunDirectory& run) {
  return run.jobs_folder() + "/queue.json";
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 12 &&
         text.find_first_not_of("0123456789") == std::string::npos;
}

// Ascending by number.
std::vector<std::string> jobs_of(const storage::RunDirectory& run) {
  const auto by_number = [](const std::string& a, const std::string& b) {
    return std::pair(a.size(), a) < std::pair(b.size(), b);
  };
  std::set<std::string, decltype(by_number)> ids(by_number);
  std::ifstream noted(noted_jobs(run));
  for (std::string line; std::getline(noted, line);) {
    if (is_number(line)) ids.insert(line);
  }
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(run.jobs_folder(), ignored)) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == ".log" && is_number(stem)) ids.insert(stem);
  }
  std::vector<std::string> newest(ids.begin(), ids.end());
  if (newest.size() > kMostJobs) {
    newest.erase(newest.begin(),
                 newest.end() - static_cast<std::ptrdiff_t>(kMostJobs));
  }
  return newest;
}

// The answer that the last who asked has left. Whatever the file holds, Slurm
// can be asked again.
std::optional<SlurmQueue> kept(const storage::RunDirectory& run) {
  std::ifstream file(kept_answer(run));
  const json all = json::parse(file, nullptr, false);
  if (all.is_discarded()) return std::nullopt;
  try {
    return all.get<SlurmQueue>();
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

SlurmQueue ask(const std::vector<std::string>& jobs, double now) {
  const ChildResult result =
      run_child({"squeue", "--noheader", "--jobs",
                 fmt::format("{}", fmt::join(jobs, ",")), "--format",
                 cluster::kQueueFormat},
                "/", {}, kLimit, ChildOutput::among_errors);
  SlurmQueue queue{now, "", {}};
  switch (result.end) {
    case ChildEnd::done:
      queue.jobs = cluster::jobs_in_queue(result.errors);
      break;
    case ChildEnd::not_found:
      queue.trouble = "there is no squeue on this host";
      break;
    case ChildEnd::timed_out:
      queue.trouble = "squeue does not answer";
      break;
    case ChildEnd::failed:
      // Slurm forgets jobs some minutes after their end: no trouble.
      if (result.errors.find("Invalid job id") == std::string::npos) {
        queue.trouble = "squeue: " + storage::printable(result.errors);
      }
      break;
  }
  return queue;
}

std::string line_of(const cluster::QueuedJob& job) {
  if (job.state == "PENDING") {
    return fmt::format("  job {}: PENDING {}\n", job.id, job.reason);
  }
  return fmt::format("  job {}: {} on {} for {}, {} left\n", job.id, job.state,
                     job.reason, job.used, job.left);
}

}  // namespace

std::optional<SlurmQueue> slurm_queue(const storage::RunDirectory& run,
                                      double now) {
  const std::vector<std::string> jobs = jobs_of(run);
  if (jobs.empty()) return std::nullopt;
  // An answer from the future is of a host whose clock is ahead: it would be
  // believed for too long.
  if (const auto before = kept(run);
      before && now - before->asked < kAskEvery && before->asked <= now) {
    return before;
  }
  const SlurmQueue queue = ask(jobs, now);
  // What can't be kept is asked again: those who only may look are few.
  storage::write_unsynced(
      kept_answer(run),
      json(queue).dump(1, ' ', false, json::error_handler_t::replace) + "\n");
  return queue;
}

std::string text_of(const SlurmQueue& queue, double now) {
  std::string text = "slurm";
  if (now - queue.asked >= 5) {
    text += fmt::format(" ({} ago)", duration_text(now - queue.asked));
  }
  if (!queue.trouble.empty()) return text + ": " + queue.trouble + "\n";
  if (queue.jobs.empty()) return text + ": no job of this run waits or runs\n";
  text += ":\n";
  for (const cluster::QueuedJob& job : queue.jobs) text += line_of(job);
  return text;
}

void to_json(json& to, const SlurmQueue& queue) {
  to = {{"asked", queue.asked},
        {"trouble", queue.trouble},
        {"jobs", json::array()}};
  for (const cluster::QueuedJob& job : queue.jobs) {
    to["jobs"].push_back({{"id", job.id},
                          {"state", job.state},
                          {"reason", job.reason},
                          {"used", job.used},
                          {"left", job.left}});
  }
}

void from_json(const json& from, SlurmQueue& queue) {
  from.at("asked").get_to(queue.asked);
  from.at("trouble").get_to(queue.trouble);
  for (const json& one : from.at("jobs")) {
    queue.jobs.push_back({one.at("id"), one.at("state"), one.at("reason"),
                          one.at("used"), one.at("left")});
  }
}

void note_job(const storage::RunDirectory& run, const std::string& id) {
  std::ofstream(noted_jobs(run), std::ios::app) << id << '\n';
}

}  // namespace coxswain::runner
