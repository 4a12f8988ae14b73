#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "jobs/task/task.hpp"
#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// How fast a kind of task goes: seconds = each + flops * per_flop.
struct KindPace {
  double each = 0;      // seconds
  double per_flop = 0;  // seconds
};

// What a machine was measured to do. It predicts times, nothing else: what is
// computed, and in which order, never depends on it.
struct Calibration {
  std::string numerics;  // jobs::numerics_description(), threads included
  std::string compute;   // the models' compute type
  std::string model;     // model_class()
  std::string host;
  std::string measured;  // UTC, 2026-11-20T08:00:00Z
  std::map<jobs::TaskKind, KindPace> paces;
  double model_load_rate = 0;  // bytes of file a second
  double sae_load_rate = 0;
  double commit_seconds = 0;  // of a task: journal, fsync, messages
  double shard_rate = 0;      // bytes a second, synced
  double seal_rate = 0;       // bytes of results.h5 a second

  // Seconds of one task. Where clean passes of another kind were not timed,
  // they take the pace of extracting; none for other kinds without a pace.
  std::optional<double> seconds(jobs::TaskKind kind, double flops) const;
};

// Models of one class take equally long: shape and format, not weights. A plan
// of several models has each class once.
std::string model_class(const Plan& plan);

// Which machine and model a calibration is wanted for.
struct CalibrationKey {
  std::string numerics, compute, model;
};
CalibrationKey calibration_key(const Plan& plan);

// The path of the file, in the folder of what is remembered of this machine.
std::string calibration_file(const std::string& cache);

// Calibrations in a JSON file, by the paths that only the command line knows.
// A file that is not there holds none; throws storage::StorageError for one
// that is damaged.
std::vector<Calibration> read_calibrations(const std::string& path);

// The one for the key; without one, the newest of the same model and compute
// type on another machine (its numerics differ from the key's). nullptr: none.
const Calibration* find_calibration(const std::vector<Calibration>& all,
                                    const CalibrationKey& key);

// What this very machine was measured to do with the plan's models; none, too,
// without a folder or if the file is damaged.
std::optional<Calibration> calibration_here(const std::string& cache,
                                            const Plan& plan);

// Adds it, in place of an older one of the same key; a damaged file is begun
// anew. Throws storage::StorageError if it can't be written.
void keep_calibration(const std::string& path, const Calibration& calibration);

}  // namespace coxswain::runner
