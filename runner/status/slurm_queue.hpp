#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cluster/slurm.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// What Slurm said of a run's jobs.
struct SlurmQueue {
  double asked = 0;                      // s since 1970
  std::string trouble;                   // why it said nothing, or empty
  std::vector<cluster::QueuedJob> jobs;  // those that wait or run
};

// The jobs that were submitted for the run or have written a log there; none
// without such jobs. A controller serves many people: it is asked once a minute
// at most, however many look (the answer is kept in RUN/slurm/queue.json, where
// that can be written).
std::optional<SlurmQueue> slurm_queue(const storage::RunDirectory& run,
                                      double now);

std::string text_of(const SlurmQueue& queue, double now);
void to_json(nlohmann::json& json, const SlurmQueue& queue);
void from_json(const nlohmann::json& json, SlurmQueue& queue);

// Remembers a job that was submitted.
void note_job(const storage::RunDirectory& run, const std::string& id);

}  // namespace coxswain::runner
