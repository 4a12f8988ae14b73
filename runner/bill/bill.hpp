#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runner/bill/calibration.hpp"
#include "runner/bill/data_bill.hpp"
#include "runner/bill/output_size.hpp"
#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// What a sweep will take, as far as that can be known before it runs. Times are
// there with a calibration only.

// What the tasks of one kind take together.
struct StageBill {  // all tasks of one kind
  jobs::TaskKind kind = jobs::kKindOf<jobs::ExtractTask>;
  std::int64_t tasks = 0;
  double flops = 0;
  std::optional<double> seconds;  // of one worker, without loading
};

// How long a number of workers is at it.
struct CrewBill {  // with so many workers
  int workers = 1;
  int model_loads = 0, sae_loads = 0;  // of all workers
  std::int64_t read_bytes = 0;         // by them
  std::optional<double> seconds;       // until results.h5 is sealed
};

// Bytes of memory, by who needs them.
struct MemoryBill {          // bytes, of one worker at its peak
  std::int64_t process = 0;  // program and libraries
  std::int64_t model = 0;    // the largest one
  std::int64_t sae = 0;      // the largest one, or the buffers of its blocks
  std::int64_t task = 0;     // what the largest task needs beside them
  std::int64_t worker = 0;   // together
  std::int64_t gpu = 0;      // of its memory, if a worker computes on one
  // Plan, results and tables, beside `process`; alone, one process has both.
  std::int64_t coordinator = 0;
};

// The whole of it: counts, sizes, memory, and times if they can be told.
struct Bill {
  std::string name;
  std::int64_t models = 0, behaviours = 0, saes = 0, cells = 0, tasks = 0;
  std::vector<DataBill> data;
  std::vector<StageBill> stages;  // in the order of a sweep
  OutputSize output;
  MemoryBill memory;
  std::vector<CrewBill> crews;          // 1, 2, 4 ... workers
  std::optional<double> chain_seconds;  // the longest chain of tasks
  std::optional<double> sealing_seconds;
  std::string calibrated;     // when; empty: no times
  std::string calibrated_on;  // what computed then, and where
};

// Pure. `calibration` may be null.
Bill make_bill(const Plan& plan, const Calibration* calibration,
               int most_workers = 32);

// Seconds until results.h5 is sealed, of a start with so many workers that
// finds these of the plan's tasks done. Pure.
double seconds_left(const Plan& plan, const Calibration& calibration,
                    const std::set<std::size_t>& done, int workers);

// README.md here documents the keys; numbers without a calibration are null.
nlohmann::json to_json(const Bill& bill);

}  // namespace coxswain::runner
