#pragma once

#include <cstdint>

#include "jobs/model/config/architecture.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// What a task takes, estimated from shapes alone, before anything is computed:
// for plans, progress and schedules. Nothing that is computed depends on it.

// Bytes of a task: what it gives, and what it needs while it runs.
struct TaskSize {
  std::int64_t result_bytes = 0;  // TaskOutput::result as safetensors
  std::int64_t bulk_bytes = 0;    // TaskOutput::bulk; 0: none
  std::int64_t coefficients = 0;  // counted in result_bytes, of decompositions
  std::int64_t memory_bytes = 0;  // at most at once, beside model and SAE
};

// What one task takes, on one worker.
struct TaskCost {
  double flops = 0;  // multiplications and additions of its products
  TaskSize size;
};

TaskCost cost_of(const ExtractTask& task, const Architecture& model);
TaskCost cost_of(const EvaluateTask& task, const Architecture& model);
TaskCost cost_of(const StoreTask& task, const Architecture& model);
TaskCost cost_of(const ObserveTask& task, const Architecture& model);
// An activity task with an SAE of `d_sae` features; `n_pairs` are those of its
// inputs, where it has no texts.
TaskCost cost_of(const ActivityTask& task, const Architecture& model,
                 std::int64_t d_sae, std::int64_t n_pairs);
// Tasks that work on the `n_pairs` pairs of one behaviour.
TaskCost cost_of(const VectorTask& task, std::int64_t d_model,
                 std::int64_t n_pairs);
TaskCost cost_of(const VariantsTask& task, std::int64_t d_model,
                 std::int64_t n_pairs);
TaskCost cost_of(const FeaturesTask& task, std::int64_t d_model);
TaskCost cost_of(const ImportTask& task, std::int64_t d_model,
                 std::int64_t n_pairs);

// What a task may need more on a GPU, whatever it is: there all rows of a batch
// go through a product together, and attention has scores in memory.
std::int64_t gpu_buffer_bytes(const Architecture& model, ComputeType compute);

// Bytes of one weight of a model that computes so.
std::int64_t weight_bytes(ComputeType compute);

}  // namespace coxswain::jobs
